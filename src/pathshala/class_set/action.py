"""Orders a table over HTTP, waits for its end, telling of each step, and saves the pack."""

import json
import shutil
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pathshala.exits import FAILED
from pathshala.terminal import say
from pathshala_common.contract.errors import SettingsError

TIMEOUT_SECONDS = 90.0
"""Longer than a poll waits."""

WAIT = {"Prefer": "wait=20"}
SCHEMES = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class House:
    """A running house, and the key that it is asked by."""

    url: str
    key: str | None

    def request(
        self, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> urllib.request.Request:
        """Make a request. Raises SettingsError for an address that is none."""
        if not self.url.startswith(SCHEMES):
            raise SettingsError("--url must be an http or https address")
        by_key = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return urllib.request.Request(self.url.rstrip("/") + path, body, {**(headers or {}), **by_key})  # noqa: S310 - its scheme was looked at


def order(file: Path, house: House, fields: Mapping[str, Any], pack: Path) -> int:
    """Order, wait and save. Returns the exit code. Raises SettingsError."""
    try:
        table = file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error
    query = urllib.parse.urlencode({name: value for name, value in fields.items() if value is not None})
    headers = {"Content-Type": "text/csv", "Idempotency-Key": uuid.uuid4().hex}
    try:
        made = _json(house.request(f"/class-sets?{query}", headers, table))
        for refused in made["refused"]:
            say(("refused ", "bold red"), f"  row {refused['row']}: {refused['error_message']}")
        ended = _watched(house, made["set_url"])
        completed = ended["counts"]["completed"]
        if completed:
            with urllib.request.urlopen(house.request(ended["pack_url"]), timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
                _save(answer, pack)
            say(f"{completed} of {ended['rows']} lessons: {pack}")
    except urllib.error.HTTPError as error:
        say((_detail(error), "bold red"))
        return FAILED
    except (urllib.error.URLError, TimeoutError) as error:
        say((f"{house.url} does not answer: {error}", "bold red"))
        return FAILED
    return 0 if completed == ended["rows"] else FAILED


def _watched(house: House, path: str) -> dict[str, Any]:
    """Wait for the end of a set, and say a line for each row that ends."""
    told = set[int]()
    headers = dict(WAIT)
    while True:
        try:
            with urllib.request.urlopen(house.request(path, headers), timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
                seen: dict[str, Any] = json.load(answer)
                headers["If-None-Match"] = answer.headers["ETag"]
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_MODIFIED:
                continue
            raise
        for item in seen["items"]:
            if item["row"] not in told and item["status"] in {"completed", "failed"}:
                told.add(item["row"])
                _say(item, seen["percent"])
        if seen["status"] == "finished":
            return seen


def _say(item: Mapping[str, Any], percent: int) -> None:
    named = f"row {item['row']}, {item['subject']}/{item['topic']}"
    if item["status"] == "completed":
        say(f"{percent:3} %  {named}: version {item['version']}")
    else:
        instead = f" {item['suggestion']['words']}" if item["suggestion"] else ""
        say(f"{percent:3} %  ", ("failed", "bold red"), f"  {named}: {item['error_message']}{instead}")


def _json(request: urllib.request.Request) -> dict[str, Any]:
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
        told: dict[str, Any] = json.load(answer)
    return told


def _save(answer: Any, pack: Path) -> None:
    try:
        with pack.open("wb") as saved:
            shutil.copyfileobj(answer, saved)
    except OSError as error:
        raise SettingsError(f"{pack} cannot be written: {error.strerror}") from error


def _detail(error: urllib.error.HTTPError) -> str:
    """Say what a problem says, or what HTTP does."""
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"the house answered {error.code}"
