/**
 * The questions of a lesson, to be edited: their form, words, options and answer.
 * @module
 */
import {questionFields} from "./edit-draft.js";
import {button, field, fill, h, select} from "./dom.js";
import {confirmed} from "./small-parts.js";
import {t} from "./texts.js";
/** @typedef {Record<string, any>} Question */

const FORMS = ["open", "gap", "choice", "true_false"];
const OPTIONS_NEW = 3;

/** @param {Question[]} asked @param {string} lang @param {(questions: Question[]) => void} changed */
export function questionsEditor(asked, lang, changed) {
  const state = structuredClone(asked);
  const list = h("ol", {class: "asked"});
  const tell = () => changed(state.map(questionFields));
  const draw = () => fill(list, state.map((one, place) => h("li", {}, fieldset(one, place))));
  /** Draw anew what was changed, and have the focus where it goes on. @param {string} where @param {unknown} _change */
  const redraw = (where, _change) => {
    draw();
    tell();
    const next = list.querySelector(where);
    if (next instanceof HTMLElement) next.focus();
  };
  /** @param {Question} one @param {number} place */
  const fieldset = (one, place) => {
    const form = select("form", FORMS.map((name) => [name, t(`edit.form.${name}`)]), one.form);
    form.addEventListener("change", () => redraw(`${nth(place)} select`, reform(one, form.value)));
    const remove = async () => {
      if (await confirmed(t("edit.remove_sure", {n: place + 1}), t("edit.remove"))) redraw(`${nth(Math.max(0, place - 1))} select`, state.splice(place, 1));
    };
    return h("fieldset", {}, h("legend", {}, t("edit.question", {n: place + 1})),
      field(t("edit.form_title"), form), field(t("edit.asked"), typed(h("textarea", {rows: 2, lang}, one.text), (text) => (one.text = text))),
      answer(one, place), state.length > 1 && button(t("edit.remove"), remove, {class: "quiet", "aria-label": t("edit.remove_named", {n: place + 1})}));
  };

  /** @param {Question} one @param {number} place */
  const answer = (one, place) => {
    if (one.form === "choice") return options(one, place);
    if (one.form !== "true_false") return field(t("edit.answer"), typed(h("textarea", {rows: 1, lang}, one.answer), (text) => (one.answer = text)));
    const truth = select("answer", ["true", "false"].map((name) => [name, t(`questions.${name}`)]), one.answer);
    truth.addEventListener("change", () => (one.answer = truth.value, tell()));
    return field(t("edit.answer"), truth);
  };

  /** @param {Question} one @param {number} place */
  const options = (one, place) => h("fieldset", {class: "choice"}, h("legend", {}, t("edit.options")),
    one.options.map((/** @type {string} */ option, /** @type {number} */ at) => {
      const right = h("input", {type: "radio", name: `answer-${place}`, checked: option === one.answer && option !== "", "aria-label": t("edit.right", {n: at + 1})});
      right.addEventListener("change", () => (one.answer = one.options[at], tell()));
      const text = typed(h("input", {lang, value: option, "aria-label": t("edit.option", {n: at + 1})}), (words) => {
        one.options[at] = words;
        if (right.checked) one.answer = words;
      });
      return h("p", {}, right, text);
    }), button(t("edit.add_option"), () => redraw(`${nth(place)} .choice p:last-of-type input:last-child`, one.options.push("")), {class: "quiet"}));

  /** @template {HTMLInputElement | HTMLTextAreaElement} T @param {T} control @param {(text: string) => void} take */
  const typed = (control, take) => {
    control.addEventListener("input", () => (take(control.value), tell()));
    return control;
  };

  draw();
  return h("div", {class: "questions-editor"}, list, button(t("edit.add_question"), () => redraw("li:last-child textarea", state.push({form: "open", text: "", options: [], answer: "", proven_by: []}))));
}

/** Give a question another form; what it has of an answer stays. @param {Question} one @param {string} form */
function reform(one, form) {
  if (form === "choice") one.options = one.options.length ? one.options : [one.answer, ...Array(OPTIONS_NEW).fill("")];
  if (form === "true_false" && !["true", "false"].includes(one.answer)) one.answer = "true";
  one.form = form;
}

/** @param {number} place */
function nth(place) {
  return `li:nth-child(${place + 1})`;
}
