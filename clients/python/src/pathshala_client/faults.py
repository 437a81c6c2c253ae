"""The faults that a client meets: the house refuses, does not answer, or could not make the lesson."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pathshala_client.bodies.tasks import Suggestion, TaskStatus


class PathshalaError(Exception):
    """Anything that goes wrong by the house, the way to it, or the lesson."""


class Unreachable(PathshalaError):
    """The house did not answer. If `was_sent`, it may have done what was asked."""

    def __init__(self, reason: str, *, was_sent: bool = True) -> None:
        super().__init__(reason)
        self.was_sent = was_sent


class Problem(PathshalaError):
    """The house refused (RFC 9457). Each code has a class of its own in `pathshala_client.problems`.

    `body` is the problem as it came, `retry_after` the seconds until it is worth to ask again, if the house says so,
    and `remedy` what to do.
    """

    code: str = "unknown"
    remedy: ClassVar[str] = ""

    def __init__(self, status: int, body: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status, self.body, self.retry_after = status, body, retry_after
        self.code = str(body.get("code", self.code))
        self.detail = str(body.get("detail") or f"the house answered {status}")
        super().__init__(self.detail)


class TaskFailed(PathshalaError):
    """A task ended without a lesson. `suggestion` is another order that would do, if the order was the cause."""

    def __init__(self, task: TaskStatus) -> None:
        super().__init__(task["error_message"] or f"the task {task['task_id']} failed")
        self.task = task

    @property
    def code(self) -> str:
        """Why, for machines."""
        return self.task["error_code"] or "unknown"

    @property
    def suggestion(self) -> Suggestion | None:
        """Another order, with words for people."""
        return self.task["suggestion"]


class StillRunning(PathshalaError, TimeoutError):
    """The time that was given for a wait is over. The task or class set goes on; it can be waited for again."""
