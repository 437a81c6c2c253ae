/**
 * What the doctor found, the worst first, with what to do about it; and the settings in force.
 * @module
 */
import {button, fill, h} from "../dom.js";
import {house} from "../house-client.js";
import {Screen} from "../screen.js";
import {t} from "../texts.js";
import {head, table} from "./parts.js";

const WORST_FIRST = ["wrong", "warning", "ok"];
/** @type {Record<string, string>} */
const SHAPES = {wrong: "✕", warning: "!", ok: "✓"};

class HouseDoctorScreen extends Screen {
  async show() {
    fill(this, ...head(t("house.doctor.title")), h("p", {class: "waiting"}, t("asking")));
    const [{well, findings}, {settings}] = await Promise.all(["/operator/doctor", "/operator/settings"].map((path) => house.request("GET", path, {signal: this.signal})));
    const sorted = findings.toSorted((/** @type {any} */ one, /** @type {any} */ other) => WORST_FIRST.indexOf(one.state) - WORST_FIRST.indexOf(other.state));
    fill(this, ...head(t("house.doctor.title")),
      h("p", {class: "now"}, t(well ? "house.doctor.well" : "house.doctor.not_well")), button(t("house.doctor.again"), () => this.begin()),
      h("ul", {class: "rows"}, sorted.map(finding)),
      h("details", {}, h("summary", {}, t("house.doctor.settings")),
        table(t("house.doctor.settings"), [t("house.doctor.setting"), t("house.doctor.value"), t("house.doctor.what")],
          settings.map((/** @type {any} */ one) => [h("code", {}, one.name), one.value ?? "–", one.description]))));
  }
}

customElements.define("house-doctor-screen", HouseDoctorScreen);

/** @param {Record<string, string>} one */
function finding(one) {
  return h("li", {class: "finding"}, h("div", {}, h("strong", {}, h("span", {"aria-hidden": "true"}, `${SHAPES[one.state] ?? "?"} `), one.about), " ", h("span", {class: "small"}, t(`house.doctor.state.${one.state}`)),
    h("div", {}, one.found), one.remedy && h("div", {class: "small"}, "→ ", one.remedy)));
}
