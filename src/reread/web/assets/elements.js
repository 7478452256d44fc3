// Elements made of words. Words become text, never HTML.

import { languageOf } from "./text.js";

/** The page's element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** A new element with attributes and children: elements, or words. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** An element for words of a model or a person, which keep their direction and language to themselves. */
export function words(tag, said, attributes = {}) {
  return make(tag, { dir: "auto", lang: languageOf(said), ...attributes }, said);
}

/** Say something in an element, unless it says so already: screen readers read what changes. */
export function say(element, said) {
  if (element.textContent === said) return;
  element.lang = languageOf(said);
  element.textContent = said;
}
