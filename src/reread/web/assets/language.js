// The language of a page: the one that was chosen in it, else the browser's.

const KEY = "language";
const KNOWN = ["en", "zh"];
let now = remembered() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

/** en or zh. */
export function language() {
  return now;
}

/** Take this one from now on, in every tab of this server's page that is opened later. */
export function choose(another) {
  now = another;
  try {
    localStorage.setItem(KEY, another);
  } catch {
    // a browser that keeps nothing begins with its own language again
  }
}

function remembered() {
  try {
    const kept = localStorage.getItem(KEY);
    return KNOWN.includes(kept) ? kept : null;
  } catch {
    return null;
  }
}
