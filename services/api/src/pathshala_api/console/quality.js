/**
 * How a lesson was made, in plain words: what it stands on first, for that is what a reader must know.
 * @module
 */
import {h} from "./dom.js";
import {articleOf, siteOf} from "./source.js";
import {fieldName} from "./small-parts.js";
import {known, t} from "./texts.js";
import {derivation, findingList} from "./versions.js";

/** @param {string[]} names */
function fields(names) {
  return names.map(fieldName).join(", ");
}

/** @param {Record<string, any>} lesson */
export function qualityWords(lesson) {
  const {quality} = lesson;
  const article = articleOf(lesson);
  const stands = quality.grounded && article
    ? t(`quality.stands_on.${quality.source ?? lesson.source ?? "wikipedia"}`, {title: article.title, site: siteOf(article)})
    : `${t("quality.stands_on_nothing")} ${known(`quality.because.${quality.ungrounded_reason}`) ?? ""}`;
  const words = [
    {mark: quality.writer === "offline" ? "⚙" : "✎", text: quality.writer === "offline" ? t("quality.offline") : t("quality.model", {model: quality.model ?? quality.writer})},
    quality.edited_fields?.length && {mark: "✍", text: t("quality.edited", {fields: fields(quality.edited_fields)})},
    quality.rewritten?.length && {mark: "↻", text: t("quality.rewritten", {parts: quality.rewritten.map((/** @type {any} */ one) => known(`hand.part.${one.part}`) ?? one.part).join(", ")})},
    {mark: "✓", text: t("quality.checks", {n: quality.checks_passed.length})},
    quality.repaired_fields.length && {mark: "↻", text: t("quality.repaired", {n: quality.repaired_fields.length, fields: fields(quality.repaired_fields)})},
    quality.article_fallback && {mark: "!", text: t("quality.fallback")},
    quality.reading_level && {mark: quality.reading_level.fits ? "✓" : "!", text: t(quality.reading_level.fits ? "quality.reads_well" : "quality.reads_hard")},
  ].filter(Boolean);
  return h("section", {class: "quality"}, h("h2", {}, t("quality.title")),
    h("p", {class: `stands ${quality.grounded ? "on" : "on-nothing"}`}, h("span", {"aria-hidden": "true"}, quality.grounded ? "▣ " : "▢ "), stands),
    h("ul", {}, words.map((/** @type {any} */ one) => h("li", {}, h("span", {"aria-hidden": "true"}, `${one.mark} `), one.text))),
    derivation(lesson), findingList(lesson.examined?.found ?? [], lesson.examined?.overruled ?? []));
}
