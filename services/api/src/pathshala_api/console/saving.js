/**
 * Saving a file that the house has made.
 * @module
 */
import {h} from "./dom.js";

const FORGET_MS = 60_000;

/** @param {{name: string, content: Blob}} file */
export function save({name, content}) {
  const address = URL.createObjectURL(content);
  h("a", {href: address, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(address), FORGET_MS);
}

/** A file as the house sends it, with the name that it gives it. @param {Response} answer @param {string} otherwise @returns {Promise<{name: string, content: Blob}>} */
export async function fileOf(answer, otherwise) {
  const name = /filename="([^"]+)"/i.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? otherwise;
  return {name, content: await answer.blob()};
}
