/**
 * The one client of this page, and who uses it.
 * @module
 */
import {Client} from "./client.js";
import {tellLink} from "./announcing.js";

export const house = new Client({onLink: tellLink});

/** @type {{auth: string, user_id: string | null, role: string}} */
let caller = {auth: "off", user_id: null, role: "user"};

/** Who uses the page, as the house said last. */
export function whoAmI() {
  return caller;
}

export function isOperator() {
  return caller.role === "operator";
}

/** Whether this person may order class sets, and change lessons. */
export function isTeacher() {
  return caller.role !== "user";
}

/** Ask the house who this is. Throws a Problem if it wants a key first. */
export async function meet() {
  caller = await house.session({patience: Number.POSITIVE_INFINITY});
  return caller;
}
