"""A suspect is handled in a process of its own: what that yields and raises is told, and its death is the message's."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import pytest

from libs.common.tests.runtime.scene import REQUEST, Scene, enriched, scene
from libs.common.tests.runtime.test_poison import die_with
from pathshala_common.contract import messages
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry, Unavailable
from pathshala_common.contract.events import AnyEvent, EnrichmentStarted, LessonEnriched, LessonFailed, LessonRequested
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.consumer import SUSPECT_RETURNS_MAX
from pathshala_common.runtime.trial import FaultInTrialError, Trial, Tried
from tests.stories.events import requested
from tests.waiting import until

COMMAND = [sys.executable, "-m", "libs.common.tests.runtime.tried_service"]


def envelope(topic: str) -> Envelope:
    return requested("task-1", REQUEST.model_copy(update={"topic": topic}))


def trial(*command: str) -> Trial:
    return Trial("enricher", command or COMMAND, SystemClock())


async def told(topic: str, *command: str) -> list[AnyEvent]:
    context = Context(envelope(topic), 2, 4)
    return [event async for event in trial(*command).handle(context.envelope.event, context)]


async def test_what_the_handler_yields_is_yielded() -> None:
    events = await told("verbs")
    assert [event.__class__.__name__ for event in events] == ["EnrichmentStarted", "LessonEnriched"]
    assert isinstance(events[0], EnrichmentStarted)
    assert events[0].attempt == 2


@pytest.mark.parametrize(
    ("topic", "kind", "values"),
    [
        ("retry", Retry, {"code": "busy", "reason": "it is busy", "after_seconds": 7}),
        ("reject", Reject, {"code": "unfit", "reason": "not this one"}),
        ("unavailable", Unavailable, {}),
        ("provider", ProviderUnavailable, {"code": "down", "reason": "it is down", "after_seconds": 3}),
        ("fault", FaultInTrialError, {}),
        ("die", Reject, {"code": "crashed"}),
    ],
)
async def test_what_the_handler_raises_is_raised_and_a_death_is_a_refusal(
    topic: str, kind: type[Exception], values: dict[str, object]
) -> None:
    with pytest.raises(kind) as raised:
        await told(topic)
    assert {name: getattr(raised.value, name) for name in values} == values


async def test_a_signal_to_the_whole_group_is_no_death_of_the_message() -> None:
    assert len(await told("signals")) == 2


async def test_a_process_that_does_not_start_says_nothing_about_the_message() -> None:
    with pytest.raises(FaultInTrialError, match="did not start"):
        await told("verbs", sys.executable, "-c", "raise SystemExit(2)")


async def test_a_trial_that_is_cancelled_is_ended() -> None:
    context, before = Context(envelope("hang"), 1, 4), set(_children())
    handling = trial().handle(context.envelope.event, context)
    await anext(handling)
    children = set(_children()) - before  # servers that other tests share are children of this process, too
    assert children
    await handling.aclose()
    assert children.isdisjoint(_children())


async def test_a_trial_ends_with_the_service_that_started_it() -> None:
    """The service is killed while its suspect is handled, by one who never ends by himself."""
    script = (
        "import asyncio, os, signal, sys\n"
        "from libs.common.tests.runtime.test_trial import envelope, trial\n"
        "from pathshala_common.contract.ports.handlers import Context\n"
        "async def main():\n"
        "    context = Context(envelope('hang'), 1, 4)\n"
        "    handling = trial().handle(context.envelope.event, context)\n"
        "    await anext(handling)\n"
        "    await asyncio.sleep(3600)\n"
        "asyncio.run(main())\n"
    )
    service = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stderr=asyncio.subprocess.PIPE)
    assert service.stderr is not None
    line = b""
    while not line.startswith(b"hanging"):
        line = await service.stderr.readline()
        assert line
    child = int(line.split()[1])
    service.kill()
    await service.wait()
    await until(lambda: not _lives(child))


async def suspect(here: Scene, topic: str, *, deaths: int) -> None:
    """Have a request wait among the suspects, over which so many consumers died alone."""
    await here.consumer.drain(0)
    suspects = here.topology.suspects_queue("enricher")
    await here.broker.publish([Message(envelope(topic).raw, "", suspects, message_id="s")])
    for _ in range(deaths):
        await die_with(here, suspects, 1)


async def test_a_suspect_that_came_back_again_and_again_is_tried_and_handled() -> None:
    async with scene(_never) as here:
        await suspect(here, "verbs", deaths=5)
        await here.consumer.start(trial())
        await until(lambda: here.told_of(LessonEnriched))
        assert (here.dead, here.attempts) == ([], [])


@pytest.mark.parametrize(("deaths", "handled_here"), [(0, 1), (SUSPECT_RETURNS_MAX, 0), (3, 0)])
async def test_a_service_that_tries_last_handles_a_suspect_itself_until_it_died_over_it_alone(
    deaths: int, handled_here: int
) -> None:
    async with scene(enrich_any) as here:
        await suspect(here, "verbs", deaths=deaths)
        await here.consumer.start(trial(), tried=Tried.LAST)
        await until(lambda: here.told_of(LessonEnriched))
        assert (here.dead, len(here.attempts)) == ([], handled_here)


async def test_what_kills_its_last_trial_too_is_dead() -> None:
    async with scene(_never) as here:
        await suspect(here, "die", deaths=SUSPECT_RETURNS_MAX)
        await here.consumer.start(trial(), tried=Tried.LAST)
        await until(lambda: here.dead)
        assert [dead.headers[messages.DEAD_CODE] for dead in here.dead] == ["crashed"]
        assert [failed.task_id for failed in here.told_of(LessonFailed)] == ["task-1"]


async def enrich_any(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
    yield enriched(event)


async def test_a_suspect_over_which_its_trial_dies_is_dead_lettered() -> None:
    async with scene(_never) as here:
        suspects = here.topology.suspects_queue("enricher")
        await here.consumer.drain(0)
        await here.broker.publish([Message(envelope("die").raw, "", suspects, message_id="s")])
        await here.consumer.start(trial())
        await until(lambda: here.dead)
        assert here.dead[0].headers[messages.DEAD_CODE] == "crashed"
        assert [failed.task_id for failed in here.told_of(LessonFailed)] == ["task-1"]


async def _never(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
    """Handle nothing here."""
    yield enriched(event)


def _children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
