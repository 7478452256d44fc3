// Two models side by side: what another one says of the same text, and where they differ.

import { Refused, ask } from "./ask.js";
import { headOf, inWords, named, percent, sentenceOf, targetsOf } from "./answers.js";
import { byId, make, say, told, words } from "./elements.js";
import { apart, percentagePoints } from "./movement.js";
import { chosen, reasonOf, session } from "./session.js";
import { SAY } from "./words.js";

const SHOWN = 8; // classes, those that differ most
const select = byId("beside");
let answered = null; // the text, what was said of it, and by which model
let last = new AbortController();

/** Which models can stand beside the one that answers. */
export function offer() {
  const before = select.value;
  const others = session.models.filter(({ name }) => name !== chosen().name);
  select.replaceChildren(told("option", () => SAY.nobody, { value: "" }), ...others.map(({ name }) => words("option", name, { value: name })));
  select.value = others.some(({ name }) => name === before) ? before : "";
}

/** Nothing is said of the text. */
export function clear() {
  last.abort();
  answered = null;
  byId("side").hidden = true;
  empty();
}

/** What is shown is about another text. */
export function stale() {
  last.abort();
  byId("sides").classList.add("old");
}

/** What a model says of a text. */
export function from(text, answer, model) {
  answered = { text, answer, model };
  byId("side").hidden = session.models.length < 2;
  compare();
}

function empty() {
  byId("sides").replaceChildren();
  for (const id of ["sides-said", "sides-problem"]) say(byId(id), "");
}

async function compare() {
  last.abort();
  last = new AbortController();
  const { signal } = last;
  const other = session.models.find(({ name }) => name === select.value);
  if (other === undefined || answered === null) return empty();
  byId("sides").classList.add("old");
  const { text, answer, model } = answered;
  try {
    const reply = await ask("v1/predict", { body: { text, model: other.name }, signal });
    const [its] = (await reply.json()).answers;
    signal.throwIfAborted();
    if (its.error !== null) throw new Refused(reply.status, () => its.error);
    show({ answer, model }, { answer: its, model: other });
  } catch (error) {
    if (signal.aborted) return;
    empty();
    const reason = reasonOf(error);
    if (reason !== null) say(byId("sides-problem"), () => SAY.noAnswer(reason()));
  }
}

function show(one, other) {
  say(byId("sides-problem"), "");
  byId("sides").classList.remove("old");
  const [first, second] = [one, other].map(({ answer, model }) => targetsOf(answer, model));
  const pairs = first.map((target) => [target, second.find(({ name }) => name === target.name)]).filter(([target, its]) => alike(target, its));
  const head = make("tr", {}, make("td", {}), ...[one, other].map(({ model }) => words("th", model.name, { scope: "col" })), told("th", () => (pairs.length > 0 ? SAY.difference : ""), { scope: "col" }));
  const rows = pairs.length > 0 ? pairs.flatMap(([target, its]) => rowsOf(target, its)) : [row(headOf("", "row"), () => sentenceOf(one.answer, one.model), () => sentenceOf(other.answer, other.model), () => "", "decides")];
  byId("sides").replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  say(byId("sides-said"), () => verdict(pairs));
}

/** Whether two models' targets can be set against each other: both are numbers, or they share a class. */
function alike(target, its) {
  if (its === undefined || Boolean(target.probabilities) !== Boolean(its.probabilities)) return false;
  return !target.probabilities || shared(target, its).length > 0;
}

function shared(target, its) {
  return Object.keys(target.probabilities).filter((name) => Object.hasOwn(its.probabilities, name));
}

function rowsOf(target, its) {
  const head = () => headOf(target.name, "row");
  if (!target.probabilities) return [row(head(), () => inWords(target), () => inWords(its), () => apart(its.prediction - target.prediction), "decides")];
  const difference = (name) => its.probabilities[name] - target.probabilities[name];
  const names = shared(target, its).sort((one, other) => Math.abs(difference(other)) - Math.abs(difference(one)));
  const each = names.slice(0, SHOWN).map((name) => {
    const chances = [target, its].map(({ probabilities }) => () => percent(probabilities[name]));
    return row(words("th", name, { scope: "row" }), ...chances, () => percentagePoints(difference(name)));
  });
  return [row(head(), () => named(target), () => named(its), () => "", "decides"), ...each];
}

function row(head, one, other, difference, kind = "") {
  const cells = [one, other].map((said) => told("td", said, { dir: "auto", class: kind === "" ? "n" : "" }));
  return make("tr", { class: kind }, head, ...cells, told("td", difference, { class: "n" }));
}

/** Numbers are never quite the same. */
function verdict(pairs) {
  const classes = pairs.filter(([target]) => target.probabilities);
  if (pairs.length === 0) return SAY.incomparable;
  if (classes.length === 0) return "";
  const sorted = (each) => JSON.stringify([each.prediction].flat().map(String).sort());
  return classes.every(([target, its]) => sorted(target) === sorted(its)) ? SAY.same : SAY.different;
}

select.addEventListener("change", compare);
