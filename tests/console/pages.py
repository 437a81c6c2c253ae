"""Pages of the console in a browser, as a test opens them, and what must be true of each when it is left."""

import shutil
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from pathshala_common.contract.access_key import Role
from tests.house.asking import generators_paused
from tests.house.calling import Client, get, post
from tests.waiting import DEADLINE_SECONDS, until_true

DEADLINE_MS = 1_000 * DEADLINE_SECONDS
CANARY = "canary"
MARKUP = f"<img src=x onerror='window.{CANARY}=1'><script>window.{CANARY}=1</script>"
"""What runs if anybody ever reads it as markup."""

AWAY = ("ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_EMPTY_RESPONSE", "net::ERR_FAILED", "Failed to load resource")
"""What the browser itself says of a house that is away, or of an answer that is no success: no fault of the page."""

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Find the browser."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert found, "scripts/test installs Chromium (Debian: apt-get install chromium)"
    return found


expect.set_options(timeout=DEADLINE_MS)


class Visits:
    """Opens pages and watches over them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._pages: list[Page] = []
        self.faults: list[str] = []
        self.foreign: list[str] = []
        self.files: dict[str, int] = {}

    def page(self, url: str, **options: Any) -> Page:
        """Open a page in a profile of its own."""
        context = self._browser.new_context(**{"locale": "en-GB", **options})
        context.set_default_timeout(DEADLINE_MS)
        self._contexts.append(context)
        page = context.new_page()
        self._pages.append(page)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._said)
        page.on("response", lambda answer: self._loaded(answer, url))
        page.goto(url)
        return page

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        canaries = [page.evaluate(f"window.{CANARY}") for page in self._pages if not page.is_closed()]
        for context in self._contexts:
            context.close()
        if kind is None:
            assert canaries == [None] * len(canaries), "a text was read as markup"
            assert self.faults == []
            assert self.foreign == []

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(word in message.text for word in AWAY):
            self.faults.append(message.text)

    def _loaded(self, answer: Response, url: str) -> None:
        if answer.url.startswith("http") and not answer.url.startswith(url.split("/", 3)[0] + "//" + url.split("/")[2]):
            self.foreign.append(answer.url)
        if "/console/" in answer.url and answer.ok:
            self.files[answer.url] = int(answer.headers.get("content-length", 0))


def ordered(url: str, subject: str, topic: str, **more: Any) -> str:
    """Order a lesson of a house over HTTP; returns its task."""
    answer = post(f"{url}/lessons", json={"subject": subject, "topic": topic, "user_id": "asha", **more})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["task_id"])


def made(url: str, subject: str, topic: str, **more: Any) -> str:
    """Order a lesson and wait until its task has ended; returns it."""
    task_id = ordered(url, subject, topic, **more)
    until_true(lambda: get(f"{url}/lessons/status/{task_id}").json()["completed_at"])
    return task_id


def a_key(url: str, role: Role, user_id: str = "asha") -> str:
    """Have the house make a key."""
    body = {"name": "a browser's", "user_id": user_id, "role": role}
    return str(post(f"{url}/operator/keys", json=body).json()["key"])


def paused(url: str, *, wanted: bool) -> None:
    """Pause writing, once no generator begins to write any more, or let it go on."""
    answer = put(f"{url}/operator/writing", {"paused": wanted})
    assert answer == {"paused": wanted}
    if wanted:
        until_true(lambda: generators_paused(url))


def put(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """Put something; returns what of it the answer repeats."""
    with Client() as client:
        told = client.put(url, json=body).json()
    return {name: told.get(name) for name in body}
