"""Orders a lesson, and waits for it if that is wished. What can be read by a program goes to standard output alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from pathshala.following import ended, followed
from pathshala.lesson.chosen import LessonOptions
from pathshala.lesson.reading import say_lesson
from pathshala.over_http import RunningHouse, house, user_of
from pathshala.terminal import say, say_json
from pathshala_common.contract.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it was typed."""

    chosen: LessonOptions
    source: Path | None
    wikipedia: bool
    user: str | None

    def body(self, user_id: str) -> dict[str, Any]:
        """The order as the house takes it. Raises SettingsError for a source that cannot be read."""
        given = {
            "subject": self.chosen.subject,
            "topic": self.chosen.topic,
            "user_id": user_id,
            "include_wikipedia": self.wikipedia,
            "source_text": _text(self.source) if self.source is not None else None,
            **self.chosen.edition,
        }
        return {name: value for name, value in given.items() if value is not None}


def create(order: Order, *, wait: bool, watch: bool, as_json: bool) -> int:
    """Order, and print the lesson if it is waited for. Returns the exit code, as `ended` does."""
    with house(order.chosen) as running:
        accepted = running.post("/lessons", order.body(user_of(running, order.user)))
        for warning in accepted.get("warnings", []):
            say(("warning ", "yellow"), warning, error=True)
        if not wait and not watch:
            _say_accepted(accepted, as_json=as_json)
            return 0
        status = followed(running, accepted["task_id"], show=watch)
        if as_json:
            say_json(status)
        elif status["status"] == "completed":
            _show(running, status)
    return ended(status)


def _say_accepted(accepted: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(accepted)
        return
    say(f"Ordered: {accepted['task_id']}, which takes {accepted['estimated_completion_time']}.")
    say(f"`pathshala tasks {accepted['task_id']} --watch` shows how it goes.")


def _show(running: RunningHouse, status: Mapping[str, Any]) -> None:
    """Print the version that the task made, and no other."""
    path, _, query = str(status["lesson_url"]).partition("?")
    say_lesson(running, path, dict(parse_qsl(query)))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is no text in UTF-8") from None
