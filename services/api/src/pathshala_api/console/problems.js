/**
 * What went wrong, and what to do about it, by the problem's code.
 * @module
 */
import {Problem, Unreachable} from "./client.js";
import {button, fill, h} from "./dom.js";
import {exactly, known, t} from "./texts.js";

/** @param {unknown} error @param {() => unknown} [again] */
export function problemBox(error, again) {
  const {words, remedy, code} = told(error);
  return h("section", {class: "problem", role: "alert"},
    h("p", {class: "what"}, words),
    remedy && h("p", {}, remedy),
    code && h("p", {class: "small"}, t("problem.code"), " ", h("code", {}, code)),
    again && button(t("try_again"), again));
}

/** Do something, and show in a place what went wrong. @param {HTMLElement} place @param {() => unknown} act */
export async function tried(place, act) {
  try {
    await act();
  } catch (error) {
    fill(place, problemBox(error));
  }
}

/** @param {unknown} error @returns {{words: string, remedy: string | null, code: string | null}} */
export function told(error) {
  if (error instanceof Unreachable) return {words: t("problem.away"), remedy: t("problem.away_remedy"), code: null};
  if (error instanceof Problem) {
    const name = `problem.words.${error.code}`;
    return {words: known(name) ? t(name, written(error.body)) : error.message, remedy: known(`problem.remedy.${error.code}`), code: error.code};
  }
  return {words: t("problem.fault"), remedy: error instanceof Error ? error.message : String(error), code: null};
}

/** What a problem says besides its words, its moments written out. @param {Record<string, unknown>} body */
function written(body) {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, name.endsWith("_at") && value ? exactly(String(value)) : value]));
}

let reported = 0;
const REPORTED_MAX = 1;

/** Show faults of the page itself, the first of them, and leave them in the browser's log. @param {HTMLElement} place */
export function showFaults(place) {
  /** @param {unknown} error */
  const show = (error) => {
    if (reported++ < REPORTED_MAX) place.append(problemBox(error, () => location.reload()));
  };
  addEventListener("error", (event) => show(event.error ?? event.message));
  addEventListener("unhandledrejection", (event) => show(event.reason));
}
