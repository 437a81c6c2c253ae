"""Replays a task for an operator: by the command `pathshala replay`, in a process of its own.

A replay holds a virtual clock, runs the handlers of all services, and may take a while; the API imports none of them,
and goes on answering meanwhile. If the request ends, so does the process.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from importlib.util import find_spec
from typing import Any

from pathshala_api.problems import ProblemError
from pathshala_common.contract.events import ProviderAnswered
from pathshala_common.contract.ports.class_sets import Spent
from pathshala_common.contract.ports.store import Logged

COMMAND = "pathshala"
"""The module that replays. A house of services may be installed without it."""

AT_ONCE_MAX = 1
"""Each takes a core for as long as it runs."""

SECONDS_MAX = 120.0
WRITING_SECONDS_MAX = 900.0
"""A model that writes on a small machine takes minutes."""


class Replays:
    """Runs the command on the store that these settings name."""

    def __init__(self, store_url: str, command: str = COMMAND) -> None:
        self._environment, self._command = {"PATHSHALA_STORE_URL": store_url}, command
        self._running = 0

    async def run(self, task_id: str, *, write: bool) -> dict[str, Any]:
        """Replay with recorded answers; or have the lesson written anew, which costs. Give what the command prints.

        Raises ProblemError.
        """
        if find_spec(self._command) is None:
            detail = "This API is installed without the command line, which replays: pip install pathshala beside it."
            raise ProblemError(HTTPStatus.NOT_IMPLEMENTED, "replay_not_installed", detail)
        if self._running >= AT_ONCE_MAX:
            detail = "Another task is being replayed here. Try again when that has ended."
            headers = {"Retry-After": "5"}
            raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "too_many_replays", detail, headers=headers)
        self._running += 1
        try:
            options = ["--live-llm"] if write else []
            return await self._run([task_id, "--json", *options], WRITING_SECONDS_MAX if write else SECONDS_MAX)
        finally:
            self._running -= 1

    async def _run(self, arguments: Sequence[str], seconds: float) -> dict[str, Any]:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self._command, "replay", *arguments),
            stdout=PIPE,
            stderr=PIPE,
            env=os.environ | self._environment,
        )
        try:
            async with asyncio.timeout(seconds):
                printed, said = await child.communicate()
        except TimeoutError:
            raise _refused(f"It had not ended after {seconds:.0f} s") from None
        finally:
            with suppress(ProcessLookupError):
                child.kill()
        try:
            answer: dict[str, Any] = json.loads(printed)
        except ValueError:
            lines = said.decode(errors="replace").strip().splitlines()
            raise _refused(lines[-1] if lines else f"it ended with code {child.returncode}") from None
        return answer


def spent_on(log: Sequence[Logged]) -> Spent:
    """Sum up what the model's calls of a task cost, by its log."""
    events = [logged.envelope.event for logged in log]
    used = [event.call.usage for event in events if isinstance(event, ProviderAnswered) and event.asked_a_model]
    return Spent(len(used), sum(one.prompt for one in used), sum(one.completion for one in used))


def _refused(why: str) -> ProblemError:
    detail = f"The task cannot be replayed: {why.removeprefix('Refused: ').removeprefix('pathshala: ')}"
    return ProblemError(HTTPStatus.CONFLICT, "replay_refused", detail)
