"""Finding lessons, and the ways through the page: library, versions, keys, languages, themes, small windows."""

import re

import pytest
from playwright.sync_api import expect

from tests.console.pages import Visits, made
from tests.house.houses import House

PHONE = {"width": 320, "height": 640}
SIZE_MAX_BYTES = 150_000


@pytest.fixture(scope="module")
def stocked(house: House) -> House:
    """A house with some lessons, one of them in two versions and two editions."""
    for more in ({}, {}, {"level": "primary"}, {"language": "hi"}):
        made(house.url, "english", "verbs", **more)
    for number in range(32):
        made(house.url, "arithmetic", f"number {number}", include_wikipedia=False)
    return house


def test_the_library_is_searched_and_turned_page_by_page(stocked: House, visits: Visits) -> None:
    page = visits.page(f"{stocked.url}/library")
    rows = page.locator("main [data-row]")
    expect(rows).to_have_count(30)
    page.get_by_role("button", name="Older").click()
    expect(rows).not_to_have_count(30)
    page.get_by_role("button", name="Newer").click()
    expect(rows).to_have_count(30)

    page.get_by_label("Words in subject").fill("verbs")
    expect(rows).to_have_count(3)
    page.get_by_role("combobox", name="Language", exact=True).select_option("hi")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile("words=verbs&language=hi"))
    page.reload()
    expect(rows).to_have_count(1)
    page.get_by_label("Words in subject").fill("no such thing")
    expect(page.locator(".empty")).to_contain_text("Make one")


def test_versions_and_editions_lead_to_each_other(stocked: House, visits: Visits) -> None:
    page = visits.page(f"{stocked.url}/lesson/english/verbs?language=en&level=middle")
    versions = page.locator(".version-list a")
    expect(versions).to_have_count(2)
    versions.nth(1).click()
    expect(page.locator(".under-title")).to_contain_text("version 1.0")
    page.get_by_role("link", name=re.compile("1.0: Ages 6.10, English, 1 version")).click()
    expect(page.locator(".under-title")).to_contain_text(re.compile("Ages 6.10"))
    page.go_back()
    expect(page.locator(".under-title")).to_contain_text("version 1.0")
    page.get_by_role("link", name="Make it: Adults, English").click()
    expect(page.get_by_label("Topic", exact=True)).to_have_value("verbs")
    expect(page.get_by_role("combobox", name="For", exact=True)).to_have_value("adult")


def test_a_lesson_that_is_not_there_can_be_made(stocked: House, visits: Visits) -> None:
    page = visits.page(f"{stocked.url}/lesson/history/the%20moon%2Fthe%20sun")
    expect(page.locator("h1")).to_have_text("There is no such lesson yet")
    page.get_by_role("link", name="Make it").click()
    expect(page.get_by_label("Topic", exact=True)).to_have_value("the moon/the sun")


def test_all_of_it_can_be_used_by_keys(stocked: House, visits: Visits) -> None:
    page = visits.page(stocked.url)
    expect(page.locator("main [data-row]").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("search the library")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_label("Subject", exact=True)).to_be_focused()
    page.locator("h1").focus()
    page.keyboard.press("/")
    expect(page.locator("h1")).to_have_text("Library")
    expect(page.locator("main [data-row]")).to_have_count(30)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("main [data-row]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".paper")).to_be_visible()


def test_the_page_speaks_hindi_and_remembers_its_theme(stocked: House, visits: Visits) -> None:
    page = visits.page(stocked.url, color_scheme="light")
    page.get_by_role("button", name="Switch to dark").click()
    page.get_by_label("Language of this page").select_option("hi")
    expect(page.locator("h1")).to_have_text("किस पर पाठ चाहिए?")
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_small_window_needs_no_scrolling_sideways(stocked: House, visits: Visits) -> None:
    page = visits.page(stocked.url, viewport=PHONE)
    lesson = "/lesson/english/verbs"
    for path in (
        "/",
        "/library",
        lesson,
        f"{lesson}?edit=1",
        f"{lesson}?from=1.0&to=1.1",
        "/class",
        "/house",
        "/house/tasks",
        "/house/doctor",
        "/house/keys",
    ):
        page.goto(stocked.url + path)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def test_the_whole_page_is_small_and_of_this_house_alone(stocked: House, visits: Visits) -> None:
    page = visits.page(f"{stocked.url}/house")
    expect(page.locator("h1")).to_have_text("The house")
    assert len(visits.files) > 20
    assert sum(visits.files.values()) <= SIZE_MAX_BYTES
