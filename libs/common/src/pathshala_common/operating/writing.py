"""Writing: whether generators may write, which there are, and what each has in hand. All of it stands in notices."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from pathshala_common.contract.lesson import Moment
from pathshala_common.contract.ports.notices import Notice, Notices
from pathshala_common.operating.notice_text import EVER, SILENT_SECONDS_MAX, NoticeText, take_down_own

WRITING = "writing"
GENERATOR = "generator/"


class WritingState(NoticeText):
    """Whether writing is paused, for every generator there is or will be."""

    paused: Annotated[bool, Field(description="Whether generators begin no lesson: tasks wait then, and say so.")]
    reason: Annotated[str | None, Field(description="Why, as the operator said.", max_length=500)] = None
    changed_at: Annotated[Moment | None, Field(description="When it was paused or resumed last.")] = None


class InHand(NoticeText):
    """A lesson that a generator is writing."""

    task_id: Annotated[str, Field(description="The task.")]
    since: Annotated[Moment, Field(description="When the generator took it up.")]


class GeneratorReport(NoticeText):
    """A generator, as it last told."""

    generator_id: Annotated[str, Field(description="The name that the process gave itself at its start.")]
    host: Annotated[str, Field(description="The machine or container that it runs in.")]
    process_id: Annotated[int, Field(description="Its number there.")]
    writer: Annotated[str, Field(description="What it writes with: openai or offline.")]
    model: Annotated[str | None, Field(description="The model, if it writes with one.")] = None
    concurrency: Annotated[int, Field(description="Lessons that it writes at once, at the most.")]
    paused: Annotated[bool, Field(description="Whether it has learnt that writing is paused.")]
    started_at: Annotated[Moment, Field(description="When it started.")]
    in_hand: Annotated[tuple[InHand, ...], Field(description="The lessons that it is writing.")] = ()


class SeenGenerator(GeneratorReport):
    """The same, and when it told."""

    seen_at: Annotated[Moment, Field(description="When it told this: every 10 s.")]


async def writing_state(notices: Notices) -> WritingState:
    """Read whether writing is paused. Raises StoreUnavailable."""
    found = [notice for notice in await notices.notices(WRITING, since=EVER) if notice.name == WRITING]
    return WritingState.model_validate_json(found[0].text) if found else WritingState(paused=False)


async def set_writing(notices: Notices, state: WritingState, now: datetime) -> WritingState:
    """Pause or resume writing for good: the notice outlives every process. Raises StoreUnavailable."""
    changed = WritingState(paused=state.paused, reason=state.reason, changed_at=now)
    await notices.put_notice(Notice(WRITING, changed.model_dump_json(), now))
    return changed


async def report(notices: Notices, told: GeneratorReport, now: datetime) -> None:
    """Tell of a generator, in place of what it told before. Raises StoreUnavailable."""
    await notices.put_notice(Notice(f"{GENERATOR}{told.generator_id}", told.model_dump_json(), now))


async def forget(notices: Notices, generator_id: str, now: datetime) -> None:
    """Tell that a generator has stopped, and forget those that died long ago. Raises StoreUnavailable."""
    await take_down_own(notices, GENERATOR, generator_id, now)


async def generators(notices: Notices, now: datetime) -> list[SeenGenerator]:
    """Read which generators there are, those that told lately. Raises StoreUnavailable."""
    since = now - timedelta(seconds=SILENT_SECONDS_MAX)
    found = await notices.notices(GENERATOR, since=since)
    reports = ((GeneratorReport.model_validate_json(notice.text), notice.put_at) for notice in found)
    return [SeenGenerator(**dict(told), seen_at=at) for told, at in reports]
