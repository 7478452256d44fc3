// The language of the page at /: the browser's, if it is Chinese, else English. What the server says is in English.

import { ENGLISH } from "./words_en.js";
import { CHINESE } from "./words_zh.js";

export const LANGUAGES = { en: ENGLISH, zh: CHINESE };
export const SAY = navigator.language.toLowerCase().startsWith("zh") ? CHINESE : ENGLISH;

/** Say in the page's language what stands in its HTML: `data-say` names its text, `data-label` its aria-label. */
export function translate() {
  document.documentElement.lang = SAY.language;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = SAY[element.dataset.say];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", SAY[element.dataset.label]);
}
