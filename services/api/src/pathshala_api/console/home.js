/**
 * The first screen: order a lesson; what is being made, and what is newest.
 * @module
 */
import {fill, h, refill} from "./dom.js";
import {house, isOperator, whoAmI} from "./house-client.js";
import {lessonRow} from "./library.js";
import {formAddress, orderForm, suggest} from "./order-form.js";
import {titled} from "./router.js";
import {Screen} from "./screen.js";
import {agoTime, statusMark} from "./small-parts.js";
import {languageOfPage, t} from "./texts.js";

const SHOWN_MAX = 8;
const ENDED_SHOWN_MAX = 3;
const LOOK_SECONDS = 3;

class HomeScreen extends Screen {
  async show() {
    const form = orderForm(this.query);
    const making = h("div", {"aria-live": "off"});
    const newest = h("div");
    fill(this, titled(t("home.title")), form,
      h("div", {class: "columns"},
        h("section", {}, h("h2", {}, t("home.making")), making),
        h("section", {}, h("h2", {}, t("home.newest")), newest, h("p", {}, h("a", {href: "/library"}, t("home.all"))))));
    let told = "";
    const look = async () => {
      const own = isOperator() ? {} : {user_id: whoAmI().user_id};
      const {tasks} = await house.tasks({limit: SHOWN_MAX, ...own}, this.signal);
      const state = JSON.stringify(tasks);
      if (state === told) return;
      told = state;
      refill(making, taskList(tasks));
      const {editions} = await house.lessons({limit: SHOWN_MAX}, this.signal);
      refill(newest, editions.length ? h("ul", {class: "rows"}, editions.map(lessonRow)) : firstLessons());
      suggest(form, editions);
    };
    await look();
    this.every(look, LOOK_SECONDS);
  }
}

customElements.define("home-screen", HomeScreen);

/** What is under way, and the last that ended. @param {Record<string, any>[]} tasks */
function taskList(tasks) {
  const under = tasks.filter((task) => !task.completed_at);
  const ended = tasks.filter((task) => task.completed_at).slice(0, Math.max(ENDED_SHOWN_MAX, SHOWN_MAX - under.length - ENDED_SHOWN_MAX));
  if (!tasks.length) return h("p", {class: "empty"}, t("home.none_made"));
  return h("ul", {class: "rows"}, [...under, ...ended].map((task) => h("li", {},
    h("a", {href: `/task/${task.task_id}`, "data-row": true}, h("strong", {}, task.topic), h("span", {class: "small"}, task.subject)),
    statusMark(task.status), agoTime(task.created_at, true))));
}

/** What to begin with where there is no lesson yet. */
function firstLessons() {
  const language = languageOfPage();
  const ideas = ["one", "two", "three"].map((name) => ({subject: t(`home.idea.${name}.subject`), topic: t(`home.idea.${name}.topic`), level: "middle", language}));
  return h("div", {class: "empty"}, h("p", {}, t("home.no_lessons")),
    h("ul", {}, ideas.map((idea) => h("li", {}, h("a", {href: formAddress(idea)}, `${idea.subject} / ${idea.topic}`)))));
}
