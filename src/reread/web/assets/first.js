// The page at /: which models there are, the token if the server wants one, and which tab is seen.

import * as access from "./access.js";
import { ask, hasToken } from "./ask.js";
import * as beside from "./beside.js";
import { byId, make, say } from "./elements.js";
import * as files from "./files.js";
import * as labellings from "./labellings.js";
import { language } from "./language.js";
import { save } from "./saving.js";
import { chosen, session } from "./session.js";
import * as training from "./train.js";
import * as tried from "./try.js";
import { SAY, fill, speak } from "./words.js";

const TABS = { "#try": { desk: "desk", title: () => SAY.titleTry, tab: tried }, "#files": { desk: "file-desk", title: () => SAY.titleFiles, tab: files }, "#train": { desk: "train-desk", title: () => SAY.titleTrain, tab: training }, "#label": { desk: "label-desk", title: () => SAY.titleLabel, tab: labellings } };
let ready = false;

/** Ask what there is to answer; for a token, if the server wants one. */
async function start() {
  try {
    const said = await (await ask("v1/models", { waits: tried.waiting })).json();
    Object.assign(session, said);
  } catch (error) {
    if (error.status === 401) return askForToken(hasToken() ? () => SAY.wrongToken : "");
    byId("desk").hidden = false;
    return tried.failed(error, start);
  }
  access.taken();
  byId("forget").hidden = !hasToken();
  byId("model").replaceChildren(...session.models.map(({ name }) => make("option", { value: name }, name)));
  byId("about").hidden = false;
  byId("train-tab").hidden = !session.trains;
  document.body.classList.toggle("trains", session.trains);
  byId("models").hidden = session.models.length === 1;
  ready = true;
  describe();
  turn();
}

function askForToken(problem) {
  ready = false;
  access.askForToken(problem, ["desk", "file-desk", "train-desk", "label-desk", "about", "models"]);
}

/** Show the tab that the address names. */
function turn() {
  const known = Object.hasOwn(TABS, location.hash) && (location.hash !== "#train" || session.trains || !ready);
  const place = known ? location.hash : "#try";
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.getAttribute("href") === place) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  say(byId("title"), TABS[place].title);
  say(document.querySelector("title"), { "#try": "reread", "#files": () => `${SAY.tabFiles} – reread`, "#train": () => `${SAY.tabTrain} – reread`, "#label": () => `${SAY.tabLabel} – reread` }[place]);
  if (!ready) return;
  for (const [name, { desk }] of Object.entries(TABS)) byId(desk).hidden = name !== place;
  TABS[place].tab.shown();
}

/** Another model answers by a name: ask anew what there is. */
async function renew() {
  const name = chosen().name;
  Object.assign(session, await (await ask("v1/models", { waits: tried.waiting })).json());
  byId("model").value = name;
  describe();
  tried.changed();
}

/** What the model is. */
function describe() {
  const model = chosen();
  const targets = Object.keys(model.config.parts ?? {}).length;
  const classes = Array.isArray(model.classes) ? model.classes.length : 0;
  say(byId("facts"), () => SAY.facts(model.name, SAY.tasks[model.task] ?? model.task, classes, targets, SAY.answerers[model.answers]));
  byId("report-line").hidden = model.report === null;
  if (model.report !== null) byId("report").href = model.report.slice(1);
  byId("card").hidden = model.card === null;
  say(byId("card-text"), model.card ?? "");
  beside.offer();
}

/** With a token a link leads nowhere: what it leads to is fetched, and saved. */
async function saveReport(event) {
  if (!hasToken()) return;
  event.preventDefault();
  try {
    const page = await (await ask(byId("report").getAttribute("href"))).blob();
    save(page, `${chosen().name}.report.html`);
  } catch (error) {
    tried.failed(error, () => byId("report").click());
  }
}

session.unauthorised = () => askForToken(() => SAY.oldToken);
access.whenGiven(start, () => SAY.badToken);
byId("forget").addEventListener("click", () => {
  tried.clear();
  files.clear();
  training.clear();
  labellings.clear();
  askForToken("");
});
byId("model").addEventListener("change", () => {
  describe();
  tried.changed();
  files.modelChanged();
  training.modelChanged();
});
byId("report").addEventListener("click", saveReport);
byId("language").addEventListener("click", () => speak(language() === "en" ? "zh" : "en"));
window.addEventListener("hashchange", turn);
training.whenReplaced(renew);
files.tryWith((text, model) => {
  byId("model").value = model;
  describe();
  location.hash = "#try";
  tried.put(text);
});
say(byId("language"), () => [make("span", { lang: language() === "en" ? "zh-Hans" : "en" }, SAY.other)]);
fill();
turn();
start();
