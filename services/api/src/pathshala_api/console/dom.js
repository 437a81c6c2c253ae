/**
 * Making elements. Text goes in as text and nothing else: there is no way here from a string to markup.
 * @module
 */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, unknown>} Attributes */

/**
 * Make an element. Attributes that are null or false are left out; those named `on...` are listeners.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Attributes} [attributes] @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...shown(children));
  return element;
}

/** @param {ParentNode} parent @param {...(Child | Child[])} children */
export function fill(parent, ...children) {
  parent.replaceChildren(...shown(children));
}

/** Fill anew, and leave the focus on the link that has it, if there still is one to the same address. @param {ParentNode} parent @param {...(Child | Child[])} children */
export function refill(parent, ...children) {
  const held = document.activeElement?.closest("a");
  const address = held && parent.contains(held) ? held.getAttribute("href") : null;
  fill(parent, ...children);
  if (address === null) return;
  for (const link of parent.querySelectorAll("a")) if (link.getAttribute("href") === address) return link.focus();
}

/** @param {(Child | Child[])[]} children @returns {(Node | string)[]} */
function shown(children) {
  return children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * A link to another site, if the address is one of the web; else its words alone.
 * @param {string | null | undefined} address @param {...(Child | Child[])} children
 */
export function away(address, ...children) {
  if (!address || !/^https?:\/\//i.test(address)) return h("span", {}, ...children);
  return h("a", {href: address, rel: "noopener noreferrer external", target: "_blank"}, ...children);
}

/** A button that is busy while what it does is under way. @param {string} words @param {() => unknown} act @param {Attributes} [more] */
export function button(words, act, more = {}) {
  const made = h("button", {type: "button", ...more}, words);
  made.addEventListener("click", () => busyWhile(made, act));
  return made;
}

/** @param {HTMLButtonElement} pressed @param {() => unknown} act */
export async function busyWhile(pressed, act) {
  if (pressed.getAttribute("aria-busy") === "true") return;
  pressed.setAttribute("aria-busy", "true");
  try {
    await act();
  } finally {
    pressed.removeAttribute("aria-busy");
  }
}

/** A control with its label above it. @param {string} words @param {HTMLElement} control @param {Attributes} [more] */
export function field(words, control, more = {}) {
  return h("label", {class: "field", ...more}, h("span", {}, words), control);
}

/** @param {string} name @param {[string, string][]} options values and words @param {string} [chosen] */
export function select(name, options, chosen = "") {
  return h("select", {name}, options.map(([value, words]) => h("option", {value, selected: value === chosen}, words)));
}
