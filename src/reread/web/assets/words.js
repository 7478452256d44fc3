// What the tab Try says of words that are changed and of two models.

import { LABELLINGS } from "./labellings_words.js";

export const SAY = {
  ...LABELLINGS,
  // words struck out and replaced
  wordHint: "To strike a marked word out or replace it: put the cursor on it, or choose it among the words that decided.",
  strike: "Strike out",
  instead: "Replace it with",
  replace: "Replace",
  struck: (word) => ["without ", word],
  replaced: (word, other) => [word, " → ", other],
  together: "All together",
  undo: "Undo",
  undoAll: "Undo all",
  keepText: "Keep in the text",
  points: (points) => `(${points} ${/^[+−]1$/.test(points) ? "point" : "points"})`,
  apart: (difference) => `(${difference})`,
  nowIs: (answer) => `, now ${answer}`,
  // two models side by side
  sideTitle: "Side by side",
  beside: "Another model",
  nobody: "none",
  answer: "Answer",
  difference: "Difference",
  same: "They answer the same.",
  different: "They answer differently.",
  incomparable: "They answer different questions.",
  noAnswer: (why) => `No answer: ${why}.`,
};

/** Put it where the HTML names it: `data-say`. */
export function fill() {
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = SAY[element.dataset.say];
}
