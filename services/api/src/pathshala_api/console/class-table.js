/**
 * What a teacher pastes or drops: a table whose first row names its columns, or one topic a line.
 * @module
 */

/** The house takes as many at once. */
export const LESSONS_MAX = 500;

/** @typedef {{subject: string, topic: string, level: string, language: string}} Row */
/** @typedef {{kind: "table", rows: number} | {kind: "topics", rows: Row[], topics: number, without: number[]}} Read `without` are lines that name no subject */

const COLUMNS = ["subject", "topic"];
const MARKS = /** @type {const} */ ([["utf-8", [0xef, 0xbb, 0xbf]], ["utf-16le", [0xff, 0xfe]], ["utf-16be", [0xfe, 0xff]]]);

/**
 * @param {string} text @param {{subject: string, levels: string[], languages: string[]}} chosen @returns {Read}
 */
export function readText(text, {subject, levels, languages}) {
  const lines = text.split(/\r\n|\r|\n/);
  if (isTable(text)) return {kind: "table", rows: lines.filter((line) => line.replace(/[,;\t\s]/g, "")).length - 1};
  /** @type {Row[]} */
  const rows = [];
  /** @type {number[]} */
  const without = [];
  let topics = 0;
  for (const [place, line] of lines.entries()) {
    if (!line.trim()) continue;
    topics += 1;
    const parts = line.split(/[\t;]/).map((part) => part.trim()).filter(Boolean);
    const named = parts.length > 1 ? parts : [subject.trim(), parts[0] ?? line.trim()];
    if (!named[0]) without.push(place + 1);
    for (const language of languages) for (const level of levels) rows.push({subject: named[0], topic: named.slice(1).join("; "), level, language});
  }
  return {kind: "topics", rows, topics, without};
}

/** Whether the first line names the columns of a table. @param {string} text */
function isTable(text) {
  const head = text.split(/\r\n|\r|\n/).find((line) => line.trim()) ?? "";
  const names = head.split(/[,;\t]/).map((name) => name.trim().replace(/^"|"$/g, "").toLowerCase());
  return names.length > 1 && COLUMNS.some((name) => names.includes(name));
}

/** The text of a file that a spreadsheet saved. Throws a TypeError if it is none. @param {ArrayBuffer} content */
export function textOf(content) {
  const bytes = new Uint8Array(content);
  const found = MARKS.find(([, mark]) => mark.every((byte, place) => bytes[place] === byte));
  return new TextDecoder(found ? found[0] : "utf-8", {fatal: true}).decode(bytes);
}
