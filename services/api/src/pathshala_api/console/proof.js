/**
 * The proof of a sentence: the article beside the lesson, with the words marked that the sentence rests on.
 * @module
 */
import {away, fill, h} from "./dom.js";
import {articleOf, placeOf, revisionAddress, siteOf} from "./source.js";
import {t} from "./texts.js";

export class ProofPanel extends HTMLElement {
  /** @type {HTMLElement | null} */
  #opener = null;

  /** @param {Record<string, any>} [lesson] */
  constructor(lesson = {}) {
    super();
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
    const title = h("h2", {tabindex: -1}, t("proof.title", {n: number}));
    const close = h("button", {type: "button", class: "quiet", "aria-label": t("proof.close"), onclick: () => this.close()}, "✕");
    const {article} = this;
    const whole = article ? this.whole(article, quote) : null;
    fill(this, h("div", {class: "proof-head"}, title, close),
      h("p", {class: "small"}, t("proof.lesson_says")), h("blockquote", {lang: article?.language}, text),
      h("p", {class: "small"}, article ? t("proof.article_says", {title: article.title}) : t("proof.quote")),
      whole ?? h("blockquote", {}, h("mark", {}, quote)),
      article?.url && h("p", {}, away(revisionAddress(article), t("proof.revision", {id: String(article.revision_id), site: siteOf(article)}))));
    this.hidden = false;
    title.focus({preventScroll: true});
    const mark = this.querySelector("mark");
    const text_ = this.querySelector(".article-text");
    if (mark && text_) text_.scrollTop = Math.max(0, mark.offsetTop - /** @type {HTMLElement} */ (text_).offsetTop - 40);
    this.scrollIntoView({block: "nearest"});
  }

  /** @param {boolean} [focus] whether the focus goes back */
  close(focus = true) {
    this.#opener?.setAttribute("aria-expanded", "false");
    if (focus) this.#opener?.focus();
    this.#opener = null;
    this.hidden = true;
  }

  /** The article, with the quoted words marked. @param {Record<string, any>} article @param {string} quote */
  whole(article, quote) {
    const place = placeOf(article.summary, quote);
    if (!place) return null;
    const [from, to] = place;
    return h("div", {class: "article-text", lang: article.language, tabindex: 0, role: "region", "aria-label": article.title},
      article.summary.slice(0, from), h("mark", {}, article.summary.slice(from, to)), article.summary.slice(to));
  }
}

customElements.define("proof-panel", ProofPanel);

/** A number in brackets, which opens the proof. @param {number} place @param {ProofPanel} proof */
export function citation(place, proof) {
  const mark = h("button", {type: "button", class: "cite", "aria-label": t("proof.open", {n: place}), "aria-expanded": "false", "aria-controls": "proof"}, `[${place}]`);
  mark.addEventListener("click", () => proof.open(place, mark));
  return mark;
}
