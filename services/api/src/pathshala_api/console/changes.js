/**
 * What differs between two versions, field by field and side by side, with the words marked.
 * @module
 */
import {h} from "./dom.js";
import {fieldTitle} from "./small-parts.js";
import {t} from "./texts.js";
/** @typedef {import("./client-edition.js").FieldChange} FieldChange */
/** @typedef {"removed" | "added"} Side */

/** A field that says nothing which the other does not say as well. */
const TOLD_BY = Object.entries({statements: "explanation", question: "questions"});

/** @param {FieldChange[]} changes @param {string} before @param {string} after the versions @param {string} language of the lesson */
export function changedFields(changes, before, after, language) {
  const has = (/** @type {string} */ field) => changes.some((one) => one.field === field);
  const shown = changes.filter(({field}) => !TOLD_BY.some(([name, other]) => field === name && has(other)));
  if (!shown.length) return h("p", {class: "empty"}, t("compare.same"));
  return h("div", {class: "changes"}, shown.map((change) => h("section", {}, h("h2", {}, fieldTitle(change.field)),
    h("div", {class: "sides"}, side(change, "removed", before, language), side(change, "added", after, language)))));
}

/** @param {FieldChange} change @param {Side} own @param {string} version @param {string} language */
function side(change, own, version, language) {
  const {words, items} = change;
  const ours = (/** @type {{kind: string}} */ one) => one.kind === "same" || one.kind === own;
  const lang = change.field === "shloka" ? "sa" : change.field === "shloka_transliteration" ? "sa-Latn" : language;
  const content = words.length ? h("p", {class: "text"}, joined(words.filter(ours)).map((one) => marked(one.kind, own, one.text)))
    : items.length ? h("ul", {}, items.filter(ours).map((one) => h("li", {}, marked(one.kind, own, ...itemWords(one.value)))))
      : h("p", {class: "text"}, marked(own, own, scalar(own === "removed" ? change.before : change.after)));
  return h("div", {class: `side ${own}`}, h("p", {class: "small"}, t("versions.one", {version})), h("div", {lang}, content));
}

/** Runs of a text, of which blanks alone part none. @param {{kind: string, text: string}[]} runs */
function joined(runs) {
  /** @type {{kind: string, text: string}[]} */
  const made = [];
  for (const [place, {kind, text}] of runs.entries()) {
    const last = made.at(-1);
    const goesOn = last && (kind === last.kind || (!text.trim() && runs[place + 1]?.kind === last.kind));
    if (goesOn) last.text += text;
    else made.push({kind, text});
  }
  return made;
}

/** @param {string} kind @param {Side} own @param {...import("./dom.js").Child} content */
function marked(kind, own, ...content) {
  if (kind === "same") return h("span", {}, ...content);
  return h(own === "removed" ? "del" : "ins", {}, ...content);
}

/** A question with options and answer, a statement with its quote, or a line. @param {any} value @returns {import("./dom.js").Child[]} */
function itemWords(value) {
  if (typeof value !== "object" || value === null) return [String(value)];
  const {text, options = [], answer, quote} = value;
  const more = [options.length > 0 && options.join(" / "), answer && `→ ${answer}`, quote && `“${quote}”`].filter(Boolean);
  return [text, ...more.flatMap((one) => [h("br"), h("span", {class: "small"}, one)])];
}

/** @param {any} value */
function scalar(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "object") return [value.title, value.revision_id > 0 && t("source.revision", {id: String(value.revision_id)})].filter(Boolean).join(", ");
  return String(value);
}
