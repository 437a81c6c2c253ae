"""A teacher's whole term in one order: pasted or dropped, watched as it moves, mended by a press, had as one file."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pathshala_common.contract.access_key import Role
from tests.console.conftest import running
from tests.console.pages import MARKUP, Visits, a_key, paused
from tests.house.houses import House

TABLE = (
    "\ufeffSubject;Topic;Level;Language\r\nschool;verbs;midle;en\r\nschool;rain;middle;ta\r\nschool;nouns;middle;en\r\n"
)


@pytest.fixture(scope="module")
def spent(tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str) -> Iterator[House]:
    """A house that gives nobody anything to spend."""
    yield from running(tmp_path_factory.mktemp("spent"), wikipedia_url, "off", PATHSHALA_USER_MONTH_COST_MAX="0")


def test_topics_are_pasted_and_all_cards_move_through_a_reload(house: House, visits: Visits) -> None:
    paused(house.url, wanted=True)
    page = visits.page(f"{house.url}/class")
    page.get_by_label("What to call it").fill("7b")
    page.get_by_label("Topics, one a line").fill("verbs\n\nmathematics; fraction\nno subject\n")
    expect(page.locator("#class-told")).to_contain_text("These lines name no subject: 1, 4.")
    page.get_by_label("Subject, for lines").fill("english")
    page.get_by_role("group", name="For").get_by_label(re.compile("Ages 6.10")).check()
    expect(page.locator("#class-told")).to_have_text("6 lessons will be ordered, for 3 topics.")
    page.reload()
    expect(page.locator("#class-told")).to_have_text("6 lessons will be ordered, for 3 topics.")
    page.get_by_role("button", name="Order all of them").click()

    expect(page.get_by_role("heading", name="7b")).to_be_visible()
    expect(page.locator(".cards > .pending, .cards > .in_progress")).to_have_count(6)
    page.reload()
    expect(page.locator(".cards li")).to_have_count(6)
    paused(house.url, wanted=False)
    expect(page.locator(".cards > .completed")).to_have_count(6)
    expect(page.locator(".making")).to_contain_text("6 ready")
    page.get_by_role("link", name="fraction").first.click()
    expect(page.locator(".paper")).to_be_visible()
    page.get_by_role("link", name="Class sets").click()
    expect(page.get_by_label("Topics, one a line")).to_have_value("")
    expect(page.get_by_role("link", name=re.compile("7b.*6 lessons"))).to_be_visible()


def test_a_dropped_table_fails_in_part_and_is_mended_by_a_press(house: House, visits: Visits, tmp_path: Path) -> None:
    file = tmp_path / "spring.csv"
    file.write_text(TABLE, encoding="utf-8")
    page = visits.page(f"{house.url}/class")
    page.get_by_label("Or choose a file").set_input_files(file)
    expect(page.locator("#class-told")).to_contain_text("A table of 3 lessons.")
    expect(page.get_by_label("What to call it")).to_have_value("spring")
    page.get_by_role("button", name="Order all of them").click()

    misspelt = page.locator(".failure", has_text="Row 2")
    expect(misspelt).to_contain_text("invalid_row")
    misspelt.get_by_role("button", name="Row 2: Order it with level 'middle'").click()
    expect(misspelt).to_have_count(0)
    foreign = page.locator(".failure", has_text="Row 3")
    expect(foreign).to_contain_text("language_unavailable")
    foreign.get_by_text("Or order something else").click()
    foreign.get_by_label("Topic", exact=True).fill("light")
    foreign.get_by_role("combobox", name="Language", exact=True).select_option("en")
    foreign.get_by_role("button", name="Order it", exact=True).click()

    expect(page.locator(".failure")).to_have_count(0)
    expect(page.locator(".cards > .completed")).to_have_count(3)
    with page.expect_download() as loading:
        page.get_by_role("button", name="Download all of it").click()
    with zipfile.ZipFile(io.BytesIO(loading.value.path().read_bytes())) as archive:
        assert len([name for name in archive.namelist() if name.endswith("/pupil.html")]) == 3


def test_no_topic_of_a_set_is_read_as_markup_and_the_rest_of_it_is_cancelled(house: House, visits: Visits) -> None:
    paused(house.url, wanted=True)
    page = visits.page(f"{house.url}/class")
    page.get_by_label("What to call it").fill(MARKUP)
    page.get_by_label("Topics, one a line").fill(f"art\t{MARKUP}\n{MARKUP}")
    page.get_by_role("button", name="Order all of them").click()
    expect(page.locator("h1")).to_contain_text("<img src=x")
    expect(page.locator(".cards")).to_contain_text("<img src=x")
    page.get_by_role("button", name="Cancel the rest").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the rest").click()
    expect(page.locator("main")).to_contain_text("It was cancelled: nothing more is ordered.")
    expect(page.locator(".cards li")).to_have_count(0)
    assert page.locator("main img, main script").count() == 0
    paused(house.url, wanted=False)


def test_a_ceiling_that_is_reached_is_explained_and_loses_nothing(spent: House, visits: Visits) -> None:
    page = visits.page(f"{spent.url}/class")
    page.get_by_label("Topics, one a line").fill("english; verbs")
    page.get_by_role("button", name="Order all of them").click()
    expect(page.locator(".problem")).to_contain_text(re.compile(r"nothing was ordered\. There is more from .*\d{4}"))
    page.reload()
    expect(page.get_by_label("Topics, one a line")).to_have_value("english; verbs")


def test_one_who_may_order_no_set_is_not_shown_the_way(keyed: House, visits: Visits) -> None:
    for role in (Role.USER, Role.TEACHER):
        page = visits.page(keyed.url)
        page.get_by_label("Your key").fill(a_key(keyed.url, role))
        page.get_by_role("button", name="Come in").click()
        expect(page.get_by_role("link", name="Library")).to_be_visible()
        expect(page.get_by_role("link", name="Class sets")).to_have_count(int(role is Role.TEACHER))
