/**
 * The house at a glance: what is running, waiting and failing, who writes, and whether writing is paused.
 * @module
 */
import {button, field, fill, h} from "../dom.js";
import {house} from "../house-client.js";
import {tried} from "../problems.js";
import {Screen} from "../screen.js";
import {agoTime, copyable} from "../small-parts.js";
import {number, t} from "../texts.js";
import {head, table} from "./parts.js";
import {pulseCharts} from "./pulse.js";

const LOOK_SECONDS = 5;
const STATUSES = ["pending", "in_progress", "completed", "failed"];

class HouseScreen extends Screen {
  async show() {
    const counts = h("ul", {class: "counts"});
    const writing = h("section");
    const tables = h("div");
    const charts = h("section", {"aria-label": t("house.chart.title")});
    fill(this, ...head(t("house.title")), counts, charts, writing, tables);
    let paused = "";
    let beating = "";
    const look = async () => {
      const asked = ["/operator/writing", "/operator/generators", "/operator/queues", "/operator/pulse", "/operator/circuits"].map((path) => house.request("GET", path, {signal: this.signal}));
      const [state, {generators}, {queues}, pulse, {circuits}] = await Promise.all(asked);
      const {status_counts: found} = await house.tasks({limit: 1}, this.signal);
      fill(counts, STATUSES.map((status) => h("li", {}, h("a", {href: `/house/tasks?status=${status}`}, h("strong", {}, number(found[status])), t(`status.${status}`)))));
      if (paused !== JSON.stringify(state)) fill(writing, pause(state, look));
      paused = JSON.stringify(state);
      if (beating !== JSON.stringify(pulse) && !charts.querySelector("[open]")) fill(charts, ...pulseCharts(pulse));
      beating = JSON.stringify(pulse);
      fill(tables, circuitTable(circuits), queueTable(queues), generatorTable(generators));
    };
    await look();
    this.every(look, LOOK_SECONDS);
  }
}

customElements.define("house-screen", HouseScreen);

/** @param {Record<string, any>} state @param {() => Promise<void>} look */
function pause(state, look) {
  const trouble = h("div");
  const reason = h("input", {name: "reason", maxlength: 500});
  const set = (/** @type {boolean} */ paused) => () => tried(trouble, async () => {
    await house.request("PUT", "/operator/writing", {json: {paused, reason: paused ? reason.value.trim() || null : null}});
    await look();
  });
  const told = state.paused
    ? [h("p", {class: "now"}, "⏸ ", t("house.paused"), state.reason ? ` ${state.reason} ` : " ", agoTime(state.changed_at)), button(t("house.resume"), set(false), {class: "main"})]
    : [h("p", {class: "now"}, "▶ ", t("house.writing")), h("details", {}, h("summary", {}, t("house.pause_fold")), field(t("house.pause_reason"), reason), h("p", {}, button(t("house.pause"), set(true))))];
  return [h("h2", {}, t("house.writing_title")), ...told, trouble];
}

/** What services wait for. @param {Record<string, any>[]} circuits */
function circuitTable(circuits) {
  if (!circuits.length) return h("p", {class: "empty"}, t("house.circuits_closed"));
  const rows = circuits.map((one) => [
    one.service, one.guards === "deliveries" ? t("house.deliveries") : t("house.calls_of", {server: one.guards}), one.reason, number(one.failures),
    agoTime(one.opened_at), new Date(one.probe_at) > new Date() ? agoTime(one.probe_at) : t("house.probe_due"), `${one.host}, ${one.process_id}`]);
  return table(t("house.circuits"), [t("house.service"), t("house.waits"), t("house.circuit_reason"), t("house.failures"), t("house.open_since"), t("house.probe"), t("house.process")], rows);
}

/** @param {Record<string, any>[]} queues */
function queueTable(queues) {
  const rows = queues.map((one) => [one.service, number(one.waiting), one.dead === null ? "–" : one.dead ? h("a", {href: `/house/dead?service=${one.service}`}, number(one.dead)) : number(0)]);
  return table(t("house.queues"), [t("house.service"), t("house.waiting"), t("house.dead_letters")], rows);
}

/** @param {Record<string, any>[]} generators */
function generatorTable(generators) {
  if (!generators.length) return h("p", {class: "empty"}, t("house.no_generators"));
  const rows = generators.map((one) => [
    copyable(one.generator_id, 8), `${one.host}, ${one.process_id}`, one.model ?? one.writer,
    h("span", {}, t("house.in_hand", {n: one.in_hand.length, of: one.concurrency})), agoTime(one.started_at), agoTime(one.seen_at)]);
  return table(t("house.generators"), [t("house.generator"), t("house.process"), t("house.writer"), t("house.hand"), t("house.started"), t("house.seen")], rows);
}
