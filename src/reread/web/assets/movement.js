// How an answer moves from one text to another.

import { inWords, named, NUMBER, percent, targetsOf } from "./answers.js";
import { make, told, words } from "./elements.js";
import { SAY } from "./words.js";

const SIGNED = new Intl.NumberFormat("en", { signDisplay: "exceptZero", maximumFractionDigits: 1 });
const SIGNED_NUMBER = new Intl.NumberFormat("en", { signDisplay: "exceptZero", maximumSignificantDigits: 3 });

/** Hundredths of a probability, with their sign. */
export function percentagePoints(difference) {
  return SAY.points(minus(SIGNED.format(100 * difference)));
}

/** How far one number is from another. */
export function apart(difference) {
  return SAY.apart(minus(SIGNED_NUMBER.format(difference)));
}

/** What was answered before, what is answered now, and by how much it moved; for each target of the model. */
export function movementElements(before, after, model) {
  const now = targetsOf(after, model);
  return targetsOf(before, model).map((target, place) => make("p", { class: "movement" }, ...moved(target, now[place])));
}

function moved(before, after) {
  const start = before.name ? [told("span", () => SAY.of(before.name, ""), { dir: "auto" })] : [];
  if (!before.probabilities) return [...start, ...numbers(before, after)];
  const name = movedName(before, after);
  const [one, other] = [before.probabilities[name], after.probabilities[name]];
  const ends = told("b", () => `${percent(one)} → ${percent(other)}`, { class: "n" });
  const by = told("span", () => percentagePoints(other - one), { class: "n" });
  const another = named(before) === named(after) ? [] : [told("span", () => SAY.nowIs(inWords(after)), { dir: "auto" })];
  return [...start, words("span", name), " ", ends, " ", by, ...another];
}

/** The class whose probability is shown: the one answered before; of several labels the one that moves most. */
function movedName({ prediction, probabilities }, after) {
  if (!Array.isArray(prediction)) return String(prediction);
  const distance = (name) => Math.abs(after.probabilities[name] - probabilities[name]);
  return Object.keys(probabilities).reduce((most, name) => (distance(name) > distance(most) ? name : most));
}

function numbers(before, after) {
  const ends = make("b", { class: "n" }, `${NUMBER.format(before.prediction)} → ${NUMBER.format(after.prediction)}`);
  return [ends, " ", told("span", () => apart(after.prediction - before.prediction), { class: "n" })];
}

function minus(written) {
  return written.replace("-", "−");
}
