// The form that asks for a token, on a page whose server wants one.

import { isToken, useToken } from "./ask.js";
import { byId, say } from "./elements.js";

/** Ask for a token. `problem`: what is said of the one before, as `say` takes it; `hidden`: ids of what is not seen meanwhile. */
export function askForToken(problem, hidden) {
  useToken(null);
  for (const id of hidden) byId(id).hidden = true;
  byId("access").hidden = false;
  say(byId("token-problem"), problem);
  byId("token").focus();
}

/** What is done with a token that is given; `wrong` is said of one that no header can hold. */
export function whenGiven(act, wrong) {
  byId("access").addEventListener("submit", (event) => {
    event.preventDefault();
    const given = byId("token").value.trim();
    if (!isToken(given)) return say(byId("token-problem"), wrong);
    useToken(given);
    act();
  });
}

/** The server has taken it. */
export function taken() {
  byId("access").hidden = true;
  byId("token").value = "";
  say(byId("token-problem"), "");
}
