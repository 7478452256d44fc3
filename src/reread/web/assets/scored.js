// The rows of a file with their answers: sorted, filtered, page by page. No elements.

import { named, targetsOf } from "./answers.js";
import { SAY } from "./words.js";

const CHANCE = "probability:";
const COLLATOR = new Intl.Collator(undefined, { numeric: true });
export const PAGE = 50; // rows
export const ORDERS = {
  row: (one, other) => one.row - other.row,
  answer: (one, other) => compared(one.key, other.key),
  sure: (one, other) => one.sure - other.sure,
};

/** Rows in the order in which they came, and those of them that are shown. */
export class Scored {
  #text;
  #view = { order: "row", down: false, only: "", words: "" };
  #shown = [];

  constructor(model, columns, text) {
    this.model = model;
    this.columns = columns;
    this.rows = [];
    this.counts = new Map(); // of answers, by what they are called
    this.hasSure = false;
    this.#text = text;
  }

  /** A row as the server sent it. */
  add(line) {
    const values = JSON.parse(line);
    const text = values[this.#text];
    const row = { row: this.rows.length + 1, line, text: typeof text === "string" ? text : text === null ? "" : JSON.stringify(text) };
    Object.assign(row, values.error ? { error: values.error, said: "", tags: [SAY.unanswered], key: "", sure: null } : this.#answered(values));
    for (const tag of row.tags) this.counts.set(tag, (this.counts.get(tag) ?? 0) + 1);
    this.hasSure ||= row.sure !== null;
    this.rows.push(row);
  }

  /** Show rows in this order, those with this answer, and these words in their text. */
  view(changes = {}) {
    Object.assign(this.#view, changes);
    const { order, down, only, words } = this.#view;
    const wanted = words.toLowerCase();
    const kept = this.rows.filter((row) => (only === "" || row.tags.includes(only)) && (wanted === "" || row.text.toLowerCase().includes(wanted)));
    const sign = down ? -1 : 1;
    const last = (row) => order !== "row" && row.error !== undefined;
    if (order !== "row" || down) kept.sort((one, other) => last(one) - last(other) || sign * ORDERS[order](one, other) || one.row - other.row);
    this.#shown = kept;
    return this.#view;
  }

  get shown() {
    return this.#shown;
  }

  get pages() {
    return Math.max(1, Math.ceil(this.#shown.length / PAGE));
  }

  /** The rows of a page, from 1. */
  page(number) {
    return this.#shown.slice((number - 1) * PAGE, number * PAGE);
  }

  /** The file's columns, and those of the answers. */
  get allColumns() {
    const own = new Set(this.columns);
    const all = this.rows.length > 0 ? Object.keys(JSON.parse(this.rows[0].line)) : [];
    return [...this.columns, ...all.filter((name) => !own.has(name))];
  }

  #answered(values) {
    const targets = targetsOf(answerOf(values, this.model), this.model);
    const called = (target, each) => (target.name ? SAY.of(target.name, each) : String(each));
    const tags = targets.filter(({ probabilities }) => probabilities).flatMap((target) => tagsOf(target).map((each) => called(target, each)));
    const said = targets.map((target) => called(target, named(target))).join(SAY.also);
    const [only] = targets;
    const isNumber = targets.length === 1 && typeof only.prediction === "number";
    return { said, tags, key: isNumber ? only.prediction : said, sure: sureness(targets) };
  }
}

function compared(one, other) {
  return typeof one === "number" && typeof other === "number" ? one - other : COLLATOR.compare(one, other);
}

function tagsOf({ prediction }) {
  if (!Array.isArray(prediction)) return [prediction];
  return prediction.length > 0 ? prediction : [SAY.noLabel];
}

/** The probability of the whole answer: of several labels or targets, as if they were independent. Null for numbers. */
function sureness(targets) {
  const chances = targets.filter(({ probabilities }) => probabilities).flatMap(({ prediction, probabilities }) => {
    if (!Array.isArray(prediction)) return [probabilities[prediction]];
    const given = new Set(prediction.map(String));
    return Object.entries(probabilities).map(([name, each]) => (given.has(name) ? each : 1 - each));
  });
  return chances.length > 0 ? chances.reduce((all, each) => all * each, 1) : null;
}

/** The columns of an answer as the server gives it for one text. */
function answerOf(values, model) {
  if (model.config.parts === undefined) return partOf(values, "");
  const answer = { prediction: {}, probabilities: {} };
  for (const name of Object.keys(model.config.parts)) {
    const { prediction, probabilities } = partOf(values, `${name}.`);
    answer.prediction[name] = prediction;
    if (probabilities) answer.probabilities[name] = probabilities;
  }
  return answer;
}

function partOf(values, start) {
  const chance = start + CHANCE;
  const chances = Object.entries(values).filter(([name]) => name.startsWith(chance));
  const probabilities = Object.fromEntries(chances.map(([name, value]) => [name.slice(chance.length), value]));
  return { prediction: values[`${start}prediction`], probabilities: chances.length > 0 ? probabilities : undefined };
}
