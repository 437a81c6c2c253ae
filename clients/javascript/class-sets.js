/**
 * Class sets: many lessons by one order, watched, mended and packed as one.
 *
 *     const {set_id} = await house.classSets.create({user_id: "mira", lessons: [{subject: "english", topic: "verbs"}]});
 *     const ended = await house.classSets.wait(set_id);
 *     const {name, content} = await house.classSets.pack(set_id);
 * @module
 */
import {Problem, Unreachable, sleep, waitAfter} from "./client-faults.js";
import {newKey, queryOf} from "./client.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./bodies.js").ClassSetOrder} ClassSetOrder */
/** @typedef {import("./bodies.js").ClassSetAccepted} ClassSetAccepted */
/** @typedef {import("./bodies.js").ClassSetStatus} ClassSetStatus */
/** @typedef {{user_id?: string, title?: string, calls_max?: number, cost_max?: number}} TableOrder */
/** @typedef {{idempotencyKey?: string, signal?: AbortSignal}} Ordering */

const PATIENCE_SECONDS = 60;
const LONG_POLL_SECONDS = 30;
const POLL_SECONDS = 3;

export class ClassSets {
  #client;

  /** @param {Client} client */
  constructor(client) {
    this.#client = client;
  }

  /** Order many lessons. Rows that cannot be ordered harm no other, and stand under `refused`. @param {ClassSetOrder} order @param {Ordering} [ordering] @returns {Promise<ClassSetAccepted>} */
  async create(order, ordering) {
    return this.#order("", {json: order}, {}, ordering);
  }

  /** Order the lessons of a table as a spreadsheet saves it: its first row names the columns. @param {BodyInit} table @param {TableOrder} [order] @param {Ordering} [ordering] @returns {Promise<ClassSetAccepted>} */
  async createOfTable(table, order = {}, ordering) {
    return this.#order(queryOf(order), {body: table}, {"Content-Type": "text/csv"}, ordering);
  }

  /** A page of class sets, newest first. @param {{user_id?: string, limit?: number, cursor?: string}} [search] @returns {Promise<import("./bodies.js").ClassSetList>} */
  async list(search = {}) {
    return this.#client.request("GET", `/class-sets${queryOf(search)}`);
  }

  /** How a class set stands, row by row. @param {string} setId @returns {Promise<ClassSetStatus>} */
  async get(setId) {
    return this.#client.request("GET", pathOf(setId));
  }

  /**
   * Follow a class set: how it stands, and again at each change, until it has ended. Restarts of the house are waited for.
   * @param {string} setId @param {{signal?: AbortSignal}} [options] @returns {AsyncGenerator<ClassSetStatus, void>}
   */
  async *watch(setId, {signal} = {}) {
    let tag = "";
    for (let failures = 0; !signal?.aborted; ) {
      try {
        const known = tag;
        /** @type {Record<string, string>} */
        const headers = known ? {Prefer: `wait=${LONG_POLL_SECONDS}`, "If-None-Match": known} : {}; // the first is answered at once
        const answer = await this.#client.ask("GET", pathOf(setId), {headers, signal});
        failures = 0;
        if (answer.status === 200) {
          tag = answer.headers.get("ETag") ?? "";
          const set = await answer.json();
          yield set;
          if (set.status === "finished") return;
        }
        if (known && !answer.headers.has("Preference-Applied")) await sleep(POLL_SECONDS, signal);
      } catch (error) {
        if (signal?.aborted) return;
        const wait = error instanceof Problem || error instanceof Unreachable ? waitAfter(error, failures) : null;
        if (wait === null) throw error;
        failures += 1;
        await sleep(wait, signal);
      }
    }
  }

  /** Wait until a class set has ended. Rows may have failed: each says why. @param {string} setId @param {{signal?: AbortSignal}} [options] @returns {Promise<ClassSetStatus>} */
  async wait(setId, options = {}) {
    for await (const set of this.watch(setId, options)) if (set.status === "finished") return set;
    throw options.signal?.reason;
  }

  /** Order no more of a class set, and cancel what is unfinished. @param {string} setId @returns {Promise<ClassSetStatus>} */
  async cancel(setId) {
    return this.#client.request("DELETE", pathOf(setId), {patience: PATIENCE_SECONDS});
  }

  /** Count the rows that failed; order them anew if `confirm` is their count. @param {string} setId @param {number} [confirm] @returns {Promise<import("./bodies.js").BulkAnswer>} */
  async retry(setId, confirm) {
    return this.#client.request("POST", `${pathOf(setId)}/retry${queryOf({confirm})}`);
  }

  /** Order a row that was refused or failed by another order: by that of its suggestion, say. @param {string} setId @param {number} row @param {import("./bodies.js").ItemOrder} order @returns {Promise<import("./bodies.js").ClassSetItem>} */
  async mend(setId, row, order) {
    return this.#client.request("POST", `${pathOf(setId)}/items/${row}`, {json: order});
  }

  /** All completed lessons in one file. @param {string} setId @param {"zip" | "imscc" | "gift"} [format] @returns {Promise<{name: string, content: Blob}>} */
  async pack(setId, format = "zip") {
    return fileOf(await this.#client.ask("GET", `${pathOf(setId)}/pack${queryOf({format})}`, {headers: {Accept: "*/*"}}));
  }

  /** @param {string} query @param {{json?: unknown, body?: BodyInit}} what @param {Record<string, string>} kind @param {Ordering} [ordering] */
  #order(query, what, kind, {idempotencyKey = newKey(), signal} = {}) {
    const headers = {...kind, "Idempotency-Key": idempotencyKey};
    return this.#client.request("POST", `/class-sets${query}`, {...what, headers, signal, patience: PATIENCE_SECONDS});
  }
}

/** A file as the house sends it, by the name that it gives it. @param {Response} answer @returns {Promise<{name: string, content: Blob}>} */
export async function fileOf(answer) {
  const [, encoded, plain] = /filename\*=UTF-8''([^;]+)|filename="([^"]+)"/i.exec(answer.headers.get("Content-Disposition") ?? "") ?? [];
  return {name: encoded ? decodeURIComponent(encoded) : plain ?? "lesson", content: await answer.blob()};
}

/** @param {string} setId */
function pathOf(setId) {
  return `/class-sets/${encodeURIComponent(setId)}`;
}
