"""The command line as a process, for what it prints and its exit code."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.waiting import DEADLINE_SECONDS


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command printed, and how it ended."""

    code: int
    out: str
    error: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def text(self) -> str:
        return self.out + self.error


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, with no settings but these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PATHSHALA_", "OPENAI_"))}
    return clean | dict(settings)


async def started(*arguments: str, **settings: str) -> Process:
    """Start `python -m pathshala` with no settings but these."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "pathshala",
        *arguments,
        env=environment(settings),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def pathshala(*arguments: str, answer: str = "", **settings: str) -> Ended:
    """Run it until it ends; `answer` is what the operator types."""
    process = await started(*arguments, **settings)
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            out, error = await process.communicate(answer.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode or 0, out.decode(), error.decode())


async def examined(settings: dict[str, str]) -> tuple[int, dict[str, tuple[str, str, str]]]:
    """Run the doctor. Returns the exit code, and of each thing what was found worst."""
    ended = await pathshala("doctor", "--json", **settings)
    found: dict[str, tuple[str, str, str]] = {}
    for finding in sorted(ended.json["findings"], key=_badness):
        found[finding["about"]] = (finding["state"], finding["found"], finding["remedy"])
    return ended.code, found


def _badness(finding: dict[str, Any]) -> int:
    return ["ok", "warning", "wrong"].index(finding["state"])
