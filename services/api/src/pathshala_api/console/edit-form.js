/**
 * A lesson to be edited in place: each field where it stands on the page, and beneath it what the checks find.
 * @module
 */
import {same, valueOf} from "./edit-draft.js";
import {questionsEditor} from "./edit-questions.js";
import {button, fill, h} from "./dom.js";
import {fieldTitle} from "./small-parts.js";
import {t} from "./texts.js";
import {finding} from "./versions.js";
/** @typedef {import("./edit-draft.js").EditDraft} EditDraft */
/** @typedef {import("./client-edition.js").Finding} Finding */
/** @typedef {Record<string, any>} Lesson */
/** @typedef {"line" | "text" | "lines" | "number"} Kind */

/** @type {Record<string, Kind>} */
const KINDS = {
  title: "line", objectives: "lines", shloka: "text", shloka_transliteration: "text", translation: "text", shloka_source: "line", shloka_connection: "text",
  explanation: "text", activity: "text", materials: "lines", minutes: "number", question: "text",
};
const VERSE = ["shloka", "shloka_transliteration", "translation", "shloka_source", "shloka_connection"];
const MINUTES_MAX = 600;

/**
 * @param {Lesson} lesson the version that is edited @param {EditDraft} draft changed in place @param {() => void} changed
 */
export function editForm(lesson, draft, changed) {
  const set = (/** @type {string} */ name, /** @type {any} */ value) => {
    if (same(value, valueOf(lesson, name))) delete draft.changes[name];
    else draft.changes[name] = value;
    changed();
  };
  const edited = (/** @type {string} */ name) => fieldOf(name, lesson, draft, set);
  const asked = draft.changes.questions ?? valueOf(lesson, "questions");
  return h("form", {class: "paper edit", onsubmit: (/** @type {Event} */ event) => event.preventDefault()},
    edited("title"), edited("objectives"), h("div", {class: "verse-fields"}, VERSE.map(edited)), edited("explanation"), edited("activity"), edited("materials"), edited("minutes"),
    asked.length ? h("section", {class: "field"}, h("h2", {}, t("lesson.questions")), questionsEditor(asked, lesson.language, (now) => set("questions", now)), foundAt("questions")) : edited("question"));
}

/** Show what the checks find, each at its field. @param {HTMLElement} form @param {Finding[]} found */
export function showFindings(form, found) {
  for (const place of form.querySelectorAll(".found")) {
    const own = found.filter((one) => `found-${one.part.split(/[.[]/)[0]}` === place.id);
    fill(place, own.map((one) => h("li", {}, finding(one, false))));
  }
}

/** @param {string} name */
function foundAt(name) {
  return h("ul", {class: "found", id: `found-${name}`});
}

/** @param {string} name @param {Lesson} lesson @param {EditDraft} draft @param {(name: string, value: any) => void} set */
function fieldOf(name, lesson, draft, set) {
  const kind = KINDS[name];
  const control = controlFor(name, kind, written(kind, draft.changes[name] ?? lesson[name]), langOf(name, lesson));
  control.addEventListener("input", () => set(name, read(kind, control.value)));
  const hint = name === "explanation" ? t("edit.numbers") : kind === "lines" ? t("edit.lines") : "";
  control.setAttribute("aria-describedby", `${hint ? `hint-${name} ` : ""}found-${name}`);
  const take = () => {
    control.value = written(kind, lesson[name]);
    control.dispatchEvent(new Event("input"));
  };
  return h("div", {class: `field of-${name}`}, h("label", {for: `edit-${name}`}, fieldTitle(name)), control,
    hint && h("p", {class: "small", id: `hint-${name}`}, hint), foundAt(name),
    draft.theirs.includes(name) && h("details", {class: "theirs", open: true}, h("summary", {}, t("edit.theirs", {version: lesson.version})),
      h("blockquote", {lang: langOf(name, lesson)}, written(kind, lesson[name])), button(t("edit.take_theirs"), take)));
}

/** @param {string} name @param {Kind} kind @param {string} value @param {string} lang */
function controlFor(name, kind, value, lang) {
  const id = `edit-${name}`;
  if (kind === "number") return h("input", {id, name, type: "number", min: 1, max: MINUTES_MAX, value});
  return h("textarea", {id, name, lang, rows: kind === "line" ? 1 : Math.max(2, value.split("\n").length)}, value);
}

/** @param {string} name @param {Lesson} lesson */
function langOf(name, {language}) {
  return name === "shloka" ? "sa" : name === "shloka_transliteration" ? "sa-Latn" : language;
}

/** @param {Kind} kind @param {any} value */
function written(kind, value) {
  return kind === "lines" ? (value ?? []).join("\n") : String(value ?? "");
}

/** @param {Kind} kind @param {string} text */
function read(kind, text) {
  if (kind === "number") return text === "" ? null : Number(text);
  if (kind === "line") return text.replaceAll("\n", " ");
  return kind === "lines" ? text.split("\n").map((line) => line.trim()).filter(Boolean) : text;
}
