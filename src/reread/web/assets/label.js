// The labelling page: a text, a key for its class, the next text.

import { Refused, ask, pause } from "./ask.js";
import { percent } from "./answers.js";
import { byId, make, say, words } from "./elements.js";

const AGAIN = 2000; // milliseconds after which a server that could not be reached is asked again
const SPOKEN = 2000; // characters that a screen reader is given at once; the rest can be read in its place
const HOW = {
  random: "drawn at random",
  unsure: "the linear member is least sure here",
  skipped: "you skipped it",
  undone: "you took its label back",
};
const WHOLE = new Intl.NumberFormat("en");
let state = null; // what the server said last
let busy = false; // while it is asked: keys are for the next text only when that is seen

/** Ask the server until it can be reached, and show what it says. What it is asked twice it does once. */
async function asked(path, body) {
  if (busy) return;
  busy = true;
  try {
    show(await reply(path, body));
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    busy = false;
    await refused(error);
  } finally {
    busy = false;
  }
}

async function reply(path, body) {
  for (;;) {
    try {
      const whole = await (await ask(path, { body })).text();
      byId("problem").hidden = true;
      return JSON.parse(whole);
    } catch (error) {
      const gone = error instanceof TypeError || error.status === 0; // before its reply, or in the middle of it
      if (!gone) throw error;
      const key = "Your last key is not confirmed as kept; it is sent again until it is. All that was kept is in the file.";
      trouble(`The server cannot be reached. ${body === undefined ? "It is asked again." : key}`);
      await Promise.race([pause(AGAIN), new Promise((resolve) => (byId("again").onclick = resolve))]);
    }
  }
}

/** The server took it for something else than it was; what it says is shown beside what it asks now. */
async function refused(error) {
  const said = error instanceof Refused ? error.message : "this page failed; load it again";
  if (error.status !== 409) {
    trouble(`Not kept: ${said}.`);
    byId("again").onclick = () => asked("v1/label");
    return;
  }
  await asked("v1/label");
  say(byId("notice"), `${said[0].toUpperCase()}${said.slice(1)}. Below is what is asked now.`);
  byId("notice").hidden = false;
}

function trouble(said) {
  say(byId("problem-words"), said);
  byId("problem").hidden = false;
}

function show(said) {
  const another = state === null || state.asked?.row !== said.asked?.row || state.asked?.how !== said.asked?.how;
  state = said;
  byId("notice").hidden = true;
  byId("desk").hidden = false;
  byId("asking").hidden = byId("skip").hidden = said.asked === null;
  byId("end").hidden = said.asked !== null;
  byId("share").max = said.texts;
  byId("share").value = said.labelled;
  say(byId("progress"), `${WHOLE.format(said.labelled)} of ${WHOLE.format(said.texts)} labelled` + (said.skipped > 0 ? `, ${WHOLE.format(said.skipped)} skipped` : ""));
  if (another && said.asked === null) byId("end-title").focus();
  else if (another) question(said);
  known(said);
}

/** A button for each class, made once: it keeps the focus while texts come and go. */
function buttons(classes, suggested) {
  if (byId("classes").childElementCount === 0) byId("classes").append(...classes.map(({ name }, place) => button(name, place)));
  for (const [place, each] of [...byId("classes").children].entries()) each.classList.toggle("said", classes[place].name === suggested);
}

function question({ asked: { row, text, characters, how, suggestion }, classes }) {
  say(byId("question"), `Row ${WHOLE.format(row)}`);
  say(byId("how"), HOW[how]);
  const field = byId("text");
  field.replaceChildren(words("div", text));
  field.scrollTop = 0;
  const shown = Array.from(text).length;
  byId("cut").hidden = shown === characters;
  say(byId("cut"), `The first ${WHOLE.format(shown)} of ${WHOLE.format(characters)} characters.`);
  say(byId("suggestion"), suggestion === null ? "" : `The linear member says ${suggestion.label}` + (suggestion.probability === null ? "." : `, ${percent(suggestion.probability)}.`));
  buttons(classes, suggestion?.label);
  byId("spoken").replaceChildren(words("span", `${HOW[how]}: ${text.slice(0, SPOKEN)}`));
}

function button(name, place) {
  const made = make("button", { type: "button" }, make("kbd", { "aria-hidden": "true" }, String(place + 1)), words("span", name));
  made.addEventListener("click", () => give(name));
  return made;
}

function known({ classes, last, last_suggestion: before, blind, accuracy, learned, labelled, trouble: why, file }) {
  byId("undo").disabled = last === null;
  const opinion = blind && before !== null ? `; the linear member would have said ${before}` : "";
  say(byId("kept"), last === null ? "" : `Kept in ${file}: row ${WHOLE.format(last.row)}, ${last.label}${opinion}.`);
  const most = Math.max(1, ...classes.map(({ labels }) => labels));
  byId("counts").replaceChildren(...classes.map((each) => bar(each, most)));
  say(byId("accuracy"), sentenceOf(accuracy));
  const waits = labelled < 2 ? "It learns as soon as two classes have labels." : `It has learned ${WHOLE.format(learned)} of ${WHOLE.format(labelled)} labels.`;
  say(byId("learned"), why === "" ? waits : `It does not learn: ${why}. All texts are drawn at random.`);
}

function sentenceOf(accuracy) {
  if (accuracy === null) return "How often it is right is said after ten random texts that it has answered.";
  const { right, of, low, high } = accuracy;
  return `It answered ${right} of the last ${of} random texts as you did, before it had learned them: ${percent(right / of)} (95\u00A0% interval: ${percent(low)} to ${percent(high)}).`;
}

function bar({ name, labels }, most) {
  const full = make("span", { class: "full" });
  full.style.width = `${(100 * labels) / most}%`;
  return make(
    "li",
    {},
    words("span", name, { class: "name" }),
    make("span", { class: "n" }, WHOLE.format(labels)),
    make("span", { class: "bar", "aria-hidden": "true" }, ...(labels > 0 ? [full] : [])),
  );
}

function give(label) {
  if (state?.asked) asked("v1/label", { row: state.asked.row, label });
}

function skip() {
  if (state?.asked) asked("v1/label/skip", { row: state.asked.row });
}

function undo() {
  if (state?.last) asked("v1/label/undo", { row: state.last.row });
}

function pressed(event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const place = Number(event.key) - 1;
  const key = event.key.toLowerCase();
  if (state?.classes[place] !== undefined) give(state.classes[place].name);
  else if (key === "s") skip();
  else if (key === "u" || key === "backspace") undo();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", pressed);
byId("skip").addEventListener("click", skip);
byId("undo").addEventListener("click", undo);
document.addEventListener("visibilitychange", () => {
  const unread = !byId("problem").hidden; // it stays until it is read
  if (!document.hidden && !unread) asked("v1/label"); // another tab may have gone on meanwhile
});
asked("v1/label");
