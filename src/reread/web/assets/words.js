// What the page at / says, in the language of the moment. What the server says is in English.

import { sayAnew } from "./elements.js";
import { choose, language } from "./language.js";
import { ENGLISH } from "./words_en.js";
import { CHINESE } from "./words_zh.js";

export const LANGUAGES = { en: ENGLISH, zh: CHINESE };
export let SAY = LANGUAGES[language()];

/** Say it where the HTML names it: `data-say` what stands in an element, `data-label` its aria-label, `data-hint` its placeholder. */
export function fill() {
  document.documentElement.lang = SAY.language;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = SAY[element.dataset.say];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", SAY[element.dataset.label]);
  for (const element of document.querySelectorAll("[data-hint]")) element.placeholder = SAY[element.dataset.hint];
}

/** Say all of the page in this language; nothing else of it changes. */
export function speak(another) {
  choose(another);
  SAY = LANGUAGES[another];
  fill();
  sayAnew();
}
