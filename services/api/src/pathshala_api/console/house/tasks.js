/**
 * All tasks, filtered, a page at a time: however many there are, no more rows are drawn than a page has.
 * @module
 */
import {button, field, fill, h, refill, select} from "../dom.js";
import {house} from "../house-client.js";
import {problemBox} from "../problems.js";
import {Screen} from "../screen.js";
import {agoTime, statusMark} from "../small-parts.js";
import {number, t} from "../texts.js";
import {head} from "./parts.js";

const PAGE = 100;
const LOOK_SECONDS = 4;
const STATUSES = ["pending", "in_progress", "completed", "failed"];

class HouseTasksScreen extends Screen {
  /** The cursors of the pages before this one, the first being none. @type {string[]} */
  pages = [""];

  async show() {
    /** @type {[string, string][]} */
    const statuses = [["", t("any")], .../** @type {[string, string][]} */ (STATUSES.map((one) => [one, t(`status.${one}`)]))];
    const status = select("status", statuses, this.query.get("status") ?? "");
    const inputs = ["user_id", "subject", "topic"].map((name) => h("input", {name, value: this.query.get(name) ?? "", maxlength: 200, "data-key": name === "user_id" ? "/" : null}));
    const list = h("div");
    const counts = h("p", {class: "small", role: "status"});
    const filters = () => {
      const [user, subject, topic] = inputs.map((input) => input.value.trim());
      return {status: status.value, user_id: user, ...(subject && topic ? {subject, topic} : {})};
    };
    const look = async () => {
      try {
        const found = await house.tasks({...filters(), limit: PAGE, cursor: this.pages.at(-1)}, this.signal);
        const told = STATUSES.map((one) => `${number(found.status_counts[one])} ${t(`status.${one}`)}`).join(" · ");
        if (counts.textContent !== told) counts.textContent = told;
        refill(list, rows(found.tasks), this.turning(found.next_cursor, look));
      } catch (error) {
        if (!this.signal.aborted) fill(list, problemBox(error, look));
      }
    };
    const anew = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.pages = [""];
      const told = Object.entries(filters()).filter(([, value]) => value);
      history.replaceState(null, "", told.length ? `?${new URLSearchParams(/** @type {[string, string][]} */ (told))}` : location.pathname);
      return look();
    };
    const [user, subject, topic] = inputs;
    fill(this, ...head(t("house.tasks.title")),
      h("form", {class: "filters", role: "search", onsubmit: anew, onchange: anew},
        field(t("house.tasks.user"), user), field(t("order.subject"), subject), field(t("house.tasks.topic"), topic), field(t("house.tasks.status"), status),
        h("button", {}, t("house.tasks.look"))), counts, list);
    await look();
    this.every(async () => this.pages.length === 1 && look(), LOOK_SECONDS);
  }

  /** @param {string | null} next @param {() => unknown} look */
  turning(next, look) {
    const turnTo = (/** @type {string[]} */ pages) => {
      this.pages = pages;
      scrollTo(0, 0);
      return look();
    };
    return h("p", {class: "pages"},
      this.pages.length > 1 && button(t("pages.newer"), () => turnTo(this.pages.slice(0, -1))),
      next && button(t("pages.older"), () => turnTo([...this.pages, next])));
  }
}

customElements.define("house-tasks-screen", HouseTasksScreen);

/** @param {Record<string, any>[]} tasks */
function rows(tasks) {
  if (!tasks.length) return h("p", {class: "empty"}, t("house.tasks.none"));
  return h("ul", {class: "rows"}, tasks.map((task) => h("li", {},
    h("a", {href: `/house/tasks/${task.task_id}`, "data-row": true}, h("strong", {}, task.topic), h("span", {class: "small"}, task.subject)),
    h("span", {class: "small"}, task.user_id), h("span", {class: "small"}, task.error_code ?? (task.completed_at ? "" : task.progress_message)),
    statusMark(task.status), agoTime(task.created_at, true))));
}
