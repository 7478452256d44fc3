"use strict";
// Buttons in the heads of tables sort their rows. Without scripts there are no buttons and nothing is lost.
const valueOf = (row, column) => {
  const text = row.cells[column].textContent.trim();
  const number = parseFloat(text.replace(/[,\s]/g, ""));
  return Number.isNaN(number) ? text.toLowerCase() : number;
};
const compare = (a, b) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1);
for (const head of document.querySelectorAll("thead th")) {
  const body = head.closest("table").tBodies[0];
  if (!head.textContent || body.rows.length < 3) continue;
  const button = document.createElement("button");
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const column = head.cellIndex;
    const rows = [...body.rows].sort((a, b) => compare(valueOf(a, column), valueOf(b, column)) * (down ? -1 : 1));
    body.append(...rows);
  });
}
