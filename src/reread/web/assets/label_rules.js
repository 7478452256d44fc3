// Rules on the labelling page: tried while they are typed, kept, and taken out.

import { percent } from "./answers.js";
import { Refused, ask } from "./ask.js";
import { byId, make, say, words } from "./elements.js";
import { SAY } from "./label_words.js";

const PATH = "v1/label/rules";
const TYPING = 300; // milliseconds without a key before a rule is tried
const WHOLE = new Intl.NumberFormat("en");
let timer = 0; // of the next try
let asking = null; // what is asked of the server; what comes later takes its place

/** Whether an element belongs to the rules: keys there label nothing. */
export function holds(element) {
  return element.closest?.("#rules") != null;
}

/** The labels have changed, and with them how right the rules are. */
export function follow({ takes_rules: able, question }) {
  byId("rules").hidden = !able;
  if (!able) return;
  const select = byId("rule-class");
  if (select.options.length === 0) select.append(...question.classes.map(({ name }) => words("option", name, { value: name })));
  if (byId("rules").open) tryLater();
}

function tryLater() {
  clearTimeout(timer);
  timer = setTimeout(tryNow, TYPING);
}

function tryNow() {
  const rule = draft();
  if (rule === null) told(PATH);
  else told(`${PATH}/try`, rule);
}

/** What is typed; null: nothing. */
function draft() {
  const typed = byId("rule-words").value.split(/[,，、;；\n]/).map((each) => each.trim());
  const wanted = typed.filter((each) => each !== "");
  return wanted.length === 0 ? null : { label: byId("rule-class").value, words: wanted };
}

/** Ask the server, and show what it says unless something else was asked meanwhile; whether it was shown. */
async function told(path, body) {
  clearTimeout(timer);
  const mine = (asking = {});
  try {
    const said = await (await ask(path, { body })).json();
    if (asking !== mine) return false;
    say(byId("rules-problem"), "");
    show(said, path.endsWith("/try"));
    return true;
  } catch (error) {
    if (asking !== mine) return false;
    if (!(error instanceof Refused) && !(error instanceof TypeError)) console.error(error);
    say(byId("rules-problem"), SAY.trainFailed(error instanceof TypeError ? SAY.ruleLost : error.message));
    return false;
  }
}

function show({ rules, texts, all_texts: all, silent, disputes, disputed, file }, tries) {
  const kept = tries ? rules.slice(0, -1) : rules;
  say(byId("rule-tried"), tries ? SAY.ruleTried(figures(rules.at(-1), texts)) : "");
  const head = make("tr", {}, ...SAY.ruleColumns.map((each) => make("th", { scope: "col" }, each)), make("td"));
  byId("rules-table").hidden = kept.length === 0;
  byId("rules-table").replaceChildren(make("thead", {}, head), make("tbody", {}, ...kept.map((rule) => row(rule, texts))));
  const share = (count) => percent(count / Math.max(texts, 1));
  say(byId("rules-all"), rules.length === 0 ? "" : SAY.rulesAll({ texts: WHOLE.format(texts), all: WHOLE.format(all), sampled: texts < all, voted: share(texts - silent), disputes: share(disputes) }));
  byId("rules-disputed").replaceChildren(...disputed.map(dispute));
  say(byId("rules-use"), kept.length === 0 ? "" : SAY.rulesKept(file));
}

function figures({ votes, conflicts, right, of }, texts) {
  return { votes: WHOLE.format(votes), share: percent(votes / Math.max(texts, 1)), conflicts: WHOLE.format(conflicts), right, of };
}

function row(rule, texts) {
  const { share, conflicts, right, of } = figures(rule, texts);
  const out = make("button", { type: "button", "aria-label": SAY.ruleOut(rule.name) }, "×");
  out.addEventListener("click", () => remove(rule.name));
  const name = make("th", { scope: "row" }, words("span", rule.does), " → ", words("b", rule.label ?? ""));
  return make("tr", {}, name, make("td", {}, share), make("td", {}, conflicts), make("td", {}, of === 0 ? "–" : SAY.ruleRight(right, of)), make("td", {}, out));
}

function dispute({ row: number, text, votes }) {
  const said = votes.flatMap(([name, label], place) => [place > 0 ? " · " : "", words("span", name), " → ", words("b", label)]);
  return make("li", {}, words("p", text), make("p", { class: "hint" }, SAY.disputedRow(WHOLE.format(number)), ...said));
}

async function add(event) {
  event.preventDefault();
  const rule = draft();
  if (rule === null || !(await told(PATH, rule))) return;
  byId("rule-words").value = "";
  byId("rule-words").focus();
}

async function remove(name) {
  if (await told(`${PATH}/remove`, { name })) byId("rule-words").focus(); // the button has gone
}

byId("rules").addEventListener("toggle", () => byId("rules").open && tryNow());
byId("rule").addEventListener("submit", add);
byId("rule-words").addEventListener("input", tryLater);
byId("rule-class").addEventListener("change", tryLater);
