"""The tasks that are wanted, and the words about them: the same at a house and at its store."""

from dataclasses import dataclass
from typing import Annotated, TypedDict

import typer

from pathshala.exits import MISUSED, stop
from pathshala.terminal import say, say_json

CHOOSE = "pathshala: name a TASK, or choose by --user, by --subject with --topic, by --code for a retry, or say --all"


class TasksDone(TypedDict):
    """The outcome for the tasks that were wanted."""

    matched: Annotated[int, "How many match, of those that are taken at once."]
    more: Annotated[bool, "Whether more match than that."]
    done: Annotated[int, "How many were cancelled, or asked for anew."]
    task_id: Annotated[str | None, "The task that was cancelled, or that asks anew, if one was named."]


@dataclass(frozen=True, slots=True)
class WantedTasks:
    """The tasks that are wanted: one of them, or those that match all that is given, and how it is told."""

    task: str | None = None
    user: str | None = None
    subject: str | None = None
    topic: str | None = None
    code: str | None = None
    everything: bool = False
    yes: bool = False
    as_json: bool = False

    def refuse_unclear(self) -> None:
        """End the command, if these name neither one task nor which ones."""
        filtered = bool(self.user or self.subject or self.topic or self.code or self.everything)
        if filtered != (self.task is None) or (self.subject is None) != (self.topic is None):
            stop(MISUSED, CHOOSE)

    def agreed(self, matched: int, wish: str, *, more: bool) -> bool:
        """Say how many match, and ask whether it shall be done to them."""
        said_as_error = self.as_json
        say(f"{matched} task{'' if matched == 1 else 's'} match{'es' if matched == 1 else ''}.", error=said_as_error)
        if not matched:
            return False
        if more:
            say(f"There are more; {matched} are taken at once.", error=said_as_error)
        if self.yes or typer.confirm(f"{wish} {matched}?", err=said_as_error):
            return True
        say("Nothing was done.", error=said_as_error)
        return False

    def say_done(self, words: str, *, matched: int = 1, more: bool = False, done: int = 1, task: str | None) -> None:
        """Say what was done."""
        if self.as_json:
            say_json(TasksDone(matched=matched, more=more, done=done, task_id=task))
        else:
            say(words)
