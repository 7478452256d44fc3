// The files that people can give to the page.

export const MOST = 64 * 2 ** 20; // bytes; the server takes no more
const TYPES = {
  "text/csv": [".csv"],
  "text/tab-separated-values": [".tsv", ".tab"],
  "application/x-ndjson": [".jsonl", ".ndjson", ".json"],
  "application/vnd.apache.parquet": [".parquet", ".pq"],
};
export const ENDINGS = Object.values(TYPES).flat().join(" ");

/** What a file of this name is sent as; undefined if it is none of these. */
export function typeOf(name) {
  const ending = name.slice(name.lastIndexOf(".")).toLowerCase();
  return Object.keys(TYPES).find((type) => TYPES[type].includes(ending));
}
