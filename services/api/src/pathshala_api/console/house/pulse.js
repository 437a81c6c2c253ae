/**
 * The pulse of the house as charts: what ended, how long the oldest task waited, what models cost.
 * @module
 */
import {h} from "../dom.js";
import {agoTime} from "../small-parts.js";
import {duration, number, t} from "../texts.js";
import {chart} from "./chart.js";

/** @param {any} beat @param {number[]} parts @param {string} words @returns {import("./chart.js").Bar} */
function bar(beat, parts, words) {
  return {since: beat.since, parts, words};
}

/** @param {Record<string, any>} pulse */
export function pulseCharts({beats, whole, oldest, calls_today: calls, cost_today: cost, currency}) {
  const money = (/** @type {number} */ value) => `${number(value, {maximumFractionDigits: 4})} ${currency}`;
  const ended = beats.at(-1).completed + beats.at(-1).failed;
  return [
    h("div", {class: "charts"},
      chart(t("house.chart.rate"), t("house.chart.rate_now", {n: ended}), beats.map((/** @type {any} */ beat) => bar(beat, [beat.completed, beat.failed], t("house.chart.ended", {completed: beat.completed, failed: beat.failed})))),
      chart(t("house.chart.age"), oldest ? duration(Math.round(beats.at(-1).oldest_seconds)) : "–", beats.map((/** @type {any} */ beat) => bar(beat, [beat.oldest_seconds], duration(Math.round(beat.oldest_seconds))))),
      chart(t("house.chart.cost"), t("house.chart.cost_now", {calls, cost: money(cost)}), beats.map((/** @type {any} */ beat) => bar(beat, [beat.cost || beat.calls], t("house.chart.spent", {calls: beat.calls, cost: money(beat.cost)}))))),
    oldest && h("p", {class: "small"}, h("a", {href: `/house/tasks/${oldest.task_id}`}, t("house.chart.oldest")), " ", agoTime(oldest.created_at)),
    !whole && h("p", {class: "small"}, t("house.chart.not_whole")),
  ];
}
