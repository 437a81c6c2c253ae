"""The errors, and the fate that each means for the message in hand.

PathshalaError
|-- Retry                  a handler asks to be called again, later        -> delay queue, in bounds
|-- Reject                 a handler says that it will never work          -> dead-letter queue, LessonFailed
|-- ContractError          bytes that are no event of ours                 -> dead-letter queue at once
|   `-- TooNewError        an event of a later version                     -> waits for the upgrade, in bounds
|-- Unavailable            something we stand on is down: nothing is lost, wait and try again
|   |-- BrokerUnavailable  not published, or not known to be
|   |-- StoreUnavailable   not written, or not known to be
|   `-- ProviderUnavailable  a service outside the house: those who wait are told
|-- UnreadableError        what is kept of one task is beyond this version -> that task says so, all others go on
|-- LimitReachedError      too many tasks that have not ended          -> the order is refused, and comes again later
`-- SettingsError          a setting is wrong: one clear line, and the process ends
    `-- InUseError         the store's file is another process's
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # no help of a command waits for pydantic
    from datetime import datetime

    from pathshala_common.contract.lesson import Suggestion


class PathshalaError(Exception):
    """Any failure that this project names."""


class Retry(PathshalaError):
    """Raised by a handler whose work may succeed later.

    `code` is stable and for machines, `reason` for people. `after_seconds` is the least time to wait,
    if somebody told (a `Retry-After`, say).
    """

    def __init__(self, code: str, reason: str, after_seconds: float | None = None) -> None:
        super().__init__(f"{code}: {reason}")
        self.code, self.reason, self.after_seconds = code, reason, after_seconds


class Reject(PathshalaError):
    """Raised by a handler whose work can never succeed; the task fails with this code and reason.

    `suggestion` is another order that would do, if the order is the cause.
    """

    def __init__(self, code: str, reason: str, suggestion: Suggestion | None = None) -> None:
        super().__init__(f"{code}: {reason}")
        self.code, self.reason, self.suggestion = code, reason, suggestion


class ContractError(PathshalaError):
    """Bytes that cannot be read as an event: broken, unknown, too new or too large."""


class TooNewError(ContractError):
    """A whole envelope of ours, told at `told_at`, with an event that only a later version can read."""

    def __init__(self, reason: str, told_at: datetime) -> None:
        """Say which event it is."""
        super().__init__(reason)
        self.told_at = told_at


class Unavailable(PathshalaError):
    """Something we stand on does not answer. Costs no attempt: wait and try the same again."""


class BrokerUnavailable(Unavailable):
    """The broker did not confirm in time, or could not be reached or route the message."""


class StoreUnavailable(Unavailable):
    """The store did not answer in time, or could not write.

    `unsure` says that a write may have been done all the same: its answer alone is missing. Else it surely was not.
    """

    def __init__(self, reason: str, *, unsure: bool = False) -> None:
        super().__init__(reason)
        self.unsure = unsure


class ProviderUnavailable(Unavailable):
    """A service outside the house is down, for everybody alike: it is probed, and whoever waits for it is told why.

    `code` and `reason` are those of Retry; `after_seconds` is the least time until the next probe, if somebody told. It
    is `ours` if the house itself keeps the service away: then a probe asks nobody outside, and may come as often as for
    what is our own.
    """

    def __init__(self, code: str, reason: str, after_seconds: float | None = None, *, ours: bool = False) -> None:
        super().__init__(f"{code}: {reason}")
        self.code, self.reason, self.after_seconds, self.ours = code, reason, after_seconds, ours


class UnreadableError(PathshalaError):
    """A kept task or lesson cannot be read by this version: it is broken, or of a later one."""


class EditNotRetriedError(PathshalaError):
    """A failed task that is to be asked for anew is an edit, and no order."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__("This task is an edit. Make it of the newest version; its text is in the task's events.")


class LimitReachedError(PathshalaError):
    """There are too many unfinished tasks to take another."""

    def __init__(self, setting: str, limit: int) -> None:
        """Name the limit."""
        super().__init__(f"{setting}={limit}")
        self.setting, self.limit = setting, limit


class SettingsError(PathshalaError):
    """A setting, or what it names, cannot be used. The text is one line for the operator."""


class InUseError(SettingsError):
    """The file that a setting names is in use by another process, which owns it."""
