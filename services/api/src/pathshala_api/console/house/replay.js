/**
 * A task replayed: does today's code tell the same, and what would today's writer write? The cost is asked first.
 * @module
 */
import {queryOf} from "../client.js";
import {button, fill, h} from "../dom.js";
import {house} from "../house-client.js";
import {tried} from "../problems.js";
import {confirmed} from "../small-parts.js";
import {number, t} from "../texts.js";
import {table} from "./parts.js";

const SIGNS = {same: "=", differs: "≠", missing: "−", extra: "+"};
const EXCERPT_MAX = 300;

/** @param {string} taskId */
export function replayPart(taskId) {
  const told = h("div", {role: "status"});
  const path = `/operator/tasks/${encodeURIComponent(taskId)}/replay`;
  const running = (/** @type {() => Promise<unknown>} */ act) => () => {
    fill(told, h("p", {class: "waiting"}, t("house.replay.running")));
    return tried(told, act);
  };
  const replay = async () => fill(told, ...comparison((await house.request("POST", path)).replayed));
  const write = async () => {
    const {cost} = await house.request("POST", path + queryOf({write: true}));
    if (!(await confirmed(costWords(cost), t("house.replay.write")))) return fill(told);
    fill(told, ...lessons((await house.request("POST", path + queryOf({write: true, confirm: cost.calls}))).written));
  };
  return h("section", {}, h("h2", {}, t("house.replay.title")), h("p", {class: "small"}, t("house.replay.why")),
    h("div", {class: "actions"}, button(t("house.replay.recorded"), running(replay)), button(t("house.replay.write"), running(write))), told);
}

/** @param {Record<string, any>} cost */
function costWords(cost) {
  if (!cost.calls) return t("house.replay.free_then");
  const money = `${number(cost.cost, {maximumFractionDigits: 4})} ${cost.currency}`;
  return t("house.replay.cost_then", {n: cost.calls, tokens: cost.prompt_tokens + cost.completion_tokens, cost: money});
}

/** @param {Record<string, any>} replayed */
function comparison({steps, document: kept, events, differences, gaps}) {
  const summed = gaps ? t("house.replay.gaps", {n: gaps}) : `${t("house.replay.events", {n: events})} ${t("house.replay.differences", {n: differences})}`;
  return [h("p", {class: "now"}, summed), h("ul", {class: "rows"}, steps.map(step)), kept.length > 0 && fields(t("house.replay.document"), kept)];
}

/** @param {Record<string, any>} one */
function step({event, service, attempt, gap, told}) {
  return h("li", {class: "failure"}, h("p", {}, h("strong", {}, `${event} → ${service}`), " ", h("span", {class: "small"}, t("house.timeline.attempt", {n: attempt}))),
    gap && h("p", {class: "problem"}, gap),
    told.map((/** @type {any} */ line) => h("div", {class: line.mark},
      h("p", {}, h("span", {"aria-hidden": "true"}, SIGNS[/** @type {keyof typeof SIGNS} */ (line.mark)]), " ", line.event, " ", h("span", {class: "small"}, t(`house.replay.mark.${line.mark}`))),
      line.fields.length > 0 && fields(line.event, line.fields))));
}

/** @param {Record<string, any>} written */
function lessons({then, now, failure, fields: differing}) {
  if (!now) return [h("p", {class: "problem"}, failure || t("house.replay.none_now"))];
  return [h("p", {class: "now"}, t("house.replay.written", {earlier: writer(then), today: writer(now)})),
    differing.length ? fields(t("house.replay.title"), differing) : h("p", {}, t("house.replay.alike"))];
}

/** @param {unknown} value */
function shown(value) {
  const text = typeof value === "string" ? value : value === null ? "–" : JSON.stringify(value);
  return text.length > EXCERPT_MAX ? `${text.slice(0, EXCERPT_MAX)} …` : text;
}

/** @param {Record<string, any> | null} lesson */
function writer(lesson) {
  return lesson ? `${lesson.quality.writer} ${lesson.quality.model ?? ""}`.trim() : "–";
}

/** @param {string} caption @param {Record<string, any>[]} differing */
function fields(caption, differing) {
  return table(caption, [t("house.replay.field"), t("house.replay.then"), t("house.replay.now")],
    differing.map(({path, recorded, replayed}) => [h("code", {}, path), shown(recorded), shown(replayed)]));
}
