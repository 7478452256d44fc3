// What the tabs of the page share: the models, which of them is asked, and what happens when the token is not taken.

import { Refused } from "./ask.js";
import { byId } from "./elements.js";
import { SAY } from "./words.js";

export const session = { models: [], neighbours: [], trains: false, unauthorised: () => {} };

export function chosen() {
  return session.models.find(({ name }) => name === byId("model").value);
}

/** What gives the words for an error; null if a token is asked for instead, or it was stopped on purpose. */
export function reasonOf(error) {
  if (error.name === "AbortError") return null;
  if (error.status === 401) {
    session.unauthorised();
    return null;
  }
  if (error instanceof Refused) return error.why;
  console.error(error);
  return () => SAY.pageFailed;
}
