"""A stranger's path from the first page to paper: each step is on the screen, and they are few."""

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.console.pages import Visits
from tests.house.houses import House
from tests.waiting import until_true

STEPS_MAX = 10
"""Presses and fields filled in, from the first page to a changed lesson on paper."""


class Stranger:
    """Counts what is done to a page, and prints when."""

    def __init__(self, page: Page) -> None:
        self.page, self.steps, self._began = page, 0, time.monotonic()

    def press(self, shown: Locator) -> None:
        self._step(shown.click, str(shown))

    def write(self, field: Locator, text: str) -> None:
        self._step(lambda: field.fill(text), str(field))

    def _step(self, act: Callable[[], None], what: str) -> None:
        act()
        self.steps += 1
        print(f"{time.monotonic() - self._began:6.1f} s  {self.steps:2}  {what}")  # noqa: T201 - the times are shown, and judged by nobody


def test_a_stranger_needs_few_steps_and_no_document(house: House, visits: Visits) -> None:
    page = visits.page(house.url)
    page.evaluate("window.print = () => { window.printed = document.body.dataset.sheet }")
    stranger = Stranger(page)

    stranger.write(page.get_by_label("Subject", exact=True), "english")
    stranger.write(page.get_by_label("Topic", exact=True), "verbs")
    stranger.press(page.get_by_role("button", name="Make the lesson"))
    stranger.press(page.get_by_role("link", name="Read the lesson"))
    stranger.press(page.get_by_role("button", name="Proof 2"))
    expect(page.locator("#proof mark")).to_be_visible()
    stranger.press(page.get_by_role("button", name="Close the proof"))
    stranger.press(page.get_by_role("link", name="Edit", exact=True))
    stranger.write(page.get_by_label("Title", exact=True), "Verbs, and how they move")
    stranger.press(page.get_by_role("button", name="Store as the next version"))
    expect(page.locator("h1")).to_have_text("Verbs, and how they move")
    stranger.press(page.get_by_role("button", name="Print for pupils"))

    until_true(lambda: page.evaluate("window.printed === 'pupil'"))
    assert stranger.steps <= STEPS_MAX
