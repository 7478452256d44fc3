// The rows of a file with their answers: sorted, filtered, page by page. No elements.

import { named, targetsOf } from "./answers.js";
import { SAY } from "./words.js";

const CHANCE = "probability:";
export const UNANSWERED = "null"; // the tag of rows without an answer
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
    this.counts = new Map(); // of answers, by their tag: JSON of target and class, in no language
    this.hasSure = false;
    this.#text = text;
  }

  /** A row as the server sent it. */
  add(line) {
    const values = JSON.parse(line);
    const text = values[this.#text];
    const row = { row: this.rows.length + 1, line, text: typeof text === "string" ? text : text === null ? "" : JSON.stringify(text) };
    Object.assign(row, values.error ? { error: values.error, tags: [UNANSWERED], key: "", sure: null } : this.#answered(values));
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

  /** A row's answer in words. */
  said(row) {
    return this.#targets(JSON.parse(row.line)).map((target) => called(target.name, named(target))).join(SAY.also);
  }

  /** A row's answer, of a model with one target. */
  prediction(row) {
    return JSON.parse(row.line).prediction;
  }

  #targets(values) {
    return targetsOf(answerOf(values, this.model), this.model);
  }

  #answered(values) {
    const targets = this.#targets(values);
    const tags = targets.filter(({ probabilities }) => probabilities).flatMap(tagsOf);
    const [{ prediction }] = targets;
    const isNumber = targets.length === 1 && typeof prediction === "number";
    return { tags, key: isNumber ? prediction : targets.map((target) => [target.prediction].flat().join()).join(), sure: sureness(targets) };
  }
}

/** A tag in words. */
export function tagName(tag) {
  if (tag === UNANSWERED) return SAY.unanswered;
  const [name, each] = JSON.parse(tag);
  return called(name, each ?? SAY.noLabel);
}

function called(name, said) {
  return name ? SAY.of(name, said) : String(said);
}

function compared(one, other) {
  return typeof one === "number" && typeof other === "number" ? one - other : COLLATOR.compare(one, other);
}

function tagsOf({ name, prediction }) {
  const given = [prediction].flat();
  return (given.length > 0 ? given : [null]).map((each) => JSON.stringify([name, each]));
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
