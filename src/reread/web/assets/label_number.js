// What is asked: a number.

import { make, say } from "./elements.js";
import { SAY } from "./label_words.js";

const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });

/** The field for it. `low` and `high`: what can be given. `give`: called with the number. */
export function number({ low, high }, give) {
  const range = [NUMBER.format(low), NUMBER.format(high)];
  const field = make("input", { id: "number", inputmode: "decimal", autocomplete: "off", "aria-describedby": "wrong" });
  const confirm = make("button", { id: "confirm", type: "submit" }, make("kbd", { "aria-hidden": "true" }, "⏎"), ` ${SAY.giveNumber}`);
  const wrong = make("p", { id: "wrong", class: "problem", role: "alert" });
  const form = make("form", { class: "line", novalidate: "" }, make("label", { for: "number" }, SAY.range(...range)), field, confirm);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const written = field.value.trim().replace(",", ".").replace("−", "-");
    const value = Number(written);
    const fits = written !== "" && value >= low && value <= high;
    say(wrong, fits ? "" : SAY.wrong(...range));
    field.setAttribute("aria-invalid", String(!fits));
    if (fits) give(value);
    else field.focus();
  });

  return {
    root: make("div", {}, form, wrong),
    keys: { skip: "s", undo: "u" },

    ask() {
      field.value = "";
      field.removeAttribute("aria-invalid");
      say(wrong, "");
    },

    /** Digits go into the field wherever they are typed; Enter there sends it. */
    pressed(key) {
      if (/^[-−\d.,]$/.test(key)) field.focus();
      const inside = document.activeElement === field;
      return inside && !/^[su]$/.test(key) && (key !== "Backspace" || field.value !== "") ? "native" : false;
    },
  };
}
