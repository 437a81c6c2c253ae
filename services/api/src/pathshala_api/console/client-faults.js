/**
 * What can go wrong for a client of Pathshala, and how long to wait before it asks again.
 * @module
 */

/** The longest wait between two tries while nobody answers. */
const BACKOFF_SECONDS_MAX = 8;

/** Answers after which the same request may do: the house, or what stands before it, is busy or away for a moment. */
const PASSING = new Set([429, 502, 503, 504]);

/** What the house answered instead of what was asked for. `body` is the problem as it came (RFC 9457). */
export class Problem extends Error {
  /** @param {number} status @param {Record<string, any>} body @param {number | null} retryAfter in seconds */
  constructor(status, body, retryAfter) {
    super(body.detail || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = String(body.code || "unknown");
    this.body = body;
    this.retryAfter = retryAfter;
  }
}

/** The house did not answer. */
export class Unreachable extends Error {
  /** @param {unknown} cause */
  constructor(cause) {
    super("The house does not answer.", {cause});
    this.name = "Unreachable";
  }
}

/** Seconds until it is worth to ask again; null if it is not. @param {unknown} error @param {number} tries */
export function waitAfter(error, tries) {
  const growing = Math.min(2 ** Math.max(tries, 0) / 2, BACKOFF_SECONDS_MAX) * (0.75 + Math.random() / 2);
  if (error instanceof Unreachable) return growing;
  if (error instanceof Problem && PASSING.has(error.status)) return error.retryAfter ?? growing;
  return null;
}

/** @param {number} seconds @param {AbortSignal} [signal] @returns {Promise<void>} */
export function sleep(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1_000 * seconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), {once: true});
  });
}
