/**
 * Ordering a lesson: one line, and more behind a fold. What is typed is kept until the order is accepted, and an order
 * that is sent twice is one order.
 * @module
 */
import {busyWhile, field, fill, h, select} from "./dom.js";
import {house, isTeacher, whoAmI} from "./house-client.js";
import {keep, keepDraft, kept, keptDraft} from "./kept.js";
import {newKey} from "./client.js";
import {tried} from "./problems.js";
import {go} from "./router.js";
import {LANGUAGES, languageOfPage, t} from "./texts.js";

const DRAFT = "order";
export const LEVELS = ["primary", "middle", "secondary", "adult"];
const SOURCE_TEXT_LENGTH_MAX = 12_000;
const NAME_LENGTH_MAX = 200;

/** @typedef {{subject: string, topic: string, level: string, language: string, include_wikipedia: boolean, source_text: string, user_id: string, idempotency_key: string}} Draft */

/** @returns {Draft} */
function draft() {
  const empty = {subject: "", topic: "", level: "middle", language: languageOfPage(), include_wikipedia: true, source_text: "", user_id: kept("name") ?? "me", idempotency_key: newKey()};
  return {...empty, ...keptDraft(DRAFT)};
}

/** The form, filled with the draft, or with what the address says. @param {URLSearchParams} query */
export function orderForm(query) {
  const now = draft();
  for (const name of /** @type {const} */ (["subject", "topic", "level", "language"])) now[name] = query.get(name) ?? now[name];
  const subject = h("input", {name: "subject", required: true, maxlength: NAME_LENGTH_MAX, list: "subjects", autocomplete: "off", "data-key": "n", value: now.subject});
  const topic = h("input", {name: "topic", required: true, maxlength: NAME_LENGTH_MAX, list: "topics", autocomplete: "off", value: now.topic});
  const level = select("level", LEVELS.map((one) => [one, t(`level.${one}`)]), now.level);
  const language = select("language", LANGUAGES, now.language);
  const wikipedia = h("input", {name: "include_wikipedia", type: "checkbox", checked: now.include_wikipedia});
  const source = h("textarea", {name: "source_text", rows: 6, maxlength: SOURCE_TEXT_LENGTH_MAX}, now.source_text);
  const user = h("input", {name: "user_id", maxlength: NAME_LENGTH_MAX, value: now.user_id, autocomplete: "nickname"});
  const make = h("button", {class: "main"}, t("order.make"));
  const trouble = h("div");

  const save = () => {
    const told = {subject: subject.value, topic: topic.value, level: level.value, language: language.value, include_wikipedia: wikipedia.checked, source_text: source.value};
    Object.assign(now, told, {user_id: user.value, idempotency_key: newKey()});
    keepDraft(DRAFT, now);
  };
  const send = async () => {
    const {idempotency_key: idempotencyKey, ...rest} = now;
    const order = {...rest, user_id: whoAmI().user_id ?? (user.value.trim() || "me"), source_text: source.value.trim() || undefined};
    keep("name", user.value.trim() || null);
    await tried(trouble, async () => {
      const {task_id: id} = await house.create(/** @type {import("./client.js").Order} */ (order), {idempotencyKey});
      keepDraft(DRAFT, null);
      await go(`/task/${id}`);
    });
  };
  const submitted = (/** @type {Event} */ event) => {
    event.preventDefault();
    busyWhile(make, send);
  };
  const folded = h("details", {class: "fold", open: query.has("source") || now.source_text !== ""},
    h("summary", {}, t("order.more")),
    h("label", {class: "check"}, wikipedia, " ", t("order.wikipedia")),
    field(t("order.source_text"), source), h("p", {class: "small"}, t("order.source_text_why", {n: SOURCE_TEXT_LENGTH_MAX})),
    whoAmI().user_id === null && field(t("order.name"), user),
    isTeacher() && h("p", {}, h("a", {href: "/class"}, t("class.title"))));
  return h("form", {class: "order", oninput: save, onsubmit: submitted},
    h("div", {class: "line"}, field(t("order.subject"), subject), field(t("order.topic"), topic, {class: "field wide"}),
      field(t("order.level"), level), field(t("order.language"), language), make),
    h("datalist", {id: "subjects"}), h("datalist", {id: "topics"}), folded, trouble);
}

/** Suggest subjects and topics that there are. @param {HTMLElement} form @param {Record<string, any>[]} editions */
export function suggest(form, editions) {
  for (const name of ["subject", "topic"]) {
    const list = form.querySelector(`#${name}s`);
    const found = [...new Set(editions.map((one) => String(one[name])))];
    if (list) fill(list, found.map((value) => h("option", {value})));
  }
}

/** The address of the form, filled in. @param {Record<string, string>} order @param {boolean} [wantsSource] */
export function formAddress({subject, topic, level, language}, wantsSource = false) {
  const query = new URLSearchParams({subject, topic, level, language, ...(wantsSource ? {source: "1"} : {})});
  return `/?${query}`;
}
