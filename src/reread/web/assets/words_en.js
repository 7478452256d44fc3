// What the page at / says, in English.

const several = (count, one, more = `${one}s`) => `${count} ${count === "1" ? one : more}`;

export const ENGLISH = {
  language: "en",
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
  noAnswer: (why) => `No answer: ${why}.`,
};
