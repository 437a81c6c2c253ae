/**
 * Following a task over HTTP: by a stream of server-sent events, by long polls while there is none.
 * @module
 */
import {Problem, Unreachable, sleep, waitAfter} from "./client-faults.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./client.js").TaskChange} TaskChange */
/** @typedef {import("./client.js").Link} Link */
/** @typedef {{signal?: AbortSignal, onLink: (link: Link) => void, id: string}} Following `id` names the last change that is known */
/** @typedef {(client: Client, path: string, following: Following) => AsyncGenerator<TaskChange>} Way */

const LONG_POLL_SECONDS = 30;
/** A stream says something every 15 s, and at once when it begins. One that does not is taken for dead. */
const FIRST_WORD_MS = 10_000;
const SILENCE_MS = 40_000;
const POLL_SECONDS = 3;

/** @type {Way[]} */
const WAYS = [stream, longPoll];

/**
 * @param {Client} client @param {string} path of the task's status
 * @param {{signal?: AbortSignal, onLink?: (link: Link) => void}} options @returns {AsyncGenerator<TaskChange, void>}
 */
export async function* watched(client, path, {signal, onLink = () => {}}) {
  const following = {signal, onLink, id: ""};
  for (let way = 0, failures = 0; !signal?.aborted; ) {
    try {
      for await (const change of WAYS[way](client, path, following)) {
        failures = 0;
        yield change;
        if (isFinal(change)) return;
      }
      failures = 0;
      way = 0; // a stream that ended in good order is begun again; so is one after a poll
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof Problem && error.status < 500 && error.status !== 429) throw error;
      if (error instanceof Unreachable) onLink("lost");
      way = 1 - way;
      failures += 1;
      if (failures > 1) await sleep(waitAfter(error, failures - 2) ?? POLL_SECONDS, signal);
    }
  }
}

/** @type {Way} */
async function* stream(client, path, following) {
  const ended = new AbortController();
  const end = () => ended.abort();
  following.signal?.addEventListener("abort", end);
  let silence = setTimeout(end, FIRST_WORD_MS);
  try {
    /** @type {Record<string, string>} */
    const headers = {Accept: "text/event-stream", ...(following.id ? {"Last-Event-ID": following.id} : {})};
    const answer = await client.ask("GET", `${path}/stream`, {headers, signal: ended.signal});
    if (answer.status === 204 || !answer.body) return yield await client.request("GET", path);
    following.onLink("live");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ""; ; ) {
      const {done, value} = await reader.read();
      if (done) return;
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE_MS);
      const parts = (text + value).split("\n\n");
      text = parts.pop() ?? "";
      for (const part of parts) {
        const {id, data} = fieldsOf(part);
        if (data && id !== following.id) yield changeOf(data, following, id);
      }
    }
  } catch (error) {
    throw error instanceof Problem ? error : new Unreachable(error);
  } finally {
    clearTimeout(silence);
    following.signal?.removeEventListener("abort", end);
    end();
  }
}

/** @type {Way} */
async function* longPoll(client, path, following) {
  const {id: known, signal} = following;
  /** @type {Record<string, string>} */
  const headers = known ? {Prefer: `wait=${LONG_POLL_SECONDS}`, "If-None-Match": `"${known}"`} : {}; // the first is answered at once
  const answer = await client.ask("GET", path, {headers, signal});
  following.onLink("polling");
  const id = (answer.headers.get("ETag") ?? "").replace(/^W\/|"/g, "");
  if (answer.status === 200) yield changeOf(await answer.text(), following, id);
  if (known && !answer.headers.has("Preference-Applied")) await sleep(Number(answer.headers.get("Retry-After") ?? POLL_SECONDS), signal);
}

/** @param {{status: string}} change */
export function isFinal(change) {
  return change.status === "completed" || change.status === "failed";
}

/** @param {string} data @param {{id: string}} following @param {string} id @returns {TaskChange} */
function changeOf(data, following, id) {
  following.id = id;
  return JSON.parse(data);
}

/** @param {string} part an event of a stream @returns {Record<string, string>} */
function fieldsOf(part) {
  return Object.fromEntries(part.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
}

