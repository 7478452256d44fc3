// A page of the table of answers.

import { percent } from "./answers.js";
import { make, told, words } from "./elements.js";
import { SAY } from "./words.js";

const CHARACTERS = 300; // of a text; the rest is seen in Try
const HEADS = [["row", () => SAY.row], ["", () => SAY.text], ["answer", () => SAY.answer], ["sure", () => SAY.sure]];

/** The heads of the columns; `sort` is called with the column whose button is pressed. */
export function heads(hasSure, sort) {
  return HEADS.filter(([order]) => order !== "sure" || hasSure).map(([order, said]) => {
    const name = order === "" ? told("span", said) : told("button", said, { type: "button", class: "quiet" });
    if (order !== "") name.addEventListener("click", () => sort(order));
    const head = make("th", { scope: "col", role: "columnheader", class: order || "words" }, name);
    head.dataset.order = order;
    return head;
  });
}

/** Say by which column the rows are sorted. */
export function markOrder(row, { order, down }) {
  for (const head of row.children) {
    if (head.dataset.order === order) head.setAttribute("aria-sort", down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
}

/** A row. `said` gives its answer; `why` is called to see it in Try; `correcting` is the element to correct it with, if it can be. */
export function rowElement(row, said, hasSure, why, correcting) {
  const open = make("button", { type: "button", class: "quiet" }, told("span", () => SAY.why), told("span", () => ` ${SAY.rowOf(row.row)}`, { class: "unseen" }));
  open.addEventListener("click", why);
  const able = row.error === undefined ? [open] : [];
  const answer = row.error === undefined ? told("span", said, { class: "name", dir: "auto" }) : told("span", () => SAY.failedRow(row.error), { class: "problem", dir: "auto" });
  return make(
    "tr",
    { role: "row" },
    make("th", { scope: "row", role: "rowheader", class: "row n" }, String(row.row)),
    make("td", { role: "cell", class: "words" }, words("p", start(row.text)), make("div", { class: "acts" }, ...able, ...(correcting ? [correcting] : []))),
    make("td", { role: "cell", class: "answer" }, answer),
    ...(hasSure ? [make("td", { role: "cell", class: "sure" }, ...surely(row.sure))] : []),
  );
}

function surely(sure) {
  if (sure === null) return [];
  const full = make("span", { class: "full" });
  full.style.width = `${100 * sure}%`;
  return [told("span", () => percent(sure), { class: "n" }), make("span", { class: "bar", "aria-hidden": "true" }, full)];
}

function start(text) {
  const points = Array.from(text.slice(0, 2 * CHARACTERS + 2));
  return points.length > CHARACTERS ? `${points.slice(0, CHARACTERS).join("")}…` : text;
}
