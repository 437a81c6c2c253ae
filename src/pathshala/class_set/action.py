"""Orders a table over HTTP, waits for its end, telling of each step, and saves the pack."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pathshala.exits import FAILED
from pathshala.following import is_final, why
from pathshala.options import HouseAddress
from pathshala.over_http import RunningHouse, house, once, user_of
from pathshala.terminal import say, say_json
from pathshala_common.contract.errors import SettingsError

TABLE = {"Content-Type": "text/csv"}


def order(address: HouseAddress, file: Path, fields: Mapping[str, Any], pack: Path, *, as_json: bool) -> int:
    """Order, wait and save. Returns the exit code. Raises SettingsError or CommandError."""
    try:
        table = file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error
    with house(address) as running:
        named = {**fields, "user_id": user_of(running, fields["user_id"])}
        made = running.asked("POST", "/class-sets", named, table, TABLE | once()).json()
        for refused in made["refused"]:
            say(("refused ", "bold red"), f"  row {refused['row']}: {refused['error_message']}", error=as_json)
        ended = _watched(running, made["set_url"], as_json=as_json)
        completed = ended["counts"]["completed"]
        if completed:
            path, _, _ = str(ended["pack_url"]).partition("?")
            running.saved(path, {}, pack)
            say(f"{completed} of {ended['rows']} lessons: {pack}", error=as_json)
    if as_json:
        say_json(ended)
    return 0 if completed == ended["rows"] else FAILED


def _watched(running: RunningHouse, path: str, *, as_json: bool) -> Mapping[str, Any]:
    """Wait for the end of a set, and say a line for each row that ends."""
    told = set[int]()
    seen: Mapping[str, Any] = {}
    for seen in running.states(path, lambda state: state["status"] == "finished"):
        for item in seen["items"]:
            if item["row"] not in told and is_final(item):
                told.add(item["row"])
                _say(item, seen["percent"], as_json=as_json)
    return seen


def _say(item: Mapping[str, Any], percent: int, *, as_json: bool) -> None:
    named = f"row {item['row']}, {item['subject']}/{item['topic']}"
    if item["status"] == "completed":
        say(f"{percent:3} %  {named}: version {item['version']}", error=as_json)
    else:
        say(f"{percent:3} %  ", ("failed", "bold red"), f"  {named}: {why(item)}", error=as_json)
