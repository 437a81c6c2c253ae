"""Opens the console of a running house."""

import webbrowser
from typing import Annotated, TypedDict

from pathshala.exits import CommandError
from pathshala.options import HouseAddress
from pathshala.over_http import house
from pathshala.terminal import say, say_json


class OpenedConsole(TypedDict):
    """The console that was opened."""

    url: Annotated[str, "Its address."]


def open_console(address: HouseAddress, *, as_json: bool) -> int:
    """Open it, if a house answers there. Returns the exit code. Raises CommandError."""
    with house(address) as running:
        running.get("/health/live")
        url = f"{running.url}/"
    if as_json:
        say_json(OpenedConsole(url=url))
    else:
        say(url)
    if not webbrowser.open(url):
        raise CommandError(f"no browser can be opened here: open {url} in one")
    return 0
