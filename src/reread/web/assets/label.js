// The labelling page: a text, a key for its class, the next text.

import * as access from "./access.js";
import { Refused, ask, hasToken, pause } from "./ask.js";
import { percent } from "./answers.js";
import { byId, make, say, words } from "./elements.js";
import { choices } from "./label_choices.js";
import { number } from "./label_number.js";
import { within } from "./label_place.js";
import * as rules from "./label_rules.js";
import * as training from "./label_train.js";
import { SAY, translate } from "./label_words.js";
import { SAY as WORDS } from "./words.js";

const AGAIN = 2000; // milliseconds after which a server that could not be reached is asked again
const SPOKEN = 2000; // characters that a screen reader is given at once; the rest can be read in its place
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
    if (error.status === 401) access.askForToken(hasToken() ? WORDS.wrongToken : "", ["desk", "problem"]);
    else await refused(error, body);
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
      trouble(`${SAY.gone} ${body === undefined ? SAY.asks : SAY.unconfirmed}`);
      await Promise.race([pause(AGAIN), new Promise((resolve) => (byId("again").onclick = resolve))]);
    }
  }
}

/** The server took it for something else than it was; what it says is shown beside what it asks now. */
async function refused(error, body) {
  const said = error instanceof Refused ? error.message : SAY.failed;
  if (error.status !== 409 || body === undefined) {
    trouble(body === undefined ? WORDS.sentence(said) : SAY.notKept(said));
    byId("again").onclick = () => asked("v1/label");
    return;
  }
  await asked("v1/label");
  say(byId("notice"), SAY.now(said));
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
  access.taken();
  byId("notice").hidden = true;
  byId("desk").hidden = false;
  byId("asking").hidden = byId("skip").hidden = said.asked === null;
  byId("end").hidden = said.asked !== null;
  byId("end-train").hidden = within;
  byId("share").max = said.texts;
  byId("share").value = said.labelled;
  say(byId("progress"), SAY.progress(WHOLE.format(said.labelled), WHOLE.format(said.texts), WHOLE.format(said.skipped)));
  if (another && said.asked === null) byId("end-title").focus();
  else if (another) question(said.asked);
  known(said);
  rules.follow(said);
}

function begin(what) {
  asks = ASKS[what.kind](what, give);
  byId("answer").replaceChildren(asks.root);
  for (const [name, key] of Object.entries(asks.keys)) byId(name).querySelector("kbd").textContent = key;
}

function question({ row, text, characters, how, suggestion, given }) {
  say(byId("question"), SAY.row(WHOLE.format(row)));
  const why = given.length > 0 && how !== "undone" ? SAY.differ : SAY[how];
  say(byId("how"), why);
  const field = byId("text");
  field.replaceChildren(words("div", text));
  field.scrollTop = 0;
  const shown = Array.from(text).length;
  byId("cut").hidden = shown === characters;
  say(byId("cut"), SAY.cut(WHOLE.format(shown), WHOLE.format(characters)));
  byId("given").hidden = given.length === 0;
  byId("given").replaceChildren(...given.flatMap(({ by, label }, place) => [place > 0 ? " · " : "", words("span", by), ": ", words("b", inWords(label))]));
  say(byId("suggestion"), suggestion === null ? "" : SAY.says(inWords(suggestion.label), suggestion.probability === null ? "" : percent(suggestion.probability)));
  asks.ask(suggestion?.label);
  byId("spoken").replaceChildren(words("span", `${why}: ${text.slice(0, SPOKEN)}`));
}

/** An answer in words. */
function inWords(answer) {
  if (Array.isArray(answer)) return answer.length > 0 ? answer.join(SAY.listed) : SAY.none;
  return typeof answer === "number" ? NUMBER.format(answer) : answer;
}

function known({ last, counts, blind, accuracy, consistency, learned, labelled, trouble: why, file, foretold: more }) {
  byId("undo").disabled = last === null;
  say(byId("kept"), last === null ? "" : keptSentence(last, blind, file));
  foretold(more);
  const most = Math.max(1, ...counts.map(({ labels }) => labels));
  const bars = counts.length > MOST_BARS ? counts.toSorted((one, other) => other.labels - one.labels).slice(0, MOST_BARS) : counts;
  byId("counts").replaceChildren(...bars.map((each) => bar(each, most)));
  byId("rest").hidden = bars.length === counts.length;
  const without = counts.filter(({ labels }) => labels === 0).length;
  say(byId("rest"), SAY.rest(WHOLE.format(counts.length - bars.length), WHOLE.format(without)));
  say(byId("accuracy"), accuracySentence(accuracy));
  const waits = labelled < 2 || learned === 0 ? SAY.waits : SAY.learned(WHOLE.format(learned), WHOLE.format(labelled));
  say(byId("learned"), why === "" ? waits : SAY.troubled(why));
  byId("self").hidden = consistency === null;
  if (consistency !== null) say(byId("consistency"), consistencySentence(consistency));
}

/** What more labels would bring. */
function foretold(more) {
  const gain = more?.gain ?? null;
  const none = more === null ? SAY.foretellsNot : more.why === "" ? SAY.foretellsLater : SAY.notForetold(more.why);
  say(byId("foretold"), gain === null ? "" : SAY.gain(gain));
  say(byId("foretold-by"), gain === null ? none : SAY.foretoldBy(WHOLE.format(more.labels)));
}

function keptSentence({ row, label, before, suggestion }, blind, file) {
  const number = WHOLE.format(row);
  const opinion = blind && suggestion !== null ? SAY.opinion(inWords(suggestion)) : "";
  if (before === null) return SAY.kept(file, number, inWords(label)) + opinion + SAY.stop;
  const same = JSON.stringify(before) === JSON.stringify(label);
  return same ? SAY.same(number, inWords(label)) : SAY.other(number, inWords(label), inWords(before), file);
}

function accuracySentence(figure) {
  if (figure === null) return SAY.unknown;
  const { right, of, mean } = figure;
  if (mean !== undefined) return SAY.away(of, NUMBER.format(mean)) + interval(figure, NUMBER.format);
  return SAY.right(right, of, percent(right / of)) + interval(figure, percent);
}

function consistencySentence(figure) {
  const { right, of, mean } = figure;
  if (mean !== undefined) return SAY.twice(of) + SAY.apart(NUMBER.format(mean)) + interval(figure, NUMBER.format);
  return SAY.twice(of) + SAY.consistent(right, of, percent(right / of)) + interval(figure, percent);
}

function interval({ low, high }, written) {
  return SAY.interval(written(low), written(high));
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
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || byId("desk").hidden || rules.holds(event.target)) return;
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

async function start() {
  await training.look();
  await asked("v1/label");
}

translate(document);
document.addEventListener("keydown", pressed);
byId("skip").addEventListener("click", skip);
byId("undo").addEventListener("click", undo);
document.addEventListener("visibilitychange", () => {
  const unread = !byId("problem").hidden; // it stays until it is read
  if (!document.hidden && !unread && !byId("desk").hidden) asked("v1/label"); // another tab may have gone on meanwhile
});
access.whenGiven(start, WORDS.badToken);
start();
