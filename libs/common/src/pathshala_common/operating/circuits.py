"""Open circuits: what keeps a service from its work, told in notices by each process that waits for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from pathshala_common.contract.lesson import Moment
from pathshala_common.contract.ports.notices import Notice, Notices
from pathshala_common.operating.notice_text import SILENT_SECONDS_MAX, NoticeText, take_down_own

CIRCUITS = "circuits/"
DELIVERIES = "deliveries"
"""The circuit of a consumer guards all that it has in hand."""


class OpenCircuit(NoticeText):
    """A circuit that is open: what it guards waits, but for one probe at a time."""

    service: Annotated[str, Field(description="Whose circuit it is.")]
    guards: Annotated[str, Field(description="What waits: `deliveries`, or calls of the server at this address.")]
    reason: Annotated[str, Field(description="What it is open for, as the last probe met it.")]
    failures: Annotated[int, Field(description="How often in a row it was tried in vain.")]
    opened_at: Annotated[Moment, Field(description="Since when.")]
    probe_at: Annotated[Moment, Field(description="When it is tried next; if that is past, with whatever comes next.")]


class CircuitReport(NoticeText):
    """All circuits that are open in a process, as it last told."""

    host: Annotated[str, Field(description="The machine or container that the process runs in.")]
    process_id: Annotated[int, Field(description="Its number there.")]
    open: Annotated[tuple[OpenCircuit, ...], Field(description="Its open circuits.")] = ()


class SeenCircuit(OpenCircuit):
    """The same, where it is, and when that was told."""

    host: Annotated[str, Field(description="The machine or container that the process runs in.")]
    process_id: Annotated[int, Field(description="Its number there.")]
    seen_at: Annotated[Moment, Field(description="When it was told: on each change, and every 10 s.")]


async def report(notices: Notices, reporter_id: str, told: CircuitReport, now: datetime) -> None:
    """Tell which circuits are open in a process, in place of what it told before. Raises StoreUnavailable."""
    await notices.put_notice(Notice(f"{CIRCUITS}{reporter_id}", told.model_dump_json(), now))


async def forget(notices: Notices, reporter_id: str, now: datetime) -> None:
    """Tell that none is open in a process, and forget what died long ago. Raises StoreUnavailable."""
    await take_down_own(notices, CIRCUITS, reporter_id, now)


async def open_circuits(notices: Notices, now: datetime) -> Sequence[SeenCircuit]:
    """Read which circuits are open, by service, as far as their processes told it lately. Raises StoreUnavailable."""
    found = await notices.notices(CIRCUITS, since=now - timedelta(seconds=SILENT_SECONDS_MAX))
    reports = ((CircuitReport.model_validate_json(notice.text), notice.put_at) for notice in found)
    seen = [
        SeenCircuit(**dict(one), host=told.host, process_id=told.process_id, seen_at=at)
        for told, at in reports
        for one in told.open
    ]
    return sorted(seen, key=lambda one: (one.service, one.guards, one.host, one.process_id))
