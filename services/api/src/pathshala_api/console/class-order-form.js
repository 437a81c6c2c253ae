/**
 * Ordering a class set: topics are pasted, or a table is dropped. What is there is kept until the house has accepted it.
 * @module
 */
import {newKey, queryOf} from "./client.js";
import {LESSONS_MAX, readText, textOf} from "./class-table.js";
import {busyWhile, field, fill, h} from "./dom.js";
import {house, whoAmI} from "./house-client.js";
import {keep, keepDraft, kept, keptDraft} from "./kept.js";
import {LEVELS} from "./order-form.js";
import {tried} from "./problems.js";
import {go} from "./router.js";
import {LANGUAGES, languageOfPage, t} from "./texts.js";

const DRAFT = "class";
const NAME_LENGTH_MAX = 200;
const AMOUNT_MAX = 10_000_000;

/** @typedef {{title: string, text: string, subject: string, levels: string[], languages: string[], calls_max: string, cost_max: string, user_id: string, idempotency_key: string}} Draft */

/** @returns {Draft} */
function draft() {
  const empty = {title: "", text: "", subject: "", levels: ["middle"], languages: [languageOfPage()], calls_max: "", cost_max: "", user_id: kept("name") ?? "me", idempotency_key: newKey()};
  return {...empty, ...keptDraft(DRAFT)};
}

export function classOrderForm() {
  const now = draft();
  const title = h("input", {name: "title", maxlength: NAME_LENGTH_MAX, value: now.title, autocomplete: "off", "data-key": "n"});
  const text = h("textarea", {name: "text", rows: 9, required: true, spellcheck: "false", "aria-describedby": "class-how class-told"}, now.text);
  const subject = h("input", {name: "subject", maxlength: NAME_LENGTH_MAX, value: now.subject, autocomplete: "off"});
  const levels = boxes("levels", LEVELS.map((one) => [one, t(`level.${one}`)]), now.levels);
  const languages = boxes("languages", LANGUAGES, now.languages);
  const calls = h("input", {name: "calls_max", type: "number", min: 1, max: AMOUNT_MAX, step: 1, value: now.calls_max});
  const cost = h("input", {name: "cost_max", type: "number", min: 0.0001, max: AMOUNT_MAX, step: "any", value: now.cost_max});
  const user = h("input", {name: "user_id", maxlength: NAME_LENGTH_MAX, value: now.user_id, autocomplete: "nickname"});
  const file = h("input", {type: "file", accept: ".csv,.tsv,.txt,text/csv,text/plain"});
  const make = h("button", {class: "main"}, t("class.order"));
  const told = h("p", {id: "class-told", role: "status", class: "small"});
  const ofTopics = h("div", {class: "of-topics"});
  const trouble = h("div");

  const found = () => readText(text.value, {subject: subject.value, levels: chosen(levels), languages: chosen(languages)});
  const tell = () => {
    const {kind} = found();
    for (const one of [subject, ...levels.querySelectorAll("input"), ...languages.querySelectorAll("input")]) one.disabled = kind === "table";
    told.textContent = text.value.trim() ? words(found()) : "";
  };
  const save = () => {
    Object.assign(now, {title: title.value, text: text.value, subject: subject.value, levels: chosen(levels), languages: chosen(languages), calls_max: calls.value, cost_max: cost.value, user_id: user.value, idempotency_key: newKey()});
    keepDraft(DRAFT, now);
    tell();
  };
  const take = async (/** @type {File | undefined} */ dropped) => {
    if (!dropped) return;
    try {
      text.value = textOf(await dropped.arrayBuffer());
      title.value ||= dropped.name.replace(/\.\w+$/, "");
      fill(trouble);
      save();
    } catch {
      fill(trouble, h("p", {class: "problem", role: "alert"}, t("class.no_text", {name: dropped.name})));
    }
  };
  const send = async () => {
    keep("name", user.value.trim() || null);
    await tried(trouble, async () => {
      const {set_id: id} = await order(now, found());
      keepDraft(DRAFT, null);
      await go(`/class/${id}`);
    });
  };
  const dropped = (/** @type {DragEvent} */ event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };
  file.addEventListener("change", () => take(file.files?.[0]));
  fill(ofTopics, field(t("class.subject"), subject), levels, languages);
  tell();
  return h("form", {class: "order", oninput: save, onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), busyWhile(make, send)), ondrop: dropped, ondragover: (/** @type {Event} */ event) => event.preventDefault()},
    field(t("class.name"), title),
    field(t("class.topics"), text), h("p", {id: "class-how", class: "small"}, t("class.how", {n: LESSONS_MAX})), told,
    field(t("class.file"), file), ofTopics,
    h("details", {class: "fold", open: now.calls_max !== "" || now.cost_max !== ""}, h("summary", {}, t("class.ceiling_fold")),
      h("p", {class: "small"}, t("class.ceiling_why")),
      h("div", {class: "pair"}, field(t("class.calls_max"), calls), field(t("class.cost_max"), cost)),
      whoAmI().user_id === null && field(t("order.name"), user)),
    h("p", {}, make), trouble);
}

/** @param {Draft} now @param {import("./class-table.js").Read} read @returns {Promise<{set_id: string}>} */
function order(now, read) {
  const whole = {title: now.title.trim() || undefined, calls_max: Number(now.calls_max) || undefined, cost_max: Number(now.cost_max) || undefined, user_id: whoAmI().user_id ?? (now.user_id.trim() || "me")};
  /** @type {Record<string, string>} */
  const headers = {"Idempotency-Key": now.idempotency_key};
  if (read.kind === "table") {
    return house.request("POST", `/class-sets${queryOf(whole)}`, {body: now.text, headers: {...headers, "Content-Type": "text/csv"}});
  }
  return house.request("POST", "/class-sets", {json: {...whole, lessons: read.rows}, headers});
}

/** What will be ordered, and what is wrong with it already. @param {import("./class-table.js").Read} read */
function words(read) {
  if (read.kind === "table") return t("class.told_table", {n: read.rows});
  const lines = read.without.length ? ` ${t("class.told_without", {n: read.without.length, lines: read.without.join(", ")})}` : "";
  const many = read.rows.length > LESSONS_MAX ? ` ${t("class.told_many", {max: LESSONS_MAX})}` : "";
  return `${t("class.told_topics", {n: read.rows.length, topics: read.topics})}${lines}${many}`;
}

/** Several of some choices. @param {string} name @param {[string, string][]} options @param {string[]} ticked */
function boxes(name, options, ticked) {
  return h("fieldset", {class: "boxes"}, h("legend", {}, t(`class.${name}`)), options.map(([value, shown]) =>
    h("label", {}, h("input", {type: "checkbox", name, value, checked: ticked.includes(value)}), " ", shown)));
}

/** @param {HTMLElement} group */
function chosen(group) {
  return [...group.querySelectorAll("input")].filter((one) => one.checked).map((one) => one.value);
}
