// A text field whose words are marked: behind it lies the same text, of which only the marks are seen.

import { languageOf, points, whole } from "./text.js";
import { make } from "./elements.js";

const STRENGTHS = 3;

/** From −3, strongly against, to 3, strongly for; 0: less than a sixth of the largest weight. */
export function strengthOf(weight, largest) {
  return largest > 0 ? Math.round((STRENGTHS * weight) / largest) : 0;
}

/** The marks of a text area. */
export class Marks {
  #field;
  #behind;
  #points = [];
  #spans = []; // start, end, force; in reading order
  #struck = []; // start, end

  constructor(field, behind) {
    this.#field = field;
    this.#behind = behind;
  }

  /** The text changed: marks stay on what is as it was, paler, as the answer may be another one by now. */
  changed() {
    const before = this.#points;
    const now = points(whole(this.#field.value));
    const most = Math.min(before.length, now.length);
    let head = 0;
    while (head < most && before[head] === now[head]) head += 1;
    let tail = 0;
    while (tail < most - head && before[before.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
    const moved = now.length - before.length;
    this.#spans = this.#spans.flatMap(({ start, end, force }) => {
      if (end <= head) return [{ start, end, force }];
      return start >= before.length - tail ? [{ start: start + moved, end: end + moved, force }] : [];
    });
    this.#points = now;
    this.#paint();
    this.#behind.classList.add("old");
  }

  /** Mark an explanation's spans. */
  show(spans) {
    const largest = Math.max(0, ...spans.map((span) => Math.abs(span.weight)));
    this.#spans = spans.map(({ start, end, weight }) => ({ start, end, force: strengthOf(weight, largest) }));
    this.#paint();
    this.#behind.classList.remove("old");
  }

  /** Strike these spans out, and no others. */
  strike(spans) {
    if (spans.length === 0 && this.#struck.length === 0) return;
    this.#struck = spans.map(({ start, end }) => ({ start, end }));
    this.#paint();
  }

  /** The marked span at a place, in code points; null if there is none. */
  at(place) {
    const near = this.#spans.filter(({ start, end, force }) => force !== 0 && start <= place && place <= end);
    return near.at(-1) ?? null;
  }

  #paint() {
    const pieces = [];
    let place = 0;
    for (const { start, end, force } of this.#spans) {
      const struck = this.#struck.some((each) => each.start < end && start < each.end);
      if (force === 0 && !struck) continue;
      const word = struck ? make("s", {}, this.#text(start, end)) : this.#text(start, end);
      pieces.push(this.#text(place, start));
      pieces.push(force === 0 ? word : make("mark", { class: (force > 0 ? "for" : "against") + Math.abs(force) }, word));
      place = end;
    }
    pieces.push(this.#text(place), "\n"); // a text area has room for one more line, too
    this.#behind.replaceChildren(...pieces);
    this.#field.lang = this.#behind.lang = languageOf(this.#field.value);
  }

  #text(start, end) {
    return this.#points.slice(start, end).join("");
  }
}
