// Elements made of words. Words become text, never HTML.

import { languageOf } from "./text.js";

const follows = new WeakMap(); // elements that are in the page's language, and what gives their words

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

/** An element for words of the page, which follow its language: `said` gives them, or elements and words. */
export function told(tag, said, attributes = {}) {
  const made = make(tag, attributes);
  say(made, said);
  return made;
}

/**
 * Say something in an element, unless it says so already: screen readers read what changes.
 *
 * `said`: words; or a function that gives them, or a list of elements and words, and is asked again for another language.
 */
export function say(element, said) {
  if (typeof said === "function") follows.set(element, said);
  else follows.delete(element);
  element.toggleAttribute("data-follows", typeof said === "function");
  write(element, typeof said === "function" ? said() : said);
}

/** Say anew what follows the page's language. */
export function sayAnew() {
  for (const element of document.querySelectorAll("[data-follows]")) write(element, follows.get(element)());
}

function write(element, said) {
  if (Array.isArray(said)) return element.replaceChildren(...said);
  if (element.textContent === said) return;
  element.lang = languageOf(said);
  element.textContent = said;
}
