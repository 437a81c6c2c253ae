/**
 * The lessons of a class set as cards: each changes when its row does, and keeps what is typed in it until then.
 * @module
 */
import {button, busyWhile, field, h, select} from "./dom.js";
import {LEVELS} from "./order-form.js";
import {tried} from "./problems.js";
import {statusMark} from "./small-parts.js";
import {LANGUAGES, known, languageName, t} from "./texts.js";

/** @typedef {Record<string, any>} Item */
/** @typedef {(row: number, order: Record<string, unknown>) => Promise<unknown>} Mend orders a row by another order */

const NAME_LENGTH_MAX = 200;
const FAILED = new Set(["refused", "failed"]);

export class ClassCards {
  /** @type {Map<number, {told: string, card: HTMLElement}>} */
  #known = new Map();
  #mend;
  failed = h("ul", {class: "rows"});
  others = h("ul", {class: "cards"});

  /** @param {Mend} mend */
  constructor(mend) {
    this.#mend = mend;
  }

  /** @param {Item[]} items */
  tell(items) {
    for (const item of items) {
      const told = JSON.stringify(item);
      const before = this.#known.get(item.row);
      if (before?.told === told) continue;
      this.#known.set(item.row, {told, card: FAILED.has(item.status) ? failure(item, this.#mend) : card(item)});
    }
    const cards = (/** @type {boolean} */ failed) => items.filter((item) => FAILED.has(item.status) === failed).flatMap(({row}) => this.#known.get(row)?.card ?? []);
    arrange(this.failed, cards(true));
    arrange(this.others, cards(false));
  }
}

/** Have a list hold these, and touch none that stands where it should. @param {HTMLElement} list @param {HTMLElement[]} cards */
function arrange(list, cards) {
  for (const [place, one] of cards.entries()) if (list.children[place] !== one) list.insertBefore(one, list.children[place] ?? null);
  while (list.children.length > cards.length) list.lastElementChild?.remove();
}

/** @param {Item} item */
function card(item) {
  const address = item.lesson_url ? item.lesson_url.replace(/^\/lessons\//, "/lesson/") : item.task_id ? `/task/${item.task_id}` : null;
  return h("li", {class: item.status}, title(item, address), h("p", {class: "small"}, edition(item)), h("p", {class: "small told"}, statusMark(item.status), " ", item.progress_message));
}

/** @param {Item} item @param {string | null} address */
function title(item, address) {
  const names = [h("strong", {}, item.topic), " ", h("span", {class: "small"}, item.subject)];
  return address ? h("a", {href: address, "data-row": true}, ...names) : h("span", {}, ...names);
}

/** @param {Item} item */
function edition({level, language}) {
  return [level && (known(`level.${level}`) ?? level), language && languageName(language)].filter(Boolean).join(", ");
}

/** A row that came to nothing: why, and what would do. @param {Item} item @param {Mend} mend */
function failure(item, mend) {
  const trouble = h("div");
  const turnTo = (/** @type {Record<string, unknown>} */ order) => () => tried(trouble, () => mend(item.row, order));
  const {suggestion} = item;
  const takes = suggestion && !suggestion.needs?.includes("source_text");
  return h("li", {class: "failure", "data-row-number": item.row},
    h("p", {}, h("span", {class: "small"}, t("class.row", {n: item.row}), " "), title(item, item.task_id ? `/task/${item.task_id}` : null), " ", h("span", {class: "small"}, "· ", edition(item), " · "), statusMark(item.status)),
    h("p", {class: "what"}, item.error_message, " ", h("code", {}, item.error_code)),
    h("p", {}, known(`problem.remedy.${item.error_code}`)),
    suggestion && h("p", {class: "suggestion"}, "→ ", suggestion.words),
    takes && button(t("class.take"), turnTo(suggestion.order), {class: "main", "aria-label": t("class.take_of", {n: item.row, words: suggestion.words})}),
    mending(item, turnTo), trouble);
}

/** Order the row by what is typed. @param {Item} item @param {(order: Record<string, unknown>) => () => Promise<void>} turnTo */
function mending(item, turnTo) {
  const named = item.suggestion?.order ?? item;
  const subject = h("input", {name: "subject", required: true, maxlength: NAME_LENGTH_MAX, value: item.subject});
  const topic = h("input", {name: "topic", required: true, maxlength: NAME_LENGTH_MAX, value: item.topic});
  const level = select("level", LEVELS.map((one) => [one, t(`level.${one}`)]), LEVELS.includes(named.level) ? named.level : "middle");
  const language = select("language", LANGUAGES, named.language);
  const source = h("textarea", {name: "source_text", rows: 4});
  const send = h("button", {}, t("class.order_row"));
  const submitted = (/** @type {Event} */ event) => {
    event.preventDefault();
    const order = {subject: subject.value, topic: topic.value, level: level.value, language: language.value, source_text: source.value.trim() || undefined};
    busyWhile(send, turnTo(order));
  };
  return h("details", {}, h("summary", {"aria-label": t("class.change_row", {n: item.row})}, t("class.change")),
    h("form", {class: "line", onsubmit: submitted}, field(t("order.subject"), subject), field(t("order.topic"), topic), field(t("order.level"), level), field(t("order.language"), language), send,
      field(t("order.source_text"), source, {class: "field whole"})));
}
