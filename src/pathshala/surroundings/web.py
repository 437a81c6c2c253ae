"""The doctor's checks over HTTP, of the model's server and of Wikipedia: one cheap request each, none paid for."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx2

from pathshala.settings import HouseSettings
from pathshala_common.contract.finding import Finding, ok, warning, wrong

REQUEST_SECONDS = 8.0
BODY_MAX_BYTES = 1_048_576
CLOCK_OFF_MAX_SECONDS = 5.0
OPENAI_URL = "https://api.openai.com/v1"
SITE_QUERY = "?action=query&meta=siteinfo&format=json&maxlag=5"
EXAMPLE_CONTACT = "pathshala.example"
Object = Mapping[str, Any]
FAILURES = (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TimeoutError)
"""The errors of a request that got no answer."""

REFUSED_KEY = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class Answer:
    """An HTTP answer, its body cut at a limit."""

    def __init__(self, status: int, date: str, body: bytes) -> None:
        self.status, self.date, self.body = status, date, body


async def writer(settings: HouseSettings) -> Sequence[Finding]:
    """Say which writer these settings come to and why; ask a model server for its list of models."""
    if settings.chosen_writer == "offline":
        why = "as set" if settings.writer == "offline" else "since neither OPENAI_API_KEY nor OPENAI_BASE_URL is set"
        return ok("writer", f"offline, {why}")
    why = "as set" if settings.writer == "openai" else "since a key or a base URL is set"
    url = settings.openai_base_url or OPENAI_URL
    said = f"openai, {why}; model {settings.model} at {_shown(url)}"
    secret = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
    try:
        answer = await get(f"{url.rstrip('/')}/models", {"Authorization": f"Bearer {secret}"} if secret else {})
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TimeoutError) as error:
        remedy = "Start it, or correct OPENAI_BASE_URL. Until it answers, requests are accepted and wait."
        return wrong("writer", f"{said}: cannot be reached ({type(error).__name__})", remedy)
    return [*_judged(answer, said, settings), *_clock("the model server's", answer)]


def _judged(answer: Answer, said: str, settings: HouseSettings) -> Sequence[Finding]:
    if answer.status in REFUSED_KEY:
        return wrong("writer", f"{said}: the key is refused ({answer.status})", "Set OPENAI_API_KEY to a valid key.")
    if answer.status != HTTPStatus.OK:
        remedy = "See that OPENAI_BASE_URL ends as the server wants it (often /v1); a lesson will tell for certain."
        return warning("writer", f"{said}: its list of models answers {answer.status}", remedy)
    models = object_in(answer).get("data")
    names = {model.get("id") for model in models if isinstance(model, dict)} if isinstance(models, list) else set()
    if names and settings.model not in names:
        remedy = "Set PATHSHALA_MODEL to a model that it has; some servers take more than they list."
        return warning("writer", f"{said}: it does not list this model", remedy)
    return ok("writer", f"{said}: reachable, and the key is taken" if settings.openai_api_key else f"{said}: reachable")


async def wikipedia(settings: HouseSettings) -> Sequence[Finding]:
    """Ask the English one for its name, as the enricher would ask it."""
    url, about = settings.wikipedia_url.replace("{language}", "en"), "wikipedia"
    remedy = "Lessons are written without it, and say so. See PATHSHALA_WIKIPEDIA_URL and the way out of this machine."
    try:
        answer = await get(f"{url}{SITE_QUERY}", {"User-Agent": settings.wikipedia_user_agent})
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TimeoutError) as error:
        return warning(about, f"{_shown(url)} cannot be reached ({type(error).__name__})", remedy)
    if answer.status != HTTPStatus.OK:
        return [*warning(about, f"{_shown(url)} answers {answer.status}", remedy), *_clock("Wikipedia's", answer)]
    if not object_in(answer):
        return warning(about, f"{_shown(url)} answers with something else", remedy)
    found = ok(about, f"{_shown(url)} answers")
    if EXAMPLE_CONTACT in settings.wikipedia_user_agent:
        found = warning(
            about,
            f"{_shown(url)} answers, but PATHSHALA_WIKIPEDIA_USER_AGENT names no contact of yours",
            "Put an address of yours there: Wikipedia's rules ask for one, and it may refuse you without.",
        )
    return [*found, *_clock("Wikipedia's", answer)]


async def get(url: str, headers: Mapping[str, str], *, seconds: float = REQUEST_SECONDS) -> Answer:
    """Ask once, follow nothing, and read no more than is looked at. Raises what httpx2 raises, or TimeoutError."""
    async with (
        asyncio.timeout(seconds),
        httpx2.AsyncClient(timeout=seconds) as client,
        client.stream("GET", url, headers=dict(headers)) as response,
    ):
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > BODY_MAX_BYTES:
                break
        return Answer(response.status_code, response.headers.get("date", ""), bytes(body[:BODY_MAX_BYTES]))


def object_in(answer: Answer) -> Mapping[str, Any]:
    """The JSON object that it holds; an empty one if it holds none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _clock(whose: str, answer: Answer) -> Sequence[Finding]:
    """Compare with the answer's Date, which has whole seconds."""
    try:
        told = parsedate_to_datetime(answer.date)
    except ValueError:
        return []
    if told.tzinfo is None:
        return []
    off = abs((datetime.now(UTC) - told).total_seconds())
    if off > CLOCK_OFF_MAX_SECONDS:
        return warning("clock", f"{off:.0f} s apart from {whose}", "Deadlines and delays go by it: run NTP.")
    return ok("clock", f"within {CLOCK_OFF_MAX_SECONDS:g} s of {whose}")


def _shown(url: str) -> str:
    """An address without name, password and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
