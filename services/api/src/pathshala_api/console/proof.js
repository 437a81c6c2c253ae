/**
 * The proof of a sentence: the article beside the lesson, with the words marked that the sentence rests on.
 * @module
 */
import {away, fill, h} from "./dom.js";
import {articleOf, revisionAddress, siteOf} from "./source.js";
import {house} from "./house-client.js";
import {t} from "./texts.js";

export class ProofPanel extends HTMLElement {
  /** @type {HTMLElement | null} */
  #opener = null;

  /** @param {Record<string, any>} [lesson] */
  constructor(lesson = {}) {
    super();
    this.lesson = lesson;
    /** The places of all quotations, once they were asked for. @type {Promise<Record<string, any>> | null} */
    this.proof = null;
    /** The statements that have a quote, by the numbers in brackets. @type {{text: string, quote: string}[]} */
    this.cited = (lesson.statements ?? []).filter((/** @type {any} */ one) => one.quote);
    /** All statements, by their places from 1. @type {{text: string, quote: string | null}[]} */
    this.statements = lesson.statements ?? [];
    this.article = articleOf(lesson);
  }

  connectedCallback() {
    this.id = "proof";
    this.hidden = this.#opener === null;
    this.className = "no-print";
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  /** Whether this number cites anything. @param {number} number */
  has(number) {
    return number <= this.cited.length;
  }

  /** The number in brackets of a statement, by its place from 1; 0 if it rests on nothing. @param {number} place */
  numberOf(place) {
    const statement = this.statements[place - 1];
    return statement?.quote ? this.cited.indexOf(/** @type {any} */ (statement)) + 1 : 0;
  }

  /** @param {number} number @param {HTMLElement} opener what the focus goes back to */
  open(number, opener) {
    const was = this.#opener;
    this.close(false);
    if (was === opener) return opener.focus();
    this.#opener = opener;
    opener.setAttribute("aria-expanded", "true");
    const {text, quote} = this.cited[number - 1];
    const {article} = this;
    const title = h("h2", {tabindex: -1}, t("proof.title", {n: number}));
    const close = h("button", {type: "button", class: "quiet", "aria-label": t("proof.close"), onclick: () => this.close()}, "✕");
    const source = h("div", {}, h("blockquote", {lang: article?.language}, h("mark", {}, quote)));
    fill(this, h("div", {class: "proof-head"}, title, close),
      h("p", {class: "small"}, t("proof.lesson_says")), h("blockquote", {lang: this.lesson.language}, text),
      h("p", {class: "small"}, article ? t("proof.article_says", {title: article.title}) : t("proof.quote")), source,
      article?.url && h("p", {}, away(revisionAddress(article), t("proof.revision", {id: String(article.revision_id), site: siteOf(article)}))));
    this.hidden = false;
    title.focus({preventScroll: true});
    if (getComputedStyle(this).position === "fixed") opener.scrollIntoView({block: "start"}); // a sheet from below must not hide it
    else this.scrollIntoView({block: "nearest"});
    this.showPlace(number, source).catch(() => {}); // without it the quotation alone stands there
  }

  /** Show the article with the quotation marked at its place, as the house knows it. @param {number} number @param {HTMLElement} place */
  async showPlace(number, place) {
    const {subject, topic, language, level, version} = this.lesson;
    this.proof ??= house.proof(subject, topic, {language, level, version});
    const {article, citations} = await this.proof;
    const found = citations.find((/** @type {any} */ one) => one.number === number);
    if (!article || !found || found.start === null) return;
    const signs = [...article.text]; // places count code points
    const [before, quoted, behind] = [[0, found.start], [found.start, found.end], [found.end]].map(([from, to]) => signs.slice(from, to).join(""));
    const mark = h("mark", {}, quoted);
    const whole = h("div", {class: "article-text", lang: article.language, tabindex: 0, role: "region", "aria-label": article.title}, before, mark, behind);
    fill(place, whole);
    whole.scrollTop = Math.max(0, mark.offsetTop - whole.clientHeight / 3);
  }

  /** @param {boolean} [focus] whether the focus goes back */
  close(focus = true) {
    this.#opener?.setAttribute("aria-expanded", "false");
    if (focus) this.#opener?.focus();
    this.#opener = null;
    this.hidden = true;
  }
}

customElements.define("proof-panel", ProofPanel);

/** A number in brackets, which opens the proof. @param {number} place @param {ProofPanel} proof */
export function citation(place, proof) {
  const mark = h("button", {type: "button", class: "cite", "aria-label": t("proof.open", {n: place}), "aria-expanded": "false", "aria-controls": "proof"}, `[${place}]`);
  mark.addEventListener("click", () => proof.open(place, mark));
  return mark;
}
