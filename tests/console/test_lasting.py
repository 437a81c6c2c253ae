"""What lasts: the first paint, the rule that no text is markup, and a browser that loses its network."""

import re

import pytest
from playwright.sync_api import expect

from tests.console.pages import Visits
from tests.house.calling import get
from tests.house.houses import House
from tests.waiting import until_true

RULE = """() => {
  try { document.body.innerHTML = "<b>markup</b>"; return "read as markup"; } catch (error) { return error.name; }
}"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def test_the_page_is_painted_from_what_it_names_itself_and_reads_no_text_as_markup(
    house: House, visits: Visits
) -> None:
    page = visits.page(house.url)
    until_true(lambda: page.evaluate(f"{PAINT} > 0"))
    print(f"first paint after {page.evaluate(PAINT):.0f} ms")  # noqa: T201 - shown, and judged by nobody
    with page.expect_console_message(lambda said: "TrustedHTML" in said.text):
        assert page.evaluate(RULE) == "TypeError"
    visits.faults.clear()
    named = page.evaluate("[...document.querySelectorAll('link[href], script[src]')].map((one) => one.href || one.src)")
    loaded = {url for url in visits.files if url.endswith(".js")}
    assert loaded <= set(named), "a module that the page does not name is asked for late"


@pytest.mark.parametrize("where", ["order", "watch"])
def test_a_browser_that_is_offline_loses_nothing(house: House, visits: Visits, where: str) -> None:
    page = visits.page(house.url)
    network = page.context
    page.get_by_label("Subject", exact=True).fill("science")
    page.get_by_label("Topic", exact=True).fill("rain")
    make = page.get_by_role("button", name="Make the lesson")
    if where == "order":
        network.set_offline(True)
        make.click()
        expect(page.locator(".link-word")).to_contain_text("The house does not answer")
        network.set_offline(False)
    else:
        make.click()
        expect(page).to_have_url(re.compile("/task/"))
        network.set_offline(True)
        task = f"{house.url}/lessons/status/{page.url.rpartition('/')[2]}"
        until_true(lambda: get(task).json()["completed_at"])
        network.set_offline(False)
    expect(page.get_by_role("link", name="Read the lesson")).to_be_visible()
    expect(page.locator(".link-word")).to_be_hidden()
