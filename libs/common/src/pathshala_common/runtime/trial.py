"""A suspect's trial: its handler runs once in a process of its own, so that what dies of it tells of it alone.

The service starts its own command again, with TRIAL in the environment: the same composition with the same settings,
which handles one event and ends. The envelope goes in over standard input, what the handler yields and how it ended
come back over standard output, a line each. If that process dies by itself while this one lives on, the message is
what it died over. If both die, nothing is proven: the message comes back as it was.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, suppress
from enum import Enum, auto

from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES, decode, wrap
from pathshala_common.contract.errors import ProviderUnavailable, Reject, Retry, Unavailable
from pathshala_common.contract.events import AnyEvent
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context, Handlers
from pathshala_common.contract.services import Service
from pathshala_common.logs import get_logger

log = get_logger()

TRIAL = "PATHSHALA_TRIAL"
"""Names the service whose handler is tried, in a process that is started for that. No setting: nobody sets it."""

START_SECONDS = 60.0
SECONDS_MAX = 900.0
"""A trial that has not ended by then never will."""

OUTLIVES_SECONDS = 1.0
"""A service that lives so long after its trial died was not killed with it."""

READ_SIZE_BYTES = 65_536
LINE_SIZE_MAX_BYTES = 2 * MESSAGE_SIZE_MAX_BYTES

READY, EVENT, ENDED = b"ready", b"event", b"ended"
LEFT_ALONE_EXIT_CODE = 70


class FaultInTrialError(Exception):
    """The handler failed by a fault of ours; its stack is in the log."""


class Tried(Enum):
    """When a service has its suspects tried: before it handles them itself, after it died over one alone, or never."""

    FIRST = auto()
    LAST = auto()
    NEVER = auto()


def own_command() -> Sequence[str]:
    """The command that started this process."""
    return [sys.executable, *sys.orig_argv[1:]]


class Trial:
    """Handles one service's suspects: `handle` is a handler like those that it stands for."""

    def __init__(self, service: Service, command: Sequence[str], clock: Clock) -> None:
        """Start this command for each trial."""
        self._service, self._command, self._clock = service, command, clock

    async def handle(self, _event: AnyEvent, context: Context) -> AsyncGenerator[AnyEvent, None]:
        """Yield what the handler yields, as it does, and raise what it raises.

        Raises Reject with code `crashed` if the process dies by itself, or does not end.
        """
        child = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            env=os.environ | {TRIAL: self._service},
            limit=LINE_SIZE_MAX_BYTES,
        )
        log.info("trying a suspect in a process of its own", service=self._service, pid=child.pid)
        try:
            async with aclosing(_told_by(child, context)) as lines:
                async for kind, told in lines:
                    if kind == EVENT:
                        yield decode(told).event
                    elif kind == ENDED:
                        _raise_end(told)
                        return
            await self._clock.sleep(OUTLIVES_SECONDS)
        finally:
            await _end(child)
        log.error("a suspect's trial died", service=self._service, exit_code=child.returncode)
        raise Reject("crashed", "every process that took this up died over it")


async def _end(child: Process) -> None:
    """Kill a child, if it lives, and see it gone, even if that is cancelled."""
    with suppress(ProcessLookupError):
        child.kill()
    gone = asyncio.ensure_future(child.wait())
    try:
        await asyncio.shield(gone)
    except asyncio.CancelledError:
        await gone
        raise


async def _told_by(child: Process, context: Context) -> AsyncGenerator[tuple[bytes, bytes], None]:
    """Give a child its event once it is ready, and give its lines, each as its kind and the rest."""
    assert child.stdin is not None, "it was made with pipes"
    assert child.stdout is not None, "it was made with pipes"
    if await _line(child.stdout, START_SECONDS) != READY:
        raise FaultInTrialError("the process of a trial did not start")
    asked = {
        "raw": context.envelope.raw.decode(),
        "attempt": context.attempt,
        "attempts_max": context.attempts_max,
    }
    with suppress(ConnectionError):
        child.stdin.write(json.dumps(asked).encode() + b"\n")
        await child.stdin.drain()
    deadline = asyncio.get_running_loop().time() + SECONDS_MAX
    while line := await _line(child.stdout, deadline - asyncio.get_running_loop().time()):
        kind, _, told = line.partition(b" ")
        yield kind, told


async def _line(stream: asyncio.StreamReader, seconds: float) -> bytes:
    """The next whole line; nothing if there is none, or none in time."""
    try:
        async with asyncio.timeout(seconds):
            line = await stream.readline()
    except TimeoutError:
        return b""
    return line[:-1] if line.endswith(b"\n") else b""


def _raise_end(told: bytes) -> None:
    """Raise what the handler raised, if it did."""
    end = json.loads(told)
    code, reason, after_seconds = end["code"], end["reason"], end["after_seconds"]
    match end["kind"]:
        case "Retry":
            raise Retry(code, reason, after_seconds)
        case "Reject":
            raise Reject(code, reason)
        case "ProviderUnavailable":
            raise ProviderUnavailable(code, reason, after_seconds)
        case "Unavailable":
            raise Unavailable(reason)
        case "fault":
            raise FaultInTrialError(reason)


# in the process of a trial


class TrialChannel:
    """The pipes to the service that started this process for a trial.

    It is opened before anything else may print: what is printed goes to standard error from then on. A service that
    is told to stop ends its trials itself, so signals that the whole group gets are left to it.
    """

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)

    async def serve(self, service: str, handlers: Handlers, clock: Clock) -> None:
        """Handle the one event that comes, and tell of it. If the service dies meanwhile, so does this process."""
        self._write(READY)
        asked = await asyncio.to_thread(_read_line)
        if not asked:
            return
        threading.Thread(target=_end_with_service, daemon=True).start()
        fields = json.loads(asked)
        context = Context(decode(fields["raw"].encode()), fields["attempt"], fields["attempts_max"])
        kind, code, reason = "done", "", ""
        after_seconds: float | None = None
        try:
            async for event in _events(handlers, context):
                self._write(EVENT + b" " + wrap(event, source=service, now=clock.now(), cause=context.envelope).raw)
        except (Retry, ProviderUnavailable) as error:
            kind, code, reason, after_seconds = type(error).__name__, error.code, error.reason, error.after_seconds
        except Reject as error:
            kind, code, reason = "Reject", error.code, error.reason
        except Unavailable as error:
            kind, reason = "Unavailable", str(error)
        except Exception as error:
            log.exception("handler failed", service=service)
            kind, reason = "fault", type(error).__name__
        end = {"kind": kind, "code": code, "reason": reason, "after_seconds": after_seconds}
        self._write(ENDED + b" " + json.dumps(end).encode())

    def _write(self, line: bytes) -> None:
        left = memoryview(line + b"\n")
        while left:
            left = left[os.write(self._out, left) :]


async def _events(handlers: Handlers, context: Context) -> AsyncIterator[AnyEvent]:
    async with aclosing(handlers[type(context.envelope.event)](context.envelope.event, context)) as happening:
        async for event in happening:
            yield event


def _read_line() -> bytes:
    """Read the one line that comes. Nothing if the service ended before."""
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(0, READ_SIZE_BYTES)
        if not part:
            return b""
        line += part
    return line


def _end_with_service() -> None:
    """Wait for the end of standard input, which comes when the service is gone."""
    with suppress(OSError):
        while os.read(0, 1):
            pass
    os._exit(LEFT_ALONE_EXIT_CODE)
