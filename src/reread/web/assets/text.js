// Texts: their code points, in which the server counts, and their language.

const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const OTHERS = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** The text without halves of characters, which no UTF-8 can hold. */
export function whole(text) {
  return text.replace(LONE, "\uFFFD");
}

/** The characters as the server counts them; JavaScript counts some of them twice. */
export function points(text) {
  return Array.from(text);
}

/** For the attribute lang: with it browsers take Chinese forms of characters that Japanese has too. */
export function languageOf(text) {
  return /\p{Script=Han}/u.test(text) && !OTHERS.test(text) ? "zh" : "";
}
