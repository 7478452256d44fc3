// The tab Label: the labellings that there are, and a new one of a file of texts. Each has a page of its own.

import { ask } from "./ask.js";
import { byId, make, say, told, words } from "./elements.js";
import { MOST, TEXT_ENDINGS, typeOfTexts } from "./file_types.js";
import { save } from "./saving.js";
import { reasonOf, session } from "./session.js";
import { SAY } from "./words.js";

const PATH = "v1/labellings";
let sent = null; // what the server says of the file
let last = new AbortController(); // ends what is asked of a file when something newer is

/** The tab is seen. */
export async function shown() {
  byId("label-unable").hidden = session.trains; // what trains and what labels need the same folder
  byId("label-able").hidden = !session.trains;
  say(byId("label-unable"), () => (session.trains ? "" : SAY.labelNeedsFolder));
  if (!session.trains) return;
  kind();
  try {
    list((await (await ask(PATH)).json()).labellings);
  } catch (error) {
    failed(error, byId("label-problem"));
  }
}

/** Forget the file. */
export function clear() {
  last.abort();
  last = new AbortController();
  sent = null;
  for (const id of ["label-file", "label-asked", "label-by"]) byId(id).value = "";
  for (const id of ["label-said", "label-problem", "label-refused"]) say(byId(id), "");
  byId("label-plan").hidden = byId("begun").hidden = true;
  byId("begun-list").replaceChildren();
}

function failed(error, place) {
  const reason = reasonOf(error);
  if (reason !== null) say(place, () => SAY.sentence(reason()));
}

function list(labellings) {
  byId("begun").hidden = labellings.length === 0;
  byId("begun-list").replaceChildren(...labellings.map(begun));
}

function begun({ name, asked, labelled, texts }, place) {
  const link = words("a", name, { id: `begun-${place}`, href: pageOf(name) });
  const labels = told("button", () => SAY.saveLabels, { type: "button", class: "quiet", "aria-describedby": link.id });
  labels.hidden = labelled === 0;
  labels.addEventListener("click", () => saveLabels(name));
  const far = told("span", () => SAY.howFar(labelled, texts), { class: "n" });
  return make("li", {}, link, far, words("span", asked, { class: "asked hint" }), labels);
}

function pageOf(name) {
  return `label/${encodeURIComponent(name)}/`;
}

async function saveLabels(name) {
  try {
    save(await (await ask(`${PATH}/${encodeURIComponent(name)}`)).blob(), `${name}.jsonl`);
  } catch (error) {
    failed(error, byId("label-problem"));
  }
}

/** A file is chosen: send it, and show its columns. */
async function look(file) {
  last.abort();
  last = new AbortController();
  const { signal } = last;
  sent = null;
  byId("label-plan").hidden = true;
  for (const id of ["label-said", "label-problem", "label-refused"]) say(byId(id), "");
  const type = typeOfTexts(file.name);
  if (type === undefined) return say(byId("label-problem"), () => SAY.sentence(SAY.noTexts(file.name, TEXT_ENDINGS)));
  if (file.size > MOST) return say(byId("label-problem"), () => SAY.sentence(SAY.tooLargeToLabel(file.name)));
  say(byId("label-said"), () => SAY.reading(file.name));
  try {
    const found = await (await ask(`${PATH}/data?${new URLSearchParams({ name: file.name })}`, { file, type, signal })).json();
    signal.throwIfAborted();
    sent = found;
    plan();
  } catch (error) {
    failed(error, byId("label-problem"));
  }
  if (!signal.aborted) say(byId("label-said"), "");
}

function plan() {
  const { columns, text } = sent;
  const chosen = text ?? (columns.length === 1 ? columns[0] : null);
  byId("label-column-part").hidden = columns.length === 1;
  byId("label-column").replaceChildren(
    ...(chosen === null ? [told("option", () => SAY.chooseColumn, { value: "" })] : []),
    ...columns.map((name) => words("option", name, { value: name })),
  );
  byId("label-column").value = chosen ?? "";
  byId("label-plan").hidden = false;
  first();
}

/** The start of the first texts, by which one sees whether the column is the right one; and how many there are. */
async function first() {
  const { columns, first: rows, data } = sent;
  const { signal } = last;
  const place = columns.indexOf(byId("label-column").value);
  byId("label-first").replaceChildren(...(place < 0 ? [] : rows.map((row) => words("li", row[place]))));
  byId("label-go").disabled = place < 0;
  say(byId("label-counts"), "");
  if (place < 0) return;
  try {
    const text = columns[place];
    const { texts, equal, left_out: out, why } = await (await ask(`${PATH}/data/${encodeURIComponent(data)}?${new URLSearchParams({ text })}`, { signal })).json();
    if (byId("label-column").value === text) say(byId("label-counts"), () => SAY.labelCounts(texts, equal, out, why));
  } catch (error) {
    failed(error, byId("label-problem"));
  }
}

/** What is asked for, by what each text gets. */
function kind() {
  const now = byId("label-kind").value;
  say(byId("label-asked-title"), () => SAY.labelAsked[now]);
  say(byId("label-asked-hint"), () => SAY.labelAskedHint[now]);
}

async function begin() {
  say(byId("label-refused"), "");
  const body = {
    data: sent.data,
    text: byId("label-column").value,
    kind: byId("label-kind").value,
    asked: byId("label-asked").value.replace(/[，、]/g, ","),
    blind: byId("label-blind").checked,
    by: byId("label-by").value,
  };
  try {
    const { name } = await (await ask(PATH, { body })).json();
    location.href = pageOf(name);
  } catch (error) {
    failed(error, byId("label-refused"));
  }
}

function dragged(event) {
  if (byId("label-desk").hidden || !session.trains || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  byId("new-labels").classList.toggle("over", event.type === "dragover");
  if (event.type !== "drop" || event.dataTransfer.files.length === 0) return;
  byId("label-file").files = event.dataTransfer.files;
  look(event.dataTransfer.files[0]);
}

for (const each of byId("label-kind").options) say(each, () => SAY.labelKinds[each.value]);
for (const each of ["dragover", "dragleave", "drop"]) document.addEventListener(each, dragged);
byId("label-file").addEventListener("change", () => {
  if (byId("label-file").files.length > 0) look(byId("label-file").files[0]);
});
byId("label-column").addEventListener("change", first);
byId("label-kind").addEventListener("change", kind);
byId("label-plan").addEventListener("submit", (event) => {
  event.preventDefault();
  begin();
});
