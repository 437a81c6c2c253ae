"""The house of many processes, which asks for keys: a user's way and an operator's, in the same browser."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from pathshala_common.contract.access_key import Role
from tests.console.pages import Visits, a_key
from tests.house.calling import KEY, KEYED
from tests.house.houses import House, Replicas, distributed


@pytest.fixture(scope="module")
def keyed_house(
    tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str, amqp_url: str, mongodb_url: str
) -> Iterator[House]:
    """A house of services on RabbitMQ and MongoDB."""
    made = distributed(
        tmp_path_factory.mktemp("distributed"), wikipedia_url, amqp_url, mongodb_url, Replicas(), **KEYED
    )
    try:
        made.start()
        yield made
    finally:
        made.stop()


def come_in(page: Page, key: str) -> None:
    page.get_by_label("Your key").fill(key)
    page.get_by_role("button", name="Come in").click()


def test_a_user_orders_watches_and_reads_and_gets_none_of_the_operators_parts(
    keyed_house: House, visits: Visits
) -> None:
    page = visits.page(keyed_house.url)
    come_in(page, a_key(keyed_house.url, Role.USER))
    page.get_by_label("Subject", exact=True).fill("english")
    page.get_by_label("Topic", exact=True).fill("verbs")
    page.get_by_role("button", name="Make the lesson").click()
    page.get_by_role("link", name="Read the lesson").click()
    expect(page.locator(".shloka")).to_have_attribute("lang", "sa")
    page.get_by_role("button", name="Proof 2").click()
    expect(page.locator("#proof mark")).to_be_visible()

    expect(page.get_by_role("link", name="House")).to_have_count(0)
    release = urlsplit(next(iter(visits.files))).path.split("/")[2]
    told = page.evaluate("async (path) => (await fetch(path)).status", f"/console/{release}/house/screens.js")
    assert (told, [url for url in visits.files if "/house/" in url]) == (403, [])
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Your key")).to_be_visible()


def test_who_shares_a_browser_finds_no_other_users_draft(keyed_house: House, visits: Visits) -> None:
    page = visits.page(keyed_house.url)
    keys = {user: a_key(keyed_house.url, Role.TEACHER, user) for user in ("asha", "mira")}
    subject = page.get_by_label("Subject", exact=True)
    found = []
    for user in ("asha", "mira", "asha"):
        come_in(page, keys[user])
        expect(page.get_by_text(user, exact=True)).to_be_visible()
        found.append(subject.input_value())
        subject.fill(f"a draft of {user}")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Your key")).to_be_visible()

    assert found == ["", "", "a draft of asha"]


def test_an_operator_sees_who_writes_and_what_waits_and_replays_what_a_user_ordered(
    keyed_house: House, visits: Visits
) -> None:
    page = visits.page(f"{keyed_house.url}/house")
    come_in(page, KEY)
    expect(page.get_by_role("row", name=re.compile("generator"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("offline.*0 of"))).to_be_visible()
    page.get_by_role("link", name="Tasks", exact=True).click()
    page.get_by_role("link", name="verbs").click()
    expect(page.locator(".waterfall > li", has_text="LessonStored")).to_be_visible()
    page.get_by_role("button", name="code tell the same?").click()
    expect(page.get_by_text(re.compile(r"events replayed\. 0 differences\."))).to_be_visible()
