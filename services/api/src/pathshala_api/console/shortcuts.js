/**
 * The keys by which all of the page can be used, and the list of them.
 * @module
 */
import {button, h} from "./dom.js";
import {go} from "./router.js";
import {t} from "./texts.js";

/** What each key does; a screen marks what is meant by `data-key`, and rows to move along by `data-row`. @type {Record<string, () => unknown>} */
const KEYS = {
  "/": () => focusOn("[data-key='/']") || go("/library"),
  n: () => focusOn("[data-key='n']") || go("/"),
  j: () => move(1),
  k: () => move(-1),
  e: () => press("[data-key='e']"),
  p: () => press("[data-key='p']"),
  "?": () => showKeys(),
};

export function listenToKeys() {
  addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, dialog");
    const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
    if (typing || !act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}

export function helpButton() {
  return button("?", showKeys, {class: "quiet", "aria-label": t("keys.title")});
}

/** @param {string} selector */
function focusOn(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) found.focus();
  return found !== null;
}

/** @param {string} selector */
function press(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) found.click();
}

/** @param {number} by */
function move(by) {
  const rows = [...document.querySelectorAll("main [data-row]")].filter((row) => row instanceof HTMLElement && row.offsetParent);
  const at = rows.indexOf(/** @type {Element} */ (document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (next instanceof HTMLElement) next.focus();
}

function showKeys() {
  const named = [["/", "search"], ["n", "new"], ["j k", "move"], ["Enter", "open"], ["e", "edit"], ["p", "print"], ["?", "list"]];
  const dialog = h("dialog", {"aria-labelledby": "keys-title", onclose: () => dialog.remove()},
    h("h2", {id: "keys-title"}, t("keys.title")),
    h("dl", {class: "keys"}, named.flatMap(([key, name]) => [h("dt", {}, key.split(" ").map((one) => h("kbd", {}, one))), h("dd", {}, t(`keys.${name}`))])),
    h("form", {method: "dialog"}, h("button", {class: "main", autofocus: true}, t("close"))));
  document.body.append(dialog);
  dialog.showModal();
}
