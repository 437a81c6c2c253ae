/**
 * A lesson as one would print it, with the proof of each sentence, how it was made, and its other versions.
 * @module
 */
import {say} from "./announcing.js";
import {Problem} from "./client.js";
import {button, fill, h} from "./dom.js";
import {downloads} from "./downloads.js";
import {editionGrid, versionList} from "./editions.js";
import {house} from "./house-client.js";
import {formAddress} from "./order-form.js";
import {paper} from "./paper.js";
import {ProofPanel} from "./proof.js";
import {qualityWords} from "./quality.js";
import {titled} from "./router.js";
import {Screen} from "./screen.js";
import {agoTime} from "./small-parts.js";
import {languageName, t} from "./texts.js";

class LessonScreen extends Screen {
  async show() {
    const {subject, topic} = this.parts;
    const chosen = {language: this.query.get("language"), level: this.query.get("level"), version: this.query.get("version")};
    fill(this, h("p", {class: "waiting"}, t("asking")));
    let lesson;
    try {
      lesson = await house.lesson(subject, topic, chosen, this.signal);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return this.missing(error);
      throw error;
    }
    const proof = new ProofPanel(lesson);
    const versions = h("section", {class: "versions no-print"}, h("h2", {}, t("versions.title")));
    fill(this,
      h("div", {class: "lesson-page"},
        h("div", {}, this.head(lesson), paper(lesson, proof)),
        h("aside", {class: "beside"}, proof, qualityWords(lesson), versions)));
    await this.listVersions(versions, lesson);
  }

  /** @param {Record<string, any>} lesson */
  head(lesson) {
    return h("div", {class: "lesson-head"},
      h("p", {class: "under-title"}, `${lesson.subject} / ${lesson.topic} · ${t(`level.${lesson.level}`)} · ${languageName(lesson.language)} · ${t("versions.one", {version: lesson.version})} · `, agoTime(lesson.created_at)),
      titled(lesson.title, {lang: lesson.language}),
      h("p", {class: "actions no-print"},
        button(t("lesson.print_pupil"), () => printSheet("pupil"), {"data-key": "p"}),
        button(t("lesson.print_teacher"), () => printSheet("teacher")),
        h("a", {class: "button", href: formAddress(/** @type {any} */ (lesson))}, t("lesson.anew"))),
      downloads(lesson));
  }

  /** @param {HTMLElement} place @param {Record<string, any>} lesson */
  async listVersions(place, lesson) {
    const {subject, topic, language, level} = lesson;
    const list = h("div");
    const grid = h("div");
    place.append(grid, list);
    const page = async (/** @type {string | undefined} */ before) => {
      const found = await house.versions(subject, topic, {language, level, before, limit: 10}, this.signal);
      fill(grid, editionGrid(lesson, found.editions));
      fill(list, versionList(lesson, found.versions),
        h("p", {class: "pages"}, before && button(t("pages.newest"), () => page(undefined)), found.next_before && button(t("pages.older"), () => page(found.next_before))));
    };
    await page(undefined);
  }

  /** @param {Problem} problem */
  missing(problem) {
    const {subject, topic} = this.parts;
    const order = {subject, topic, language: this.query.get("language") ?? "en", level: this.query.get("level") ?? "middle"};
    const editions = problem.body.editions ?? [];
    fill(this, titled(t("lesson.missing")), h("p", {}, `${subject} / ${topic}`),
      editions.length > 0 && editionGrid({...order, version: null}, editions),
      h("p", {}, h("a", {class: "button main", href: formAddress(order)}, t("lesson.make"))));
    say(t("lesson.missing"));
  }
}

customElements.define("lesson-screen", LessonScreen);

/** Print the lesson for pupils, without any answer, or for the teacher, with all of them. @param {"pupil" | "teacher"} whom */
function printSheet(whom) {
  const closed = [...document.querySelectorAll("details.answer:not([open])")];
  for (const answer of closed) answer.toggleAttribute("open", whom === "teacher");
  document.body.dataset.sheet = whom;
  addEventListener("afterprint", () => {
    delete document.body.dataset.sheet;
    for (const answer of closed) answer.removeAttribute("open");
  }, {once: true});
  window.print();
}
