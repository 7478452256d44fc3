// What people say would be right, as a file of labels (docs/label.md): it can be trained on.

import { make, say, told, words } from "./elements.js";
import { save } from "./saving.js";
import { SAY } from "./words.js";

let by = ""; // the person, in this page only
const all = []; // of every tab

/** What was corrected of a model's answers, as lines of a file of labels. */
export function correctionsOf(model) {
  return all.flatMap((each) => each.lines(model));
}

/** Whether a model has one class a text, as a file of labels has. */
export function canCorrect(model) {
  return Array.isArray(model.classes) && ["classification", "ordinal"].includes(model.task);
}

/** Corrections, and the line from which they are saved. */
export class Corrections {
  #place;
  #name;
  #given = new Map();
  #said = make("span", { role: "status" });
  #who = make("input", { type: "text", autocomplete: "off", maxlength: "100" });

  constructor(place, name) {
    all.push(this);
    this.#place = place;
    this.#name = name;
    const button = told("button", () => SAY.saveLabels, { type: "button" });
    const label = make("label", {}, told("span", () => SAY.yourName), " ", this.#who);
    const again = told("a", () => SAY.retrainWith, { href: "#train", class: "to-train" });
    button.addEventListener("click", () => this.#save());
    this.#who.addEventListener("input", () => (by = this.#who.value));
    this.#place.replaceChildren(this.#said, make("div", { class: "line" }, label, button, again));
  }

  of(key) {
    return this.#given.get(key)?.label;
  }

  /** Forget all; from now on they are saved as this. */
  clear(name = this.#name) {
    this.#name = name;
    this.#given.clear();
    this.#show();
  }

  /** A button to correct an answer, and what it was corrected to. `row`: its row in a file; without it they are counted. */
  element({ key, row, text, model, prediction }) {
    const place = make("div", { class: "correcting" });
    const open = make("button", { type: "button", class: "quiet" });
    const rest = () => {
      const label = this.of(key);
      const said = label === undefined ? [] : [make("span", { class: "right" }, told("span", () => SAY.corrected), words("b", label))];
      open.replaceChildren(told("span", () => SAY.correct), ...(row === undefined ? [] : [told("span", () => ` ${SAY.rowOf(row)}`, { class: "unseen" })]));
      place.replaceChildren(...said, open);
    };
    open.addEventListener("click", () => this.#ask(place, model, this.of(key) ?? String(prediction), (label) => {
      if (label !== null) this.#give(key, { row, text, label, model: model.name }, String(prediction));
      rest();
      open.focus();
    }));
    rest();
    return place;
  }

  #ask(place, model, now, end) {
    const select = make("select", { "aria-label": SAY.rightClass, "data-label": "rightClass" }, ...model.classes.map((each) => words("option", String(each), { value: String(each) })));
    const cancel = told("button", () => SAY.cancel, { type: "button" });
    const form = make("form", {}, select, told("button", () => SAY.keep), cancel);
    select.value = now;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      end(select.value);
    });
    cancel.addEventListener("click", () => end(null));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") end(null);
    });
    place.replaceChildren(form);
    select.focus();
  }

  #give(key, { row, text, label, model }, prediction) {
    this.#given.delete(key);
    const at = `${new Date().toISOString().slice(0, 19)}Z`;
    if (label !== prediction) this.#given.set(key, { row, text, label, model, at });
    this.#show();
  }

  #show() {
    this.#place.hidden = this.#given.size === 0;
    this.#who.value = by;
    say(this.#said, () => SAY.corrections(this.#given.size));
  }

  /** As a file of labels has them; of one model, or of all. */
  lines(model) {
    const given = [...this.#given.values()].filter((each) => model === undefined || each.model === model);
    const lines = given.map(({ row, text, label, at }, place) => ({ row: row ?? place + 1, text, label, by: by.trim(), at }));
    return lines.sort((one, other) => one.row - other.row);
  }

  #save() {
    save(new Blob(this.lines().map((each) => `${JSON.stringify(each)}\n`), { type: "application/x-ndjson" }), this.#name);
  }
}
