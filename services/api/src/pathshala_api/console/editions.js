/**
 * The editions of a lesson as a small grid of levels and languages.
 * @module
 */
import {h} from "./dom.js";
import {lessonAddress} from "./library.js";
import {LEVELS, formAddress} from "./order-form.js";
import {LANGUAGES, languageName, t} from "./texts.js";

/** Those that there are lead to them, the others to the order. @param {Record<string, any>} lesson @param {Record<string, any>[]} editions */
export function editionGrid(lesson, editions) {
  const languages = [...new Set([...LANGUAGES.map(([tag]) => tag), ...editions.map((one) => one.language)])];
  const {subject, topic} = lesson;
  /** @param {string} level @param {string} language */
  const cell = (level, language) => {
    const found = editions.find((one) => one.level === level && one.language === language);
    const here = lesson.version && level === lesson.level && language === lesson.language;
    if (!found) return h("a", {href: formAddress({subject, topic, level, language}), class: "to-make", "aria-label": t("editions.make", {level: t(`level.${level}`), language: languageName(language)})}, "+");
    return h("a", {href: lessonAddress({subject, topic, level, language}), "aria-current": here ? "true" : null, "aria-label": t("editions.open", {level: t(`level.${level}`), language: languageName(language), version: found.version, n: found.versions})}, found.version);
  };
  return h("table", {class: "editions"}, h("caption", {}, t("editions.title")),
    h("thead", {}, h("tr", {}, h("td"), languages.map((tag) => h("th", {scope: "col"}, languageName(tag))))),
    h("tbody", {}, LEVELS.map((level) => h("tr", {}, h("th", {scope: "row"}, t(`level.${level}`)), languages.map((tag) => h("td", {}, cell(level, tag)))))));
}
