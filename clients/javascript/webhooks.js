/**
 * Webhooks: a receiver verifies that one is of its house and of now, by the signature of Standard Webhooks.
 *
 *     const {identity, task} = await verified(await request.text(), request.headers, process.env.PATHSHALA_WEBHOOK_SECRET);
 * @module
 */

/** A webhook that is further from now was caught by somebody and sent again, or a clock is wrong. */
const TOLERANCE_SECONDS = 300;

/** A webhook that is not of the house that has the secret, or not of now. Answer it 401. */
export class WebhookRefused extends Error {
  name = "WebhookRefused";
}

/**
 * Verify a webhook by its bytes as they came, and give what it tells. `identity` is the same whenever the same is told
 * again: drop what you had. Throws WebhookRefused.
 * @param {string | Uint8Array} body @param {Headers | Record<string, string | string[] | undefined>} headers
 * @param {string} secret @param {number} [now] in seconds since 1970
 * @returns {Promise<{identity: string, task: import("./bodies.js").TaskStatus}>}
 */
export async function verified(body, headers, secret, now = Date.now() / 1_000) {
  const told = Object.fromEntries([...(headers instanceof Headers ? headers : Object.entries(headers))].map(([name, value]) => [name.toLowerCase(), String(value)]));
  const [identity, moment, signatures] = ["id", "timestamp", "signature"].map((name) => told[`webhook-${name}`] ?? "");
  if (!/^\d+$/.test(moment) || Math.abs(now - Number(moment)) > TOLERANCE_SECONDS) throw new WebhookRefused("Its time is not now.");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const content = new Blob([`${identity}.${moment}.`, /** @type {Uint8Array<ArrayBuffer>} */ (bytes)]);
  const key = await keyOf(secret);
  const checks = signatures.split(" ").map(async (one) => {
    const signature = bytesOf(one.startsWith("v1,") ? one.slice(3) : "");
    return signature !== null && crypto.subtle.verify("HMAC", key, signature, await content.arrayBuffer());
  });
  if (!(await Promise.all(checks)).includes(true)) throw new WebhookRefused("Its signature is not of this secret.");
  return {identity, task: JSON.parse(new TextDecoder().decode(bytes))};
}

/** @param {string} secret */
async function keyOf(secret) {
  const bytes = bytesOf(secret.replace(/^whsec_/, ""));
  if (bytes === null || bytes.length === 0) throw new TypeError("A secret is whsec_ and base64.");
  return crypto.subtle.importKey("raw", bytes, {name: "HMAC", hash: "SHA-256"}, false, ["verify"]);
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer> | null} */
function bytesOf(text) {
  try {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    return null;
  }
}
