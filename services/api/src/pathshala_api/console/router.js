/**
 * Addresses and screens: links within the page change the screen, not the page; reload and back work as ever.
 * @module
 */
import {fill, h} from "./dom.js";
import {t} from "./texts.js";
/** @typedef {import("./screen.js").Screen} Screen */

/** @type {[RegExp, string][]} */
const ROUTES = [
  [/^\/$/, "home-screen"],
  [/^\/task\/(?<task>[^/]+)\/?$/, "task-screen"],
  [/^\/lesson\/(?<subject>[^/]+)\/(?<topic>.+)$/, "lesson-screen"],
  [/^\/library\/?$/, "library-screen"],
  [/^\/class\/?$/, "class-screen"],
  [/^\/class\/(?<set>[^/]+)\/?$/, "class-set-screen"],
  [/^\/house\/?$/, "house-screen"],
  [/^\/house\/tasks\/?$/, "house-tasks-screen"],
  [/^\/house\/tasks\/(?<task>[^/]+)\/?$/, "house-task-screen"],
  [/^\/house\/dead\/?$/, "house-dead-screen"],
  [/^\/house\/doctor\/?$/, "house-doctor-screen"],
  [/^\/house\/keys\/?$/, "house-keys-screen"],
];

const HOUSE = "house";

/** @type {HTMLElement} */
let place;
/** Load the operator's screens. @type {() => Promise<unknown>} */
let loadHouse;

/** @param {HTMLElement} main @param {() => Promise<unknown>} operators */
export function start(main, operators) {
  place = main;
  loadHouse = operators;
  addEventListener("popstate", () => show());
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const plain = !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.target || link.hasAttribute("download") || link.origin !== location.origin || !screenOf(link.pathname)) return;
    event.preventDefault();
    go(link.href);
  });
  return show();
}

/** Go to an address of the page. @param {string} address @param {{replace?: boolean}} [options] */
export function go(address, {replace = false} = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address);
  return show();
}

/** @param {string} path */
function screenOf(path) {
  for (const [pattern, name] of ROUTES) {
    const found = pattern.exec(path);
    if (found) return {name, parts: decoded(found.groups ?? {})};
  }
  return null;
}

/** @param {Record<string, string>} groups */
function decoded(groups) {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return groups; // a percent sign that begins nothing: it is looked for as it stands
  }
}

async function show() {
  const found = screenOf(location.pathname);
  if (!found) {
    fill(place, h("h1", {tabindex: -1}, t("nothing_here")), h("p", {}, h("a", {href: "/"}, t("to_start"))));
    return;
  }
  if (found.name.startsWith(HOUSE)) await loadHouse();
  const screen = /** @type {Screen} */ (document.createElement(found.name));
  screen.parts = found.parts;
  screen.query = new URLSearchParams(location.search);
  fill(place, screen);
  scrollTo(0, 0);
  for (const link of document.querySelectorAll("header nav a")) {
    const path = new URL(/** @type {HTMLAnchorElement} */ (link).href).pathname;
    const current = path === location.pathname || (path !== "/" && location.pathname.startsWith(path));
    link.toggleAttribute("aria-current", false);
    if (current) link.setAttribute("aria-current", "page");
  }
}

/**
 * The heading of a screen: it names the page, and takes the focus, so that reading begins there.
 * @param {string} words @param {{lang?: string}} [more]
 */
export function titled(words, {lang} = {}) {
  document.title = `${words} · Pathshala`;
  const title = h("h1", {tabindex: -1, lang}, words);
  if (!document.activeElement || !document.activeElement.closest("input, textarea")) queueMicrotask(() => title.focus({preventScroll: true}));
  return title;
}
