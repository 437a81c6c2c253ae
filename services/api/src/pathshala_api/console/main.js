/**
 * The beginning of the page: words, the frame, who uses it, and the first screen.
 * @module
 */
import "./home.js";
import "./task.js";
import "./class-set.js";
import "./lesson.js";
import "./library.js";
import {announcers} from "./announcing.js";
import {Problem} from "./client.js";
import {button, fill, h, select} from "./dom.js";
import {house, isOperator, isTeacher, meet, whoAmI} from "./house-client.js";
import {keep} from "./kept.js";
import {problemBox, showFaults} from "./problems.js";
import {start} from "./router.js";
import {helpButton, listenToKeys} from "./shortcuts.js";
import {signInForm} from "./signing-in.js";
import {LANGUAGES, chooseLanguage, languageOfPage, loadOperatorsTexts, loadTexts, t} from "./texts.js";

const main = h("main", {id: "main", tabindex: -1});

await loadTexts();
showFaults(main);
listenToKeys();
addEventListener("pathshala-signed-out", () => void begin());
await begin();

async function begin() {
  fill(document.body, ...announcers(), main);
  fill(main, h("p", {class: "waiting"}, t("asking")));
  try {
    await meet();
  } catch (error) {
    fill(main, error instanceof Problem && error.status === 401 ? signInForm(begin) : problemBox(error, begin));
    document.body.prepend(frame(false));
    return;
  }
  document.body.prepend(h("a", {class: "skip", href: "#main"}, t("skip")), frame(true));
  await start(main, loadHouse);
}

/** The operator's screens, which the house gives to operators alone. */
async function loadHouse() {
  await Promise.all([import("./house/screens.js"), loadOperatorsTexts()]);
}

/** @param {boolean} inside whether the house let this caller in */
function frame(inside) {
  const languages = select("language", LANGUAGES, languageOfPage());
  languages.setAttribute("aria-label", t("language_of_page"));
  languages.addEventListener("change", () => chooseLanguage(languages.value));
  const {auth, user_id: user} = whoAmI();
  return h("header", {},
    h("a", {class: "name", href: "/"}, "पाठशाला ", h("span", {}, "Pathshala")),
    inside && h("nav", {"aria-label": t("nav.label")},
      h("a", {href: "/"}, t("nav.make")),
      h("a", {href: "/library"}, t("nav.library")),
      isTeacher() && h("a", {href: "/class"}, t("nav.class")),
      isOperator() && h("a", {href: "/house"}, t("nav.house"))),
    h("div", {class: "choices"},
      inside && auth === "keys" && h("span", {class: "who"}, user),
      inside && auth === "keys" && button(t("sign_out"), signOut, {class: "quiet"}),
      languages, themeButton(), inside && helpButton()));
}

function themeButton() {
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const made = button("", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    keep("theme", root.dataset.theme);
    tell();
  }, {class: "quiet theme"});
  const tell = () => {
    made.textContent = isDark() ? "☀" : "☾";
    made.setAttribute("aria-label", t(isDark() ? "theme.to_light" : "theme.to_dark"));
  };
  tell();
  return made;
}

async function signOut() {
  await house.signOut();
  location.assign("/");
}
