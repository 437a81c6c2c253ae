/**
 * Coming in by a key, where the house asks for keys.
 * @module
 */
import {busyWhile, field, fill, h} from "./dom.js";
import {house} from "./house-client.js";
import {problemBox} from "./problems.js";
import {t} from "./texts.js";

/** @param {() => unknown} entered called when the house has let the person in */
export function signInForm(entered) {
  const key = h("input", {name: "key", type: "password", required: true, autocomplete: "current-password", spellcheck: "false"});
  const enter = h("button", {class: "main"}, t("sign_in.enter"));
  const trouble = h("div");
  document.title = `${t("sign_in.title")} · Pathshala`;
  const submitted = (/** @type {Event} */ event) => {
    event.preventDefault();
    busyWhile(enter, async () => {
      try {
        await house.signIn(key.value.trim());
        key.value = "";
        await entered();
      } catch (error) {
        fill(trouble, problemBox(error));
        key.focus();
      }
    });
  };
  return h("section", {class: "sign-in"},
    h("h1", {tabindex: -1}, t("sign_in.title")),
    h("p", {}, t("sign_in.why")),
    h("form", {onsubmit: submitted}, field(t("sign_in.key"), key), enter), trouble);
}
