/**
 * A lesson as one would print it, with the proof of each sentence, how it was made, what people say of it, and its other
 * versions; for teachers, with what they can do with it.
 * @module
 */
import {say} from "./announcing.js";
import {Problem} from "./client.js";
import {showComparison} from "./comparing.js";
import {button, fill, h} from "./dom.js";
import {downloads} from "./downloads.js";
import {keptEdit} from "./edit-draft.js";
import {editAddress, showEditor} from "./editing.js";
import {editionGrid} from "./editions.js";
import {editionOf, house, isTeacher, userName} from "./house-client.js";
import {lessonAddress} from "./library.js";
import {formAddress} from "./order-form.js";
import {paper} from "./paper.js";
import {problemBox} from "./problems.js";
import {ProofPanel} from "./proof.js";
import {qualityWords} from "./quality.js";
import {reviewSection} from "./reviews.js";
import {rewriteForm} from "./rewriting.js";
import {go, titled} from "./router.js";
import {Screen} from "./screen.js";
import {agoTime, reasonFor} from "./small-parts.js";
import {languageName, t} from "./texts.js";
import {comparisonAddress, versionList} from "./versions.js";
/** @typedef {Record<string, any>} Lesson */

const VERSIONS_SHOWN = 10;

class LessonScreen extends Screen {
  async show() {
    const {subject, topic} = this.parts;
    const {query, signal} = this;
    const edition = {language: query.get("language"), level: query.get("level")};
    fill(this, h("p", {class: "waiting"}, t("asking")));
    try {
      if (query.has("from")) return await showComparison(this);
      const asked = [house.lesson(subject, topic, {...edition, version: query.get("version")}, signal), house.versions(subject, topic, {...edition, limit: VERSIONS_SHOWN}, signal)];
      const [lesson, found] = await Promise.all(asked);
      if (query.has("edit") && isTeacher()) return await showEditor(this, lesson);
      this.read(lesson, found);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return this.missing(error);
      throw error;
    }
  }

  /** @param {Lesson} lesson @param {Record<string, any>} found its edition's versions */
  read(lesson, found) {
    const proof = new ProofPanel(lesson);
    const newest = found.versions[0].version;
    fill(this,
      h("div", {class: "lesson-page"},
        h("div", {}, this.head(lesson, newest), paper(lesson, proof)),
        h("aside", {class: "beside"}, proof, qualityWords(lesson), reviewSection(lesson, this.signal), this.versions(lesson, found))));
  }

  /** @param {Lesson} lesson @param {string} newest */
  head(lesson, newest) {
    const teaches = isTeacher() && lesson.version === newest;
    return h("div", {class: "lesson-head"},
      h("p", {class: "under-title"}, `${lesson.subject} / ${lesson.topic} · ${t(`level.${lesson.level}`)} · ${languageName(lesson.language)} · ${t("versions.one", {version: lesson.version})} · `, agoTime(lesson.created_at)),
      titled(lesson.title, {lang: lesson.language}),
      lesson.version !== newest && older(lesson, newest),
      teaches && keptEdit(lesson) && h("p", {class: "notice no-print"}, "✍ ", t("edit.unfinished"), " ", h("a", {href: editAddress(lesson)}, t("edit.finish"))),
      h("p", {class: "actions no-print"},
        button(t("lesson.print_pupil"), () => printSheet("pupil"), {"data-key": "p"}),
        button(t("lesson.print_teacher"), () => printSheet("teacher")),
        teaches && h("a", {class: "button", href: editAddress(lesson), "data-key": "e"}, t("edit.edit")),
        h("a", {class: "button", href: formAddress(/** @type {any} */ (lesson))}, t("lesson.anew"))),
      teaches && rewriteForm(lesson), downloads(lesson));
  }

  /** @param {Lesson} lesson @param {Record<string, any>} found the first page of them */
  versions(lesson, found) {
    const {subject, topic, language, level} = lesson;
    const list = h("div");
    /** @type {(page: Record<string, any>, isFirst: boolean) => void} */
    const show = (page, isFirst) => fill(list, versionList(lesson, page.versions),
      h("p", {class: "pages"}, !isFirst && button(t("pages.newest"), () => show(found, true)), page.next_before && button(t("pages.older"), () => turn(page.next_before))));
    const turn = async (/** @type {string} */ before) => {
      try {
        show(await house.versions(subject, topic, {language, level, before, limit: VERSIONS_SHOWN}, this.signal), false);
      } catch (error) {
        fill(list, problemBox(error, () => turn(before)));
      }
    };
    show(found, true);
    const [newest, before] = found.versions;
    return h("section", {class: "versions no-print"}, h("h2", {}, t("versions.title")), editionGrid(lesson, found.editions), list,
      before && h("p", {}, h("a", {href: comparisonAddress(lesson, before.version, newest.version)}, t("versions.compare"))));
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

/** That there is a newer version, and for teachers the way back to this one. @param {Lesson} lesson @param {string} newest */
function older(lesson, newest) {
  const {version} = lesson;
  const trouble = h("div");
  const back = async () => {
    const note = await reasonFor(t("versions.back_sure", {version, newest}), t("versions.back"));
    if (note === null) return;
    try {
      const made = await editionOf(lesson).rollBack({version, note: note || undefined, user_id: userName()}, {of: newest});
      await go(lessonAddress(lesson));
      say(t("edit.stored", {version: made.version}));
    } catch (error) {
      fill(trouble, problemBox(error), error instanceof Problem && error.code === "version_changed" && h("a", {class: "button", href: comparisonAddress(lesson, version, error.body.version)}, t("versions.changed")));
    }
  };
  return h("div", {class: "notice no-print"}, h("p", {}, t("versions.older"), " ", h("a", {href: lessonAddress(lesson)}, t("versions.see_newest", {version: newest})), " · ",
    h("a", {href: comparisonAddress(lesson, version, newest)}, t("versions.changed"))), isTeacher() && button(t("versions.back"), back), trouble);
}

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
