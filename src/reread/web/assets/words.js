// The language of the page at /: the one that was chosen in it, else the browser's. What the server says is in English.

import { ENGLISH } from "./words_en.js";
import { CHINESE } from "./words_zh.js";

const KEY = "language";
export const LANGUAGES = { en: ENGLISH, zh: CHINESE };
export const SAY = LANGUAGES[remembered() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en")];

/** Say in the page's language what stands in its HTML: `data-say` names its text, `data-label` its aria-label. */
export function fill() {
  document.documentElement.lang = SAY.language;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = SAY[element.dataset.say];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", SAY[element.dataset.label]);
  for (const element of document.querySelectorAll("[data-hint]")) element.placeholder = SAY[element.dataset.hint];
}

/** The language of its switch is chosen and kept; the page is to be loaded again. */
export function choose(language) {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // a browser that keeps nothing shows its own language
  }
}

function remembered() {
  try {
    const language = localStorage.getItem(KEY);
    return Object.hasOwn(LANGUAGES, language) ? language : null;
  } catch {
    return null;
  }
}
