// The first page: a text, and what the model says of it while it is typed.

import { Refused, ask, hasToken, isToken, pause, useToken } from "./ask.js";
import { agreement, answerElements, membersElement, sentenceOf, wordsElement } from "./answers.js";
import { byId, make, say } from "./elements.js";
import { Marks } from "./marks.js";
import { whole } from "./text.js";

const TYPING = 250; // milliseconds without a key before the model is asked
const LOOKING = 300; // and after the answer, before it is asked for its words: that costs more
const ANSWERERS = { stack: "a linear member and a network together", network: "its network", linear: "its linear member" };
const field = byId("text");
const marks = new Marks(field, byId("behind"));
let models = [];
let last = new AbortController(); // ends what is asked when something newer is

/** Ask what there is to answer; for a token, if the server wants one. */
async function start() {
  try {
    ({ models } = await (await ask("v1/models", { waits: waiting })).json());
  } catch (error) {
    if (error.status === 401) return askForToken(hasToken() ? "That is no token of this server." : "");
    byId("desk").hidden = false;
    return failed(error, start);
  }
  byId("access").hidden = true;
  byId("token").value = "";
  byId("forget").hidden = !hasToken();
  byId("desk").hidden = byId("about").hidden = false;
  byId("model").replaceChildren(...models.map(({ name }) => make("option", { value: name }, name)));
  byId("models").hidden = models.length === 1;
  describe();
  field.focus();
  changed();
}

function askForToken(problem) {
  useToken(null);
  byId("desk").hidden = byId("about").hidden = true;
  byId("access").hidden = false;
  say(byId("token-problem"), problem);
  byId("token").focus();
}

function chosen() {
  return models.find(({ name }) => name === byId("model").value);
}

/** The options by which a model says how sure it is. */
function sureBy(model) {
  return ["sets", "interval"].filter((each) => model.options.includes(each));
}

/** What the model is. */
function describe() {
  const model = chosen();
  const targets = Object.keys(model.config.parts ?? {}).length;
  const classes = Array.isArray(model.classes) ? `, ${model.classes.length} classes` : targets ? `, ${targets} targets` : "";
  say(byId("facts"), `${model.name}: ${model.task}${classes}. Its answers come from ${ANSWERERS[model.answers]}.`);
  byId("report-line").hidden = model.report === null;
  if (model.report !== null) byId("report").href = model.report.slice(1);
  byId("card").hidden = model.card === null;
  say(byId("card-text"), model.card ?? "");
}

/** The text, the model or the coverage is another one. */
function changed() {
  last.abort();
  last = new AbortController();
  byId("problem").hidden = true;
  if (field.value.trim() === "") return nothing();
  byId("answer").classList.add("old");
  answer(last.signal).catch((error) => failed(error, changed));
}

function nothing() {
  say(byId("said"), "None yet.");
  byId("answer").replaceChildren();
  for (const id of ["words", "members", "legend", "coverage-line"]) byId(id).hidden = true;
  marks.show([]);
}

async function answer(signal) {
  await pause(TYPING, signal);
  const [model, coverage] = [chosen(), Number(byId("coverage").value)];
  const asked = { text: whole(field.value), model: model.name };
  const { reply, problem } = await predicted(asked, model, coverage, signal);
  const [one] = (await reply.json()).answers;
  signal.throwIfAborted();
  if (one.error !== null) throw new Refused(reply.status, one.error);
  show(one, model, coverage);
  say(byId("coverage-problem"), problem);
  await pause(LOOKING, signal);
  await explain(asked, signal);
}

/** The reply; without set and interval if the model cannot say so much, which is the problem then. */
async function predicted(asked, model, coverage, signal) {
  const body = { ...asked, members: true };
  const sure = Object.fromEntries(sureBy(model).map((each) => [each, coverage]));
  try {
    return { reply: await ask("v1/predict", { body: { ...body, ...sure }, signal, waits: waiting }), problem: "" };
  } catch (error) {
    if (error.status !== 422 || sureBy(model).length === 0) throw error;
    return { reply: await ask("v1/predict", { body, signal, waits: waiting }), problem: `Not with this model: ${error.message}.` };
  }
}

function show(one, model, coverage) {
  say(byId("said"), sentenceOf(one, model));
  byId("answer").replaceChildren(...answerElements(one, model, coverage));
  byId("answer").classList.remove("old");
  byId("coverage-line").hidden = sureBy(model).length === 0;
  byId("members").hidden = one.members === undefined;
  if (one.members === undefined) return;
  byId("opinions").replaceChildren(membersElement(one, model), make("p", { class: "hint" }, agreement(one, model)));
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
    byId("legend").hidden = byId("aims").hidden = true;
    byId("words").hidden = false;
    const long = error.status === 413;
    byId("why").replaceChildren(make("p", {}, long ? "The text is too long to mark its words." : `No words: ${error.message}.`));
    return;
  }
  signal.throwIfAborted();
  const aim = byId("aim");
  const before = aim.value;
  aim.replaceChildren(...explanations.map((each) => make("option", { value: each.answer }, each.answer)));
  if (explanations.some((each) => each.answer === before)) aim.value = before;
  byId("aims").hidden = explanations.length < 2;
  aim.onchange = () => mark(explanations[aim.selectedIndex]);
  aim.onchange();
}

function mark(explanation) {
  marks.show(explanation.spans);
  say(byId("legend-for"), explanation.answer);
  byId("legend").hidden = byId("words").hidden = false;
  byId("why").replaceChildren(wordsElement(explanation), make("p", { class: "hint" }, explanation.account));
}

function waiting(seconds) {
  const time = seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
  say(byId("said"), `The server is full. It is asked again in ${time}.`);
}

/** Say what went wrong, and let people try again. */
function failed(error, again) {
  if (error.name === "AbortError") return;
  if (error.status === 401) return askForToken("The server does not take this token any more.");
  if (!(error instanceof Refused)) console.error(error);
  nothing();
  say(byId("problem-words"), `No answer: ${error instanceof Refused ? error.message : "this page failed"}.`);
  byId("problem").hidden = false;
  byId("again").onclick = again;
}

/** With a token a link leads nowhere: what it leads to is fetched, and saved. */
async function saveReport(event) {
  if (!hasToken()) return;
  event.preventDefault();
  try {
    const page = await (await ask(byId("report").getAttribute("href"))).blob();
    const link = make("a", { href: URL.createObjectURL(page), download: `${chosen().name}.report.html` });
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (error) {
    failed(error, () => byId("report").click());
  }
}

byId("access").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = byId("token").value.trim();
  if (!isToken(given)) return say(byId("token-problem"), "No token has such characters.");
  useToken(given);
  start();
});
byId("forget").addEventListener("click", () => {
  last.abort();
  field.value = "";
  marks.changed();
  nothing();
  askForToken("");
});
field.addEventListener("input", ({ isComposing }) => {
  marks.changed();
  if (!isComposing) changed(); // else what stands there are letters that become a Chinese word
});
field.addEventListener("compositionend", changed);
byId("model").addEventListener("change", () => {
  describe();
  changed();
});
byId("coverage").addEventListener("change", changed);
byId("report").addEventListener("click", saveReport);
marks.changed(); // browsers keep a text when the page is loaded again
start();
