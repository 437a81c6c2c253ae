"""Shows, lists, compares and saves lessons of a running house. Each of these returns the exit code."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypedDict

from rich.console import Console
from rich.markdown import Markdown

from pathshala.lesson.chosen import LessonOptions
from pathshala.options import HouseAddress
from pathshala.over_http import RunningHouse, house, path_to
from pathshala.terminal import plain, say, say_json, say_rows

SHOWN_KINDS = {"removed": ("[-", "-]", "red"), "added": ("{+", "+}", "green")}
"""How a difference is marked, with colours and without."""


JOINERS = "\u200c\u200d"
"""Characters that join or part letters of Indic scripts. They show nothing, and a terminal obeys none of them."""


class ExportedLesson(TypedDict):
    """The file that a lesson was saved as."""

    file: Annotated[str, "Where it is."]
    format: Annotated[str, "Its kind."]
    bytes: Annotated[int, "Its size."]


def path_of(chosen: LessonOptions) -> str:
    """The path of a lesson."""
    return path_to("lessons", chosen.subject, chosen.topic)


def query_of(chosen: LessonOptions) -> dict[str, object]:
    """The same as parameters of a query."""
    return {"subject": chosen.subject, "topic": chosen.topic, **chosen.edition}


def show(chosen: LessonOptions, query: Mapping[str, object], *, as_json: bool) -> int:
    """Show one version."""
    with house(chosen) as running:
        if as_json:
            say_json(running.get(path_of(chosen), **chosen.edition, **query))
        else:
            say_lesson(running, path_of(chosen), {**chosen.edition, **query})
    return 0


def say_lesson(running: RunningHouse, path: str, query: Mapping[str, object]) -> None:
    """Print a lesson: laid out on a terminal, anywhere else as the Markdown file that it is, byte for byte."""
    text = running.asked("GET", path, {**query, "format": "md"}).text
    console = Console(highlight=False)
    if console.is_terminal:
        shown = "".join(part if part in JOINERS else plain(part) for part in re.split(f"([{JOINERS}])", text))
        console.print(Markdown(shown, hyperlinks=False))
    else:
        print(text, end="")  # noqa: T201 - no terminal could obey it


def list_lessons(address: HouseAddress, query: Mapping[str, object], *, as_json: bool) -> int:
    """List editions."""
    with house(address) as running:
        found = running.get("/lessons", **query)
    if as_json:
        say_json(found)
        return 0
    rows = [
        [f"{one['subject']}/{one['topic']}", one["language"], one["level"], one["version"], one["title"]]
        for one in found["editions"]
    ]
    say_rows(["LESSON", "LANGUAGE", "LEVEL", "VERSION", "TITLE"], rows)
    more = ", and more: --limit, or words that narrow it" if found["next_cursor"] else ""
    say(f"{len(rows)} lesson{'' if len(rows) == 1 else 's'}{more}.")
    return 0


def versions(chosen: LessonOptions, limit: int, *, as_json: bool) -> int:
    """List the versions of an edition."""
    with house(chosen) as running:
        found = running.get("/lessons/versions", **query_of(chosen), limit=limit)
    if as_json:
        say_json(found)
        return 0
    say((f"{found['subject']}/{found['topic']}", "bold"), f"  {found['language']}, {found['level']}")
    rows = [
        [
            one["version"],
            _when(one["created_at"]),
            f"{one['how']} of {one['made_of']}" if one["made_of"] else one["how"],
            one["made_by"] or "",
            "approved" if one["approved"] else "draft",
            f"{one['rating']['stars']:.1f} of 5 ({one['rating']['count']})" if one["rating"]["count"] else "",
            one["note"] or one["title"],
        ]
        for one in found["versions"]
    ]
    say_rows(["VERSION", "STORED", "MADE", "BY", "STATE", "RATING", "NOTE OR TITLE"], rows)
    return 0


def diff(chosen: LessonOptions, before: str, after: str, *, as_json: bool) -> int:
    """Compare two versions."""
    with house(chosen) as running:
        found = running.get("/lessons/diff", **query_of(chosen), **{"from": before, "to": after})
    if as_json:
        say_json(found)
        return 0
    for change in found["changes"]:
        say((change["field"], "bold"))
        _say_change(change)
    if not found["changes"]:
        say(f"Versions {before} and {after} have the same content.")
    return 0


def export(chosen: LessonOptions, query: Mapping[str, object], output: Path | None, *, as_json: bool) -> int:
    """Save a lesson as a file."""
    with house(chosen) as running:
        file, size = running.saved(path_of(chosen), {**chosen.edition, **query}, output)
    if as_json:
        say_json(ExportedLesson(file=str(file), format=str(query["format"]), bytes=size))
    else:
        say(f"Saved {file}, {size:,} bytes.")
    return 0


def _say_change(change: Mapping[str, Any]) -> None:
    if change["words"]:
        say("  ", *(_marked(run["kind"], run["text"]) for run in change["words"]))
        return
    items = change["items"] or [
        {"kind": kind, "value": change[side]} for kind, side in (("removed", "before"), ("added", "after"))
    ]
    for item in items:
        if item["kind"] in SHOWN_KINDS:
            say("  ", _marked(item["kind"], _item(item["value"])))


def _marked(kind: str, text: str) -> str | tuple[str, str]:
    if kind not in SHOWN_KINDS:
        return text
    opening, closing, style = SHOWN_KINDS[kind]
    return f"{opening}{text}{closing}", style


def _item(value: object) -> str:
    """A list's item in a line: a text, or a statement or question by its text."""
    return str(value.get("text", value)) if isinstance(value, dict) else str(value)


def _when(moment: str) -> str:
    return moment[:16].replace("T", " ")
