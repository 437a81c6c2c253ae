/**
 * What this browser keeps: choices, and drafts of orders and edits, so that nothing that was typed is lost.
 * A browser that may keep nothing works as well, for as long as the page is open.
 * @module
 */

const PREFIX = "pathshala.";

/** @type {Map<string, string>} */
const memory = new Map();

let owner = "";

/** @param {string} name @returns {any} */
export function kept(name) {
  try {
    const text = localStorage.getItem(PREFIX + name) ?? memory.get(name) ?? null;
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {string} name @param {unknown} value null forgets it */
export function keep(name, value) {
  const text = JSON.stringify(value);
  memory.set(name, text);
  if (value === null) return forget(name);
  try {
    localStorage.setItem(PREFIX + name, text);
  } catch {
    forget(name); // it is kept in memory alone, and what is there is older
  }
}

/** Whose drafts are meant from now on: who shares a browser finds no other's. @param {string | null} user */
export function draftsOf(user) {
  owner = user === null ? "" : `${user}/`;
}

/** @param {string} name @returns {any} */
export function keptDraft(name) {
  return kept(`draft.${owner}${name}`);
}

/** @param {string} name @param {unknown} value null forgets it */
export function keepDraft(name, value) {
  keep(`draft.${owner}${name}`, value);
}

/** @param {string} name */
function forget(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // this browser keeps nothing
  }
}
