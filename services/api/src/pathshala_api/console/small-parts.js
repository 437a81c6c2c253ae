/**
 * Small elements that screens share: times that tell how long ago, ids that can be copied, states in words.
 * @module
 */
import {field, h} from "./dom.js";
import {whoAmI} from "./house-client.js";
import {keep, kept} from "./kept.js";
import {ago, exactly, known, t} from "./texts.js";
import {say} from "./announcing.js";

const TICK_MS = 5_000;
export const NOTE_LENGTH_MAX = 1_000;

/** A moment as "3 s ago", with the exact one on hover and focus. */
class AgoTime extends HTMLElement {
  connectedCallback() {
    const moment = this.getAttribute("moment") ?? "";
    const shown = h("time", {datetime: moment, title: exactly(moment), tabindex: this.hasAttribute("plain") ? null : 0});
    const tick = () => (shown.textContent = ago(moment));
    tick();
    this.replaceChildren(shown);
    this.timer = setInterval(tick, TICK_MS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }
}

customElements.define("ago-time", AgoTime);

/** @param {string | null} moment @param {boolean} [plain] whether it stands in what has the focus itself */
export function agoTime(moment, plain = false) {
  if (!moment) return h("span", {}, "–");
  const made = document.createElement("ago-time");
  made.setAttribute("moment", moment);
  if (plain) made.setAttribute("plain", "");
  return made;
}

/** An id, or its beginning, and a button that copies it whole. @param {string} id @param {number} [length] */
export function copyable(id, length = id.length) {
  const code = h("code", {class: "id"}, id.slice(0, length));
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(id);
      say(t("copied"));
    } catch {
      getSelection()?.selectAllChildren(code); // where no page may write there, it is marked for the person to copy
      say(t("marked"));
    }
  };
  return h("span", {class: "copyable"}, code, h("button", {type: "button", class: "quiet", "aria-label": t("copy_id", {id}), title: t("copy"), onclick: copy}, "⧉"));
}

/** The state of a task, by shape and word. @param {string} status */
export function statusMark(status) {
  /** @type {Record<string, string>} */
  const shapes = {waiting: "◌", pending: "○", in_progress: "◐", completed: "●", failed: "✕", refused: "✕"};
  return h("span", {class: `status ${status}`}, h("span", {"aria-hidden": "true"}, shapes[status] ?? "?"), " ", t(`status.${status}`));
}

/** The name of a field of a lesson, or of a part of one. @param {string} name */
export function fieldName(name) {
  return known(`field.${name.split(/[.[]/)[0]}`) ?? name;
}

/** The same where it begins a line. @param {string} name */
export function fieldTitle(name) {
  const words = fieldName(name);
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** The field for a name, where the house knows nobody by a key. What is typed there is kept. */
export function nameField() {
  if (whoAmI().user_id !== null) return null;
  const name = h("input", {name: "user_id", maxlength: 200, value: kept("name") ?? "", autocomplete: "nickname"});
  name.addEventListener("input", () => keep("name", name.value.trim() || null));
  return field(t("order.name"), name);
}

/** Ask before something is done. @param {string} question @param {string} yes @param {...HTMLElement} more @returns {Promise<boolean>} */
export function confirmed(question, yes, ...more) {
  const dialog = h("dialog", {"aria-label": question},
    h("form", {method: "dialog"}, h("p", {}, question), more,
      h("div", {class: "actions"}, h("button", {value: "no", autofocus: true}, t("not_now")), h("button", {value: "yes", class: "main"}, yes))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  }));
}

/** Ask before something is done, and why it is done. Gives the reason, empty if none is said; null if it is not to be done. @param {string} question @param {string} yes @returns {Promise<string | null>} */
export async function reasonFor(question, yes) {
  const why = h("textarea", {rows: 3, maxlength: NOTE_LENGTH_MAX});
  return (await confirmed(question, yes, field(t("hand.why"), why))) ? why.value.trim() : null;
}
