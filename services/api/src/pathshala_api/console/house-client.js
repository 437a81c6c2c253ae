/**
 * The one client of this page, and who uses it.
 * @module
 */
import {Client} from "./client.js";
import {tellLink} from "./announcing.js";
import {draftsOf, kept} from "./kept.js";

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

/** Who does something: the user of the key; where no keys are asked for, the name that was typed last. */
export function userName() {
  return caller.user_id ?? kept("name") ?? "me";
}

/** The edition that a lesson is a version of. @param {Record<string, any>} lesson */
export function editionOf({subject, topic, language, level}) {
  return house.edition({subject, topic, language, level});
}

/** Ask the house who this is. Throws a Problem if it wants a key first. */
export async function meet() {
  caller = await house.session({patience: Number.POSITIVE_INFINITY});
  draftsOf(caller.user_id);
  return caller;
}
