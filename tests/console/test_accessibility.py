"""Every screen, in both themes, as axe-core sees it: no violation of WCAG 2.2 A and AA, nor of its best practices."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.console.pages import Visits, made, ordered, paused
from tests.house.calling import post
from tests.house.houses import House

AXE = Path(__file__).parents[2] / ".venv" / "clients" / "node_modules" / "axe-core" / "axe.min.js"
LESSON, EDITOR = "/lesson/english/verbs", "/lesson/english/verbs?edit=1"
RUN = """axe.run(document, {resultTypes: ['violations']})
  .then(({violations}) => violations.map(({id, nodes}) => [id, nodes.map((one) => one.html)]))"""


@pytest.fixture(scope="module")
def paths(house: House) -> list[str]:
    """The address of each screen, and of each of its states."""
    done, failed = made(house.url, "english", "verbs"), made(house.url, "english", "verbs", language="ta")
    paused(house.url, wanted=True)
    waiting = ordered(house.url, "english", "nouns")
    table = "subject;topic;level\nenglish;adverbs;midle\nenglish;adjectives;middle\n"
    answer = post(f"{house.url}/class-sets?user_id=me", data=table, headers={"Content-Type": "text/csv"})
    edit = {"user_id": "tara", "changes": {"title": "Doing words", "activity": "Sing."}, "note": "Shorter."}
    of = {"If-Match": '"1.0"'}
    assert post(f"{house.url}/lessons/versions?subject=english&topic=verbs", json=edit, headers=of).status_code == 201
    tasks = [f"/task/{task_id}" for task_id in (done, failed, waiting)]
    lessons = [LESSON, f"{LESSON}?version=1.0", EDITOR, f"{LESSON}?from=1.0&to=1.1"]
    others = ["/lesson/no/such%20lesson", "/library?words=nothing"]
    operators = ["/house", "/house/tasks", f"/house/tasks/{done}", "/house/dead", "/house/doctor", "/house/keys"]
    sets = ["/class", f"/class/{answer.json()['set_id']}"]
    return ["/", "/library", *sets, *tasks, *lessons, *others, *operators]


def violations(page: Page) -> object:
    return page.evaluate(RUN)


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_axe_finds_nothing_on_any_screen(house: House, visits: Visits, paths: list[str], theme: str) -> None:
    page = visits.page(house.url, color_scheme=theme, reduced_motion="reduce")
    found = {}
    for path in paths:
        page.goto(house.url + path)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("main .waiting")).to_have_count(0)
        if path == EDITOR:
            page.get_by_label("Activity", exact=True).fill("Look.")
            expect(page.locator("#found-activity li").first).to_be_visible()
            page.get_by_role("checkbox", name="Overrule").first.check()
        if path.startswith(LESSON):
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.evaluate(AXE.read_text())
        found[path] = violations(page)
        if path == LESSON:
            page.get_by_role("button", name="Proof 1").first.click()
            expect(page.locator("#proof .article-text")).to_be_visible()
            found[f"{path}, with a proof"] = violations(page)
    assert {path: told for path, told in found.items() if told} == {}


def test_axe_finds_nothing_where_a_key_is_asked_for(keyed: House, visits: Visits) -> None:
    page = visits.page(keyed.url)
    expect(page.get_by_label("Your key")).to_be_visible()
    page.evaluate(AXE.read_text())
    assert violations(page) == []
