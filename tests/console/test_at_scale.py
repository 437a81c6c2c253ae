"""An operator among thousands of tasks: few rows are drawn, the last hour is a chart, one task is replayed."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.events import LessonRequested
from pathshala_common.contract.lesson import Status, Task
from pathshala_common.contract.ports.store import Change
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.console.conftest import running
from tests.console.pages import Visits, made
from tests.house.houses import House
from tests.stories.lessons import a_request
from tests.waiting import until_true

TASKS = 2_000
PAGE = 100
ELEMENTS_A_ROW_MAX = 15


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, wikipedia_url: str) -> Iterator[House]:
    """A house that finds thousands of tasks in its store, and has made one lesson since."""
    folder = tmp_path_factory.mktemp("large")
    with ThreadPoolExecutor(1) as pool:  # this thread's event loop is the browser's
        pool.submit(asyncio.run, _stock(folder / "pathshala.db")).result()
    for house in running(folder, wikipedia_url, "off"):
        made(house.url, "english", "verbs")
        yield house


async def _stock(path: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    store = SQLiteStore(path)
    await store.open()
    await store.append([_ended(number, now - timedelta(milliseconds=1 + number)) for number in range(TASKS)])
    await store.close()


def _ended(number: int, at: datetime) -> Change:
    request = a_request("arithmetic", f"number {number}", at=at)
    task_id = f"stocked-{number}"
    task = Task(task_id=task_id, request=request, status=Status.COMPLETED, completed_at=at)
    asked = LessonRequested(task_id=task_id, request=request)
    return Change(task_id, 0, [wrap(asked, source="api", now=at)], task)


def test_of_thousands_of_tasks_a_page_is_drawn_and_scrolls(large: House, visits: Visits) -> None:
    page = visits.page(f"{large.url}/house/tasks")
    rows = page.locator("main [data-row]")
    expect(page.locator("main [role=status]")).to_contain_text("2,001 ready")
    for _ in range(3):
        expect(rows).to_have_count(PAGE)
        assert page.evaluate("document.querySelectorAll('*').length") < ELEMENTS_A_ROW_MAX * PAGE
        page.mouse.wheel(0, 100_000)
        until_true(lambda: page.evaluate("scrollY > 0"))
        before = rows.last.inner_text()
        page.get_by_role("button", name="Older").click()
        expect(rows.last).not_to_have_text(before)
        until_true(lambda: page.evaluate("scrollY === 0"))
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()


def test_the_last_hour_is_drawn_with_its_figures_behind(large: House, visits: Visits) -> None:
    page = visits.page(f"{large.url}/house")
    ended = page.locator(".chart").first
    expect(ended.get_by_role("img", name="Ended, each 5 minutes")).to_be_visible()
    expect(page.locator(".chart")).to_have_count(3)
    ended.get_by_text("Figures").click()
    expect(ended.get_by_role("row")).to_have_count(1 + 12)
    expect(ended.get_by_role("row", name="1,000 ready, 0 failed")).to_be_visible()
    expect(page.locator("main")).to_contain_text("More ended than are counted here.")


@pytest.mark.slow
def test_a_task_is_replayed_and_written_again_the_cost_asked_first(large: House, visits: Visits) -> None:
    page = visits.page(f"{large.url}/house/tasks?subject=english&topic=verbs")
    page.get_by_role("link", name="verbs").click()
    page.get_by_role("button", name="code tell the same?").click()
    expect(page.locator("main")).to_contain_text("0 differences.")
    page.get_by_role("button", name="writer write?").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No language model was called then.")
    dialog.get_by_role("button", name="writer write?").click()
    expect(page.locator("main")).to_contain_text("Then by offline, now by offline.")
