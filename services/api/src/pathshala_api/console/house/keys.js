/**
 * Access keys: made, listed and revoked. A new key's text is shown this once.
 * @module
 */
import {busyWhile, button, field, fill, h, select} from "../dom.js";
import {queryOf} from "../client.js";
import {house} from "../house-client.js";
import {tried} from "../problems.js";
import {Screen} from "../screen.js";
import {agoTime, confirmed} from "../small-parts.js";
import {t} from "../texts.js";
import {head, table} from "./parts.js";

const PATH = "/operator/keys";

class HouseKeysScreen extends Screen {
  async show() {
    const name = h("input", {name: "name", required: true, maxlength: 200});
    const user = h("input", {name: "user_id", required: true, maxlength: 200});
    const role = select("role", [["user", t("house.keys.role.user")], ["teacher", t("house.keys.role.teacher")], ["operator", t("house.keys.role.operator")]]);
    const make = h("button", {class: "main"}, t("house.keys.make"));
    const told = h("div", {role: "status"});
    const list = h("div");
    const look = async (after = "") => {
      const found = await house.request("GET", PATH + queryOf({after}), {signal: this.signal});
      fill(list, keyTable(found.keys, look),
        h("p", {class: "pages"}, after && button(t("house.keys.first"), () => look()), found.next_after && button(t("house.keys.next"), () => look(found.next_after))));
    };
    const submitted = (/** @type {Event} */ event) => {
      event.preventDefault();
      busyWhile(make, () => tried(told, async () => {
        const made = await house.request("POST", PATH, {json: {name: name.value, user_id: user.value, role: role.value}});
        fill(told, h("div", {class: "order"}, h("p", {}, t("house.keys.once")), h("code", {class: "new-key"}, made.key)));
        name.value = "";
        await look();
      }));
    };
    fill(this, ...head(t("house.keys.title")),
      h("form", {class: "filters", onsubmit: submitted}, field(t("house.keys.name"), name), field(t("house.tasks.user"), user), field(t("house.keys.role_title"), role), make), told, list);
    await look();
  }
}

customElements.define("house-keys-screen", HouseKeysScreen);

/** @param {Record<string, any>[]} keys @param {() => Promise<void>} look */
function keyTable(keys, look) {
  if (!keys.length) return h("p", {class: "empty"}, t("house.keys.none"));
  const revoke = (/** @type {Record<string, any>} */ key) => async () => {
    if (!(await confirmed(t("house.keys.revoke_sure", {name: key.name}), t("house.keys.revoke")))) return;
    await house.request("DELETE", `${PATH}/${encodeURIComponent(key.key_id)}`);
    await look();
  };
  return table(t("house.keys.title"), [t("house.keys.name"), t("house.tasks.user"), t("house.keys.role_title"), t("house.keys.made"), t("house.keys.used"), ""],
    keys.map((key) => [key.name, key.user_id, t(`house.keys.role.${key.role}`), agoTime(key.created_at), agoTime(key.used_at),
      key.revoked_at ? h("span", {}, t("house.keys.revoked"), " ", agoTime(key.revoked_at)) : button(t("house.keys.revoke"), revoke(key), {"aria-label": t("house.keys.revoke_named", {name: key.name})})]));
}
