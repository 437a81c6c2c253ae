/**
 * The words of the page, in the language that was chosen, and numbers and times as they are written there.
 * @module
 */
import {kept, keep} from "./kept.js";

/** The languages that there are, by their own names. @type {[string, string][]} */
export const LANGUAGES = [["en", "English"], ["hi", "हिन्दी"]];

/** @typedef {{[name: string]: string | Texts}} Texts */

/** @type {Texts} */
let texts = {};
let language = "en";
/** Numbers and dates are as the browser has them, if it has the language of the page. */
let locale = "en";

/** The language that the page is in. */
export function languageOfPage() {
  return language;
}

/** Load the words: those of the choice, or of the browser's languages, the first that there is. */
export async function loadTexts() {
  const wanted = [kept("language"), ...navigator.languages].map((tag) => String(tag ?? "").split("-")[0]);
  language = wanted.find((tag) => LANGUAGES.some(([own]) => own === tag)) ?? "en";
  locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
  document.documentElement.lang = language;
  texts = await load("texts");
}

/** Load the operator's words besides. */
export async function loadOperatorsTexts() {
  texts = {...texts, house: await load("house/texts")};
}

/** @param {string} chosen */
export function chooseLanguage(chosen) {
  keep("language", chosen);
  location.reload();
}

/** @param {string} folder @returns {Promise<Texts>} */
async function load(folder) {
  const answer = await fetch(new URL(`./${folder}/${language}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`texts: HTTP ${answer.status}`);
  return answer.json();
}

/**
 * The words of this name, with what stands in braces filled in; by `n` the right one of several forms.
 * @param {string} name @param {Record<string, unknown>} [values]
 */
export function t(name, values = {}) {
  const found = find(name);
  const words = typeof found === "object" ? found[plural(Number(values.n))] ?? found.other : found;
  if (typeof words !== "string") return name;
  return words.replace(/\{(\w+)\}/g, (all, key) => (key in values ? written(values[key]) : all));
}

/** The words of this name, or null if there are none. @param {string} name */
export function known(name) {
  const found = find(name);
  return typeof found === "string" ? found : null;
}

/** @param {string} name @returns {string | Texts | undefined} */
function find(name) {
  /** @type {string | Texts | undefined} */
  let found = texts;
  for (const part of name.split(".")) found = typeof found === "object" && Object.hasOwn(found, part) ? found[part] : undefined;
  return found;
}

/** @param {unknown} value */
function written(value) {
  return typeof value === "number" ? number(value) : String(value);
}

/** @param {number} n */
function plural(n) {
  return new Intl.PluralRules(language).select(n);
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  return new Intl.NumberFormat(locale, options).format(value);
}

/** A length of time, in the unit that fits. @param {number} seconds */
export function duration(seconds) {
  /** @type {[number, string][]} */
  const units = [[86_400, "day"], [3_600, "hour"], [60, "minute"]];
  const [size, unit] = units.find(([least]) => seconds >= least) ?? (seconds > 0 && seconds < 1 ? [0.001, "millisecond"] : [1, "second"]);
  const digits = size === 1 && seconds < 10 ? 1 : 0;
  return number(seconds / size, {style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits});
}

/** A moment in full. @param {string} moment */
export function exactly(moment) {
  return new Intl.DateTimeFormat(locale, {dateStyle: "medium", timeStyle: "medium"}).format(new Date(moment));
}

/** The time of day. @param {string} moment */
export function clock(moment) {
  return new Intl.DateTimeFormat(locale, {timeStyle: "medium"}).format(new Date(moment));
}

/** How long ago a moment is, or how far ahead. @param {string} moment */
export function ago(moment) {
  const seconds = (new Date(moment).getTime() - Date.now()) / 1_000;
  /** @type {[number, Intl.RelativeTimeFormatUnit][]} */
  const units = [[86_400, "day"], [3_600, "hour"], [60, "minute"]];
  const [size, unit] = units.find(([least]) => Math.abs(seconds) >= least) ?? [1, /** @type {const} */ ("second")];
  return new Intl.RelativeTimeFormat(language, {numeric: "auto", style: "short"}).format(Math.round(seconds / size), unit);
}

/** A language by its name in the language of the page. @param {string} tag */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([language], {type: "language"}).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
