/**
 * The library: all editions of all lessons, searched and filtered, page by page.
 * @module
 */
import {button, field, fill, h, select} from "./dom.js";
import {house} from "./house-client.js";
import {LEVELS} from "./order-form.js";
import {problemBox} from "./problems.js";
import {titled} from "./router.js";
import {Screen} from "./screen.js";
import {agoTime} from "./small-parts.js";
import {say} from "./announcing.js";
import {LANGUAGES, languageName, t} from "./texts.js";

const PAGE = 30;
const TYPING_MS = 250;

class LibraryScreen extends Screen {
  /** The cursors of the pages before this one, the first being none. @type {string[]} */
  pages = [""];

  async show() {
    const words = h("input", {name: "words", type: "search", maxlength: 200, value: this.query.get("words") ?? "", "data-key": "/", autocomplete: "off"});
    const language = select("language", [["", t("any")], ...LANGUAGES], this.query.get("language") ?? "");
    const level = select("level", [["", t("any")], .../** @type {[string, string][]} */ (LEVELS.map((one) => [one, t(`level.${one}`)]))], this.query.get("level") ?? "");
    const found = h("div");
    let turn = 0;
    const look = async () => {
      const asked = ++turn;
      const search = {words: words.value.trim(), language: language.value, level: level.value};
      const told = Object.entries(search).filter(([, value]) => value);
      history.replaceState(null, "", told.length ? `?${new URLSearchParams(told)}` : location.pathname);
      try {
        const page = await house.lessons({...search, limit: PAGE, cursor: this.pages.at(-1)}, this.signal);
        if (asked === turn) this.list(found, page, told.length > 0, look);
      } catch (error) {
        if (!this.signal.aborted && asked === turn) fill(found, problemBox(error, look));
      }
    };
    const anew = () => {
      this.pages = [""];
      return look();
    };
    let typing = 0;
    words.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(anew, TYPING_MS);
    });
    for (const one of [language, level]) one.addEventListener("change", anew);
    fill(this, titled(t("library.title")),
      h("form", {class: "filters", role: "search", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), anew())},
        field(t("library.words"), words, {class: "field wide"}), field(t("order.language"), language), field(t("order.level"), level)), found);
    await look();
  }

  /** @param {HTMLElement} place @param {Record<string, any>} page @param {boolean} filtered @param {() => unknown} look */
  list(place, page, filtered, look) {
    const turnTo = (/** @type {string[]} */ pages) => {
      this.pages = pages;
      return look();
    };
    const {editions, next_cursor: next} = page;
    if (!editions.length) {
      fill(place, h("p", {class: "empty"}, t(filtered ? "library.nothing_found" : "library.empty"), " ", h("a", {href: "/"}, t("library.make"))));
      return;
    }
    fill(place, h("ul", {class: "rows"}, editions.map(lessonRow)),
      h("p", {class: "pages"},
        this.pages.length > 1 && button(t("pages.newer"), () => turnTo(this.pages.slice(0, -1))),
        next && button(t("pages.older"), () => turnTo([...this.pages, next]))));
    say(t("library.shown", {n: editions.length}));
  }
}

customElements.define("library-screen", LibraryScreen);

/** @param {Record<string, any>} edition */
export function lessonRow(edition) {
  return h("li", {},
    h("a", {href: lessonAddress(edition), "data-row": true}, h("strong", {}, edition.title), h("span", {class: "small"}, `${edition.subject} / ${edition.topic}`)),
    h("span", {class: "small"}, `${t(`level.${edition.level}`)}, ${languageName(edition.language)}`), agoTime(edition.created_at, true));
}

/** The address of the page of an edition, or of one version of it. @param {Record<string, any>} edition @param {string} [version] */
export function lessonAddress({subject, topic, language, level}, version) {
  const query = new URLSearchParams({language, level, ...(version ? {version} : {})});
  return `/lesson/${encodeURIComponent(subject)}/${encodeURIComponent(topic)}?${query}`;
}
