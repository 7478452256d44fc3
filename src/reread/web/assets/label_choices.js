// What is asked: one of some classes, or several of them. A class has a digit, or two letters where there are many.

import { make, say, words } from "./elements.js";
import { SAY } from "./label_words.js";

/**
 * The buttons and what is typed.
 *
 * `classes`: their names and keys. `several`: whether a text may have any number of them. `give`: called with the answer.
 */
export function choices({ classes, several }, give) {
  const letters = classes[0].keys.length > 1;
  const chosen = new Set();
  let typed = "";

  const group = make("div", { id: "classes", role: "group", "aria-label": SAY.classes });
  const buttons = classes.map(({ name, keys }) => {
    const made = make("button", { type: "button", ...(several ? { role: "checkbox", "aria-checked": "false" } : {}) });
    made.append(make("kbd", { "aria-hidden": "true" }, keys), words("span", name));
    made.addEventListener("click", () => choose(name));
    return made;
  });
  group.append(...buttons);
  const confirm = make("button", { id: "confirm", type: "button" });
  confirm.addEventListener("click", () => give(inOrder()));
  const find = letters ? finder() : null;
  const root = make("div", { class: letters ? "many" : "" }, ...(find ? [find.row] : []), group, ...(several ? [confirm] : []));

  function inOrder() {
    return classes.map(({ name }) => name).filter((name) => chosen.has(name));
  }

  function choose(name) {
    type("");
    if (!several) return give(name);
    if (!chosen.delete(name)) chosen.add(name);
    show();
  }

  function show() {
    for (const [place, button] of buttons.entries()) if (several) button.setAttribute("aria-checked", chosen.has(classes[place].name));
    const count = chosen.size;
    confirm.replaceChildren(make("kbd", { "aria-hidden": "true" }, "⏎"), make("span", {}, SAY.give(count)));
  }

  /** The first of two letters narrows the classes; what is no class's is forgotten. */
  function type(next) {
    group.style.minHeight = next === "" ? "" : `${group.offsetHeight}px`; // what stands below stays in its place
    typed = next;
    const fits = classes.map(({ keys }) => keys.startsWith(typed));
    for (const [place, button] of buttons.entries()) button.classList.toggle("off", !fits[place]);
    if (find) say(find.typed, typed === "" ? "" : `${typed}…`);
  }

  function finder() {
    const field = make("input", { id: "find", type: "search", autocomplete: "off", spellcheck: "false", "aria-controls": "classes" });
    const label = make("label", { for: "find" }, `${SAY.find} `);
    label.append(make("kbd", { "aria-hidden": "true" }, "/"));
    const typed = make("span", { id: "typed", class: "n", role: "status" });
    field.addEventListener("input", () => {
      const sought = plain(field.value);
      for (const [place, button] of buttons.entries()) button.hidden = !plain(classes[place].name).includes(sought);
      const left = buttons.filter((button) => !button.hidden).length;
      say(typed, sought === "" ? "" : SAY.found(left));
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      event.stopPropagation(); // letters are for this field
      if (event.key === "Escape") leave();
      else if (event.key === "Enter" && field.value === "" && several) give(inOrder());
      else if (event.key === "Enter") buttons.find((button) => !button.hidden && field.value !== "")?.click();
      else if (event.key === "ArrowDown") buttons.find((button) => !button.hidden)?.focus();
      else return;
      if (event.key === "Enter" && several) clear();
      event.preventDefault();
    });
    function clear() {
      field.value = "";
      field.dispatchEvent(new Event("input"));
    }
    function leave() {
      clear();
      field.blur();
    }
    return { row: make("div", { class: "line" }, label, field, typed), field, typed, leave };
  }

  return {
    root,
    keys: letters ? { skip: "→", undo: "⌫" } : { skip: "s", undo: "u" },

    /** Another text: nothing is chosen. */
    ask(suggestion) {
      chosen.clear();
      type("");
      find?.leave();
      const said = new Set([suggestion].flat());
      for (const [place, button] of buttons.entries()) button.classList.toggle("said", said.has(classes[place].name));
      group.scrollTop = (buttons.find((button) => button.classList.contains("said")) ?? group).offsetTop - group.offsetTop;
      show();
    },

    /** Whether a key was for this. */
    pressed(key) {
      if (key === "Enter" && several) {
        const other = document.activeElement?.closest("a, button, input");
        if (other && !root.contains(other)) return false;
        give(inOrder());
      } else if (find && key === "/") find.field.focus();
      else if (typed !== "" && (key === "Escape" || key === "Backspace")) type("");
      else if (letters ? /^[a-z]$/.test(key) : /^[1-9]$/.test(key)) {
        const found = classes.find(({ keys }) => keys === typed + key);
        const begins = classes.some(({ keys }) => keys.startsWith(typed + key));
        if (found) choose(found.name);
        else if (begins) type(typed + key);
        else type("");
      } else return false;
      return true;
    },
  };
}

function plain(said) {
  return said.normalize("NFKC").toLowerCase().trim();
}
