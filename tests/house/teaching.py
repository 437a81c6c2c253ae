"""What teachers do over HTTP: order a class set and wait for it, make versions of others, approve and rate them."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

from tests.house import calling
from tests.house.asking import answered
from tests.house.houses import House
from tests.waiting import DEADLINE_SECONDS, looks


def post(url: str, **more: Any) -> requests.Response:
    """Post something, with one idempotency key however often it is sent."""
    headers = {"Idempotency-Key": uuid4().hex} | more.pop("headers", {})
    return answered(partial(calling.post, url, headers=headers, timeout=DEADLINE_SECONDS, **more))


def make(url: str, path: str, lesson: str, of: str, body: dict[str, Any]) -> requests.Response:
    """Post a version, or an order for one, that is made of another version of a lesson, which a query names."""
    return post(f"{url}/lessons/{path}?{lesson}", json=body, headers={"If-Match": f'"{of}"'})


def put(url: str, what: str, lesson: str, version: str, body: dict[str, Any]) -> dict[str, Any]:
    """Say something of a version: an approval or a rating."""
    with calling.Client() as client:
        address = f"{url}/lessons/{what}?{lesson}&version={version}"
        answer = answered(lambda: client.put(address, json=body, timeout=DEADLINE_SECONDS))
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def order_table(url: str, table: str, key: str | None = None, **query: str) -> requests.Response:
    """Order a class set by a table, as a spreadsheet saves it."""
    headers = {"Content-Type": "text/csv", "Idempotency-Key": key or uuid4().hex}
    return post(f"{url}/class-sets", params=query, data=table.encode(), headers=headers)


def finished(url: str) -> dict[str, Any]:
    """Wait until a class set has ended, as a client that is told of changes."""
    headers: dict[str, str] = {"Prefer": "wait=10"}
    body: dict[str, Any] = {}
    for _ in looks():
        answer = answered(partial(calling.get, url, headers=headers, timeout=DEADLINE_SECONDS))
        if answer.status_code == 200:
            body, headers["If-None-Match"] = answer.json(), answer.headers["ETag"]
        if body["status"] == "finished":
            break
    return body


def command(house: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the house's store."""
    [process, *_] = house.services.values()
    return subprocess.run(
        [sys.executable, "-m", "pathshala", *arguments],
        env=os.environ | process.settings,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


def rebuilt(house: House, folder: Path) -> subprocess.CompletedProcess[str]:
    """Rebuild beside what is kept, again while something is wrong: the last events may be logged and not folded yet."""
    ended = command(house, "rebuild", "--json", "--file", str(folder / "beside.db"))
    for number, _ in enumerate(looks(), 1):
        if ended.returncode == 0:
            break
        ended = command(house, "rebuild", "--json", "--file", str(folder / f"beside-{number}.db"))
    return ended
