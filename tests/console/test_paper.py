"""The HTML file of a lesson in a browser: it opens with no request but for itself, and prints its sheets apart."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.house import calling
from tests.house.asking import answered, ask, outcome
from tests.house.houses import House
from tests.waiting import DEADLINE_SECONDS

LESSONS = [("verbs", "en", "middle"), ("rain", "hi", "primary"), ("photosynthesis", "en", "secondary")]
SHEETS = ("pupil", "teacher", "both")
PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize(("topic", "language", "level"), LESSONS)
def test_a_file_opens_without_any_request_and_prints_each_sheet_on_pages_of_its_own(
    topic: str, language: str, level: str, house: House, browser: Browser, tmp_path: Path
) -> None:
    ended = outcome(house.url, ask(house.url, topic, "school", language=language, level=level))
    assert ended["status"] == "completed", ended
    pages = {}
    for sheet in SHEETS:
        file = tmp_path / f"{sheet}.html"
        file.write_bytes(_read(house, topic, language=language, level=level, format="html", sheet=sheet))
        asked, printed = _opened_and_printed(browser, file)
        assert asked == [file.as_uri()]
        file.with_suffix(".pdf").write_bytes(printed)
        pages[sheet] = len(PAGE_OF_PDF.findall(printed))

    assert 1 <= pages["pupil"] <= 2
    assert 1 <= pages["teacher"] <= 3
    assert pages["both"] == pages["pupil"] + pages["teacher"]


def _read(house: House, topic: str, **query: str) -> bytes:
    url = f"{house.url}/lessons/school/{topic}"
    answer = answered(lambda: calling.get(url, params=query, timeout=DEADLINE_SECONDS))
    assert answer.status_code == 200, answer.text
    return answer.content


def _opened_and_printed(browser: Browser, file: Path) -> tuple[list[str], bytes]:
    """Open a file from the disk and print it. Gives what was asked for meanwhile, refused or not, and the PDF."""
    page = browser.new_page()
    try:
        asked = list[str]()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri(), wait_until="networkidle")
        return asked, page.pdf(prefer_css_page_size=True, print_background=True)
    finally:
        page.close()
