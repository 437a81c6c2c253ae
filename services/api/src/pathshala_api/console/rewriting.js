/**
 * Having one part of a lesson written anew, by a wish. It is watched as any lesson that is being made, and then shown.
 * @module
 */
import {Problem, newKey} from "./client.js";
import {busyWhile, field, fill, h, select} from "./dom.js";
import {editionOf, userName} from "./house-client.js";
import {keepDraft, keptDraft} from "./kept.js";
import {lessonAddress} from "./library.js";
import {problemBox} from "./problems.js";
import {go} from "./router.js";
import {known, t} from "./texts.js";

const DRAFT = "rewrite";
const WISH_LENGTH_MAX = 200;
const PARTS = ["title", "objectives", "verse", "explanation", "activity", "questions"];

/** @param {Record<string, any>} lesson the newest version of its edition */
export function rewriteForm(lesson) {
  const now = {part: "activity", wish: "", key: newKey(), ...keptDraft(DRAFT)};
  const questions = (lesson.questions ?? []).map((/** @type {any} */ _, /** @type {number} */ place) => [`questions.${place + 1}`, t("edit.question", {n: place + 1})]);
  const part = select("part", [.../** @type {[string, string][]} */ (PARTS.map((name) => [name, t(`hand.part.${name}`)])), ...questions], now.part);
  const wish = h("input", {name: "wish", required: true, maxlength: WISH_LENGTH_MAX, value: now.wish, list: "wishes", autocomplete: "off", "aria-describedby": "wish-hint"});
  const wishes = h("datalist", {id: "wishes"});
  const send = h("button", {}, t("rewrite.send"));
  const trouble = h("div");
  const suggest = () => {
    const name = part.value.includes(".") ? "question" : part.value;
    fill(wishes, (known(`rewrite.wishes.${name}`) ?? t("rewrite.wishes.usual")).split("; ").map((value) => h("option", {value})));
  };
  const save = () => {
    Object.assign(now, {part: part.value, wish: wish.value, key: newKey()});
    keepDraft(DRAFT, now);
    suggest();
  };
  const order = async () => {
    const [name, question] = part.value.split(".");
    const wished = {part: name, wish: wish.value.trim(), ...(question ? {question: Number(question)} : {}), user_id: userName()};
    try {
      const {task_id: id} = await editionOf(lesson).rewrite(wished, {of: lesson.version, idempotencyKey: now.key});
      await go(`/task/${id}?${new URLSearchParams({of: lessonAddress(lesson)})}`);
    } catch (error) {
      const changed = error instanceof Problem && error.code === "version_changed";
      fill(trouble, problemBox(error), changed && h("a", {class: "button", href: lessonAddress(lesson)}, t("versions.see_newest", {version: error.body.version})));
    }
  };
  const submitted = (/** @type {Event} */ event) => {
    event.preventDefault();
    busyWhile(send, order);
  };
  suggest();
  return h("details", {class: "rewrite no-print", open: now.wish !== ""}, h("summary", {}, t("rewrite.title")),
    h("form", {oninput: save, onsubmit: submitted}, field(t("rewrite.part"), part), field(t("rewrite.wish"), wish, {class: "field wide"}), send, wishes),
    h("p", {class: "small", id: "wish-hint"}, t("rewrite.how")), trouble);
}

/** Forget the wish, once it is met. */
export function forgetWish() {
  keepDraft(DRAFT, null);
}
