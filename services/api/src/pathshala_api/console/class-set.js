/**
 * Class sets: one order for many lessons, and its lessons as they move.
 * @module
 */
import {say} from "./announcing.js";
import {ClassCards} from "./class-cards.js";
import {classOrderForm} from "./class-order-form.js";
import {Problem, Unreachable, queryOf} from "./client.js";
import {sleep, waitAfter} from "./client-faults.js";
import {button, fill, h} from "./dom.js";
import {house, isOperator, whoAmI} from "./house-client.js";
import {tried} from "./problems.js";
import {titled} from "./router.js";
import {fileOf, save} from "./saving.js";
import {Screen} from "./screen.js";
import {agoTime, confirmed} from "./small-parts.js";
import {known, number, t} from "./texts.js";

const SHOWN_MAX = 20;
const LONG_POLL_SECONDS = 30;
/** Changes of many lessons come together: they are drawn so often at the most. */
const REST_SECONDS = 0.3;
const PACKS = ["zip", "imscc", "gift"];

/** @typedef {Record<string, any>} ClassSet */

class ClassScreen extends Screen {
  async show() {
    const own = isOperator() ? {} : {user_id: whoAmI().user_id};
    const {class_sets: sets} = await house.request("GET", `/class-sets${queryOf({limit: SHOWN_MAX, ...own})}`, {signal: this.signal});
    fill(this, titled(t("class.title")), h("p", {class: "under-title"}, t("class.what")), classOrderForm(),
      h("h2", {}, t("class.yours")),
      sets.length ? h("ul", {class: "rows"}, sets.map(row)) : h("p", {class: "empty"}, t("class.none")));
  }
}

customElements.define("class-screen", ClassScreen);

/** @param {ClassSet} set */
function row(set) {
  return h("li", {}, h("a", {href: `/class/${set.set_id}`, "data-row": true}, h("strong", {}, nameOf(set)), h("span", {class: "small"}, t("class.rows", {n: set.rows}))),
    h("span", {class: "small"}, set.stopped ? stopWords(set.stopped) : t(`class.state.${set.status}`)), agoTime(set.created_at, true));
}

/** @param {ClassSet} set */
function nameOf(set) {
  return set.title ?? t("class.unnamed");
}

/** @param {{code: string, message: string}} stopped */
function stopWords({code, message}) {
  return known(`class.stopped.${code}`) ?? message;
}

class ClassSetScreen extends Screen {
  async show() {
    const path = `/class-sets/${encodeURIComponent(this.parts.set)}`;
    const head = h("div", {class: "making"});
    const acts = h("div");
    const trouble = h("div");
    const failedTitle = h("h2", {}, t("class.failed_title"));
    const cards = new ClassCards(async (place, order) => {
      await house.request("POST", `${path}/items/${place}`, {json: order});
      say(t("class.ordered_row", {n: place}));
      this.again();
    });
    let status = "";
    for await (const set of this.watched(path)) {
      if (!head.isConnected) {
        fill(this, titled(nameOf(set)), h("p", {class: "under-title"}, t("class.rows", {n: set.rows}), " · ", t("task.asked"), " ", agoTime(set.created_at)),
          head, acts, trouble, failedTitle, cards.failed, cards.others);
      }
      fill(head, ...standing(set));
      const can = JSON.stringify([set.status, set.counts.completed > 0, set.counts.failed, set.counts.refused]);
      if (can !== status) fill(acts, this.acts(path, set, trouble));
      status = can;
      failedTitle.hidden = !(set.counts.failed || set.counts.refused);
      cards.tell(set.items);
      if (set.status === "finished") say(`${t("class.state.finished")} ${countWords(set)}`);
    }
  }

  /** Wakes who waits, since an act has changed the set. */
  #wake = () => {};

  again() {
    this.#wake();
  }

  /**
   * The set, now and whenever it has changed. One that has finished is looked at again after an act on it.
   * @param {string} path @returns {AsyncGenerator<ClassSet>}
   */
  async *watched(path) {
    let tag = "";
    for (let failures = 0; !this.signal.aborted; ) {
      try {
        /** @type {Record<string, string>} */
        const headers = tag ? {Prefer: `wait=${LONG_POLL_SECONDS}`, "If-None-Match": tag} : {}; // the first is answered at once
        const answer = await house.ask("GET", path, {headers, signal: this.signal});
        failures = 0;
        if (answer.status === 304) continue;
        tag = answer.headers.get("ETag") ?? "";
        const set = await answer.json();
        yield set;
        if (set.status === "finished") await new Promise((resolve) => (this.#wake = () => resolve(null)));
        else await sleep(REST_SECONDS, this.signal);
      } catch (error) {
        if (this.signal.aborted) return;
        const wait = error instanceof Problem || error instanceof Unreachable ? waitAfter(error, failures) : null;
        if (wait === null) throw error;
        failures += 1;
        await sleep(wait, this.signal);
      }
    }
  }

  /** @param {string} path @param {ClassSet} set @param {HTMLElement} trouble */
  acts(path, set, trouble) {
    const doing = (/** @type {() => Promise<unknown>} */ act) => () => {
      fill(trouble);
      return tried(trouble, act);
    };
    const load = (/** @type {string} */ format) => doing(async () => save(await fileOf(await house.ask("GET", `${path}/pack${queryOf({format})}`, {headers: {Accept: "*/*"}}), `class-set.${format}`)));
    const retry = async () => {
      const {matched} = await house.request("POST", `${path}/retry`);
      if (!(await confirmed(t("class.retry_sure", {n: matched}), t("class.retry")))) return;
      await house.request("POST", `${path}/retry${queryOf({confirm: matched})}`);
      this.again();
    };
    const cancel = async () => {
      if (!(await confirmed(t("class.cancel_sure"), t("class.cancel")))) return;
      await house.request("DELETE", path);
      this.again();
    };
    const {completed, failed} = set.counts;
    return h("div", {class: "actions"},
      completed > 0 && PACKS.map((format, place) => button(t(`class.pack.${format}`), load(format), {class: place ? null : "main"})),
      (failed > 0 || set.stopped) && button(t("class.retry"), doing(retry)),
      set.status === "running" && button(t("class.cancel"), doing(cancel)));
  }
}

customElements.define("class-set-screen", ClassSetScreen);

/** How far all of it is, and what it has spent. @param {ClassSet} set */
function standing(set) {
  const {ceiling} = set;
  return [
    h("progress", {max: 100, value: set.percent, "aria-label": t("class.share")}),
    h("p", {class: "now"}, countWords(set)),
    set.stopped && h("p", {class: "problem"}, stopWords(set.stopped)),
    (ceiling.calls > 0 || ceiling.calls_max !== null) && h("p", {class: "small"}, amount("class.calls", ceiling.calls, ceiling.calls_max)),
    (ceiling.cost > 0 || ceiling.cost_max !== null) && h("p", {class: "small"}, amount("class.cost", ceiling.cost, ceiling.cost_max, ceiling.currency)),
  ];
}

/** @param {string} name @param {number} had @param {number | null} most @param {string} [currency] */
function amount(name, had, most, currency) {
  const shown = (/** @type {number} */ value) => number(value, currency ? {maximumFractionDigits: 4} : {});
  const unit = currency ? ` ${currency}` : "";
  return most === null ? t(name, {had: shown(had) + unit}) : t(`${name}_of`, {had: shown(had), most: shown(most) + unit});
}

/** @param {ClassSet} set */
function countWords({counts}) {
  const named = ["completed", "in_progress", "pending", "waiting", "failed", "refused"].filter((status) => counts[status] > 0);
  return named.map((status) => `${number(counts[status])} ${t(`status.${status}`)}`).join(" · ");
}
