/**
 * The client of Pathshala as npm has it: the console's own, with what waits to the end, class sets, and all pages.
 *
 *     const house = new Client();
 *     const {task_id} = await house.create({subject: "english", topic: "verbs", user_id: "asha"});
 *     const lesson = await house.wait(task_id);
 *
 * In Node, address and key are those given, or those of PATHSHALA_URL and PATHSHALA_KEY; in a browser its own site, and
 * its session.
 * @module
 */
import {Client as PageClient, isFinal} from "./client.js";
import {ClassSets, fileOf} from "./class-sets.js";

export * from "./client.js";
export {ClassSets} from "./class-sets.js";
export {WebhookRefused, verified} from "./webhooks.js";

/** @typedef {import("./bodies.js").TaskStatus} TaskStatus */
/** @typedef {import("./bodies.js").LessonData} LessonData */
/** @typedef {{base?: string, key?: string, fetch?: typeof fetch, onLink?: (link: import("./client.js").Link) => void}} Options */

const HERE = "http://127.0.0.1:8000";

/** A task ended without a lesson. `suggestion` is another order that would do, if the order was the cause. */
export class TaskFailed extends Error {
  name = "TaskFailed";

  /** @param {TaskStatus} task */
  constructor(task) {
    super(task.error_message ?? `The task ${task.task_id} failed.`);
    this.task = task;
    this.code = task.error_code ?? "unknown";
    this.suggestion = task.suggestion;
  }
}

export class Client extends PageClient {
  /** @type {import("./class-sets.js").ClassSets} */
  classSets = new ClassSets(this);

  /** @param {Options} [options] */
  constructor({base = surrounding("PATHSHALA_URL") ?? (inNode() ? HERE : ""), key = surrounding("PATHSHALA_KEY"), ...others} = {}) {
    super({base, key, ...others});
  }

  /**
   * Wait for the lesson of a task. Throws TaskFailed if there is none, and the reason of the `signal`, such as that of
   * AbortSignal.timeout(60_000), when that ends it.
   * @param {string} taskId @param {{signal?: AbortSignal}} [options] @returns {Promise<LessonData>}
   */
  async wait(taskId, options = {}) {
    for await (const change of this.watch(taskId, options)) if (isFinal(change)) break;
    options.signal?.throwIfAborted();
    const task = /** @type {any} */ (await this.task(taskId));
    if (task.lesson_data === null) throw new TaskFailed(task);
    return task.lesson_data;
  }

  /** Several lessons in one file: a Common Cartridge, or GIFT. @param {import("./bodies.js").PackOrder} order @returns {Promise<{name: string, content: Blob}>} */
  async pack(order) {
    return fileOf(await this.ask("POST", "/lessons/pack", {json: order, headers: {Accept: "*/*"}}));
  }

  /** All editions that match, newest first, page by page. @param {Record<string, unknown>} [search] @returns {AsyncGenerator<import("./bodies.js").ListedEntry, void>} */
  async *eachLesson(search = {}) {
    for (let cursor; cursor !== null; ) {
      const page = await this.lessons({...search, cursor});
      yield* page.editions;
      cursor = page.next_cursor;
    }
  }

  /** All tasks that are kept, newest first, page by page. @param {Record<string, unknown>} [filter] @returns {AsyncGenerator<import("./bodies.js").TaskEntry, void>} */
  async *eachTask(filter = {}) {
    for (let cursor; cursor !== null; ) {
      const page = await this.tasks({...filter, cursor});
      yield* page.tasks;
      cursor = page.next_cursor;
    }
  }
}

function inNode() {
  return typeof globalThis.location === "undefined";
}

/** @param {string} name @returns {string | undefined} */
function surrounding(name) {
  const {process} = /** @type {{process?: {env?: Record<string, string>}}} */ (globalThis);
  return process?.env?.[name] || undefined;
}
