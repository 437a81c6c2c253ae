/**
 * A client of Pathshala for browsers and for Node 20 and later, without dependencies.
 *
 *     const house = new Client({base: "https://house.example", key: "ps_..."});
 *     const {task_id} = await house.create({subject: "english", topic: "verbs", user_id: "asha"});
 *     for await (const change of house.watch(task_id)) console.log(change.progress_message);
 *     const {lesson_data} = await house.task(task_id);
 *
 * What the house refuses is thrown as a Problem, with its `code`; a house that does not answer, as Unreachable.
 * @module
 */
import {LessonEdition} from "./client-edition.js";
import {Problem, Unreachable, sleep, waitAfter} from "./client-faults.js";
import {newKey, queryOf} from "./client-query.js";
import {watched} from "./client-watching.js";

export {LessonEdition} from "./client-edition.js";
export {Problem, Unreachable} from "./client-faults.js";
export {newKey, queryOf} from "./client-query.js";
export {isFinal} from "./client-watching.js";

/** @typedef {import("./bodies.js").LessonOrder} Order */
/** @typedef {import("./bodies.js").Accepted} Accepted */
/** @typedef {import("./bodies.js").TaskProgress} Progress */
/** @typedef {import("./bodies.js").Suggestion} Suggestion */
/** @typedef {import("./bodies.js").TaskChange} TaskChange */
/** @typedef {import("./bodies.js").TaskStatus} TaskStatus */
/** @typedef {{language?: string | null, level?: string | null, version?: string | null, view?: string}} Edition */
/** @typedef {"live" | "polling" | "lost"} Link */
/** @typedef {{json?: unknown, body?: BodyInit, headers?: Record<string, string>, signal?: AbortSignal, patience?: number}} Asking `json` or a `body` as it is */

/** Seconds for which a request that may be repeated is tried again, while the house is away or asks to wait. */
const PATIENCE_SECONDS = 20;
const ORDER_PATIENCE_SECONDS = 60;

export class Client {
  #base;
  #key;
  #fetch;
  #onLink;

  /**
   * Without a `key` a browser's session counts, begun by signIn(). `onLink` hears "lost" when the house does not
   * answer, and "live" when it does.
   * @param {{base?: string, key?: string, fetch?: typeof fetch, onLink?: (link: Link) => void}} [options]
   */
  constructor({base = "", key, fetch = globalThis.fetch.bind(globalThis), onLink = () => {}} = {}) {
    this.#base = base.replace(/\/$/, "");
    this.#key = key;
    this.#fetch = fetch;
    this.#onLink = onLink;
  }

  /**
   * Order a lesson. Sent again after a fault it is the same order, by its Idempotency-Key.
   * @param {Order} order @param {{idempotencyKey?: string, signal?: AbortSignal}} [options] @returns {Promise<Accepted>}
   */
  async create(order, {idempotencyKey = newKey(), signal} = {}) {
    const headers = {"Idempotency-Key": idempotencyKey};
    return this.request("POST", "/lessons", {json: order, headers, signal, patience: ORDER_PATIENCE_SECONDS});
  }

  /** @param {string} taskId @param {Asking} [asking] @returns {Promise<TaskStatus>} */
  async task(taskId, asking) {
    return this.request("GET", statusPath(taskId), asking);
  }

  /** End a task: it has failed then, by the code `cancelled`. @param {string} taskId @returns {Promise<TaskStatus>} */
  async cancel(taskId) {
    return this.request("DELETE", statusPath(taskId), {patience: PATIENCE_SECONDS});
  }

  /** Ask anew for the lesson of a failed task; twice gives the same task. @param {string} taskId @returns {Promise<Accepted>} */
  async retry(taskId) {
    return this.request("POST", `${statusPath(taskId)}/retry`, {patience: PATIENCE_SECONDS});
  }

  /** The log of a task. @param {string} taskId @param {Record<string, unknown>} [query] @param {AbortSignal} [signal] @returns {Promise<import("./bodies.js").TaskEvent[]>} */
  async events(taskId, query = {}, signal) {
    return this.request("GET", `${statusPath(taskId)}/events${queryOf(query)}`, {signal});
  }

  /** A page of tasks, newest first. @param {Record<string, unknown>} [filter] @param {AbortSignal} [signal] @returns {Promise<import("./bodies.js").TaskList>} */
  async tasks(filter = {}, signal) {
    return this.request("GET", `/lessons/tasks${queryOf(filter)}`, {signal});
  }

  /** A page of editions: `words`, `language`, `level`, `limit`, `cursor`. @param {Record<string, unknown>} [search] @param {AbortSignal} [signal] @returns {Promise<import("./bodies.js").EditionList>} */
  async lessons(search = {}, signal) {
    return this.request("GET", `/lessons${queryOf(search)}`, {signal});
  }

  /** @param {string} subject @param {string} topic @param {Edition} [edition] @param {AbortSignal} [signal] @returns {Promise<Record<string, any>>} */
  async lesson(subject, topic, edition = {}, signal) {
    const path = `/lessons/${encodeURIComponent(subject)}/${encodeURIComponent(topic)}`;
    return this.request("GET", path + queryOf(edition), {signal});
  }

  /** The place in the article of each quotation. @param {string} subject @param {string} topic @param {Edition} [edition] @param {AbortSignal} [signal] @returns {Promise<import("./bodies.js").LessonProof>} */
  async proof(subject, topic, edition = {}, signal) {
    return this.request("GET", `/lessons/proof${queryOf({subject, topic, ...edition})}`, {signal});
  }

  /** A lesson as a file: json, html, md, gift, imscc, docx or pdf. @param {string} subject @param {string} topic @param {string} format @param {Edition} [edition] @returns {Promise<{name: string, content: Blob}>} */
  async file(subject, topic, format, edition = {}) {
    const path = `/lessons/${encodeURIComponent(subject)}/${encodeURIComponent(topic)}${queryOf({...edition, format})}`;
    const answer = await this.ask("GET", path, {headers: {Accept: "*/*"}});
    const named = /filename\*=UTF-8''([^;]+)/i.exec(answer.headers.get("Content-Disposition") ?? "");
    return {name: named ? decodeURIComponent(named[1]) : `${[topic.replaceAll("/", "-"), edition.version].filter(Boolean).join("-")}.${format}`, content: await answer.blob()};
  }

  /** @param {string} subject @param {string} topic @param {Edition & {before?: string, limit?: number}} [edition] @param {AbortSignal} [signal] @returns {Promise<import("./bodies.js").VersionList>} */
  async versions(subject, topic, edition = {}, signal) {
    return this.request("GET", `/lessons/versions${queryOf({subject, topic, ...edition})}`, {signal});
  }

  /** One edition, to edit, compare, approve and rate its versions. @param {import("./client-edition.js").EditionName} name */
  edition(name) {
    return new LessonEdition(this, name);
  }

  /** Who asks, as the house knows it. @param {Asking} [asking] @returns {Promise<import("./bodies.js").SessionBody>} */
  async session(asking) {
    return this.request("GET", "/session", asking);
  }

  /**
   * Begin a browser's session by a key, which is sent this once; a cookie that no script reads stands for it then. That
   * a request comes from a page of its own site the browser says by itself, in Sec-Fetch-Site.
   * @param {string} key @returns {Promise<{auth: string, user_id: string | null, role: string}>}
   */
  async signIn(key) {
    return this.request("POST", "/session", {headers: {Authorization: `Bearer ${key}`}});
  }

  /** End the session, in every copy of its cookie. */
  async signOut() {
    await this.request("DELETE", "/session");
  }

  /**
   * Follow a task: its present state first, then each change, until it has ended. A stream that breaks becomes a long
   * poll, and comes back; restarts of the house are waited for. `onLink` hears how the changes come.
   * @param {string} taskId @param {{signal?: AbortSignal, onLink?: (link: Link) => void}} [options]
   * @returns {AsyncGenerator<TaskChange, void>}
   */
  watch(taskId, options = {}) {
    return watched(this, statusPath(taskId), options);
  }

  /**
   * Ask for anything of the API. Requests that may be repeated are, for `patience` seconds: when Retry-After says, or
   * with growing waits while nobody answers.
   * @param {string} method @param {string} path @param {Asking} [asking] @returns {Promise<any>}
   */
  async request(method, path, asking = {}) {
    const until = Date.now() + 1_000 * (asking.patience ?? (method === "GET" ? PATIENCE_SECONDS : 0));
    for (let tries = 0; ; tries += 1) {
      try {
        return await bodyOf(await this.ask(method, path, asking));
      } catch (error) {
        const wait = waitAfter(error, tries);
        if (wait === null || asking.signal?.aborted || Date.now() + 1_000 * wait > until) throw error;
        await sleep(wait, asking.signal);
      }
    }
  }

  /** Ask once, and give the answer itself. @param {string} method @param {string} path @param {Asking} [asking] @returns {Promise<Response>} */
  async ask(method, path, {json, body, headers, signal} = {}) {
    /** @type {Record<string, string>} */
    const sent = {Accept: "application/json", ...(this.#key ? {Authorization: `Bearer ${this.#key}`} : {}), ...headers};
    if (json !== undefined) sent["Content-Type"] = "application/json";
    const whole = json === undefined ? body : JSON.stringify(json);
    let answer;
    try {
      answer = await this.#fetch(this.#base + path, {method, headers: sent, body: whole, signal, cache: "no-cache"});
    } catch (error) {
      if (signal?.aborted) throw error;
      this.#onLink("lost");
      throw new Unreachable(error);
    }
    this.#onLink("live");
    if (answer.ok || answer.status === 304) return answer;
    const said = await answer.json().catch(() => ({}));
    const seconds = Number(answer.headers.get("Retry-After") ?? NaN);
    throw new Problem(answer.status, said, Number.isFinite(seconds) ? seconds : null);
  }
}

/** @param {string} taskId */
function statusPath(taskId) {
  return `/lessons/status/${encodeURIComponent(taskId)}`;
}

/** @param {Response} answer */
async function bodyOf(answer) {
  return answer.status === 204 || answer.status === 304 ? null : answer.json();
}
