/**
 * One edition of a lesson, and what people do with its versions: edit, have a part written anew, go back, compare,
 * approve and rate.
 *
 *     const verbs = house.edition({subject: "english", topic: "verbs", language: "en", level: "middle"});
 *     const made = await verbs.edit({changes: {title: "Doing words"}, user_id: "tara"}, {of: "1.0"});
 *
 * What makes a version names the one that it is of. If another was stored since, that is thrown as a Problem with the
 * code `version_changed`, and nothing is overwritten: `body.changes` tells what is other in that, `body.version` which
 * it is. Where the house asks for no keys, `user_id` says who does it; by a key it may be left out.
 * @module
 */
import {newKey, queryOf} from "./client-query.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {{subject: string, topic: string, language?: string, level?: string}} EditionName without language or level, the edition that was stored last */
/** @typedef {Record<string, any>} Changes the fields of a lesson that are to be other than they are */
/** @typedef {{check: string, part: string, reason: string}} Finding */
/** @typedef {{check: string, reason: string}} Overruling */
/** @typedef {{version: string, edited_fields: string[], found: Finding[], passed: string[], reading_level: Record<string, any> | null}} Checked */
/** @typedef {{field: string, before: any, after: any, words: {kind: "same" | "removed" | "added", text: string}[], items: {kind: "same" | "removed" | "added", value: any}[]}} FieldChange */
/** @typedef {{of: string, idempotencyKey?: string, signal?: AbortSignal}} Making `of` is the version that is changed, the newest */

const PATIENCE_SECONDS = 60;

export class LessonEdition {
  #client;
  #name;

  /** @param {Client} client @param {EditionName} name */
  constructor(client, {subject, topic, language, level}) {
    this.#client = client;
    this.#name = {subject, topic, language, level};
  }

  /** What the checks find in an edit while it is being made; nothing is kept. Without `version`, of the newest. @param {Changes} changes @param {{version?: string, signal?: AbortSignal}} [options] @returns {Promise<Checked>} */
  async check(changes, {version, signal} = {}) {
    return this.#client.request("POST", this.#path("check", {version}), {json: {changes}, signal});
  }

  /** Store an edit as the next version. Sent again after a fault it is the same one. @param {{changes: Changes, note?: string, overruled?: Overruling[], user_id?: string}} edit @param {Making} making @returns {Promise<Record<string, any>>} */
  async edit(edit, making) {
    return this.#make("versions", edit, making);
  }

  /** Go back to the content of an earlier version, by a new one. @param {{version: string, note?: string, overruled?: Overruling[], user_id?: string}} order @param {Making} making @returns {Promise<Record<string, any>>} */
  async rollBack(order, making) {
    return this.#make("rollback", order, making);
  }

  /** Have one part written anew: `title`, `objectives`, `verse`, `explanation`, `activity`, or `questions`, of which `question` may name one. Gives a task. @param {{part: string, wish: string, question?: number, user_id?: string, callback_url?: string}} order @param {Making} making @returns {Promise<import("./client.js").Accepted>} */
  async rewrite(order, making) {
    return this.#make("rewrites", order, making);
  }

  /** The fields in which two versions differ. @param {string} from @param {string} to @param {AbortSignal} [signal] @returns {Promise<{before: string, after: string, changes: FieldChange[]}>} */
  async diff(from, to, signal) {
    return this.#client.request("GET", this.#path("diff", {from, to}), {signal});
  }

  /** Approve a version, or make it a draft again. @param {string} version @param {{approved: boolean, note?: string, user_id?: string}} order @returns {Promise<Record<string, any>>} */
  async approve(version, order) {
    return this.#client.request("PUT", this.#path("approval", {version}), {json: order, patience: PATIENCE_SECONDS});
  }

  /** Rate a version, from 1 to 5. @param {string} version @param {{stars: number, reason: string, user_id?: string}} order @returns {Promise<Record<string, any>>} */
  async rate(version, order) {
    return this.#client.request("PUT", this.#path("rating", {version}), {json: order, patience: PATIENCE_SECONDS});
  }

  /** The ratings of a version that count, newest first. @param {string} version @param {AbortSignal} [signal] @returns {Promise<Record<string, any>>} */
  async ratings(version, signal) {
    return this.#client.request("GET", this.#path("ratings", {version}), {signal});
  }

  /** @param {string} path @param {unknown} json @param {Making} making */
  async #make(path, json, {of, idempotencyKey = newKey(), signal}) {
    const headers = {"If-Match": `"${of}"`, "Idempotency-Key": idempotencyKey};
    return this.#client.request("POST", this.#path(path), {json, headers, signal, patience: PATIENCE_SECONDS});
  }

  /** @param {string} path @param {Record<string, unknown>} [more] */
  #path(path, more = {}) {
    return `/lessons/${path}${queryOf({...this.#name, ...more})}`;
  }
}
