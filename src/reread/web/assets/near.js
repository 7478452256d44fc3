// The rows of the training file that are most like the text, where that file is at hand.

import { ask } from "./ask.js";
import { byId, make, say, told, words } from "./elements.js";
import { reasonOf, session } from "./session.js";
import { SAY } from "./words.js";

const details = byId("near");
let answered = null; // the text, and the model that answered it
let last = new AbortController();

/** Nothing is said of the text. */
export function clear() {
  last.abort();
  answered = null;
  details.hidden = true;
  empty();
}

/** What is shown is about another text. */
export function stale() {
  last.abort();
  byId("nears").classList.add("old");
}

/** A model has answered a text. */
export function from(text, model) {
  answered = { text, model };
  details.hidden = !session.neighbours.includes(model.name);
  look();
}

function empty() {
  byId("nears").replaceChildren();
  for (const id of ["near-said", "near-problem", "near-from"]) say(byId(id), "");
}

async function look() {
  last.abort();
  last = new AbortController();
  const { signal } = last;
  if (details.hidden || !details.open || answered === null) return empty();
  const { text, model } = answered;
  say(byId("near-said"), () => SAY.nearLooking);
  try {
    const found = await (await ask("v1/neighbours", { body: { text, model: model.name }, signal })).json();
    signal.throwIfAborted();
    show(found);
  } catch (error) {
    if (signal.aborted) return;
    empty();
    const reason = reasonOf(error);
    if (reason !== null) say(byId("near-problem"), () => SAY.sentence(reason()));
  }
}

function show({ file, rows, compared, neighbours }) {
  say(byId("near-said"), "");
  say(byId("near-problem"), "");
  say(byId("near-from"), () => SAY.nearFrom(words("b", file), compared, rows));
  byId("nears").classList.remove("old");
  byId("nears").replaceChildren(...neighbours.map(row));
}

function row({ text, targets, cosine }) {
  const said = Object.values(targets).flat().map((each) => words("b", String(each)));
  const facts = make("p", {}, ...said.flatMap((each) => [each, " · "]), told("span", () => SAY.likeness(cosine), { class: "n hint" }));
  return make("li", {}, words("p", text), facts);
}

details.addEventListener("toggle", look);
