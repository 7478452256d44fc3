// A page of the table of answers.

import { percent } from "./answers.js";
import { make, words } from "./elements.js";
import { SAY } from "./words.js";

const CHARACTERS = 300; // of a text; the rest is seen in Try
const HEADS = [["row", SAY.row], ["", SAY.text], ["answer", SAY.answer], ["sure", SAY.sure]];

/** The heads of the columns; `sort` is called with the column whose button is pressed. */
export function heads(hasSure, sort) {
  return HEADS.filter(([order]) => order !== "sure" || hasSure).map(([order, name]) => {
    const head = make("th", { scope: "col", role: "columnheader", class: order || "words" });
    if (order === "") head.append(name);
    else {
      const button = make("button", { type: "button", class: "quiet" }, name);
      button.addEventListener("click", () => sort(order));
      head.append(button);
    }
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

/** A row. `why` is called to see it in Try; `correcting` is the element to correct it with, if it can be. */
export function rowElement(row, hasSure, why, correcting) {
  const name = SAY.rowOf(row.row);
  const open = make("button", { type: "button", class: "quiet" }, SAY.why, make("span", { class: "unseen" }, ` ${name}`));
  open.addEventListener("click", why);
  const able = row.error === undefined ? [open] : [];
  const said = row.error === undefined ? [words("span", row.said, { class: "name" })] : [words("span", withoutStop(SAY.noAnswer(row.error)), { class: "problem" })];
  return make(
    "tr",
    { role: "row" },
    make("th", { scope: "row", role: "rowheader", class: "row n" }, String(row.row)),
    make("td", { role: "cell", class: "words" }, words("p", start(row.text)), make("div", { class: "acts" }, ...able, ...(correcting ? [correcting] : []))),
    make("td", { role: "cell", class: "answer" }, ...said),
    ...(hasSure ? [make("td", { role: "cell", class: "sure" }, ...surely(row.sure))] : []),
  );
}

function surely(sure) {
  if (sure === null) return [];
  const full = make("span", { class: "full" });
  full.style.width = `${100 * sure}%`;
  return [make("span", { class: "n" }, percent(sure)), make("span", { class: "bar", "aria-hidden": "true" }, full)];
}

function start(text) {
  const points = Array.from(text.slice(0, 2 * CHARACTERS + 2));
  return points.length > CHARACTERS ? `${points.slice(0, CHARACTERS).join("")}…` : text;
}
