/**
 * Two versions of an edition side by side, and the choice of two others.
 * @module
 */
import {changedFields} from "./changes.js";
import {field, fill, h, select} from "./dom.js";
import {editionOf, house} from "./house-client.js";
import {lessonAddress} from "./library.js";
import {go, titled} from "./router.js";
import {languageName, t} from "./texts.js";
import {comparisonAddress} from "./versions.js";
/** @typedef {import("./screen.js").Screen} Screen */

const LISTED_MAX = 100;

/** @param {Screen} screen whose address names both versions */
export async function showComparison(screen) {
  const {subject, topic} = screen.parts;
  const {query, signal} = screen;
  const found = await house.versions(subject, topic, {language: query.get("language"), level: query.get("level"), limit: LISTED_MAX}, signal);
  const newest = found.versions[0]?.version;
  const [from, to] = [query.get("from") ?? newest, query.get("to") ?? newest];
  const {before, after, changes} = await editionOf(found).diff(from, to, signal);
  fill(screen,
    h("p", {class: "under-title"}, h("a", {href: lessonAddress(found)}, `${found.subject} / ${found.topic}`), ` · ${t(`level.${found.level}`)} · ${languageName(found.language)}`),
    titled(t("compare.title", {before, after})), choice(found, before, after), changedFields(changes, before, after, found.language));
}

/** @param {Record<string, any>} found @param {string} before @param {string} after */
function choice(found, before, after) {
  const versions = [...new Set([...found.versions.map((/** @type {any} */ one) => one.version), before, after])];
  const options = /** @type {[string, string][]} */ (versions.map((one) => [one, one]));
  const from = select("from", options, before);
  const to = select("to", options, after);
  const submitted = (/** @type {Event} */ event) => {
    event.preventDefault();
    go(comparisonAddress(found, from.value, to.value));
  };
  return h("form", {class: "compared", onsubmit: submitted}, field(t("compare.from"), from), field(t("compare.to"), to), h("button", {}, t("compare.look")));
}
