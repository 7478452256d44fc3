// Files that the page gives to the browser to save.

import { make } from "./elements.js";

/** Save what a blob holds. */
export function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers read it later
}
