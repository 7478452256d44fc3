// Answers as elements, for each kind of model.

import { make, told, words } from "./elements.js";
import { SAY } from "./words.js";

const SHOWN = 8; // classes
const NUMBERS = "units of the target"; // of what an explanation of a number is in
export const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const PERCENT = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

export function percent(probability) {
  return SAY.percent(PERCENT.format(probability));
}

/** The answer to each target of a model; most models have one, without a name. */
export function targetsOf(answer, model) {
  const parts = model.config.parts;
  if (parts === undefined) return [{ ...answer, name: "", task: model.task, classes: model.classes }];
  return Object.keys(answer.prediction).map((name) => {
    const own = (values) => (values && Object.hasOwn(values, name) ? values[name] : undefined);
    const { prediction, probabilities, set, lower, upper } = answer;
    const values = { prediction, probabilities, set, lower, upper };
    for (const [key, value] of Object.entries(values)) values[key] = own(value);
    return { ...values, name, task: own(parts).task, classes: own(model.classes) };
  });
}

/** An answer in a few words, without how sure it is. */
export function named({ prediction, probabilities }) {
  if (Array.isArray(prediction)) return prediction.length > 0 ? prediction.join(SAY.listed) : SAY.noLabel;
  return probabilities ? String(prediction) : NUMBER.format(prediction);
}

/** An answer in a few words. */
export function inWords(target) {
  const { prediction, probabilities } = target;
  if (Array.isArray(prediction) || !probabilities) return named(target);
  return SAY.surely(named(target), percent(probabilities[prediction]));
}

/** The whole answer in one sentence. */
export function sentenceOf(answer, model) {
  return targetsOf(answer, model)
    .map((target) => (target.name ? SAY.of(target.name, inWords(target)) : inWords(target)))
    .join(SAY.also);
}

/** The answer with its probabilities, and the set or the interval if it was asked for. */
export function answerElements(answer, model, coverage) {
  return targetsOf(answer, model).flatMap((target) => [
    ...(target.name ? [words("h3", target.name)] : []),
    ...(target.probabilities ? barsOf(target) : []),
    ...withCoverage(target, coverage),
  ]);
}

/** What each member answers, as a table. */
export function membersElement(answer, model) {
  const rows = Object.entries(answer.members);
  if (model.answers === "stack") rows.unshift(["stack", answer]);
  const names = targetsOf(answer, model).map(({ name }) => headOf(name, "col"));
  const head = make("tr", {}, make("td", {}), ...names);
  const body = rows.map(([name, each]) =>
    make(
      "tr",
      { class: name === model.answers ? "decides" : "" },
      told("th", () => (name === model.answers ? SAY.theAnswer(SAY.members[name]) : SAY.members[name]), { scope: "row" }),
      ...targetsOf(each, model).map((target) => told("td", () => inWords(target), { dir: "auto" })),
    ),
  );
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
}

/** The head of what is said of a target, or of the one that has no name. */
export function headOf(name, scope) {
  return name === "" ? told("th", () => SAY.answer, { scope }) : words("th", name, { scope });
}

/** Whether the members answer the same, in words; numbers are never quite the same. */
export function agreement(answer, model) {
  const chosen = Object.values(answer.members).map((each) =>
    targetsOf(each, model).filter(({ probabilities }) => probabilities).map(({ prediction }) => prediction),
  );
  const [first, ...others] = chosen.map((each) => JSON.stringify(each));
  if (first === "[]") return "";
  return others.every((each) => each === first) ? SAY.agree : SAY.disagree;
}

/** What an explanation's words speak for or against, in words. */
export function aimOf({ answer, unit }) {
  return unit === NUMBERS ? answer.replace(/the number$/, SAY.theNumber) : answer;
}

/** The words that weigh most, as a table; `choose` is called with the one that is pressed. */
export function wordsElement(explanation, choose, most = 10) {
  const ordered = [...explanation.spans].sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
  const spans = ordered.filter(({ weight }) => weight !== 0 && Math.abs(weight) >= Math.abs(ordered[0].weight) / 100);
  const signed = new Intl.NumberFormat("en", { signDisplay: "always", maximumSignificantDigits: 3 });
  const rows = spans.slice(0, most).map((span) => {
    const button = words("button", span.text, { type: "button", class: "quiet" });
    button.addEventListener("click", () => choose(span));
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, button),
      make("td", { class: "n" }, signed.format(span.weight).replace("-", "−")),
      told("td", () => (span.weight > 0 ? SAY.weightFor : SAY.weightAgainst)),
    );
  });
  if (rows.length === 0) return told("p", () => SAY.noWeight);
  const heads = ["weightWord", "weightAdds", "weightSpeaks"].map((name) => told("th", () => SAY[name], { scope: "col" }));
  const unit = explanation.weight_unit;
  const caption = told("caption", () => SAY.weightCaption(words("b", aimOf(explanation)), SAY.units[unit] ?? unit));
  return make("table", {}, caption, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
}

function barsOf({ prediction, probabilities, classes, task }) {
  const chosen = new Set([prediction].flat().map(String));
  const ordered = task === "ordinal";
  const names = ordered ? classes.map(String) : Object.keys(probabilities);
  if (!ordered) names.sort((one, other) => probabilities[other] - probabilities[one]);
  const rows = names.map((name) => barOf(name, probabilities[name], chosen.has(name)));
  const list = make("ul", { class: "bars" }, ...rows);
  const rest = ordered || rows.length <= SHOWN + 1 ? [] : rows.slice(SHOWN);
  if (rest.length === 0) return [list];
  for (const row of rest) row.hidden = true;
  const button = told("button", () => SAY.showMore(rest.length), { type: "button" });
  button.addEventListener("click", () => {
    for (const row of rest) row.hidden = false;
    button.remove();
  });
  return [list, button];
}

function barOf(name, probability, chosen) {
  const full = make("span", { class: "full" });
  full.style.width = `${100 * probability}%`;
  return make(
    "li",
    chosen ? { class: "chosen" } : {},
    words("span", name, { class: "name" }),
    told("span", () => percent(probability), { class: "n" }),
    make("span", { class: "bar", "aria-hidden": "true" }, full),
  );
}

function withCoverage({ set, lower, upper }, coverage) {
  if (set !== undefined) {
    const listed = () => (set.length > 0 ? set.join(SAY.listed) : SAY.noClass);
    return [told("p", () => SAY.setHolds(percent(coverage), words("b", listed())))];
  }
  if (lower === undefined) return [];
  const [from, to] = [lower, upper].map((each) => make("b", { class: "n" }, NUMBER.format(each)));
  return [told("p", () => SAY.rangeHolds(percent(coverage), from, to))];
}
