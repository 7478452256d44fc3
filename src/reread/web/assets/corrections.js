// What people say would be right, as a file of labels (docs/label.md): it can be trained on.

import { named } from "./answers.js";
import { make, say, told, words } from "./elements.js";
import { save } from "./saving.js";
import { SAY } from "./words.js";

let by = ""; // the person, in this page only
const all = []; // of every tab

/** What was corrected of a model's answers, as lines of a file of labels. */
export function correctionsOf(model) {
  return all.flatMap((each) => each.lines(model));
}

/** Whether a model has one target, as a file of labels has. */
export function canCorrect(model) {
  return model.task in FIELDS && (model.task === "regression" || Array.isArray(model.classes));
}

/** What takes the right answer to a task: an element, what it holds, and how that is put there. */
const FIELDS = {
  classification: oneOf,
  ordinal: oneOf,
  multilabel: someOf,
  regression: aNumber,
};

function oneOf({ classes }) {
  const root = make("select", { "aria-label": SAY.rightClass, "data-label": "rightClass" }, ...classes.map((each) => words("option", String(each), { value: String(each) })));
  return { root, first: root, put: (answer) => (root.value = answer), held: () => root.value };
}

function someOf({ classes }) {
  const boxes = classes.map((each) => make("input", { type: "checkbox", value: String(each) }));
  const labels = boxes.map((box) => make("label", {}, box, " ", words("span", box.value)));
  const root = make("div", { class: "several", role: "group", "aria-label": SAY.rightLabels, "data-label": "rightLabels" }, ...labels);
  const put = (answer) => {
    for (const box of boxes) box.checked = answer.includes(box.value);
  };
  return { root, first: boxes[0], put, held: () => boxes.filter(({ checked }) => checked).map(({ value }) => value) };
}

function aNumber() {
  const root = make("input", { type: "number", step: "any", required: "", "aria-label": SAY.rightNumber, "data-label": "rightNumber" });
  let [given, shown] = [0, ""];
  const put = (answer) => {
    given = answer;
    shown = root.value = String(Number(answer.toPrecision(4))); // as the answer is shown: the field is short
  };
  return { root, first: root, put, held: () => (root.value === shown ? given : Number(root.value)) };
}

/** An answer as a file of labels has it: names of classes are text. */
function answerOf(prediction, { task }) {
  if (task === "regression") return prediction;
  return Array.isArray(prediction) ? prediction.map(String) : String(prediction);
}

/** Whether two answers are the same; labels have no order. */
function same(one, other) {
  return Array.isArray(one) ? one.toSorted().join("\n") === other.toSorted().join("\n") : one === other;
}

/** As a line of a file of labels has an answer (docs/label.md). */
function fieldsOf(label, { task, classes }) {
  if (task === "regression") return { target: label };
  return task === "ordinal" ? { label, ordinal_order: classes.join(",") } : { label };
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
      const said = label === undefined ? [] : [make("span", { class: "right" }, told("span", () => SAY.corrected), words("b", named({ prediction: label, probabilities: typeof label !== "number" })))];
      open.replaceChildren(told("span", () => SAY.correct), ...(row === undefined ? [] : [told("span", () => ` ${SAY.rowOf(row)}`, { class: "unseen" })]));
      place.replaceChildren(...said, open);
    };
    const answered = answerOf(prediction, model);
    open.addEventListener("click", () => this.#ask(place, model, this.of(key) ?? answered, (label) => {
      if (label !== null) this.#give(key, { row, text, label, model }, answered);
      rest();
      open.focus();
    }));
    rest();
    return place;
  }

  #ask(place, model, now, end) {
    const field = FIELDS[model.task](model);
    const cancel = told("button", () => SAY.cancel, { type: "button" });
    const form = make("form", {}, field.root, told("button", () => SAY.keep), cancel);
    field.put(now);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      end(field.held());
    });
    cancel.addEventListener("click", () => end(null));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return end(null);
      if (event.key !== "Enter" || event.target.type !== "checkbox") return;
      event.preventDefault(); // it would press the button that gets the focus
      form.requestSubmit(); // as in other fields
    });
    place.replaceChildren(form);
    field.first.focus();
  }

  #give(key, { row, text, label, model }, prediction) {
    this.#given.delete(key);
    const at = `${new Date().toISOString().slice(0, 19)}Z`;
    if (!same(label, prediction)) this.#given.set(key, { row, text, label, model, at });
    this.#show();
  }

  #show() {
    this.#place.hidden = this.#given.size === 0;
    this.#who.value = by;
    say(this.#said, () => SAY.corrections(this.#given.size));
  }

  /** As a file of labels has them; of one model, or of all. */
  lines(model) {
    const given = [...this.#given.values()].filter((each) => model === undefined || each.model.name === model);
    const lines = given.map(({ row, text, label, model: of, at }, place) => ({ row: row ?? place + 1, text, ...fieldsOf(label, of), by: by.trim(), at }));
    return lines.sort((one, other) => one.row - other.row);
  }

  #save() {
    save(new Blob(this.lines().map((each) => `${JSON.stringify(each)}\n`), { type: "application/x-ndjson" }), this.#name);
  }
}
