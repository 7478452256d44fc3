// What the model would say if words of the text were struck out or replaced. The text itself stays as it is.

import { ask } from "./ask.js";
import { byId, make, say, told, words } from "./elements.js";
import { movementElements } from "./movement.js";
import { reasonOf } from "./session.js";
import { points, whole } from "./text.js";
import { SAY } from "./words.js";

const field = byId("text");
let marks; // of the text's words
let write = () => {};
let answered = null; // the text, what was said of it, and by which model
let edits = []; // start, end, word, instead; in the order in which they were made
let word = null; // the span that can be struck out or replaced now
let last = new AbortController();

/** Where words are marked, and what puts another text in the field. */
export function use(marked, put) {
  marks = marked;
  write = put;
}

/** The text is another one: what was changed in the one before is gone. */
export function clear() {
  last.abort();
  [answered, edits] = [null, []];
  pick(null);
  show([]);
}

/** No word is marked, so none can be chosen. */
export function hide() {
  byId("what-if").hidden = true;
}

/** What a model says of the text as it is. */
export function from(text, answer, model) {
  if (answered !== null && answered.text !== text) clear();
  answered = { text, answer, model };
  if (edits.length > 0) look();
}

/** Words can be chosen: they are marked. */
export function ready() {
  byId("what-if").hidden = false;
  atCursor();
}

/** Choose a word of the explanation. */
export function choose(span) {
  pick(span);
  byId("strike").focus();
}

function pick(span) {
  word = span;
  byId("word-tool").hidden = span === null;
  byId("word-hint").hidden = span !== null;
  if (span === null) return;
  byId("word").replaceChildren(words("b", textOf(span)));
  byId("instead").value = "";
}

/** The marked word on which the cursor stands. */
function atCursor() {
  if (answered === null || document.activeElement !== field || byId("what-if").hidden) return;
  if (field.selectionStart !== field.selectionEnd) return;
  const found = marks.at(points(whole(field.value.slice(0, field.selectionStart))).length);
  if (found?.start !== word?.start || found?.end !== word?.end) pick(found);
}

function textOf({ start, end }) {
  return points(answered.text).slice(start, end).join("");
}

function edit(instead) {
  if (word === null || answered === null) return;
  const { start, end } = word;
  edits = edits.filter((each) => each.end <= start || each.start >= end);
  edits.push({ start, end, word: textOf(word), instead });
  pick(null);
  show([]);
  byId("edits").lastElementChild.querySelector("button").focus();
  look();
}

function undo(given) {
  edits = edits.filter((each) => each !== given);
  show([]);
  if (edits.length > 0) {
    byId("edits").lastElementChild.querySelector("button").focus();
    return look();
  }
  last.abort();
  field.focus();
}

/** The text with these changes; a word goes with the space after it. */
function textWith(changes) {
  const letters = points(answered.text);
  for (const { start, end, instead } of changes.toSorted((one, other) => other.start - one.start)) {
    const space = (place) => place < 0 || place >= letters.length || /\s/.test(letters[place]);
    const more = instead === "" && space(start - 1) && end < letters.length && space(end) ? 1 : 0;
    letters.splice(start, end + more - start, ...points(instead));
  }
  return letters.join("");
}

/** Ask what the model says with all changes, and with each alone. */
async function look() {
  last.abort();
  last = new AbortController();
  const { signal } = last;
  const { model, answer } = answered;
  const [all, ...alone] = edits.length === 1 ? [edits] : [edits, ...edits.map((each) => [each])];
  byId("edits").classList.add("old");
  try {
    const body = { texts: [all, ...alone].map(textWith), model: model.name };
    const { answers } = await (await ask("v1/predict", { body, signal })).json();
    signal.throwIfAborted();
    show(answers.map((each) => (each.error === null ? movementElements(answer, each, model) : [told("p", () => SAY.noAnswer(each.error))])));
  } catch (error) {
    if (signal.aborted) return;
    const reason = reasonOf(error);
    if (reason !== null) say(byId("moved-problem"), () => SAY.noAnswer(reason()));
  }
}

/** Show the changes with what came of them, as far as it is known: of all together, then of each alone. */
function show(moves) {
  marks?.strike(edits);
  say(byId("moved-problem"), "");
  const each = edits.length === 1 ? moves : moves.slice(1);
  const place = byId("edits");
  const held = [...place.children].findIndex((item) => item.contains(document.activeElement));
  place.replaceChildren(...edits.map((change, row) => element(change, each[row] ?? [])));
  if (held >= 0) place.children[Math.min(held, edits.length - 1)]?.querySelector("button").focus();
  place.classList.toggle("old", edits.length > 0 && moves.length === 0);
  place.hidden = byId("edited").hidden = edits.length === 0;
  byId("moved").replaceChildren(...(edits.length > 1 && moves.length > 0 ? [told("h3", () => SAY.together), ...moves[0]] : []));
  say(byId("moved-said"), () => (moves.length > 0 ? moves[0].map(({ textContent }) => textContent).join(SAY.also) : ""));
  byId("undo-all").hidden = edits.length < 2;
}

function element(change, movement) {
  const button = make("button", { type: "button", class: "quiet" }, told("span", () => SAY.undo), make("span", { class: "unseen" }, ` ${change.word}`));
  button.addEventListener("click", () => undo(change));
  const [word, instead] = [words("s", change.word), words("b", change.instead)];
  const said = told("p", () => (change.instead === "" ? SAY.struck(word) : SAY.replaced(word, instead)));
  return make("li", {}, make("div", {}, said, ...movement), button);
}

for (const kind of ["selectionchange", "focusin"]) document.addEventListener(kind, atCursor);
byId("strike").addEventListener("click", () => edit(""));
byId("word-tool").addEventListener("submit", (event) => {
  event.preventDefault();
  const instead = whole(byId("instead").value.trim());
  if (instead !== "") edit(instead);
  else byId("instead").focus();
});
byId("undo-all").addEventListener("click", () => {
  edits = [];
  last.abort();
  show([]);
  field.focus();
});
byId("keep-text").addEventListener("click", () => {
  const text = textWith(edits);
  write(text);
  field.focus();
});
