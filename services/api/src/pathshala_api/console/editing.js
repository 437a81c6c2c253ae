/**
 * Editing a lesson by hand. What is typed stays in this browser until it is stored as the next version; if somebody else
 * stored one meanwhile, that is shown, and the edit goes on from there.
 * @module
 */
import {say} from "./announcing.js";
import {changedFields} from "./changes.js";
import {Problem, newKey} from "./client.js";
import {busyWhile, field, fill, h, button} from "./dom.js";
import {draftChecks} from "./edit-checks.js";
import {forgetEdit, keepEdit, keptEdit, newEdit, rebased} from "./edit-draft.js";
import {editForm, showFindings} from "./edit-form.js";
import {editionOf, house, userName} from "./house-client.js";
import {lessonAddress} from "./library.js";
import {problemBox} from "./problems.js";
import {go, titled} from "./router.js";
import {NOTE_LENGTH_MAX, confirmed, nameField} from "./small-parts.js";
import {languageName, t} from "./texts.js";
/** @typedef {import("./screen.js").Screen} Screen */
/** @typedef {import("./edit-draft.js").EditDraft} EditDraft */
/** @typedef {Record<string, any>} Lesson */

/** @param {Lesson} edition */
export function editAddress(edition) {
  return `${lessonAddress(edition)}&edit=1`;
}

/** @param {Screen} screen @param {Lesson} newest the newest version of the edition */
export async function showEditor(screen, newest) {
  const draft = keptEdit(newest) ?? newEdit(newest.version);
  const lesson = draft.version === newest.version ? newest : await versionOf(newest, draft.version, screen.signal);
  show(screen, lesson, newest, draft);
}

/** @param {Lesson} edition @param {string} version @param {AbortSignal} [signal] */
function versionOf({subject, topic, language, level}, version, signal) {
  return house.lesson(subject, topic, {language, level, version}, signal);
}

/** @param {Screen} screen @param {Lesson} lesson the version that is edited @param {Lesson} newest @param {EditDraft} draft */
function show(screen, lesson, newest, draft) {
  const edition = editionOf(lesson);
  const changed = (/** @type {boolean} */ ofText) => {
    draft.key = newKey();
    keepEdit(lesson, draft);
    if (ofText) checks.later();
  };
  const form = editForm(lesson, draft, () => changed(true));
  const checks = draftChecks(edition, draft, {signal: screen.signal, changed: () => changed(false), show: (found) => showFindings(form, found)});
  const note = h("textarea", {name: "note", rows: 2, maxlength: NOTE_LENGTH_MAX}, draft.note);
  note.addEventListener("input", () => {
    draft.note = note.value;
    changed(false);
  });
  const trouble = h("div", {class: "edit-trouble"});
  const store = async () => {
    try {
      const overruled = Object.entries(draft.overruled).map(([check, reason]) => ({check, reason: reason.trim()}));
      const missing = overruled.find((one) => !one.reason);
      if (missing) return fill(trouble, h("p", {class: "problem", role: "alert"}, t("checks.overrule_missing")));
      const edit = {changes: draft.changes, note: draft.note.trim() || undefined, overruled, user_id: userName()};
      const made = await edition.edit(edit, {of: draft.version, idempotencyKey: draft.key});
      forgetEdit(lesson);
      await go(lessonAddress(lesson), {replace: true});
      say(t("edit.stored", {version: made.version}));
    } catch (error) {
      if (error instanceof Problem && error.code === "version_changed") await showMeanwhile(error.body);
      else fill(trouble, problemBox(error));
    }
  };
  /** @param {Record<string, any>} others */
  const showMeanwhile = async (others) => {
    const {version, made_by: by} = others;
    const differing = others.changes ?? (await edition.diff(draft.version, version, screen.signal)).changes;
    const goOn = async () => {
      try {
        const theirs = await versionOf(lesson, version, screen.signal);
        const next = rebased(draft, lesson, theirs);
        keepEdit(lesson, next);
        show(screen, theirs, theirs, next);
        say(t("edit.going_on", {version}));
      } catch (error) {
        trouble.prepend(problemBox(error));
      }
    };
    fill(trouble, h("section", {class: "problem meanwhile", role: "alert"},
      h("p", {class: "what"}, t("edit.meanwhile", {by: by ?? t("versions.somebody"), version})), h("p", {}, t("edit.meanwhile_kept")),
      button(t("edit.go_on", {version}), goOn, {class: "main"})), changedFields(differing, draft.version, version, lesson.language));
    trouble.scrollIntoView({block: "start"});
  };
  const drop = async () => {
    if (!(await confirmed(t("edit.drop_sure"), t("edit.drop")))) return;
    forgetEdit(lesson);
    await go(lessonAddress(lesson), {replace: true});
  };
  const stored = h("button", {type: "button", class: "main"}, t("edit.store"));
  stored.addEventListener("click", () => busyWhile(stored, () => (Object.keys(draft.changes).length ? store() : say(t("checks.nothing_changed")))));
  fill(screen, h("div", {class: "lesson-page editing"},
    h("div", {class: "lesson-head"},
      h("p", {class: "under-title"}, `${lesson.subject} / ${lesson.topic} · ${t(`level.${lesson.level}`)} · ${languageName(lesson.language)} · ${t("versions.one", {version: lesson.version})}`),
      titled(t("edit.title", {title: lesson.title})), h("p", {class: "small"}, t("edit.how")), trouble, form),
    h("aside", {class: "beside"}, h("div", {class: "storing"}, checks.element, h("section", {},
      h("h2", {}, t("edit.store_title")), field(t("hand.why"), note), nameField(),
      h("p", {class: "actions"}, stored, h("a", {class: "button", href: lessonAddress(lesson)}, t("edit.leave")), button(t("edit.drop"), drop, {class: "quiet"})))))));
  if (Object.keys(draft.changes).length) checks.later();
  if (lesson.version !== newest.version) showMeanwhile({...newest, changes: null}).catch((error) => fill(trouble, problemBox(error)));
}
