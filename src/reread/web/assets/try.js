// The tab Try: a text, and what the model says of it while it is typed.

import { Refused, ask, pause } from "./ask.js";
import { agreement, aimOf, answerElements, membersElement, percent, sentenceOf, wordsElement } from "./answers.js";
import * as beside from "./beside.js";
import { Corrections, canCorrect } from "./corrections.js";
import { byId, make, say, told } from "./elements.js";
import { Marks } from "./marks.js";
import * as near from "./near.js";
import { chosen, reasonOf } from "./session.js";
import { whole } from "./text.js";
import * as whatIf from "./what_if.js";
import { SAY } from "./words.js";

const TYPING = 250; // milliseconds without a key before the model is asked
const LOOKING = 300; // and after the answer, before it is asked for its words: that costs more
const field = byId("text");
const marks = new Marks(field, byId("behind"));
const corrections = new Corrections(byId("corrected"), "texts.labels.jsonl");
let last = new AbortController(); // ends what is asked when something newer is

/** The tab is seen. */
export function shown() {
  field.focus();
  if (byId("answer").childElementCount === 0) changed();
}

/** Ask about this text. */
export function put(text) {
  field.value = text;
  rewritten();
  changed();
}

/** The text in the field is another one. */
function rewritten() {
  marks.changed();
  whatIf.clear();
}

/** Forget the text and all that was said of it. */
export function clear() {
  put("");
  corrections.clear();
}

/** The options by which a model says how sure it is. */
function sureBy(model) {
  return ["sets", "interval"].filter((each) => model.options.includes(each));
}

/** The text, the model or the coverage is another one. */
export function changed() {
  last.abort();
  last = new AbortController();
  byId("problem").hidden = true;
  if (field.value.trim() === "") return nothing();
  byId("answer").classList.add("old");
  beside.stale();
  near.stale();
  answer(last.signal).catch((error) => failed(error, changed));
}

function nothing() {
  say(byId("said"), () => SAY.noneYet);
  byId("answer").replaceChildren();
  byId("correct").replaceChildren();
  for (const id of ["words", "members", "legend", "coverage-line"]) byId(id).hidden = true;
  marks.show([]);
  whatIf.clear();
  whatIf.hide();
  beside.clear();
  near.clear();
}

async function answer(signal) {
  await pause(TYPING, signal);
  const [model, coverage] = [chosen(), Number(byId("coverage").value)];
  const asked = { text: whole(field.value), model: model.name };
  const { reply, problem } = await predicted(asked, model, coverage, signal);
  const [one] = (await reply.json()).answers;
  signal.throwIfAborted();
  if (one.error !== null) throw new Refused(reply.status, () => one.error);
  show(one, model, coverage);
  correctable(asked.text, one, model);
  whatIf.from(asked.text, one, model);
  beside.from(asked.text, one, model);
  near.from(asked.text, model);
  say(byId("coverage-problem"), problem);
  await pause(LOOKING, signal);
  await explain(asked, signal);
}

/** The reply; without set and interval if the model cannot say so much, which is the problem then. */
async function predicted(asked, model, coverage, signal) {
  const body = { ...asked, members: true };
  const sure = Object.fromEntries(sureBy(model).map((each) => [each, coverage]));
  try {
    return { reply: await ask("v1/predict", { body: { ...body, ...sure }, signal, waits: waiting }), problem: () => "" };
  } catch (error) {
    if (error.status !== 422 || sureBy(model).length === 0) throw error;
    return { reply: await ask("v1/predict", { body, signal, waits: waiting }), problem: () => SAY.notWithThis(error.why()) };
  }
}

function show(one, model, coverage) {
  say(byId("said"), () => sentenceOf(one, model));
  byId("answer").replaceChildren(...answerElements(one, model, coverage));
  byId("answer").classList.remove("old");
  byId("coverage-line").hidden = sureBy(model).length === 0;
  byId("members").hidden = one.members === undefined;
  if (one.members === undefined) return;
  byId("opinions").replaceChildren(membersElement(one, model), told("p", () => agreement(one, model), { class: "hint" }));
}

/** Let people say what would be right. */
function correctable(text, { prediction }, model) {
  if (!canCorrect(model)) return byId("correct").replaceChildren();
  const key = text; // of equal texts the last word counts
  byId("correct").replaceChildren(corrections.element({ key, text, model, prediction }));
}

/** Mark the words. That they cannot be marked is no reason to show no answer. */
async function explain(asked, signal) {
  let explanations = [];
  try {
    const said = await (await ask("v1/explain", { body: asked, signal, waits: waiting })).json();
    ({ explanations } = said.answers[0]);
  } catch (error) {
    signal.throwIfAborted();
    marks.show([]);
    whatIf.hide();
    byId("legend").hidden = byId("aims").hidden = true;
    byId("words").hidden = false;
    const why = error.why ?? (() => SAY.pageFailed);
    const long = error.status === 413;
    byId("why").replaceChildren(told("p", () => (long ? SAY.tooLong : SAY.noWords(why()))));
    return;
  }
  signal.throwIfAborted();
  const aim = byId("aim");
  const before = aim.value;
  aim.replaceChildren(...explanations.map((each) => told("option", () => aimOf(each), { value: each.answer })));
  if (explanations.some((each) => each.answer === before)) aim.value = before;
  byId("aims").hidden = explanations.length < 2;
  aim.onchange = () => mark(explanations[aim.selectedIndex]);
  aim.onchange();
}

function mark(explanation) {
  marks.show(explanation.spans);
  say(byId("legend-for"), () => aimOf(explanation));
  byId("legend").hidden = byId("words").hidden = false;
  byId("why").replaceChildren(wordsElement(explanation, whatIf.choose), told("p", () => SAY.accounts[explanation.method] ?? explanation.account, { class: "hint" }));
  whatIf.ready();
}

export function waiting(seconds) {
  say(byId("said"), () => SAY.full(seconds));
}

/** Say what went wrong, and let people try again. */
export function failed(error, again) {
  const reason = reasonOf(error);
  if (reason === null) return;
  nothing();
  say(byId("problem-words"), () => SAY.noAnswer(reason()));
  byId("problem").hidden = false;
  byId("again").onclick = again;
}

field.addEventListener("input", ({ isComposing }) => {
  rewritten();
  if (!isComposing) changed(); // else what stands there are letters that become a Chinese word
});
field.addEventListener("compositionend", changed);
byId("coverage").addEventListener("change", changed);
for (const option of byId("coverage").options) say(option, () => percent(Number(option.value)));
whatIf.use(marks, put);
marks.changed(); // browsers keep a text when the page is loaded again
