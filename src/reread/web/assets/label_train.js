// Training on the labels, from the labelling page: begun, watched, cancelled, and what is made of the model.

import { ask, hasToken, pause } from "./ask.js";
import { byId, make, say } from "./elements.js";
import { within } from "./label_place.js";
import { SAY } from "./label_words.js";
import { save } from "./saving.js";

const PATH = "v1/label/training";
const LOOKS = 1000; // milliseconds between two looks at a training
let watching = false;
let model = ""; // its name

/** Ask how the training is. */
export async function look() {
  await told(PATH);
}

/** Ask how the training is, or change it, and watch it while it goes. */
async function told(path, body) {
  say(byId("train-problem"), "");
  try {
    show(await (await ask(path, { body })).json());
  } catch (error) {
    say(byId("train-problem"), SAY.trainFailed(error.message));
  }
}

async function watch() {
  if (watching) return;
  watching = true;
  while (!byId("train-running").hidden) {
    await pause(LOOKS);
    await told(PATH);
  }
  watching = false;
}

function show({ able, state, why, progress, figures, seconds, report, serve, name }) {
  const running = state === "running";
  model = name ?? "";
  byId("train-go").hidden = running || !able;
  byId("train-unable").hidden = able;
  byId("train-running").hidden = !running;
  byId("train-done").hidden = state !== "done";
  byId("train-report").hidden = !report;
  say(byId("train-said"), state === null ? "" : SAY.trains[state](name, progress.stage, whole(seconds)));
  say(byId("train-problem"), why ? SAY.trainFailed(why) : "");
  if (running) moved(progress);
  if (state === "done") done(figures, serve);
  if (running) watch();
}

/** How far the network is; before its first step nobody knows. */
function moved({ step, steps, left }) {
  const share = byId("train-share");
  if (steps > 0) [share.max, share.value] = [steps, step];
  else share.removeAttribute("value");
  say(byId("train-left"), left === null ? "" : SAY.trainLeft(whole(left)));
}

function done({ columns, rows }, serve) {
  const head = make("tr", {}, make("td"), ...columns.map((each) => make("th", { scope: "col" }, each)));
  const body = rows.map(([name, ...values]) => make("tr", {}, make("th", { scope: "row" }, name), ...values.map((each) => make("td", {}, each))));
  byId("train-figures").replaceChildren(make("caption", {}, SAY.heldOut), make("thead", {}, head), make("tbody", {}, ...body));
  say(byId("train-serve"), serve ?? "");
  byId("train-command").hidden = serve === null;
  byId("train-use").hidden = !within;
}

/** With a token a link leads nowhere: what it leads to is fetched, and saved. */
async function saveReport(event) {
  if (!hasToken()) return;
  event.preventDefault();
  try {
    save(await (await ask(`${PATH}/report`)).blob(), `${model}.report.html`);
  } catch (error) {
    say(byId("train-problem"), SAY.trainFailed(error.message));
  }
}

function whole(seconds) {
  return new Intl.NumberFormat("en").format(Math.ceil(seconds ?? 0));
}

byId("train-go").addEventListener("click", () => told(PATH, {}));
byId("train-cancel").addEventListener("click", () => told(`${PATH}/cancel`, {}));
byId("train-report").addEventListener("click", saveReport);
