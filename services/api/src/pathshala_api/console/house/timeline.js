/**
 * One task as a waterfall: each event at its time, with what went before it, and all that it says.
 * @module
 */
import {button, fill, h} from "../dom.js";
import {isFinal} from "../client.js";
import {house} from "../house-client.js";
import {Screen} from "../screen.js";
import {agoTime, confirmed, copyable, statusMark} from "../small-parts.js";
import {duration, exactly, t} from "../texts.js";
import {say} from "../announcing.js";
import {go} from "../router.js";
import {head} from "./parts.js";
import {replayPart} from "./replay.js";

const EVENTS_MAX = 1_000;

class HouseTaskScreen extends Screen {
  async show() {
    const id = this.parts.task;
    const events = await house.events(id, {limit: EVENTS_MAX}, this.signal);
    const task = await house.task(id, {signal: this.signal}).catch(() => null); // the log outlives the task
    const request = events[0]?.data?.request ?? task ?? {};
    fill(this, ...head(request.topic ?? id),
      h("p", {class: "under-title"}, request.subject, " · ", request.user_id, " · ", request.level, " · ", request.language, " · ", agoTime(events[0]?.time ?? null)),
      h("p", {}, task && statusMark(task.status), " ", copyable(id)),
      task?.error_message && h("p", {class: "problem"}, `${task.error_code}: ${task.error_message}`),
      h("div", {class: "actions"}, ...this.acts(task)),
      waterfall(events), replayPart(id));
  }

  /** @param {import("../client.js").TaskStatus | null} task */
  acts(task) {
    if (!task) return [];
    const cancel = async () => {
      if (!(await confirmed(t("task.cancel_sure"), t("task.cancel")))) return;
      await house.cancel(task.task_id).catch((error) => say(error.message));
      await this.begin();
    };
    return [
      button(t("house.timeline.again"), () => this.begin()),
      !isFinal(task) && button(t("task.cancel"), cancel),
      task.status === "failed" && button(t("task.retry"), async () => go(`/house/tasks/${(await house.retry(task.task_id)).task_id}`)),
      task.lesson_url && h("a", {class: "button", href: task.lesson_url.replace(/^\/lessons\//, "/lesson/")}, t("task.read")),
    ];
  }
}

customElements.define("house-task-screen", HouseTaskScreen);

/** Each bar is the time from the event before to this one. @param {Record<string, any>[]} events */
function waterfall(events) {
  const times = events.map((event) => Date.parse(event.time));
  const first = times[0] ?? 0;
  const whole = Math.max(1, Math.max(first, ...times) - first);
  return h("ol", {class: "waterfall", "aria-label": t("house.timeline.label")}, events.map((event, place) => {
    const before = place ? times[place - 1] : first;
    const bar = h("span", {class: "bar"});
    bar.style.setProperty("left", `${(100 * (Math.min(before, times[place]) - first)) / whole}%`);
    bar.style.setProperty("width", `${(100 * Math.abs(times[place] - before)) / whole}%`);
    return h("li", {}, h("details", {},
      h("summary", {"data-row": true},
        h("span", {class: "unit", title: exactly(event.time)}, `+${duration((times[place] - first) / 1_000)}`),
        h("span", {}, h("strong", {}, event.event), " ", event.service && h("span", {class: "small"}, event.service, event.attempt ? ` ${t("house.timeline.attempt", {n: event.attempt})}` : "")),
        h("span"), h("span", {}, h("span", {class: "small"}, event.summary), h("span", {class: "track"}, bar))),
      h("p", {}, t("house.timeline.event_id"), " ", event.event_id ? copyable(event.event_id) : "–"),
      event.causation_id && h("p", {}, t("house.timeline.caused_by"), " ", copyable(event.causation_id)),
      h("pre", {tabindex: 0}, JSON.stringify(event.data, null, 1))));
  }));
}
