"""Takes pictures of all screens: at a desk, on a phone, in the dark, printed."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from tests.console.pages import chromium, made, ordered, paused
from tests.house.calling import Client, get, post
from tests.house.houses import House, embedded
from tests.servers.loopback import free_port
from tests.waiting import until_true

DESK, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=844)
LOOKS: Mapping[str, dict[str, Any]] = {
    "desk": {"viewport": DESK, "color_scheme": "light"},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "is_mobile": True, "has_touch": True},
}
HINDI: dict[str, Any] = {"viewport": DESK, "color_scheme": "light", "locale": "hi-IN"}
OLD_DRAFT = """localStorage.setItem(
  "pathshala.draft.edit." + JSON.stringify(["science", "photosynthesis", "en", "middle"]),
  JSON.stringify({version: "1.1", changes: {title: "Light, cooked"}, overruled: {}, note: "", key: "k", theirs: []}))"""
LESSON = "/lesson/science/photosynthesis?language=en&level=middle"
SAMPLES = [("science", "photosynthesis"), ("mathematics", "fraction"), ("english", "verbs"), ("history", "democracy")]


def main(folder: Path) -> None:
    """Take all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with _house() as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        screens = _screens(house)
        for look, options in LOOKS.items():
            page = browser.new_page(locale="en-GB", reduced_motion="reduce", **options)
            for name, path in screens.items():
                _take(page, house.url + path, folder / f"{name}-{look}.png", DONE_FIRST.get(name))
        hindi = browser.new_page(reduced_motion="reduce", **HINDI)
        _take(hindi, house.url, folder / "home-hindi.png")
        _take(hindi, f"{house.url}/lesson/science/rain?language=hi", folder / "lesson-hindi.png")
        _print(browser.new_page(locale="en-GB"), house.url + LESSON, folder)
        browser.close()


def _screens(house: House) -> dict[str, str]:
    """Stock the house; gives the address of each screen by its name."""
    done = [made(house.url, *sample) for sample in SAMPLES]
    for more in ({}, {"level": "primary"}, {"language": "hi"}):
        made(house.url, "science", "photosynthesis", **more)
    made(house.url, "science", "rain", language="hi", level="primary")
    failed = made(house.url, "english", "nouns", language="ta")
    class_set = f"/class/{_class_set(house)}"
    paused(house.url, wanted=True)
    waiting = ordered(house.url, "science", "gravity")
    _taught(house)
    return {
        "home": "/",
        "making": f"/task/{waiting}",
        "failed": f"/task/{failed}",
        "ready": f"/task/{done[0]}",
        "lesson": LESSON,
        "proof": LESSON,
        "versions": LESSON,
        "edit": f"{LESSON}&edit=1",
        "overtaken": f"{LESSON}&edit=1",
        "compare": f"{LESSON}&from=1.1&to=1.2",
        "library": "/library",
        "class": "/class",
        "class-set": class_set,
        "house": "/house",
        "house-tasks": "/house/tasks",
        "house-task": f"/house/tasks/{done[0]}",
        "house-dead": "/house/dead",
        "house-doctor": "/house/doctor",
        "house-keys": "/house/keys",
    }


def _class_set(house: House) -> str:
    """Order a class set of which one row is refused and one fails, and wait for it; returns its id."""
    table = "subject;topic;level;language\nenglish;nouns;midle;en\nenglish;pronouns;middle;ta\n"
    rows = [f"{subject};{topic};secondary;en" for subject, topic in SAMPLES]
    headers = {"Content-Type": "text/csv"}
    answer = post(
        f"{house.url}/class-sets?user_id=me&title=Class%207b,%20spring", data=table + "\n".join(rows), headers=headers
    )
    set_url = answer.json()["set_url"]
    until_true(lambda: get(house.url + set_url).json()["status"] == "finished")
    return str(answer.json()["set_id"])


def _taught(house: House) -> None:
    """Edit a lesson by hand, approve it and have it rated."""
    edition = {"subject": "science", "topic": "photosynthesis", "language": "en", "level": "middle"}
    changes = {
        "title": "How a plant cooks with light",
        "activity": "Put one pot plant at the window and one into a cupboard. Look at both after a week.",
        "objectives": ["Say what a plant needs for photosynthesis", "Say where in a leaf it happens"],
    }
    edit = {"user_id": "Tara", "changes": changes, "note": "Nearer to what my class knows."}
    approval = {"user_id": "Mira", "approved": True, "note": "Good for class 7."}
    rating = {"user_id": "Asha", "stars": 4, "reason": "The activity works; the text is a little dry."}
    with Client() as client:
        client.headers["If-Match"] = '"1.1"'
        client.post(f"{house.url}/lessons/versions", params=edition, json=edit).raise_for_status()
        for what, said in (("approval", approval), ("rating", rating)):
            client.put(f"{house.url}/lessons/{what}", params=edition | {"version": "1.2"}, json=said).raise_for_status()


def _prove(page: Page) -> None:
    page.get_by_role("button", name="Proof 2").click()
    expect(page.locator("#proof .article-text")).to_be_visible()


def _look_at_versions(page: Page) -> None:
    expect(page.locator(".ratings")).to_be_visible()
    page.locator(".reviews").evaluate("(section) => section.scrollIntoView()")


def _edit(page: Page) -> None:
    page.get_by_label("Activity", exact=True).fill("Look.")
    expect(page.locator("#found-activity li").first).to_be_visible()
    page.get_by_role("checkbox", name="Overrule").first.check()
    page.get_by_label("Why it does not count here").first.fill("It is done in the garden, from a sheet.")
    page.evaluate("scrollTo(0, 0)")


def _overtake(page: Page) -> None:
    """Store an edit of a version that is not the newest any more."""
    page.evaluate(OLD_DRAFT)
    page.reload()
    expect(page.locator(".meanwhile")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")


def _take(page: Page, url: str, picture: Path, first: Callable[[Page], None] | None = None) -> None:
    page.goto(url)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main .waiting")).to_have_count(0)
    if "/task/" in url:
        expect(page.locator(".making")).not_to_be_empty()
    else:
        page.wait_for_load_state("networkidle")
    if first is not None:
        first(page)
    page.screenshot(path=picture)
    page.evaluate("localStorage.clear()")


def _print(page: Page, url: str, folder: Path) -> None:
    """Print the sheets of a lesson as the browser does."""
    page.goto(url)
    expect(page.locator(".shloka")).to_be_visible()
    for whom in ("pupil", "teacher"):
        page.evaluate("(whom) => document.body.dataset.sheet = whom", whom)
        opened = str(whom == "teacher").lower()
        page.evaluate(f"document.querySelectorAll('.answer').forEach((one) => one.open = {opened})")
        page.pdf(path=folder / f"print-{whom}.pdf", format="A4")


@contextmanager
def _house() -> Iterator[House]:
    """A house in one process, which reaches no Wikipedia: its lessons stand on articles that ship with it."""
    with TemporaryDirectory() as folder:
        port = str(free_port())
        house = embedded(Path(folder), "http://127.0.0.1:9/{language}", PATHSHALA_AUTH="off", PATHSHALA_PORT=port)
        try:
            house.start()
            yield house
        finally:
            house.stop()


DONE_FIRST = {"proof": _prove, "versions": _look_at_versions, "edit": _edit, "overtaken": _overtake}
"""What is done on a screen before its picture is taken."""

if __name__ == "__main__":
    main(Path(sys.argv[1]))
