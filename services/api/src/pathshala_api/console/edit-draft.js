/**
 * An edit of a lesson while it is being made: what was typed, of which version, kept in this browser until it is stored.
 * @module
 */
import {newKey} from "./client.js";
import {keepDraft, keptDraft} from "./kept.js";
/** @typedef {Record<string, any>} Lesson */
/** @typedef {{version: string, changes: Record<string, any>, overruled: Record<string, string>, note: string, key: string, theirs: string[]}} EditDraft `theirs` are fields that somebody else changed, too */

const MARK = /\s*\[(\d{1,3})\]/g;

/** @param {Lesson} edition @returns {EditDraft | null} */
export function keptEdit(edition) {
  return keptDraft(nameOf(edition));
}

/** @param {Lesson} edition @param {EditDraft} draft */
export function keepEdit(edition, draft) {
  keepDraft(nameOf(edition), draft);
}

/** @param {Lesson} edition */
export function forgetEdit(edition) {
  keepDraft(nameOf(edition), null);
}

/** @param {string} version @returns {EditDraft} */
export function newEdit(version) {
  return {version, changes: {}, overruled: {}, note: "", key: newKey(), theirs: []};
}

/** @param {Lesson} edition */
function nameOf({subject, topic, language, level}) {
  return `edit.${JSON.stringify([subject, topic, language, level])}`;
}

/** @param {unknown} one @param {unknown} other */
export function same(one, other) {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

/** A question with those of its fields that an edit has. @param {Lesson} question */
export function questionFields({form, text, options = [], answer, proven_by = []}) {
  return {form, text, options: form === "choice" ? options.filter((/** @type {string} */ one) => one.trim()) : [], answer, proven_by};
}

/** What a field of a lesson is for an edit. @param {Lesson} lesson @param {string} name */
export function valueOf(lesson, name) {
  return name === "questions" ? (lesson.questions ?? []).map(questionFields) : lesson[name];
}

/**
 * The same edit of another version. Its numbers in brackets and its proofs go on to name the same quotes and statements,
 * as far as these are there.
 * @param {EditDraft} draft @param {Lesson} before @param {Lesson} after @returns {EditDraft}
 */
export function rebased(draft, before, after) {
  const changes = {...draft.changes};
  if (changes.explanation) changes.explanation = renumbered(changes.explanation, quotes(before), quotes(after));
  if (changes.questions) changes.questions = changes.questions.map((/** @type {Lesson} */ one) => ({...one, proven_by: proofs(one.proven_by, before, after)}));
  for (const name of Object.keys(changes)) if (same(changes[name], valueOf(after, name))) delete changes[name];
  const theirs = Object.keys(changes).filter((name) => !same(valueOf(before, name), valueOf(after, name)));
  return {...draft, version: after.version, changes, theirs, key: newKey()};
}

/** @param {Lesson} lesson @returns {string[]} */
function quotes({statements = []}) {
  return statements.map((/** @type {any} */ one) => one.quote).filter(Boolean);
}

/** @param {string} text @param {string[]} before @param {string[]} after */
function renumbered(text, before, after) {
  return text.replace(MARK, (_, number) => {
    const place = after.indexOf(before[Number(number) - 1]) + 1;
    return place > 0 ? ` [${place}]` : "";
  });
}

/** @param {number[]} places @param {Lesson} before @param {Lesson} after */
function proofs(places, before, after) {
  const become = places.map((place) => after.statements.findIndex((/** @type {any} */ one) => one.text === before.statements[place - 1]?.text) + 1);
  return become.filter((place) => place > 0);
}
