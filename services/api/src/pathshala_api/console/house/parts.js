/**
 * What the operator's screens share.
 * @module
 */
import {h} from "../dom.js";
import {titled} from "../router.js";
import {t} from "../texts.js";
/** @typedef {import("../dom.js").Child} Child */

/** The heading of an operator's screen, and the way to the others. @param {string} words */
export function head(words) {
  /** @type {[string, string][]} */
  const screens = [["/house", "overview"], ["/house/tasks", "tasks"], ["/house/dead", "dead"], ["/house/doctor", "doctor"], ["/house/keys", "keys"]];
  return [
    h("nav", {class: "house-nav", "aria-label": t("house.nav.label")}, screens.map(([href, name]) => h("a", {href, "aria-current": location.pathname === href ? "page" : null}, t(`house.nav.${name}`)))),
    titled(words),
  ];
}

/** @param {string} caption @param {string[]} columns @param {(Child | Child[])[][]} rows */
export function table(caption, columns, rows) {
  return h("div", {class: "table-frame", tabindex: 0, role: "region", "aria-label": caption},
    h("table", {}, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, columns.map((one) => h("th", {scope: "col"}, one)))),
      h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell)))))));
}
