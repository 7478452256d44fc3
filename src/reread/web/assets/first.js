// The page at /: which models there are, the token if the server wants one, and which tab is seen.

import { ask, hasToken, isToken, useToken } from "./ask.js";
import * as beside from "./beside.js";
import { byId, make, say } from "./elements.js";
import * as files from "./files.js";
import * as labellings from "./labellings.js";
import { save } from "./saving.js";
import { chosen, session } from "./session.js";
import * as training from "./train.js";
import * as tried from "./try.js";
import { fill } from "./words.js";

const ANSWERERS = { stack: "a linear member and a network together", network: "its network", linear: "its linear member" };
const TABS = { "#try": { desk: "desk", title: "Ask the model", tab: tried }, "#files": { desk: "file-desk", title: "Answer a file", tab: files }, "#train": { desk: "train-desk", title: "Train a model", tab: training }, "#label": { desk: "label-desk", title: "Label texts", tab: labellings } };
let ready = false;

/** Ask what there is to answer; for a token, if the server wants one. */
async function start() {
  try {
    const said = await (await ask("v1/models", { waits: tried.waiting })).json();
    session.models = said.models;
    session.trains = said.trains;
  } catch (error) {
    if (error.status === 401) return askForToken(hasToken() ? "That is no token of this server." : "");
    byId("desk").hidden = false;
    return tried.failed(error, start);
  }
  byId("access").hidden = true;
  byId("token").value = "";
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
  useToken(null);
  for (const id of ["desk", "file-desk", "train-desk", "label-desk", "about", "models"]) byId(id).hidden = true;
  byId("access").hidden = false;
  say(byId("token-problem"), problem);
  byId("token").focus();
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
  document.title = { "#try": "reread", "#files": "Files – reread", "#train": "Train – reread", "#label": "Label – reread" }[place];
  if (!ready) return;
  for (const [name, { desk }] of Object.entries(TABS)) byId(desk).hidden = name !== place;
  TABS[place].tab.shown();
}

/** Another model answers by a name: ask anew what there is. */
async function renew() {
  const name = chosen().name;
  session.models = (await (await ask("v1/models", { waits: tried.waiting })).json()).models;
  byId("model").value = name;
  describe();
  tried.changed();
}

/** What the model is. */
function describe() {
  const model = chosen();
  const targets = Object.keys(model.config.parts ?? {}).length;
  const classes = Array.isArray(model.classes) ? `, ${model.classes.length} classes` : targets ? `, ${targets} targets` : "";
  say(byId("facts"), `${model.name}: ${model.task}${classes}. Its answers come from ${ANSWERERS[model.answers]}.`);
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

session.unauthorised = () => askForToken("The server does not take this token any more.");
byId("access").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = byId("token").value.trim();
  if (!isToken(given)) return say(byId("token-problem"), "No token has such characters.");
  useToken(given);
  start();
});
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
window.addEventListener("hashchange", turn);
training.whenReplaced(renew);
files.tryWith((text, model) => {
  byId("model").value = model;
  describe();
  location.hash = "#try";
  tried.put(text);
});
fill();
start();
