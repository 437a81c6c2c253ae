/**
 * The versions of an edition: who made each, why, and of which; what the checks found, and what people say of it.
 * @module
 */
import {h} from "./dom.js";
import {lessonAddress} from "./library.js";
import {agoTime, fieldName} from "./small-parts.js";
import {known, number, t} from "./texts.js";
/** @typedef {Record<string, any>} Version */

/** @param {Record<string, any>} lesson @param {Version[]} versions */
export function versionList(lesson, versions) {
  return h("ol", {class: "rows version-list", "aria-label": t("versions.list")}, versions.map((one) => h("li", {},
    h("a", {href: lessonAddress(lesson, one.version), "data-row": true, "aria-current": one.version === lesson.version ? "true" : null},
      h("strong", {}, one.version), " ", h("span", {lang: one.language}, one.title)),
    agoTime(one.created_at, true), about(lesson, one))));
}

/** @param {Record<string, any>} lesson @param {Version} one */
function about(lesson, one) {
  const said = [
    one.approved && `✓ ${t("review.approved", {by: one.approved.by})}`,
    one.rating.count > 0 && stars(one.rating),
    one.found.length > 0 && `! ${t("versions.found", {n: one.found.length})}`,
  ].filter(Boolean);
  return h("div", {class: "about small"}, h("p", {}, madeWords(one), one.note && [" ", h("q", {}, one.note)]),
    said.length > 0 && h("p", {}, said.join(" · ")), one.made_of && whatChanged(lesson, one.made_of, one.version));
}

/** How it is rated. @param {{stars: number, count: number}} rating */
export function stars(rating) {
  return `★ ${t("review.rated", {stars: number(rating.stars, {maximumFractionDigits: 1}), n: rating.count})}`;
}

/** @param {Version} one */
function madeWords({how, made_by: by, made_of: of}) {
  return t(`versions.how.${how}`, {by: by ?? t("versions.somebody"), of});
}

/** What a lesson says of the version that it is made of. @param {Record<string, any>} lesson */
export function derivation(lesson) {
  const {made_by, made_of: of, version} = lesson;
  if (!of) return null;
  return h("p", {class: "derived"}, madeWords({how: of.how, made_by, made_of: of.version}), of.note && [" ", h("q", {}, of.note)], " ", whatChanged(lesson, of.version, version));
}

/** @param {Record<string, any>} edition @param {string} from @param {string} to */
function whatChanged(edition, from, to) {
  return h("a", {href: comparisonAddress(edition, from, to), "aria-label": t("versions.changed_between", {from, to})}, t("versions.changed"));
}

/** @param {Record<string, any>} edition @param {string} from @param {string} to */
export function comparisonAddress(edition, from, to) {
  return `${lessonAddress(edition)}&${new URLSearchParams({from, to})}`;
}

/** What checks found in an edit, and which of them its editor overruled; nothing if there is nothing. @param {Record<string, any>[]} found @param {Record<string, any>[]} overruled */
export function findingList(found, overruled) {
  if (!found.length && !overruled.length) return null;
  return h("div", {class: "findings"}, h("h3", {}, t("checks.found", {n: found.length})),
    h("ul", {}, found.map((one) => h("li", {}, finding(one, true)))),
    overruled.map((one) => h("p", {}, t("checks.overruled", {check: checkName(one.check)}), " ", h("q", {}, one.reason))));
}

/** @param {Record<string, any>} one @param {boolean} named whether it says which field it is about */
export function finding({check, part, reason}, named) {
  return [named && `${fieldName(part)}: `, h("span", {lang: "en"}, reason), " ", h("span", {class: "small"}, `(${checkName(check)})`)];
}

/** @param {string} check */
export function checkName(check) {
  return known(`checks.name.${check}`) ?? check;
}
