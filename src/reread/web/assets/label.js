// The labelling page: a text, a key for its class, the next text.

import { Refused, ask, pause } from "./ask.js";
import { percent } from "./answers.js";
import { byId, make, say, words } from "./elements.js";
import { choices } from "./label_choices.js";
import { number } from "./label_number.js";

const AGAIN = 2000; // milliseconds after which a server that could not be reached is asked again
const SPOKEN = 2000; // characters that a screen reader is given at once; the rest can be read in its place
const HOW = {
  random: "drawn at random",
  unsure: "the linear member is least sure here",
  skipped: "you skipped it",
  undone: "you took its label back",
};
const WHOLE = new Intl.NumberFormat("en");
const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const ASKS = {
  classes: choices,
  ordinal: choices,
  multilabel: (question, give) => choices({ ...question, several: true }, give),
  numbers: number,
};
const MOST_BARS = 12;
let asks = null; // the part of the page that takes the answer, made once: it keeps the focus while texts come and go
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
  const another = state === null || state.asked?.row !== said.asked?.row || state.asked?.how !== said.asked?.how || state.asked?.again !== said.asked?.again;
  state = said;
  if (asks === null) begin(said.question);
  byId("notice").hidden = true;
  byId("desk").hidden = false;
  byId("asking").hidden = byId("skip").hidden = said.asked === null;
  byId("end").hidden = said.asked !== null;
  byId("share").max = said.texts;
  byId("share").value = said.labelled;
  say(byId("progress"), `${WHOLE.format(said.labelled)} of ${WHOLE.format(said.texts)} labelled` + (said.skipped > 0 ? `, ${WHOLE.format(said.skipped)} skipped` : ""));
  if (another && said.asked === null) byId("end-title").focus();
  else if (another) question(said.asked);
  known(said);
}

function begin(what) {
  asks = ASKS[what.kind](what, give);
  byId("answer").replaceChildren(asks.root);
  for (const [name, key] of Object.entries(asks.keys)) byId(name).querySelector("kbd").textContent = key;
}

function question({ row, text, characters, how, suggestion, given }) {
  say(byId("question"), `Row ${WHOLE.format(row)}`);
  say(byId("how"), HOW[how]);
  const field = byId("text");
  field.replaceChildren(words("div", text));
  field.scrollTop = 0;
  const shown = Array.from(text).length;
  byId("cut").hidden = shown === characters;
  say(byId("cut"), `The first ${WHOLE.format(shown)} of ${WHOLE.format(characters)} characters.`);
  byId("given").hidden = given.length === 0;
  byId("given").replaceChildren(...given.flatMap(({ by, label }, place) => [place > 0 ? " · " : "", words("span", by), ": ", words("b", inWords(label))]));
  say(byId("suggestion"), suggestion === null ? "" : `The linear member says ${inWords(suggestion.label)}` + (suggestion.probability === null ? "." : `, ${percent(suggestion.probability)}.`));
  asks.ask(suggestion?.label);
  byId("spoken").replaceChildren(words("span", `${HOW[how]}: ${text.slice(0, SPOKEN)}`));
}

/** An answer in words. */
function inWords(answer) {
  if (Array.isArray(answer)) return answer.length > 0 ? answer.join(", ") : "no label";
  return typeof answer === "number" ? NUMBER.format(answer) : answer;
}

function known({ last, counts, blind, accuracy, consistency, learned, labelled, trouble: why, file }) {
  byId("undo").disabled = last === null;
  say(byId("kept"), last === null ? "" : keptSentence(last, blind, file));
  const most = Math.max(1, ...counts.map(({ labels }) => labels));
  const bars = counts.length > MOST_BARS ? counts.toSorted((one, other) => other.labels - one.labels).slice(0, MOST_BARS) : counts;
  byId("counts").replaceChildren(...bars.map((each) => bar(each, most)));
  byId("rest").hidden = bars.length === counts.length;
  const without = counts.filter(({ labels }) => labels === 0).length;
  say(byId("rest"), `And ${WHOLE.format(counts.length - bars.length)} others. Without a label so far: ${WHOLE.format(without)}.`);
  say(byId("accuracy"), accuracySentence(accuracy));
  const waits = labelled < 2 || learned === 0 ? "It learns as soon as there are two different labels." : `It has learned ${WHOLE.format(learned)} of ${WHOLE.format(labelled)} labels.`;
  say(byId("learned"), why === "" ? waits : `It does not learn: ${why}. All texts are drawn at random.`);
  byId("self").hidden = consistency === null;
  if (consistency !== null) say(byId("consistency"), consistencySentence(consistency));
}

function keptSentence({ row, label, before, suggestion }, blind, file) {
  const opinion = blind && suggestion !== null ? `; the linear member would have said ${inWords(suggestion)}` : "";
  if (before === null) return `Kept in ${file}: row ${WHOLE.format(row)}, ${inWords(label)}${opinion}.`;
  const same = JSON.stringify(before) === JSON.stringify(label);
  return `Asked again: row ${WHOLE.format(row)}, ${inWords(label)}` + (same ? ", as before." : `; before it was ${inWords(before)}, which stays in ${file}.`);
}

function accuracySentence(figure) {
  if (figure === null) return "How often it is right is said after ten random texts that it has answered.";
  const { right, of, mean } = figure;
  if (mean !== undefined) return `On the last ${of} random texts it was ${NUMBER.format(mean)} away from you in the mean, before it had learned them${interval(figure, NUMBER.format)}.`;
  return `It answered ${right} of the last ${of} random texts as you did, before it had learned them: ${percent(right / of)}${interval(figure, percent)}.`;
}

function consistencySentence(figure) {
  const { right, of, mean } = figure;
  const asked = `Of the texts drawn at random, ${of === 1 ? "one was" : `${of} were`} asked again after a while.`;
  if (mean !== undefined) return `${asked} Your two numbers are ${NUMBER.format(mean)} apart in the mean${interval(figure, NUMBER.format)}.`;
  return `${asked} You answered ${right} of ${of} as before: ${percent(right / of)}${interval(figure, percent)}.`;
}

function interval({ low, high }, written) {
  return ` (95\u00A0% interval: ${written(low)} to ${written(high)})`;
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
  if (state?.asked) asked("v1/label", { row: state.asked.row, label, again: state.asked.again });
}

function skip() {
  if (state?.asked) asked("v1/label/skip", { row: state.asked.row });
}

function undo() {
  if (state?.last) asked("v1/label/undo", { row: state.last.row, again: state.last.before !== null });
}

function pressed(event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const taken = state?.asked && !busy ? asks.pressed(key) : false;
  if (taken === "native") return; // the field takes it
  if (!taken) {
    if (key === asks?.keys.skip || (key === "ArrowRight" && asks?.keys.skip === "→")) skip();
    else if (key === asks?.keys.undo || key === "Backspace") undo();
    else return;
  }
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
