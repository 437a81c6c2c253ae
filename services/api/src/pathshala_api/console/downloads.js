/**
 * A lesson as a file, for paper and for other systems.
 * @module
 */
import {button, fill, h} from "./dom.js";
import {house} from "./house-client.js";
import {tried} from "./problems.js";
import {save} from "./saving.js";
import {t} from "./texts.js";

/** Formats, and for whom each is to be had. @type {[string, ("pupil" | "teacher")[]][]} */
const FORMATS = [["html", ["pupil", "teacher"]], ["docx", ["pupil", "teacher"]], ["pdf", ["pupil", "teacher"]], ["md", ["pupil", "teacher"]], ["gift", ["teacher"]], ["imscc", ["teacher"]], ["json", ["pupil", "teacher"]]];

/** @param {Record<string, any>} lesson */
export function downloads(lesson) {
  const trouble = h("div");
  const {subject, topic, language, level, version} = lesson;
  const load = (/** @type {string} */ format, /** @type {string} */ view) => () => tried(trouble, async () => {
    save(await house.file(subject, topic, format, {language, level, version, view}));
    fill(trouble);
  });
  return h("details", {class: "downloads no-print"}, h("summary", {}, t("files.title")),
    h("ul", {class: "rows"}, FORMATS.map(([format, views]) => h("li", {}, h("span", {class: "what"}, t(`files.${format}`)),
      views.map((view) => button(t(`files.for_${view}`), load(format, view), {"aria-label": `${t(`files.${format}`)}, ${t(`files.for_${view}`)}`}))))), trouble);
}
