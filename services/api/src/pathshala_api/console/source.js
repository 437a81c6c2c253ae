/**
 * The article that a lesson stands on: where it is from, and its very revision.
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
