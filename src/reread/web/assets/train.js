// The tab Train: a labelled file and what is understood of it, a training as it goes, its result; and corrections.

import { ask, hasToken, pause } from "./ask.js";
import { canCorrect, correctionsOf } from "./corrections.js";
import { drawCurve } from "./curve.js";
import { byId, make, say, told, words } from "./elements.js";
import { ENDINGS, MOST, typeOf } from "./file_types.js";
import { save } from "./saving.js";
import { chosen, reasonOf } from "./session.js";
import { SAY } from "./words.js";

const REPORT = "v1/training/report";
const WHOLE = new Intl.NumberFormat("en");
const LOOKS = 1000; // milliseconds between looks at a training
let understood = null; // what the server says of the file
let last = new AbortController(); // ends what is asked of a file when something newer is
let state = null; // of the training
let watching = false;
let cancelling = false;
let replaced = () => {};
let answered = null; // the model that a training has made answer, as it was told last

/** What is done when another model answers. */
export function whenReplaced(act) {
  replaced = act;
}

/** The tab is seen. */
export function shown() {
  offer();
  watch();
}

/** Forget the file. */
export function clear() {
  last.abort();
  last = new AbortController();
  understood = state = null;
  for (const id of ["learn-file", "again-file", "again-rows"]) byId(id).value = "";
  for (const id of ["learn-said", "learn-problem", "again-said", "again-problem"]) say(byId(id), "");
  byId("learn-plan").hidden = byId("training").hidden = true;
}

export function modelChanged() {
  offer();
  if (state !== null) show();
}

/** Send a file; what it is called there. */
async function sent(file, problem, signal) {
  const type = typeOf(file.name);
  if (type === undefined) throw new Wrong(() => SAY.notLearned(file.name, ENDINGS));
  if (file.size > MOST) throw new Wrong(() => SAY.tooLargeToLearn(file.name));
  say(problem, "");
  return (await ask(`v1/training/data?${new URLSearchParams({ name: file.name })}`, { file, type, signal })).json();
}

/** What was given cannot be used; `why` gives the reason. */
class Wrong extends Error {
  constructor(why) {
    super(why());
    this.why = why;
  }
}

function failed(error, place) {
  const reason = error instanceof Wrong ? error.why : reasonOf(error);
  if (reason !== null) say(place, () => SAY.sentence(reason()));
}

/** A file is chosen: send it, and show what is understood. */
async function look(file) {
  last.abort();
  last = new AbortController();
  understood = null;
  byId("learn-plan").hidden = true;
  say(byId("learn-said"), () => SAY.reading(file.name));
  try {
    understood = await sent(file, byId("learn-problem"), last.signal);
    plan();
  } catch (error) {
    say(byId("learn-said"), "");
    failed(error, byId("learn-problem"));
  }
}

async function lookAgain() {
  const asked = new URLSearchParams();
  for (const [name, id] of [["text", "learn-text"], ["label", "learn-label"]]) if (byId(id).value !== "") asked.set(name, byId(id).value);
  try {
    understood = await (await ask(`v1/training/data/${encodeURIComponent(understood.data)}?${asked}`, { signal: last.signal })).json();
    plan();
  } catch (error) {
    failed(error, byId("learn-problem"));
  }
}

/** Say what is understood. */
function plan() {
  const { columns, text, label, why, rows, set_aside: aside, task, language, classes, others, findings, range } = understood;
  say(byId("learn-said"), "");
  say(byId("learn-problem"), () => (why === null ? "" : SAY.sentence(why)));
  for (const [id, name] of [["learn-text", text], ["learn-label", label]]) {
    byId(id).replaceChildren(
      ...(name === null ? [told("option", () => SAY.chooseColumn, { value: "" })] : []),
      ...columns.map((each) => words("option", each, { value: each })),
    );
    byId(id).value = name ?? "";
  }
  const facts = [];
  if (task !== null) {
    facts.push([() => SAY.rows, () => SAY.rowsAside(rows, aside)]);
    facts.push([() => SAY.task, () => SAY.tasks[task] ?? task], [() => SAY.languageOf, () => SAY.languages[language] ?? language]);
    if (findings !== null) facts.push([() => SAY.firstLook, () => (findings === "" ? SAY.nothingFound : findings)]);
    if (range !== null) facts.push([() => SAY.numbers, () => SAY.range(...range)]);
    const list = classes.map(({ name, rows: count }) => make("li", {}, words("span", name), make("span", { class: "n" }, WHOLE.format(count))));
    if (others > 0) list.push(told("li", () => SAY.others(others)));
    const element = make("ul", { tabindex: "0", "aria-label": SAY.classRows, "data-label": "classRows" }, ...list);
    if (list.length > 0) facts.push([() => SAY.classes(classes.length + others), () => [element]]);
  }
  byId("understood").replaceChildren(...facts.flatMap(([name, value]) => [told("dt", name), told("dd", value)]));
  byId("learn-go").disabled = why !== null || busy();
  byId("learn-plan").hidden = false;
}

async function start() {
  const body = { data: understood.data, text: byId("learn-text").value || null, label: byId("learn-label").value || null };
  await begin("v1/training", body, byId("learn-problem"));
}

/** Start a training, and watch it. */
async function begin(path, body, problem) {
  try {
    say(problem, "");
    state = await (await ask(path, { body })).json();
    answered = state.answering;
    show();
    byId("training-title").focus();
    watch();
  } catch (error) {
    failed(error, problem);
  }
}

/** Look at the training as long as it goes and the tab is seen. */
async function watch() {
  if (watching) return;
  watching = true;
  try {
    do {
      await lookOnce();
      if (busy()) await pause(LOOKS);
    } while (busy() && !byId("train-desk").hidden);
  } catch (error) {
    failed(error, byId("training-problem"));
  } finally {
    watching = false;
  }
}

async function lookOnce() {
  try {
    state = await (await ask("v1/training")).json();
  } catch (error) {
    if (error.status !== 0 || !busy()) throw error;
    return say(byId("training-problem"), () => SAY.unreachableNow);
  }
  await tellModels();
  show();
  offer();
}

/** Say that another model answers, before anything is asked of it that the one before could give. */
async function tellModels() {
  if (state.answering === answered) return;
  answered = state.answering;
  await replaced();
}

function busy() {
  return ["running", "deciding"].includes(state?.state);
}

const SAID = {
  running: ({ name, progress }) => SAY.running(name, SAY.stage(progress?.stage ?? "starting")),
  deciding: ({ name, model }) => SAY.deciding(name, model),
  done: ({ name, seconds }) => SAY.ready(name, seconds ?? 0),
  failed: ({ name }) => SAY.failed(name),
  cancelled: ({ name, resumable }) => SAY.cancelled(name, resumable),
};

/** Show how the training is. */
function show() {
  byId("train-unable").hidden = state.able;
  byId("train-able").hidden = !state.able;
  const { progress, figures, why, verdict, report, resumable, answering, name } = state;
  if (!state.able) return say(byId("train-unable"), () => SAY.sentence(why));
  byId("training").hidden = state.state === null;
  if (understood !== null) byId("learn-go").disabled = understood.why !== null || busy();
  byId("again-go").disabled = busy();
  if (state.state === null) return;
  const now = state;
  const done = now.state === "done";
  say(byId("training-title"), () => (now.purpose === "corrected" ? SAY.correctedModel(now.model) : SAY.training));
  say(byId("training-said"), () => SAID[now.state](now));
  say(byId("training-problem"), () => (why === null ? "" : SAY.sentence(why)));
  byId("training-running").hidden = !busy();
  if (progress.steps > 0) [byId("training-share").max, byId("training-share").value] = [progress.steps, progress.step];
  else byId("training-share").removeAttribute("value");
  say(byId("training-left"), () => leftOf(progress));
  drawCurve(byId("curve"), byId("curve-said"), progress.evaluations);
  say(byId("verdict"), verdict ?? "");
  byId("figures").hidden = figures === null;
  if (figures !== null) table(figures);
  byId("training-done").hidden = !done;
  const served = chosen().name;
  byId("use").hidden = answering !== null;
  say(byId("use"), () => SAY.use(served));
  const [before] = now.back;
  byId("back").hidden = before === undefined;
  if (before !== undefined) say(byId("back"), () => SAY.back(before));
  byId("training-report").hidden = !report;
  byId("training-report").href = REPORT;
  byId("resume").hidden = !resumable || busy();
  byId("training-cancel").disabled = cancelling;
  say(byId("use-hint"), () => (done && answering !== null ? SAY.useHint(answering, `models/${name}.reread`) : ""));
  byId("training-notes").hidden = progress.notes.length === 0;
  byId("notes").replaceChildren(...progress.notes.map((note) => words("li", note)));
}

function leftOf({ step, steps, left }) {
  const now = cancelling ? SAY.cancelling : steps > 0 ? SAY.step(step, steps) : "";
  return left === null ? now : SAY.left(now, left);
}

function table({ columns, rows }) {
  const heads = columns.map((name) => told("th", () => SAY.sides[name] ?? name, { scope: "col" }));
  byId("figure-heads").replaceChildren(make("td"), ...heads);
  byId("figure-rows").replaceChildren(
    ...rows.map(([name, ...values]) => make("tr", {}, told("th", () => SAY.figure(name), { scope: "row" }), ...values.map((value) => make("td", {}, value)))),
  );
}

/** Say what can be trained again. */
function offer() {
  const model = chosen();
  const count = correctionsOf(model.name).length;
  const able = canCorrect(model);
  byId("again-plan").hidden = !able;
  const here = state?.origins?.includes(model.name) ?? false;
  byId("again-data").hidden = here;
  say(byId("again-file-title"), () => (count > 0 ? SAY.orCorrectionFile : SAY.correctionFile));
  say(byId("again-from"), () => (able ? SAY.made(count, model.name) : SAY.notCorrectable(model.name)));
  say(byId("again-hint"), () => SAY.dataHere(here));
}

/** Corrections, in this page or of a file. */
async function corrections() {
  const [file] = byId("again-file").files;
  const given = file === undefined ? correctionsOf(chosen().name) : (await file.text()).split("\n").filter((line) => line.trim() !== "").map(read);
  if (given.length === 0) throw new Wrong(() => SAY.noCorrections);
  return given.map(({ text, label, target }) => ({ text, ...(target === undefined ? { label: Array.isArray(label) ? label.map(String) : String(label) } : { target }) }));
}

function read(line, place) {
  let given = {};
  try {
    given = JSON.parse(line);
  } catch {
    // said below
  }
  if (typeof given?.text !== "string" || !isAnswer(given)) throw new Wrong(() => SAY.noLabelFile(place + 1));
  return given;
}

/** Whether a line of a file of labels has an answer: a class, labels, or a number. */
function isAnswer({ label, target }) {
  return Array.isArray(label) || ["string", "number"].includes(typeof label) || typeof target === "number";
}

async function again() {
  say(byId("again-problem"), "");
  const body = { model: chosen().name };
  try {
    body.corrections = await corrections();
    if (!byId("again-data").hidden) {
      const [file] = byId("again-rows").files;
      if (file === undefined) throw new Wrong(() => SAY.chooseData);
      say(byId("again-said"), () => SAY.reading(file.name));
      const found = await sent(file, byId("again-problem"));
      if (found.why !== null) throw new Wrong(() => found.why);
      body.data = found.data;
    }
  } catch (error) {
    return failed(error, byId("again-problem"));
  } finally {
    say(byId("again-said"), "");
  }
  await begin("v1/training/again", body, byId("again-problem"));
}

/** Ask for a change, and show what came of it. */
async function change(path, body = {}) {
  try {
    state = await (await ask(path, { body })).json();
    await tellModels();
    show();
  } catch (error) {
    failed(error, byId("training-problem"));
  }
}

async function saveReport(event) {
  if (!hasToken()) return;
  event.preventDefault();
  try {
    save(await (await ask(REPORT)).blob(), `${state.name}.report.html`);
  } catch (error) {
    failed(error, byId("training-problem"));
  }
}

function dragged(event) {
  if (byId("train-desk").hidden || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  byId("learn").classList.toggle("over", event.type === "dragover");
  if (event.type !== "drop" || event.dataTransfer.files.length === 0) return;
  byId("learn-file").files = event.dataTransfer.files;
  look(event.dataTransfer.files[0]);
}

for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, dragged);
byId("learn-file").addEventListener("change", () => {
  if (byId("learn-file").files.length > 0) look(byId("learn-file").files[0]);
});
for (const id of ["learn-text", "learn-label"]) byId(id).addEventListener("change", lookAgain);
for (const [id, act] of [["learn-plan", start], ["again-plan", again]]) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}
byId("training-cancel").addEventListener("click", async () => {
  cancelling = true;
  say(byId("training-left"), () => SAY.cancelling);
  await change("v1/training/cancel");
  cancelling = false;
  show();
  byId("training-title").focus();
});
byId("resume").addEventListener("click", () => begin("v1/training/resume", {}, byId("training-problem")));
byId("use").addEventListener("click", () => change("v1/training/use", { model: chosen().name }));
byId("back").addEventListener("click", () => change("v1/training/back", { model: state.back[0] }));
byId("training-report").addEventListener("click", saveReport);
