/**
 * What the checks find in an edit while it is being made: asked when the typing pauses, shown, and overruled by name.
 * @module
 */
import {Problem, Unreachable} from "./client.js";
import {field, fill, h} from "./dom.js";
import {problemBox} from "./problems.js";
import {NOTE_LENGTH_MAX} from "./small-parts.js";
import {duration, t} from "./texts.js";
import {checkName, finding} from "./versions.js";
/** @typedef {import("./client-edition.js").LessonEdition} LessonEdition */
/** @typedef {import("./client-edition.js").Finding} Finding */
/** @typedef {import("./edit-draft.js").EditDraft} EditDraft */

/** A pause this long is one; and no more are asked for than the house allows in a minute. */
const PAUSE_MS = 700;
const AGAIN_SECONDS = 5;

/** @param {LessonEdition} edition @param {EditDraft} draft @param {{signal: AbortSignal, changed: () => void, show: (found: Finding[]) => void}} more */
export function draftChecks(edition, draft, {signal, changed, show}) {
  const words = h("p", {role: "status"}, t(Object.keys(draft.changes).length ? "checks.asking" : "checks.nothing_changed"));
  const whole = h("ul", {class: "found-whole"});
  const trouble = h("div");
  const overruling = h("div", {class: "overruling"});
  let timer = 0;
  let asked = new AbortController();

  const ask = async () => {
    asked.abort();
    const own = (asked = new AbortController());
    if (!Object.keys(draft.changes).length) return tell([], t("checks.nothing_changed"));
    words.textContent = t("checks.asking");
    try {
      const {found} = await edition.check(draft.changes, {version: draft.version, signal: own.signal});
      tell(found, t("checks.found", {n: found.length}));
    } catch (error) {
      if (own.signal.aborted || signal.aborted) return;
      const seconds = error instanceof Unreachable ? AGAIN_SECONDS : error instanceof Problem ? error.retryAfter : null;
      words.textContent = seconds === null ? t("checks.refused") : t("checks.later", {time: duration(seconds)});
      if (seconds === null) fill(trouble, problemBox(error));
      else timer = setTimeout(ask, 1_000 * seconds);
    }
  };
  /** @param {Finding[]} found @param {string} said */
  const tell = (found, said) => {
    words.textContent = said;
    fill(trouble);
    show(found);
    fill(whole, found.map((one) => h("li", {}, finding(one, true))));
    const names = [...new Set([...found.map((one) => one.check), ...Object.keys(draft.overruled)])];
    const there = [...overruling.children].map((one) => /** @type {HTMLElement} */ (one).dataset.check);
    if (names.join() !== there.join()) fill(overruling, names.map((name) => overrule(name, draft, changed)));
  };
  signal.addEventListener("abort", () => (clearTimeout(timer), asked.abort()));
  return {
    element: h("section", {class: "draft-checks"}, h("h2", {}, t("checks.title")), words, trouble, whole, overruling),
    later: () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE_MS);
    },
  };
}

/** A check that may be overruled, for good, and why. @param {string} check @param {EditDraft} draft @param {() => void} changed */
function overrule(check, draft, changed) {
  const {overruled} = draft;
  const why = h("textarea", {rows: 2, maxlength: NOTE_LENGTH_MAX, required: true}, overruled[check] ?? "");
  const reason = field(t("checks.overrule_why"), why, {hidden: !(check in overruled)});
  const box = h("input", {type: "checkbox", checked: check in overruled});
  box.addEventListener("change", () => {
    reason.hidden = !box.checked;
    if (box.checked) overruled[check] = why.value;
    else delete overruled[check];
    if (box.checked) why.focus();
    changed();
  });
  why.addEventListener("input", () => {
    overruled[check] = why.value;
    changed();
  });
  return h("div", {"data-check": check}, h("label", {class: "check"}, box, " ", t("checks.overrule", {check: checkName(check)})), reason);
}
