// The tab Files: a file of texts, its column, and the answers to it as a table.

import { Refused, ask, pause } from "./ask.js";
import { Corrections, canCorrect } from "./corrections.js";
import { csvLine, exact } from "./csv.js";
import { byId, say, told, words } from "./elements.js";
import { heads, markOrder, rowElement } from "./file_table.js";
import { ENDINGS, MOST, typeOf } from "./file_types.js";
import { save } from "./saving.js";
import { Scored, UNANSWERED, tagName } from "./scored.js";
import { chosen, reasonOf } from "./session.js";
import { SAY } from "./words.js";

const TYPING = 200; // milliseconds without a key before rows are filtered
const SHOWS = 500; // milliseconds between looks at a table that grows
const SLICE = 5000; // rows of a download between which the page can do something else
let file = null;
let found = null; // what the server says of its columns
let scored = null; // its rows with their answers
let stem = ""; // of its file's name
let number = 1; // of the page that is seen
let typed; // the timer of a search
let tryIt = () => {};
let last = new AbortController(); // ends what is asked of a file when something newer is
const corrections = new Corrections(byId("file-corrected"), "labels.jsonl");

/** Where a text is shown with its words marked. */
export function tryWith(show) {
  tryIt = show;
}

/** The tab is seen. */
export function shown() {}

/** Forget the file and its answers. */
export function clear() {
  last.abort();
  last = new AbortController();
  file = found = scored = null;
  byId("file").value = "";
  for (const id of ["file-said", "file-problem"]) say(byId(id), "");
  for (const id of ["plan", "running", "result"]) byId(id).hidden = true;
  corrections.clear();
}

/** Another model may have been trained on another column. */
export function modelChanged() {
  if (file !== null && byId("running").hidden) look(file);
}

/** A file is chosen: ask for its columns. */
async function look(given) {
  last.abort();
  last = new AbortController();
  const { signal } = last;
  byId("plan").hidden = byId("running").hidden = true;
  say(byId("file-problem"), "");
  file = found = null;
  const type = typeOf(given.name);
  if (type === undefined) return refused(() => SAY.notRead(given.name, ENDINGS));
  if (given.size > MOST) return refused(() => SAY.tooLarge(given.name));
  file = given;
  say(byId("file-said"), () => SAY.reading(given.name));
  try {
    const reply = await ask(`v1/files/columns?model=${encodeURIComponent(chosen().name)}`, { file, type, signal, waits: waiting });
    found = await reply.json();
  } catch (error) {
    return failed(error);
  }
  plan();
}

/** Say what the file has, and which column seems to have its texts. */
function plan() {
  const { columns, text, why, rows } = found;
  const { name } = file;
  say(byId("file-said"), () => SAY.fileHas(name, rows, columns.length));
  byId("column").replaceChildren(
    ...(text === null ? [told("option", () => SAY.chooseColumn, { value: "" })] : []),
    ...columns.map((each, place) => words("option", each, { value: place })),
  );
  byId("column").value = text === null ? "" : String(columns.indexOf(text));
  say(byId("column-why"), () => (why === null ? "" : SAY.whichColumn));
  say(byId("go"), () => SAY.answerRows(rows));
  byId("plan").hidden = false;
  firstTexts();
}

function firstTexts() {
  const place = byId("column").value;
  byId("go").disabled = place === "";
  byId("first-texts").replaceChildren(...(place === "" ? [] : found.first.map((values) => (values[place] ? words("li", values[place]) : told("li", () => SAY.empty)))));
}

/** Have the file answered. */
async function run() {
  const text = found.columns[byId("column").value];
  const [model, { rows, columns }, { name }] = [chosen(), found, file];
  const asked = new URLSearchParams({ model: model.name, text });
  const { signal } = last;
  say(byId("file-problem"), "");
  byId("plan").hidden = true;
  byId("running").hidden = byId("result").hidden = false;
  byId("share").removeAttribute("value");
  byId("share").max = rows;
  byId("stop").focus();
  say(byId("file-said"), () => SAY.answering(name));
  say(byId("progress"), () => SAY.sending);
  begin(new Scored(model, columns, text));
  let problem = () => "";
  try {
    const reply = await ask(`v1/files?${asked}`, { file, type: typeOf(file.name), accept: "application/x-ndjson", signal, waits: waiting });
    await receive(reply, rows, signal);
    const came = scored.rows.length;
    if (came < rows) problem = () => SAY.fewer(came, rows);
  } catch (error) {
    if (signal !== last.signal) return; // another file, or none
    problem = troubleOf(error);
  }
  end(problem);
}

/** What gives the sentence on an answering that did not come to its end. */
function troubleOf(error) {
  if (error.name === "AbortError") return () => SAY.stopped;
  if (error instanceof TypeError) return () => SAY.lost;
  const reason = reasonOf(error);
  return () => (reason === null ? "" : SAY.sentence(reason()));
}

function begin(rows) {
  scored = rows;
  number = 1;
  stem = file.name.slice(0, file.name.lastIndexOf("."));
  corrections.clear(`${stem}.labels.jsonl`);
  byId("words-in").value = "";
  byId("least").hidden = true;
  byId("heads").replaceChildren();
  say(byId("saved"), "");
  sortBy("row", false);
}

/** The rows as they come. */
async function receive(reply, rows, signal) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  const start = performance.now();
  let [rest, next] = ["", 0];
  for (;;) {
    const { value, done } = await reader.read();
    signal.throwIfAborted();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) scored.add(line);
    if (performance.now() < next) continue;
    const before = performance.now();
    progressed(rows, before - start);
    show();
    next = performance.now() + Math.max(SHOWS, 10 * (performance.now() - before)); // a tenth of the time at most
  }
}

function progressed(rows, time) {
  const done = scored.rows.length;
  byId("share").value = done;
  const left = Math.ceil(((time / done) * (rows - done)) / 1000);
  say(byId("progress"), () => SAY.done(done, rows, done === 0 || time < 2000 ? null : left));
}

function end(problem) {
  const done = scored.rows.length;
  const held = document.activeElement === byId("stop");
  byId("running").hidden = true;
  byId("plan").hidden = false;
  const [{ name }, model, none] = [file, scored.model.name, scored.counts.get(UNANSWERED) ?? 0];
  say(byId("file-said"), () => SAY.answered(name, done, model, none));
  say(byId("file-problem"), problem);
  byId("result").hidden = done === 0;
  show();
  if (held) byId(done === 0 ? "go" : "result-title").focus();
}

function failed(error) {
  const reason = reasonOf(error);
  if (reason !== null) refused(reason);
}

function refused(reason) {
  say(byId("file-said"), "");
  say(byId("file-problem"), () => SAY.sentence(reason()));
}

function waiting(seconds) {
  say(byId("file-said"), () => SAY.full(seconds));
}

/** Sort by a column: upwards, and if it is so already downwards. */
function sortBy(order, down) {
  const now = scored.view();
  turnOf(scored.view({ order, down: down ?? (now.order === order && !now.down) }));
}

function turnOf({ order, down }) {
  byId("least").setAttribute("aria-pressed", String(order === "sure" && !down));
  show(1);
}

/** The rows of a page. */
function show(page = number) {
  if (scored === null) return;
  const view = scored.view();
  number = Math.min(Math.max(1, page), scored.pages);
  if (byId("heads").childElementCount !== (scored.hasSure ? 4 : 3)) byId("heads").replaceChildren(...heads(scored.hasSure, (order) => sortBy(order)));
  markOrder(byId("heads"), view);
  byId("least").hidden = !scored.hasSure;
  options(view);
  const atWork = byId("body").contains(document.activeElement); // then rows stay where they are
  if (!atWork) byId("body").replaceChildren(...scored.page(number).map(element));
  const [all, some, leastSure] = [scored.rows.length, scored.shown.length, view.order === "sure" && !view.down];
  say(byId("shown"), () => SAY.shown(some, all, leastSure));
  byId("pages").hidden = scored.pages === 1;
  byId("page").value = number;
  byId("page").max = scored.pages;
  say(byId("pages-of"), () => SAY.pagesOf(scored.pages));
  byId("before").disabled = number === 1;
  byId("after").disabled = number === scored.pages;
}

function element(row) {
  const rows = scored; // these, whatever is answered later
  const { model } = rows;
  const able = canCorrect(model) && row.error === undefined;
  const correcting = able ? corrections.element({ key: row.row, row: row.row, text: row.text, model, prediction: rows.prediction(row) }) : null;
  return rowElement(row, () => rows.said(row), rows.hasSure, () => tryIt(row.text, model.name), correcting);
}

/** The answers that rows can be filtered by. */
function options({ only }) {
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  const [rows, counts] = [scored.rows.length, [...scored.counts].sort(([one], [other]) => compare(tagName(one), tagName(other)))];
  const all = told("option", () => SAY.all(rows), { value: "" });
  byId("only").replaceChildren(all, ...counts.map(([tag, count]) => told("option", () => SAY.counted(tagName(tag), count), { value: tag, dir: "auto" })));
  byId("only").value = only;
  byId("only").parentElement.hidden = counts.length === 0;
}

/** Save the rows that are shown, in their order, slice by slice so that the page stays awake. */
async function download(type, name, head, lineOf) {
  const [rows, pieces] = [scored.shown, [head]];
  for (let place = 0; place < rows.length; place += SLICE) {
    pieces.push(rows.slice(place, place + SLICE).map(lineOf).join(""));
    await pause(0);
  }
  save(new Blob(pieces, { type }), name);
  say(byId("saved"), () => SAY.saved(rows.length, name));
}

function saveCsv() {
  const columns = scored.allColumns;
  const lineOf = ({ line }) => {
    const values = exact(line);
    return csvLine(columns.map((name) => values[name]));
  };
  return download("text/csv", `${stem}.answers.csv`, csvLine(columns), lineOf);
}

function saveLines() {
  return download("application/x-ndjson", `${stem}.answers.jsonl`, "", ({ line }) => `${line}\n`);
}

/** A file that is dropped anywhere in the tab is chosen; elsewhere browsers would leave the page for it. */
function dragged(event) {
  if (byId("file-desk").hidden || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  byId("drop").classList.toggle("over", event.type === "dragover");
  if (event.type !== "drop" || event.dataTransfer.files.length === 0) return;
  byId("file").files = event.dataTransfer.files; // it says the name
  look(event.dataTransfer.files[0]);
}

for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, dragged);
byId("file").addEventListener("change", () => {
  if (byId("file").files.length > 0) look(byId("file").files[0]);
});
byId("column").addEventListener("change", firstTexts);
byId("plan").addEventListener("submit", (event) => {
  event.preventDefault();
  last.abort();
  last = new AbortController();
  run();
});
byId("stop").addEventListener("click", () => last.abort());
byId("least").addEventListener("click", () => (byId("least").getAttribute("aria-pressed") === "true" ? sortBy("row", false) : sortBy("sure", false)));
byId("only").addEventListener("change", () => turnOf(scored.view({ only: byId("only").value })));
byId("words-in").addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(() => turnOf(scored.view({ words: byId("words-in").value })), TYPING);
});
byId("before").addEventListener("click", () => show(number - 1));
byId("after").addEventListener("click", () => show(number + 1));
byId("page").addEventListener("change", () => show(Number(byId("page").value)));
byId("save-csv").addEventListener("click", saveCsv);
byId("save-lines").addEventListener("click", saveLines);
