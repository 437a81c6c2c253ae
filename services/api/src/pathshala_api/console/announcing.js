/**
 * What is said to those who do not see the screen, and the quiet word about the connection.
 * @module
 */
import {h} from "./dom.js";
import {t} from "./texts.js";

const live = h("p", {role: "status", class: "unseen"});
const link = h("p", {class: "link-word", role: "status", hidden: true});

/** The elements for both, for the frame of the page. */
export function announcers() {
  return [live, link];
}

/** @param {string} words */
export function say(words) {
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = words));
}

/** @param {import("./client.js").Link} state */
export function tellLink(state) {
  const words = state === "live" ? "" : t(`link.${state}`);
  if (link.textContent === words) return;
  link.textContent = words;
  link.hidden = !words;
}
