"""An operator's way: the house at a glance, its tasks, one task's time, its doctor, its keys; and who may come in."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from pathshala_common.contract.access_key import Role
from tests.console.pages import Visits, a_key, made, ordered, paused
from tests.house.calling import KEY, Client
from tests.house.houses import House

TASKS = 240
ROWS_MAX = 100


@pytest.fixture(scope="module")
def busy(house: House) -> Iterator[House]:
    """A house with more tasks than a page has, most of which wait."""
    made(house.url, "english", "verbs")
    made(house.url, "english", "verbs", language="ta")
    paused(house.url, wanted=True)
    for number in range(TASKS):
        ordered(house.url, "arithmetic", f"number {number}", include_wikipedia=False)
    yield house
    paused(house.url, wanted=False)


def test_the_house_is_looked_at_paused_and_let_go_on(busy: House, visits: Visits) -> None:
    page = visits.page(f"{busy.url}/house")
    expect(page.get_by_text("Writing is paused.")).to_be_visible()
    page.get_by_role("button", name="Let it go on").click()
    expect(page.get_by_text("Lessons are being written.")).to_be_visible()
    page.get_by_text("Pause …").click()
    page.get_by_label("Why, for those who wait").fill("the model is being changed")
    page.get_by_role("button", name="Pause writing").click()
    expect(page.locator("main")).to_contain_text("Writing is paused. the model is being changed")
    waiting = page.get_by_role("region", name="Open circuits").get_by_role("row", name=re.compile("generator"))
    expect(waiting).to_contain_text("all that it has in hand")
    expect(waiting).to_contain_text("writing is paused by the operator: the model is being changed")
    expect(page.get_by_role("region", name="Queues").get_by_role("row", name=re.compile("generator"))).to_be_visible()


def test_however_many_tasks_there_are_a_page_of_them_is_drawn(busy: House, visits: Visits) -> None:
    page = visits.page(f"{busy.url}/house/tasks")
    rows = page.locator("main [data-row]")
    expect(rows).to_have_count(ROWS_MAX)
    page.get_by_role("button", name="Older").click()
    page.get_by_role("button", name="Newer").wait_for()
    expect(rows).to_have_count(ROWS_MAX)
    assert page.evaluate("document.querySelectorAll('*').length") < 15 * ROWS_MAX

    page.get_by_label("State").select_option("failed")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile("status=failed"))
    rows.click()
    expect(page.locator(".problem")).to_contain_text("language_unavailable")


def test_one_task_is_a_waterfall_of_events_that_open(busy: House, visits: Visits) -> None:
    page = visits.page(f"{busy.url}/house/tasks/{made_before(busy)}")
    expect(page.locator(".waterfall > li")).not_to_have_count(0)
    stored = page.locator(".waterfall > li", has_text="LessonStored")
    stored.locator("summary").click()
    expect(stored.locator("pre")).to_contain_text('"shloka"')
    expect(stored.get_by_role("button", name="Copy").first).to_be_visible()
    page.get_by_role("link", name="Read the lesson").click()
    expect(page.locator(".shloka")).to_be_visible()


def made_before(house: House) -> str:
    with Client() as client:
        listed = client.get(f"{house.url}/lessons/tasks?status=completed").json()["tasks"]
    return str(listed[-1]["task_id"])


def test_dead_letters_are_opened_and_deleted_counted_first(busy: House, visits: Visits) -> None:
    page = visits.page(f"{busy.url}/house/dead")
    expect(page.locator("main")).to_contain_text("1 dead letter matches.")
    letter = page.locator("main details", has_text="language_unavailable")
    letter.locator("summary").click()
    expect(letter.locator("pre").last).to_contain_text("LessonEnriched")
    page.get_by_role("button", name="Delete them").click()
    page.get_by_role("dialog").get_by_role("button", name="No").click()
    expect(letter).to_be_visible()
    page.get_by_role("button", name="Delete them").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete 1 dead letter for good?")
    dialog.get_by_role("button", name="Delete them").click()
    expect(page.locator(".empty")).to_contain_text("There are none")


def test_the_doctor_is_asked_and_a_key_made_and_revoked(busy: House, visits: Visits) -> None:
    page = visits.page(f"{busy.url}/house")
    page.get_by_role("link", name="Doctor").click()
    expect(page.get_by_text("Nothing is wrong.").or_(page.get_by_text("Something is wrong."))).to_be_visible()
    page.get_by_role("link", name="Keys", exact=True).click()
    page.get_by_label("What it is for").fill("Asha's laptop")
    page.get_by_label("User", exact=True).fill("asha")
    page.get_by_role("button", name="Make a key").click()
    expect(page.locator(".new-key")).to_have_text(re.compile("^ps_"))
    page.get_by_role("button", name="Revoke Asha's laptop").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row", name="Asha's laptop")).to_contain_text("revoked")


def test_a_user_comes_in_by_a_key_and_is_not_even_sent_the_operators_parts(keyed: House, visits: Visits) -> None:
    page = visits.page(keyed.url)
    page.get_by_label("Your key").fill("ps_wrong")
    page.get_by_role("button", name="Come in").click()
    expect(page.locator(".problem")).to_contain_text("This key is not known here")
    page.get_by_label("Your key").fill(a_key(keyed.url, Role.USER))
    page.get_by_role("button", name="Come in").click()

    expect(page.locator("header")).to_contain_text("asha")
    expect(page.get_by_role("link", name="House")).to_have_count(0)
    page.get_by_label("Subject", exact=True).fill("english")
    page.get_by_label("Topic", exact=True).fill("verbs")
    page.get_by_role("button", name="Make the lesson").click()
    expect(page.get_by_role("link", name="Read the lesson")).to_be_visible()
    assert not [url for url in visits.files if "/house/" in url]
    release = urlsplit(next(iter(visits.files))).path.split("/")[2]
    for name in ("screens.js", "texts/en.json"):
        told = page.evaluate("async (path) => (await fetch(path)).status", f"/console/{release}/house/{name}")
        assert told == 403, name
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Your key")).to_be_visible()


def test_an_operator_comes_in_by_a_key_and_sees_the_house(keyed: House, visits: Visits) -> None:
    page = visits.page(f"{keyed.url}/house/keys")
    page.get_by_label("Your key").fill(KEY)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("row", name=re.compile("tests.*root"))).to_be_visible()
