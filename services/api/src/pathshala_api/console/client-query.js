/**
 * What stands in the addresses and headers of requests to Pathshala.
 * @module
 */

/** Make the name of one order, for its Idempotency-Key. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {Record<string, unknown>} fields */
export function queryOf(fields) {
  const told = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const query = new URLSearchParams(told.map(([name, value]) => [name, String(value)])).toString();
  return query && `?${query}`;
}
