"""No log shows what a variable held: not of ours, nor of any library's, in either format, on either event loop."""

import subprocess
import sys

import pytest

CANARY = "canary-4711"

PROGRAM = """
import asyncio, gc, logging, sys, threading
import structlog, uvloop
from pathshala_common.runtime import telemetry

telemetry.configure("debug", sys.argv[1])
CANARY = sys.argv[2].replace("_", "-")


class Holder:
    def __init__(self, secret):
        self.secret = secret

    def fails(self, argument, *more, key=None):
        local, within = CANARY, {"Authorization": [CANARY, {CANARY: CANARY}]}
        deep = [CANARY for _ in range(3)]
        seen = lambda: (local, within, deep)
        try:
            {}["first"]
        except KeyError as error:
            raise ValueError("second") from error

    def __repr__(self):
        return f"Holder({self.secret})"


def fail(*arguments):
    Holder(CANARY).fails(CANARY, CANARY, key=CANARY)


async def fails(argument):
    local = CANARY
    fail(argument)


async def group():
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(fails(CANARY))
        tasks.create_task(fails(Holder(CANARY)))


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(telemetry.tell_of_loop_fault)
    for logger in (structlog.get_logger("ours"), logging.getLogger("uvicorn.error"), logging.getLogger("asyncio")):
        try:
            fail(CANARY)
        except ValueError as error:
            logger.exception("excepted")
            logger.error("given", exc_info=error)
        try:
            await group()
        except BaseExceptionGroup:
            logger.exception("grouped")
    loop.call_soon(fail, CANARY, Holder(CANARY))
    loop.call_later(0, fail, CANARY)
    task = asyncio.create_task(fails(CANARY))
    await asyncio.sleep(0.01)
    del task
    gc.collect()
    future = loop.create_future()
    future.set_exception(ValueError("never asked for"))
    del future
    gc.collect()
    await asyncio.sleep(0.01)
    logging.getLogger().error("end")


loops = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
with asyncio.Runner(loop_factory=loops[sys.argv[3]]) as runner:
    runner.run(main())
thread = threading.Thread(target=fail, args=(CANARY,))
thread.start()
thread.join()
fail(CANARY)
"""


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_no_log_shows_what_a_frame_holds(log_format: str, loop: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, log_format, CANARY.replace("-", "_"), loop],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    told = run.stdout + run.stderr
    assert told.count("ValueError: second") >= 17, told
    assert "never asked for" in told
    assert told.count("fault in the event loop") == 4, told
    assert "end" in told
    assert CANARY not in told
