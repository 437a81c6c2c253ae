/**
 * The questions of a lesson, with answers that are hidden until they are asked for.
 * @module
 */
import {h} from "./dom.js";
import {citation} from "./proof.js";
import {t} from "./texts.js";
/** @typedef {import("./proof.js").ProofPanel} ProofPanel */

/** @param {Record<string, any>} lesson @param {ProofPanel} proof */
export function questions(lesson, proof) {
  const asked = lesson.questions?.length ? lesson.questions : [{form: "open", text: lesson.question, options: []}];
  return h("section", {class: "questions"}, h("h2", {}, t("lesson.questions")), h("ol", {}, asked.map((/** @type {any} */ one) => question(one, proof))));
}

/** @param {Record<string, any>} one @param {ProofPanel} proof */
function question(one, proof) {
  const options = one.form === "true_false" ? [t("questions.true"), t("questions.false")] : one.options;
  return h("li", {}, h("p", {}, one.text),
    options?.length > 0 && h("ul", {class: "options"}, options.map((/** @type {string} */ option) => h("li", {}, option))),
    one.form === "open" && h("div", {class: "write-here", "aria-hidden": "true"}),
    one.answer && h("details", {class: "answer"}, h("summary", {}, t("questions.show")),
      h("p", {}, h("strong", {}, ["true", "false"].includes(one.answer) ? t(`questions.${one.answer}`) : one.answer)),
      proofs(one, proof)));
}

/** @param {Record<string, any>} one @param {ProofPanel} proof */
function proofs(one, proof) {
  const found = (one.proven_by ?? []).map((/** @type {number} */ place) => ({place, said: proof.statements[place - 1]})).filter((/** @type {any} */ each) => each.said);
  if (!found.length) return null;
  return h("p", {class: "because"}, h("span", {class: "small"}, t("questions.because"), " "),
    found.flatMap((/** @type {any} */ {place, said}) => [said.text, " ", proof.numberOf(place) > 0 && citation(proof.numberOf(place), proof), " "]));
}
