/**
 * A screen: shown when its address is gone to, and ended with all that it asks for when it is left.
 * @module
 */
import {Problem} from "./client.js";
import {fill, h} from "./dom.js";
import {problemBox} from "./problems.js";
import {t} from "./texts.js";

export class Screen extends HTMLElement {
  #leaving = new AbortController();
  /** The parts of the address. @type {Record<string, string>} */
  parts = {};
  query = new URLSearchParams();

  /** Ends when the screen is left. */
  get signal() {
    return this.#leaving.signal;
  }

  connectedCallback() {
    this.#leaving = new AbortController();
    this.begin();
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }

  /** Show it; what goes wrong is told in its place. */
  async begin() {
    try {
      await this.show();
    } catch (error) {
      this.fail(error);
    }
  }

  /** @param {unknown} error */
  fail(error) {
    if (this.signal.aborted) return;
    if (error instanceof Problem && error.status === 401) {
      dispatchEvent(new Event("pathshala-signed-out"));
      return;
    }
    fill(this, h("h1", {}, t("problem.title")), problemBox(error, () => this.begin()));
  }

  /** @returns {Promise<void> | void} */
  show() {}

  /** Do something every few seconds for as long as the screen is shown and looked at. @param {() => Promise<unknown>} act @param {number} seconds */
  every(act, seconds) {
    const timer = setInterval(() => document.hidden || act().catch(() => {}), 1_000 * seconds);
    this.signal.addEventListener("abort", () => clearInterval(timer));
  }
}
