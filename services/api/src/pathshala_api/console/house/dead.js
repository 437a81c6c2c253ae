/**
 * Dead letters: listed by filter, opened one by one, sent back or dropped, counted first and confirmed.
 * @module
 */
import {button, field, fill, h, select} from "../dom.js";
import {queryOf} from "../client.js";
import {house} from "../house-client.js";
import {problemBox, tried} from "../problems.js";
import {Screen} from "../screen.js";
import {agoTime, confirmed, copyable} from "../small-parts.js";
import {say} from "../announcing.js";
import {number, t} from "../texts.js";
import {head} from "./parts.js";

const SERVICES = ["enricher", "generator", "store", "notifier"];
const PATH = "/operator/dead-letters";
const SHOWN = 50;

class HouseDeadScreen extends Screen {
  async show() {
    /** @type {[string, string][]} */
    const services = [["", t("any")], .../** @type {[string, string][]} */ (SERVICES.map((one) => [one, one]))];
    const service = select("service", services, this.query.get("service") ?? "");
    const code = h("input", {name: "code", value: this.query.get("code") ?? "", maxlength: 200, "data-key": "/"});
    const task = h("input", {name: "task_id", value: this.query.get("task_id") ?? "", maxlength: 200});
    const list = h("div");
    const filter = () => ({service: service.value, code: code.value.trim(), task_id: task.value.trim()});
    const look = async () => {
      try {
        const found = await house.request("GET", PATH + queryOf({...filter(), limit: SHOWN}), {signal: this.signal});
        fill(list, letters(found), found.matched > 0 && actions(filter, look));
      } catch (error) {
        if (!this.signal.aborted) fill(list, problemBox(error, look));
      }
    };
    const anew = (/** @type {Event} */ event) => (event.preventDefault(), look());
    fill(this, ...head(t("house.dead.title")),
      h("form", {class: "filters", role: "search", onsubmit: anew, onchange: anew},
        field(t("house.service"), service), field(t("house.dead.code"), code), field(t("house.dead.task"), task), h("button", {}, t("house.tasks.look"))), list);
    await look();
  }
}

customElements.define("house-dead-screen", HouseDeadScreen);

/** @param {Record<string, any>} found */
function letters(found) {
  if (!found.matched) return h("p", {class: "empty"}, t("house.dead.none"));
  const codes = Object.entries(found.codes).map(([code, count]) => `${code}: ${number(count)}`).join(" · ");
  return h("div", {}, h("p", {role: "status"}, t("house.dead.matched", {n: found.matched}), " ", h("span", {class: "small"}, codes)),
    h("ul", {class: "rows"}, found.letters.map(letter)));
}

/** @param {Record<string, any>} one */
function letter(one) {
  const whole = h("div");
  const open = () => tried(whole, async () => {
    const found = await house.request("GET", `${PATH}/${encodeURIComponent(one.id)}`);
    fill(whole, h("p", {}, t("house.timeline.event_id"), " ", copyable(one.id)),
      one.task_id && h("p", {}, t("task.id"), " ", h("a", {href: `/house/tasks/${encodeURIComponent(one.task_id)}`}, one.task_id)),
      found.stack && h("pre", {tabindex: 0}, found.stack),
      h("pre", {tabindex: 0}, found.envelope ? JSON.stringify(found.envelope, null, 1) : found.body));
  });
  return h("li", {}, h("details", {ontoggle: (/** @type {Event} */ event) => /** @type {HTMLDetailsElement} */ (event.target).open && open()},
    h("summary", {"data-row": true}, h("strong", {}, one.code), " ", h("span", {class: "small"}, `${one.service} · ${one.event} · `), agoTime(one.dead_at, true), h("br"), h("span", {}, one.reason)), whole));
}

/** @param {() => Record<string, string>} filter @param {() => Promise<void>} look */
function actions(filter, look) {
  const trouble = h("div");
  const act = (/** @type {string} */ name, /** @type {string} */ method, /** @type {string} */ path) => () => tried(trouble, async () => {
    const {matched} = await house.request(method, path + queryOf(filter()));
    if (!(await confirmed(t(`house.dead.${name}_sure`, {n: matched}), t(`house.dead.${name}`)))) return;
    const {done} = await house.request(method, path + queryOf({...filter(), confirm: matched}));
    say(t("house.dead.done", {n: done}));
    await look();
  });
  return h("div", {}, h("div", {class: "actions"}, button(t("house.dead.redrive"), act("redrive", "POST", `${PATH}/redrive`)), button(t("house.dead.drop"), act("drop", "DELETE", PATH))), trouble);
}
