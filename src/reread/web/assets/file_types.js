// The files that people can give to the page.

export const MOST = 64 * 2 ** 20; // bytes; the server takes no more
const TYPES = {
  "text/csv": [".csv"],
  "text/tab-separated-values": [".tsv", ".tab"],
  "application/x-ndjson": [".jsonl", ".ndjson", ".json"],
  "application/vnd.apache.parquet": [".parquet", ".pq"],
};
const TEXTS = { ...TYPES, "text/plain": [".txt", ".text"] };
export const ENDINGS = Object.values(TYPES).flat().join(" ");
export const TEXT_ENDINGS = Object.values(TEXTS).flat().join(" ");

/** What a file of this name is sent as; undefined if it is none of these. */
export function typeOf(name) {
  return found(name, TYPES);
}

/** The same of files of texts, which need no columns. */
export function typeOfTexts(name) {
  return found(name, TEXTS);
}

function found(name, types) {
  const ending = name.slice(name.lastIndexOf(".")).toLowerCase();
  return Object.keys(types).find((type) => types[type].includes(ending));
}
