"""A teacher's hand on the page: edited, compared, approved, rated, gone back from, rewritten, saved."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pathshala_common.contract.access_key import Role
from tests.console.pages import Visits, a_key, made
from tests.house.calling import Client, post
from tests.house.houses import House

VERBS = {"subject": "english", "topic": "verbs", "language": "en"}


@pytest.fixture(scope="module")
def taught(house: House) -> House:
    """A house with one lesson, in an edition for each test."""
    for level in ("primary", "middle", "secondary", "adult"):
        made(house.url, "english", "verbs", level=level)
    return house


def address(house: House, level: str, more: str = "") -> str:
    return f"{house.url}/lesson/english/verbs?language=en&level={level}{more}"


def edited(house: House, level: str, of: str, **changes: Any) -> None:
    """Have another teacher edit the lesson, over HTTP."""
    body = {"user_id": "mira", "changes": changes, "note": "For my class."}
    answer = post(
        f"{house.url}/lessons/versions", params=VERBS | {"level": level}, json=body, headers={"If-Match": f'"{of}"'}
    )
    assert answer.status_code == 201, answer.text


def version(page: Page) -> Any:
    return page.locator(".under-title")


def test_an_edit_is_checked_as_one_types_survives_a_reload_and_is_stored_with_a_check_overruled(
    taught: House, visits: Visits
) -> None:
    page = visits.page(address(taught, "middle"))
    expect(page.get_by_role("link", name="Edit", exact=True)).to_be_visible()
    page.keyboard.press("e")
    title = page.get_by_label("Title", exact=True)
    expect(title).not_to_have_value("")
    title.fill("On cheese")
    page.get_by_label("Explanation", exact=True).fill("Cheese is made of milk. It is eaten on bread.")
    expect(page.locator(".found-whole")).to_contain_text("(on its topic)")
    expect(page.locator("#found-explanation")).to_contain_text("(complete)")
    page.get_by_label("Overrule “on its topic”").check()
    page.get_by_role("textbox", name="Why it does not count here").fill("Cheese is the example of this week.")
    page.reload()

    expect(title).to_have_value("On cheese")
    expect(page.locator("#found-explanation")).to_contain_text("(complete)")
    expect(page.get_by_label("Overrule “on its topic”")).to_be_checked()
    page.get_by_label("Answer").first.fill("A word for what is done.")
    page.get_by_label("Why, for everybody").fill("Nearer to home.")
    page.get_by_label("Your name").fill("tara")
    page.get_by_role("button", name="Store as the next version").click()

    expect(version(page)).to_contain_text("version 1.1")
    expect(page.locator(".notice")).to_have_count(0)
    quality = page.locator(".quality")
    expect(quality).to_contain_text("Edited by tara, from 1.0 Nearer to home.")
    expect(quality).to_contain_text("Overruled: on its topic. Cheese is the example of this week.")
    expect(page.locator(".version-list li").first).to_contain_text(re.compile(r"Edited by tara, from 1\.0.*finding"))
    quality.get_by_role("link", name="What changed").click()
    expect(page.locator("h1")).to_have_text("Versions 1.0 and 1.1")
    expect(page.locator(".side.added ins", has_text="cheese").first).to_be_visible()
    expect(page.locator(".side.removed del").first).to_be_visible()
    page.reload()
    expect(page.locator(".side.added ins", has_text="A word for what is done.")).to_be_visible()


def test_of_two_teachers_the_second_is_shown_what_changed_and_goes_on_with_the_same_words(
    taught: House, visits: Visits
) -> None:
    page = visits.page(address(taught, "primary", "&edit=1"))
    page.get_by_label("Activity", exact=True).fill("Sing a song of verbs.")
    page.get_by_label("Title", exact=True).fill("Verbs, sung")
    edited(taught, "primary", "1.0", title="Doing words", translation="Said otherwise.")
    page.get_by_role("button", name="Store as the next version").click()

    meanwhile = page.get_by_role("alert")
    expect(meanwhile).to_contain_text("Meanwhile mira stored version 1.1.")
    expect(page.locator(".changes section").first).to_contain_text("Doing words")
    page.reload()
    expect(meanwhile).to_contain_text("Meanwhile mira stored version 1.1.")
    page.get_by_role("button", name="Go on from version 1.1").click()
    expect(version(page)).to_contain_text("version 1.1")
    expect(page.get_by_label("Activity", exact=True)).to_have_value("Sing a song of verbs.")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Verbs, sung")
    expect(page.get_by_label("Translation", exact=True)).to_have_value("Said otherwise.")
    expect(page.locator(".of-title .theirs")).to_contain_text("Doing words")
    page.get_by_role("button", name="Take that instead").click()
    page.get_by_role("button", name="Store as the next version").click()

    expect(version(page)).to_contain_text("version 1.2")
    expect(page.locator("h1")).to_have_text("Doing words")
    expect(page.locator(".paper")).to_contain_text("Sing a song of verbs.")


def test_a_version_is_approved_rated_and_gone_back_to(taught: House, visits: Visits) -> None:
    edited(taught, "secondary", "1.0", title="Worse words")
    page = visits.page(address(taught, "secondary"))
    reviews = page.locator(".reviews")
    reviews.get_by_text("Rate this version").click()
    reviews.get_by_label("2 ★").check()
    reviews.get_by_label("Why, for everybody").fill("The title misleads.")
    reviews.get_by_label("Your name").fill("asha")
    reviews.get_by_role("button", name="Send the rating").click()
    expect(reviews).to_contain_text("2 of 5, by 1 person")
    expect(reviews.locator(".ratings")).to_contain_text("The title misleads.")

    page.locator(".version-list a", has_text="1.0").first.click()
    expect(page.locator(".notice")).to_contain_text("This is an older version.")
    expect(page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Go back to this version").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why").fill("It was clearer.")
    dialog.get_by_role("button", name="Go back to this version").click()
    expect(version(page)).to_contain_text("version 1.2")
    expect(page.locator(".quality")).to_contain_text("asha went back to 1.0 It was clearer.")

    page.get_by_role("button", name="Approve", exact=True).click()
    dialog.get_by_role("button", name="Approve").click()
    expect(reviews).to_contain_text("Approved by asha")
    page.reload()
    expect(page.locator(".version-list li").first).to_contain_text("Approved by asha")
    page.get_by_role("button", name="Make it a draft again").click()
    dialog.get_by_role("button", name="Make it a draft again").click()
    expect(reviews).to_contain_text("A draft")


def test_one_part_is_written_anew_watched_and_shown_or_refused_with_what_would_do(
    taught: House, visits: Visits
) -> None:
    page = visits.page(address(taught, "adult"))
    page.get_by_text("Have one part written anew").click()
    page.get_by_label("Part").select_option("verse")
    page.get_by_label("How it is to be").fill("with elephants")
    page.get_by_role("button", name="Write it anew").click()
    expect(page.locator(".problem")).to_contain_text("wish_unmet")
    page.get_by_role("link", name="Back to the lesson").click()
    expect(page.get_by_label("How it is to be")).to_have_value("with elephants")
    page.get_by_label("How it is to be").fill("another verse")
    page.get_by_role("button", name="Write it anew").click()

    expect(version(page)).to_contain_text("version 1.1")
    expect(page.locator(".quality")).to_contain_text("One part written anew for me, from 1.0")
    expect(page.locator(".quality")).to_contain_text("Written anew since: Verse")


def test_it_is_saved_in_every_format_and_one_that_cannot_be_made_says_so(taught: House, visits: Visits) -> None:
    page = visits.page(address(taught, "adult", "&version=1.0"))
    page.get_by_text("Download", exact=True).click()
    for kind, ending in {
        "Web page": "html",
        "Word": "docx",
        "Markdown": "md",
        "Questions for Moodle": "gift",
        "Common Cartridge": "imscc",
        "Data": "json",
    }.items():
        with page.expect_download() as saved:
            page.get_by_role("button", name=re.compile(f"^{kind}.*for the teacher")).click()
        assert saved.value.suggested_filename == f"verbs-1.0.{ending}"
    pdf = page.get_by_role("button", name=re.compile("^PDF.*for pupils"))
    pdf.click()
    expect(pdf).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("role", [Role.USER, Role.TEACHER])
def test_only_teachers_are_shown_what_only_they_may_do(keyed: House, visits: Visits, role: Role) -> None:
    made(keyed.url, "english", "verbs")
    page = visits.page(f"{keyed.url}/lesson/english/verbs")
    page.get_by_label("Your key").fill(a_key(keyed.url, role))
    page.get_by_role("button", name="Come in").click()
    expect(page.locator(".paper")).to_be_visible()
    expect(page.get_by_text("Rate this version")).to_be_visible()
    teaches = role is Role.TEACHER
    for one in (
        page.get_by_role("link", name="Edit", exact=True),
        page.get_by_text("Have one part written anew"),
        page.get_by_role("button", name="Approve"),
    ):
        expect(one).to_have_count(int(teaches))
    if not teaches:
        page.goto(f"{keyed.url}/lesson/english/verbs?edit=1")
        expect(page.locator(".paper")).to_be_visible()
        expect(page.get_by_label("Title", exact=True)).to_have_count(0)
    with Client() as client:
        assert client.get(f"{keyed.url}/lessons/ratings", params=VERBS | {"version": "1.0"}).status_code == 200
