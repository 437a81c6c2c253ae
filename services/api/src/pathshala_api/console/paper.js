/**
 * The lesson itself: verse, explanation with its marks of citation, activity, questions, and where it is from.
 * @module
 */
import {away, h} from "./dom.js";
import {citation} from "./proof.js";
import {questions} from "./questions.js";
import {revisionAddress, siteOf} from "./source.js";
import {number, t} from "./texts.js";
/** @typedef {import("./proof.js").ProofPanel} ProofPanel */
/** @typedef {Record<string, any>} Lesson */

const MARK = /\[([1-9][0-9]{0,3})\]/g;

/** @param {Lesson} lesson @param {ProofPanel} proof */
export function paper(lesson, proof) {
  return h("article", {class: "paper", lang: lesson.language},
    list(t("lesson.objectives"), lesson.objectives),
    verse(lesson),
    h("section", {"aria-label": t("lesson.explanation")}, paragraphs(lesson, proof),
      lesson.statements?.some((/** @type {any} */ one) => one.quote) && h("p", {class: "small legend no-print", lang: document.documentElement.lang}, t("lesson.legend"))),
    activity(lesson),
    questions(lesson, proof),
    source(lesson));
}

/** @param {Lesson} lesson */
function verse(lesson) {
  return h("section", {class: "verse", "aria-label": t("lesson.verse")},
    h("p", {class: "shloka", lang: "sa"}, lines(lesson.shloka)),
    lesson.shloka_transliteration && h("p", {class: "transliteration", lang: "sa-Latn"}, lines(lesson.shloka_transliteration)),
    h("p", {class: "translation"}, lesson.translation),
    h("p", {class: "verse-source"}, lesson.shloka_source),
    lesson.shloka_connection && h("p", {class: "connection"}, lesson.shloka_connection));
}

/** The lines of a verse, each with its end mark beside its last word. @param {string} text */
function lines(text) {
  return text.replace(/ (?=[।॥|])/g, "\u00a0").split("\n").flatMap((line, place) => (place ? [h("br"), line] : [line]));
}

/** The explanation, sentence by sentence: one that rests on the source has its mark behind it, the others look lighter. @param {Lesson} lesson @param {ProofPanel} proof */
function paragraphs(lesson, proof) {
  let at = 0;
  const {explanation, statements = []} = lesson;
  /** @type {{from: number, to: number, quoted: boolean}[]} */
  const spans = [];
  for (const one of statements) {
    const from = explanation.indexOf(one.text, at);
    if (from < 0) continue;
    at = from + one.text.length;
    spans.push({from, to: at, quoted: Boolean(one.quote)});
  }
  const made = [];
  let start = 0;
  for (const text of explanation.split(/\n\s*\n/)) {
    const from = explanation.indexOf(text, start);
    start = from + text.length;
    made.push(h("p", {}, paragraph(explanation, from, start, spans, proof)));
  }
  return made;
}

/** @param {string} whole @param {number} from @param {number} to @param {{from: number, to: number, quoted: boolean}[]} spans @param {ProofPanel} proof */
function paragraph(whole, from, to, spans, proof) {
  const parts = [];
  let at = from;
  for (const span of spans) {
    if (span.from < from || span.to > to) continue;
    parts.push(...marked(whole.slice(at, span.from), proof));
    parts.push(h("span", {class: span.quoted ? "quoted" : "own-words"}, marked(whole.slice(span.from, span.to), proof)));
    at = span.to;
  }
  return [...parts, ...marked(whole.slice(at, to), proof)];
}

/** A text with its numbers in brackets as buttons that open the proof; brackets that cite nothing stay as they are. @param {string} text @param {ProofPanel} proof */
function marked(text, proof) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(MARK)) {
    if (!proof.has(Number(found[1]))) continue;
    parts.push(text.slice(at, found.index), citation(Number(found[1]), proof));
    at = found.index + found[0].length;
  }
  return [...parts, text.slice(at)];
}

/** @param {Lesson} lesson */
function activity(lesson) {
  const minutes = lesson.minutes ? t("lesson.minutes", {time: number(lesson.minutes, {style: "unit", unit: "minute", unitDisplay: "long"})}) : null;
  return h("section", {}, h("h2", {}, t("lesson.activity")), h("p", {}, lesson.activity),
    lesson.materials?.length > 0 && h("p", {}, h("strong", {}, t("lesson.materials")), " ", lesson.materials.join(", ")),
    minutes && h("p", {class: "small"}, minutes));
}

/** @param {string} title @param {string[]} items */
function list(title, items) {
  return items?.length ? h("section", {class: "objectives"}, h("h2", {}, title), h("ul", {}, items.map((item) => h("li", {}, item)))) : null;
}

/** The article that the lesson stands on, with its licence; a picture has its own. @param {Lesson} lesson */
function source(lesson) {
  const article = lesson.wikipedia_info ?? lesson.source_info;
  if (!article) return null;
  const {picture, thumbnail} = article;
  return h("footer", {class: "source"},
    picture && thumbnail && h("figure", {}, h("img", {src: thumbnail, alt: t("lesson.picture", {title: article.title}), loading: "lazy"}),
      h("figcaption", {}, away(picture.page, t("lesson.picture_by", {author: picture.author})), ", ", away(picture.licence_url, picture.licence))),
    h("p", {lang: document.documentElement.lang}, t(`source.${article.source ?? "wikipedia"}`, {title: article.title, site: siteOf(article)}), " ",
      article.url && away(revisionAddress(article), t("source.revision", {id: String(article.revision_id)})), " ", t("source.licence"), " ", away(licenceAddress(article.licence), article.licence)));
}

/** @param {string} name */
function licenceAddress(name) {
  const found = /^CC (BY-SA|BY|0)[ -](\d\.\d)$|^CC(0)-(1\.0)$/.exec(name);
  if (!found) return null;
  return found[3] || found[1] === "0" ? "https://creativecommons.org/publicdomain/zero/1.0/" : `https://creativecommons.org/licenses/${found[1].toLowerCase()}/${found[2]}/`;
}
