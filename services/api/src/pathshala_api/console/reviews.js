/**
 * What people say of a version: approved or a draft, and rated, each with a reason.
 * @module
 */
import {say} from "./announcing.js";
import {button, busyWhile, field, fill, h} from "./dom.js";
import {editionOf, isTeacher, userName} from "./house-client.js";
import {problemBox, tried} from "./problems.js";
import {NOTE_LENGTH_MAX, agoTime, nameField, reasonFor} from "./small-parts.js";
import {number, t} from "./texts.js";
import {stars} from "./versions.js";

const STARS_MAX = 5;
const RATINGS_SHOWN_MAX = 20;

/** @param {Record<string, any>} lesson @param {AbortSignal} signal */
export function reviewSection(lesson, signal) {
  const edition = editionOf(lesson);
  const {version} = lesson;
  const place = h("div");
  const look = async () => show(await edition.ratings(version, signal));
  /** @param {Record<string, any>} review */
  const show = ({approved, rating, ratings}) => {
    const trouble = h("div");
    /** Do something, and show what is said then. @param {() => Promise<unknown>} act @param {string} words */
    const doing = (act, words) => tried(trouble, async () => {
      await act();
      await look();
      say(words);
    });
    const turn = async () => {
      const words = approved ? "review.draft_again" : "review.approve";
      const note = await reasonFor(t(`${words}_sure`, {version}), t(words));
      if (note === null) return;
      await doing(() => edition.approve(version, {approved: !approved, note: note || undefined, user_id: userName()}), t("review.done"));
    };
    fill(place,
      h("p", {class: "approval"}, approved ? `✓ ${t("review.approved", {by: approved.by})}, ` : `○ ${t("review.draft")}`, approved && agoTime(approved.approved_at), approved?.note && [" ", h("q", {}, approved.note)]),
      isTeacher() && button(t(approved ? "review.draft_again" : "review.approve"), turn),
      h("p", {}, rating.count ? stars(rating) : t("review.none")),
      ratings.length > 0 && h("ul", {class: "ratings"}, ratings.slice(0, RATINGS_SHOWN_MAX).map(rated)),
      h("details", {}, h("summary", {}, t("review.rate")), ratingForm(ratings, (order) => doing(() => edition.rate(version, order), t("review.done")))), trouble);
  };
  look().catch((error) => signal.aborted || fill(place, problemBox(error, look)));
  return h("section", {class: "reviews no-print"}, h("h2", {}, t("review.title")), place);
}

/** @param {Record<string, any>} one */
function rated({stars: given, reason, user_id: user, rated_at: at}) {
  return h("li", {}, h("span", {role: "img", "aria-label": t("review.stars", {n: given})}, "★".repeat(given) + "☆".repeat(STARS_MAX - given)), " ", h("q", {}, reason), " ",
    h("span", {class: "small"}, user, ", ", agoTime(at)));
}

/** @param {Record<string, any>[]} ratings @param {(order: {stars: number, reason: string, user_id: string}) => Promise<unknown>} rate */
function ratingForm(ratings, rate) {
  const own = ratings.find((one) => one.user_id === userName());
  const choices = Array.from({length: STARS_MAX}, (_, place) => h("input", {type: "radio", name: "stars", value: place + 1, required: true, checked: own?.stars === place + 1}));
  const reason = h("textarea", {name: "reason", rows: 2, maxlength: NOTE_LENGTH_MAX, required: true}, own?.reason);
  const send = h("button", {}, t("review.send"));
  const submitted = (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = choices.findIndex((one) => one.checked) + 1;
    busyWhile(send, () => rate({stars: given, reason: reason.value.trim(), user_id: userName()}));
  };
  return h("form", {class: "rating", onsubmit: submitted},
    h("fieldset", {}, h("legend", {}, t("review.scale")), choices.map((one, place) => h("label", {}, one, ` ${number(place + 1)} ★`))),
    field(t("hand.why"), reason), nameField(), h("p", {}, send));
}
