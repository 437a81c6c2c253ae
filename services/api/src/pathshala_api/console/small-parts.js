/**
 * Small elements that screens share: times that tell how long ago, ids that can be copied, states in words.
 * @module
 */
import {h} from "./dom.js";
import {ago, exactly, t} from "./texts.js";
import {say} from "./announcing.js";

const TICK_MS = 5_000;

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

/** Ask before something is done. @param {string} question @param {string} yes @returns {Promise<boolean>} */
export function confirmed(question, yes) {
  const dialog = h("dialog", {"aria-label": question},
    h("form", {method: "dialog"}, h("p", {}, question),
      h("div", {class: "actions"}, h("button", {value: "no", autofocus: true}, t("not_now")), h("button", {value: "yes", class: "main"}, yes))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  }));
}
