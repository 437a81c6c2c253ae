/**
 * Watching a lesson being made: which stage, what is waited for, what is left; and the way on when it has ended.
 * @module
 */
import {tellLink, say} from "./announcing.js";
import {isFinal} from "./client.js";
import {button, fill, h} from "./dom.js";
import {house, isOperator, whoAmI} from "./house-client.js";
import {formAddress} from "./order-form.js";
import {tried} from "./problems.js";
import {forgetWish} from "./rewriting.js";
import {go, titled} from "./router.js";
import {Screen} from "./screen.js";
import {agoTime, copyable, confirmed} from "./small-parts.js";
import {clock, duration, known, t} from "./texts.js";
/** @typedef {import("./client.js").TaskChange} TaskChange */
/** @typedef {import("./client.js").TaskStatus} TaskStatus */

const STAGES = ["asked", "reading", "writing", "storing", "ended"];
/** The last of our stages that each of the API's has reached. @type {Record<string, string>} */
const REACHED = {read: "writing"};
const TICK_MS = 1_000;
const PERCENT_MIN = 5;

class TaskScreen extends Screen {
  async show() {
    const id = this.parts.task;
    const told = h("div", {class: "making"});
    const log = h("ol", {class: "log"});
    let shown = "";
    for await (const change of house.watch(id, {signal: this.signal, onLink: tellLink})) {
      if (!shown) this.frame(change, told, log);
      const last = isFinal(change) ? await house.task(id, {signal: this.signal}) : null;
      if (last?.lesson_url && this.rewritten) {
        forgetWish();
        return go(addressOf(last.lesson_url), {replace: true});
      }
      fill(told, ...(last ? ended(last) : underWay(change)), this.rewritten && h("p", {}, h("a", {href: this.rewritten}, t("rewrite.back"))));
      const words = stageWords(change);
      if (words !== shown) say(words);
      shown = words;
      this.tell(log).catch(() => {});
    }
  }

  /** The lesson of which a part is written anew, if this is one: then what comes of it is shown at once. */
  get rewritten() {
    const address = this.query.get("of");
    return address?.startsWith("/lesson/") ? address : null;
  }

  /** @param {TaskChange} change @param {HTMLElement} told @param {HTMLElement} log */
  frame(change, told, log) {
    const tick = setInterval(() => {
      for (const left of told.querySelectorAll("[data-left]")) left.textContent = leftWords(/** @type {HTMLElement} */ (left).dataset);
    }, TICK_MS);
    this.signal.addEventListener("abort", () => clearInterval(tick));
    fill(this, titled(change.topic), h("p", {class: "under-title"}, change.subject, " · ", t("task.asked"), " ", agoTime(change.created_at)),
      told, h("details", {}, h("summary", {}, t("task.log")), log,
        h("p", {class: "small"}, t("task.id"), " ", copyable(change.task_id),
          isOperator() && h("a", {href: `/house/tasks/${change.task_id}`}, t("task.timeline")))));
  }

  /** @param {HTMLElement} log */
  async tell(log) {
    const events = await house.events(this.parts.task, {}, this.signal);
    fill(log, events.map((event) => h("li", {}, h("time", {datetime: event.time}, clock(event.time)), " ", h("span", {}, event.summary), sentences(event))));
  }
}

customElements.define("task-screen", TaskScreen);

/** The number of sentences of the article that was read. @param {Record<string, any>} event */
function sentences(event) {
  const article = event.data?.article ?? event.data?.sample;
  if (event.event !== "LessonEnriched" || !article || !("Segmenter" in Intl)) return null;
  const count = [...new Intl.Segmenter(article.language, {granularity: "sentence"}).segment(article.summary)].length;
  return h("span", {class: "small"}, ` ${t("task.sentences", {n: count})}`);
}

/** @param {TaskChange} change */
function stageWords({progress, status}) {
  if (status === "failed") return t("task.failed");
  if (status === "completed") return t("task.ready");
  return t(`task.now.${REACHED[progress.stage] ?? progress.stage}`);
}

/** The stages as a line that fills. @param {TaskChange} change */
function line(change) {
  const at = STAGES.indexOf(REACHED[change.progress.stage] ?? change.progress.stage);
  return h("ol", {class: "stages"}, STAGES.map((stage, place) => {
    const how = place < at || change.status === "completed" ? "done" : place === at ? "now" : "to-come";
    /** @type {Record<string, string>} */
    const shape = {done: "✓", now: "●", "to-come": "○"};
    return h("li", {class: how, "aria-current": how === "now" ? "step" : null},
      h("span", {class: "shape", "aria-hidden": "true"}, shape[how]), h("span", {}, t(`task.stage.${stage}`)), h("span", {class: "unseen"}, t(`task.how.${how}`)));
  }));
}

/** @param {TaskChange} change */
function underWay(change) {
  const {progress} = change;
  const tries = progress.attempt && progress.attempt > 1 && progress.of ? ` ${t("task.attempt", {attempt: progress.attempt, of: progress.of})}` : "";
  const cancel = async () => {
    if (await confirmed(t("task.cancel_sure"), t("task.cancel"))) await house.cancel(change.task_id).catch((error) => say(error.message));
  };
  const dataset = {"data-left": progress.percent, "data-until": progress.until ?? "", "data-began": change.created_at};
  const left = h("span", dataset);
  left.textContent = leftWords(left.dataset);
  return [line(change), h("progress", {max: 100, value: progress.percent, "aria-label": t("task.share")}),
    h("p", {class: "now"}, stageWords(change), tries),
    progress.waiting_for && h("p", {class: "waits"}, "⏸ ", known(`problem.words.${progress.waiting_for}`) ?? t("task.waiting", {code: progress.waiting_for})),
    h("p", {class: "small"}, left), h("p", {}, button(t("task.cancel"), cancel))];
}

/** How long it will still be, by what lessons lately took; or until when there is a wait. @param {DOMStringMap} told */
function leftWords({left, until, began}) {
  if (until) {
    const seconds = (new Date(until).getTime() - Date.now()) / 1_000;
    return seconds > 0 ? t("task.until", {time: clock(until), left: duration(Math.ceil(seconds))}) : "";
  }
  const percent = Number(left);
  if (percent < PERCENT_MIN || !began) return "";
  const passed = (Date.now() - new Date(began).getTime()) / 1_000;
  return t("task.left", {left: duration(Math.max(1, Math.round((passed * (100 - percent)) / percent)))});
}

/** @param {TaskStatus} task */
function ended(task) {
  if (task.status === "completed" && task.lesson_url) {
    const seconds = task.completed_at ? (Date.parse(task.completed_at) - Date.parse(task.created_at)) / 1_000 : 0;
    return [line(task), h("p", {class: "now"}, t("task.ready")),
      h("p", {class: "ready"}, h("a", {class: "button main", href: addressOf(task.lesson_url), "data-row": true}, t("task.read")), " ", h("span", {lang: task.lesson_data?.language}, task.lesson_data?.title)),
      h("p", {class: "small"}, t("task.took", {time: duration(seconds)}))];
  }
  return [h("p", {class: "now"}, "✕ ", t("task.failed")), failure(task)];
}

/** The page of a lesson. @param {string} url where the API has it */
function addressOf(url) {
  return url.replace(/^\/lessons\//, "/lesson/");
}

/** @param {TaskStatus} task */
function failure(task) {
  const trouble = h("div");
  const turnTo = (/** @type {() => Promise<{task_id: string}>} */ order) => tried(trouble, async () => go(`/task/${(await order()).task_id}`));
  const {suggestion} = task;
  const needsSource = suggestion?.needs.includes("source_text");
  return h("section", {class: "problem"},
    h("p", {class: "what"}, task.error_message),
    h("p", {}, known(`problem.remedy.${task.error_code}`)),
    suggestion && h("p", {class: "suggestion"}, "→ ", suggestion.words),
    h("div", {class: "actions"},
      suggestion && !needsSource && button(t("task.order_suggested"), () => turnTo(() => house.create({...suggestion.order, user_id: whoAmI().user_id ?? suggestion.order.user_id})), {class: "main"}),
      suggestion && needsSource && h("a", {class: "button main", href: formAddress(/** @type {any} */ (suggestion.order), true)}, t("task.with_source")),
      task.retried_as ? h("a", {class: "button", href: `/task/${task.retried_as}`}, t("task.see_retry")) : button(t("task.retry"), () => turnTo(() => house.retry(task.task_id)))),
    h("p", {class: "small"}, t("problem.code"), " ", h("code", {}, task.error_code)), trouble);
}
