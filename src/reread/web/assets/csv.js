// CSV that a spreadsheet can open, as the server writes it: no cell of strangers is taken for a formula.

const FORMULA = /^(?:[\t\r\n]|[\s\x1c-\x1f\x85]*[=+\-@＝＋－＠])/u; // https://owasp.org/www-community/attacks/CSV_Injection

/** A line of JSON as an object whose whole numbers stay what they are, however long. */
export function exact(line) {
  return JSON.parse(line, (_, value, context) => {
    const long = Number.isInteger(value) && !Number.isSafeInteger(value) && JSON.rawJSON !== undefined;
    return long ? JSON.rawJSON(context.source) : value;
  });
}

/** One row: numbers as they are, texts in quotes and harmless, null empty, a list or an object as JSON. */
export function csvLine(values) {
  return `${values.map(cell).join(",")}\n`;
}

function cell(value) {
  if (value === null || value === undefined) return '""';
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "True" : "False"; // as Python's csv
  if (typeof value === "string") return quoted(value);
  return JSON.isRawJSON?.(value) ? value.rawJSON : quoted(jsonOf(value));
}

/** JSON with spaces, as Python writes it. */
function jsonOf(value) {
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(", ")}]`;
  if (value === null || typeof value !== "object" || JSON.isRawJSON?.(value)) return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${jsonOf(each)}`).join(", ")}}`;
}

function quoted(text) {
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
