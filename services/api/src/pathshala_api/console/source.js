/**
 * The article that a lesson stands on: where it is from, and where a quotation stands in it.
 * @module
 */

/** @param {Record<string, any>} lesson @returns {Record<string, any> | null} */
export function articleOf(lesson) {
  return lesson.wikipedia_info ?? lesson.source_info ?? null;
}

/** The address of the very revision that was read. @param {Record<string, any>} article @returns {string | null} */
export function revisionAddress(article) {
  if (!article.url) return null;
  const page = article.url.split("#")[0];
  return article.revision_id > 0 ? `${page}${page.includes("?") ? "&" : "?"}oldid=${article.revision_id}` : page;
}

/** @param {Record<string, any>} article */
export function siteOf(article) {
  try {
    return new URL(article.url).hostname;
  } catch {
    return "";
  }
}

/**
 * Where a quotation stands in a text, whatever blanks either has; null if it does not.
 * @param {string} text @param {string} quote @returns {[number, number] | null} from and to
 */
export function placeOf(text, quote) {
  const pattern = quote.trim().split(/\s+/u).map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("\\s+");
  const found = new RegExp(pattern, "u").exec(text) ?? new RegExp(pattern, "iu").exec(text);
  return found ? [found.index, found.index + found[0].length] : null;
}
