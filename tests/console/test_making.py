"""A teacher's way: order, watch, read, prove a sentence, see an answer; what fails, breaks off or is long is told."""

import re

from playwright.sync_api import Page, expect

from tests.console.pages import MARKUP, Visits, made, ordered, paused
from tests.house.houses import House


def order(page: Page, subject: str, topic: str) -> None:
    page.get_by_label("Subject", exact=True).fill(subject)
    page.get_by_label("Topic", exact=True).fill(topic)
    page.get_by_role("button", name="Make the lesson").click()


def test_a_stranger_orders_watches_reads_and_proves(house: House, visits: Visits) -> None:
    page = visits.page(house.url)
    order(page, "english", "verbs")

    expect(page).to_have_url(re.compile(r"/task/[0-9a-f-]+$"))
    expect(page.get_by_role("heading", name="verbs")).to_be_visible()
    page.get_by_role("link", name="Read the lesson").click()

    expect(page.locator(".shloka")).to_have_attribute("lang", "sa")
    expect(page.locator(".quality")).to_contain_text("Grounded in Wikipedia: “Verb”")
    expect(page.locator(".quality")).to_contain_text("Made offline")
    page.get_by_role("button", name="Proof 2").click()
    proof = page.locator("#proof")
    expect(proof).to_be_visible()
    quoted = proof.locator("mark").inner_text()
    assert quoted in proof.locator(".article-text").inner_text()
    link = proof.get_by_role("link", name="Revision")
    expect(link).to_have_attribute("href", re.compile(r"/wiki/Verb\?oldid=\d+$"))
    page.keyboard.press("Escape")
    expect(proof).to_be_hidden()
    expect(page.get_by_role("button", name="Proof 2").first).to_be_focused()

    answer = page.locator("details.answer").first
    expect(answer.locator("strong")).to_be_hidden()
    answer.get_by_text("Show the answer").click()
    expect(answer.locator("strong")).to_be_visible()
    page.reload()
    expect(page.locator(".shloka")).to_be_visible()


def test_an_order_that_cannot_be_made_says_what_would_do(house: House, visits: Visits) -> None:
    task_id = made(house.url, "english", "verbs", language="ta")
    page = visits.page(f"{house.url}/task/{task_id}")

    expect(page.locator(".problem")).to_contain_text("language_unavailable")
    page.get_by_role("button", name="Order this instead").click()

    expect(page.get_by_role("link", name="Read the lesson")).to_be_visible()
    assert task_id not in page.url


def test_what_was_typed_is_kept_until_it_is_ordered(house: House, visits: Visits) -> None:
    page = visits.page(house.url)
    page.get_by_label("Topic", exact=True).fill("the water cycle")
    page.get_by_text("More: your own text").click()
    page.get_by_label("Your own article").fill("Rain falls. Rivers run to the sea.")
    page.reload()

    expect(page.get_by_label("Topic", exact=True)).to_have_value("the water cycle")
    expect(page.get_by_label("Your own article")).to_have_value("Rain falls. Rivers run to the sea.")
    page.get_by_label("Subject", exact=True).fill("science")
    page.get_by_role("button", name="Make the lesson").click()
    expect(page.get_by_role("link", name="Read the lesson").or_(page.locator(".problem"))).to_be_visible()
    page.get_by_role("link", name="Make", exact=True).click()
    expect(page.get_by_label("Topic", exact=True)).to_have_value("")


def test_a_wait_is_told_and_a_restart_of_the_house_lived_through(house: House, visits: Visits) -> None:
    paused(house.url, wanted=True)
    page = visits.page(house.url)
    order(page, "science", "photosynthesis")
    expect(page.locator(".waits")).to_contain_text("the operator has paused writing")
    page.evaluate("window.same = true")

    house.services["pathshala"].kill()
    expect(page.locator(".link-word")).to_contain_text("The house does not answer")
    house.restart("pathshala")
    paused(house.url, wanted=False)

    expect(page.get_by_role("link", name="Read the lesson")).to_be_visible()
    expect(page.locator(".link-word")).to_be_hidden()
    assert page.evaluate("window.same"), "the page was not loaded anew"


def test_a_lesson_is_cancelled_and_tried_again(house: House, visits: Visits) -> None:
    paused(house.url, wanted=True)
    page = visits.page(f"{house.url}/task/{ordered(house.url, 'science', 'gravity')}")
    page.get_by_role("button", name="Cancel this lesson").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel this lesson").click()

    expect(page.locator(".problem")).to_contain_text("cancelled")
    paused(house.url, wanted=False)
    page.get_by_role("button", name="Try the same again").click()
    expect(page.get_by_role("link", name="Read the lesson")).to_be_visible()


def test_no_text_is_ever_read_as_markup(house: House, visits: Visits) -> None:
    topic = f"rain {MARKUP}"
    article = f"Rain is water that falls from clouds. {MARKUP} Clouds are made of small drops of water."
    task_id = made(house.url, f"science {MARKUP}".replace("/", ""), topic, source_text=article, user_id=MARKUP)
    for path in ("/", f"/task/{task_id}", "/house/tasks", f"/house/tasks/{task_id}"):
        page = visits.page(house.url + path)
        expect(page.locator("h1")).to_be_visible()
        expect(page.get_by_text("<img src=x").first).to_be_attached()
        assert page.locator("main img[src=x], main script").count() == 0, path
    page = visits.page(f"{house.url}/task/{task_id}")
    ready = page.get_by_role("link", name="Read the lesson")
    expect(ready.or_(page.locator(".problem"))).to_be_visible()
    if ready.count():
        ready.click()
        expect(page.locator(".paper")).to_be_visible()
