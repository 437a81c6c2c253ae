"""A running house, asked over HTTP by a command: patient with one that is busy, and clear about one that refuses."""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from pathshala.exits import CommandError
from pathshala.options import HouseAddress
from pathshala.terminal import say
from pathshala_common.contract.errors import InUseError, SettingsError

TIMEOUT_SECONDS = 90.0
"""Longer than a poll waits, and than any export takes."""

POLL_WAITS_SECONDS = 30
ATTEMPTS_MAX = 5
"""Requests that may be repeated are sent so often, if the house is busy or away for a moment."""

AGAIN_SECONDS, AGAIN_SECONDS_MAX = 1.0, 30.0
SCHEMES = ("http://", "https://")
HOST, PORT = "127.0.0.1", "8000"
ANYWHERE = {"0.0.0.0": HOST, "::": "::1"}  # noqa: S104 - a house that listens there answers here
BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
STARTING = "start one with `pathshala up`, or say where yours is by PATHSHALA_URL"

INSTEAD = {
    "lesson_not_found": "`pathshala lesson create SUBJECT TOPIC` makes it, `pathshala lesson list` shows what there is",
    "edition_not_found": "`pathshala lesson list` shows the languages and levels that there are",
    "version_not_found": "`pathshala lesson versions SUBJECT TOPIC` shows those that there are",
    "task_not_found": "`pathshala tasks` shows those that there are",
    "key_required": "put your key into PATHSHALA_KEY",
    "key_refused": "look at PATHSHALA_KEY, or have an operator make a key by `pathshala keys create`",
    "role_required": "ask for a key of a higher role, and put it into PATHSHALA_KEY",
}
"""The command that helps, by the code of a problem whose own words are about HTTP."""


class HouseProblemError(CommandError):
    """A problem that the house answered, by its code and members."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        """Take the members of application/problem+json, as far as there are any."""
        self.status, self.told, self.code = status, told, str(told.get("code", ""))
        title = str(told.get("title") or f"the house answered {status}")
        parts = [f"{title}: {told['detail']}" if told.get("detail") else title]
        suggested = told.get("suggestion")
        parts += [str(suggested["words"])] if isinstance(suggested, dict) and suggested.get("words") else []
        parts += [f"Or here: {INSTEAD[self.code]}."] if self.code in INSTEAD else []
        super().__init__(" ".join(" ".join(parts).split()))


class HouseAwayError(CommandError):
    """Nobody answers at the address, or what answers is no house."""


@dataclass(frozen=True, slots=True)
class RunningHouse:
    """A house that answers at an address."""

    url: str
    client: httpx2.Client

    def get(self, path: str, **query: object) -> Any:
        """Read something. Raises HouseProblemError or HouseAwayError, as all of these do."""
        return _json(self.asked("GET", path, query))

    def post(self, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, object] | None = None) -> Any:
        """Order something. However often it is sent, it is ordered once."""
        return _json(self.asked("POST", path, query, body, once()))

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Set something."""
        return _json(self.asked("PUT", path, body=body))

    def delete(self, path: str, **query: object) -> Any:
        """End something."""
        answer = self.asked("DELETE", path, query)
        return _json(answer) if answer.content else None

    def asked(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        repeatable: bool = True,
    ) -> httpx2.Response:
        """Ask, and ask again if the house says when, or broke off what is `repeatable`."""
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        sent = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        for attempt in count(1):
            try:
                answer = self.client.request(method, path, params=given, headers=dict(headers or {}), **sent)
            except httpx2.ConnectError as error:
                raise HouseAwayError(f"no house answers at {self.url}: {STARTING}") from error
            except httpx2.HTTPError as error:
                if attempt == ATTEMPTS_MAX or not repeatable:
                    raise HouseAwayError(f"the house at {self.url} broke off: {type(error).__name__}") from error
                time.sleep(AGAIN_SECONDS)
                continue
            seconds = _again_after(answer)
            if seconds is None or attempt == ATTEMPTS_MAX:
                return _well(answer)
            say(f"The house is busy; again in {seconds:g} s.", error=True)
            time.sleep(seconds)
        raise AssertionError("it counts on")

    def states(self, path: str, is_final: Callable[[Mapping[str, Any]], bool]) -> Iterator[Mapping[str, Any]]:
        """Give the present state of something that can be polled, then each that it changes to, until the last.

        A house that is away meanwhile, restarted say, is waited for.
        """
        headers, away = dict[str, str](), 0
        while True:
            try:
                answer = self.asked("GET", path, headers=headers)
            except HouseAwayError:
                away += 1
                if not headers or away * AGAIN_SECONDS > TIMEOUT_SECONDS:
                    raise
                time.sleep(AGAIN_SECONDS)
                continue
            away = 0
            if answer.status_code != HTTPStatus.NOT_MODIFIED:
                headers = {"Prefer": f"wait={POLL_WAITS_SECONDS}", "If-None-Match": answer.headers.get("ETag", "")}
                state = _json(answer)
                yield state
                if is_final(state):
                    return

    def saved(self, path: str, query: Mapping[str, object], file: Path | None) -> tuple[Path, int]:
        """Save a file that the house makes. Returns where, and its size in bytes.

        Without a name it has that of the house, and overwrites nothing. Raises SettingsError if it cannot be written.
        """
        answer = self.asked("GET", path, query)
        place = file or Path(_named(answer))
        try:
            with place.open("wb" if file else "xb") as opened:
                opened.write(answer.content)
        except FileExistsError as error:
            raise SettingsError(f"{place} is there already: name the file by --output") from error
        except OSError as error:
            raise SettingsError(f"{place} cannot be written: {error.strerror}") from error
        return place, len(answer.content)


@contextmanager
def house(address: HouseAddress) -> Iterator[RunningHouse]:
    """Reach the house that an address names, or else the local one. Raises SettingsError for one that is none."""
    url = (address.url or local_url()).rstrip("/")
    if not url.startswith(SCHEMES):
        raise SettingsError("--url, or PATHSHALA_URL, must be the http or https address of a house")
    if "@" in urlsplit(url).netloc:
        raise SettingsError("--url, or PATHSHALA_URL, must carry no name or password: a key goes into PATHSHALA_KEY")
    headers = {"Authorization": f"Bearer {address.key}"} if address.key else {}
    try:
        client = httpx2.Client(base_url=url, headers=headers, timeout=TIMEOUT_SECONDS)
    except httpx2.InvalidURL as error:
        raise SettingsError(f"--url, or PATHSHALA_URL, is no address: {error}") from error
    except UnicodeError:
        raise SettingsError("--key, or PATHSHALA_KEY, is no key of a house: it has letters that none has") from None
    with client:
        yield RunningHouse(url, client)


def by_house_or_store(address: HouseAddress, ask: Callable[[RunningHouse], int], open_store: Callable[[], int]) -> int:
    """Ask the house whose address is given. Without one open the store; if a local house owns that, ask it."""
    if address.url is None:
        try:
            return open_store()
        except SettingsError as error:
            local = HouseAddress(url=local_url(), key=address.key)
            if not isinstance(error.__cause__, InUseError) or not _answers(local):
                raise
            address = local
    with house(address) as running:
        return ask(running)


def path_to(*parts: str) -> str:
    """A path of these parts, whatever stands in them."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def once() -> dict[str, str]:
    """The header by which an order that is sent several times is one order."""
    return {"Idempotency-Key": uuid.uuid4().hex}


def local_url() -> str:
    """The address of a house that runs here with the settings of this environment."""
    host = os.environ.get("PATHSHALA_HOST") or HOST
    host, port = ANYWHERE.get(host, host), os.environ.get("PATHSHALA_PORT") or PORT
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def user_of(running: RunningHouse, user: str | None) -> str:
    """The user who orders: the one who is named, or the key's, or else the one who is logged in here."""
    if user is not None:
        return user
    return str(running.get("/session").get("user_id") or os.environ.get("USER") or "me")


def _answers(address: HouseAddress) -> bool:
    try:
        with house(address) as running:
            running.get("/health/live")
    except CommandError:
        return False
    return True


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _well(answer: httpx2.Response) -> httpx2.Response:
    """Give an answer that is no problem. Raises HouseProblemError."""
    if answer.is_error:
        raise HouseProblemError(answer.status_code, _object(answer))
    return answer


def _again_after(answer: httpx2.Response) -> float | None:
    """Read after how many seconds the house wants to be asked again; None if not, or not so soon."""
    if answer.status_code not in BUSY:
        return None
    try:
        seconds = float(answer.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if seconds <= AGAIN_SECONDS_MAX else None


def _json(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise HouseAwayError(f"what answers at {answer.url.copy_with(query=None)} is no house: {STARTING}") from error


def _object(answer: httpx2.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _named(answer: httpx2.Response) -> str:
    """The name that the house gives a file, without any folder."""
    named = answer.headers.get("Content-Disposition", "").partition("filename*=UTF-8''")[2].partition(";")[0]
    return Path(httpx2.URL(f"http://file/{named}").path).name if named else "lesson"
