"""`--help` answers at once: what takes time is imported when a command runs, and not before."""

import asyncio
import re
import sys
from collections.abc import Iterator

import pytest
import typer.main
from typer.core import TyperGroup

from pathshala.cli import app

SLOW = {
    "aio_pika",
    "aiosqlite",
    "asyncio",
    "fastapi",
    "httpx2",
    "openai",
    "pymongo",
    "rich",
    "structlog",
    "uvicorn",
    "uvloop",
}
OURS_SLOW = re.compile(
    r"pathshala_(api|enricher|generator|store|common\.(broker|store|runtime))|pathshala\.\w+\.action"
)


def commands(group: TyperGroup, *before: str) -> Iterator[tuple[str, ...]]:
    """Every command and group of commands that there is, by its words."""
    yield before
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *before, name)
        else:
            yield (*before, name)


def whole() -> TyperGroup:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return group


async def imported(*arguments: str) -> tuple[set[str], str]:
    """The modules that a command imports until it ends, and what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-X", "importtime", "-m", "pathshala", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    lines = (line for line in error.decode().splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}, out.decode()


def slow(modules: set[str]) -> set[str]:
    return {name for name in modules if name in SLOW or OURS_SLOW.match(name)}


@pytest.mark.parametrize("command", [*commands(whole())], ids=lambda words: " ".join(words) or "whole")
async def test_help_imports_nothing_that_takes_time(command: tuple[str, ...]) -> None:
    modules, printed = await imported(*command, "--help")
    assert "Usage: pathshala" in printed
    assert "pathshala.cli" in modules
    assert slow(modules) == set()


async def test_help_of_the_whole_imports_no_pydantic_either() -> None:
    modules, _ = await imported("--help")
    assert "pydantic" not in modules


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "lesson create --levle middle",
            "No such option: --levle (Possible options: --help, --level). `pathshala lesson create",
        ),
        ("lesson create", "Missing argument 'SUBJECT'. `pathshala lesson create"),
        (
            "lesson create a b --level infant",
            "Invalid value for '--level': 'infant' is not one of 'primary', 'middle', 's",
        ),
        ("lessen", "No such command 'lessen'. Did you mean 'lesson'? `pathshala --help` shows"),
        ("--nothing", "No such option: --nothing. `pathshala --help` shows"),
    ],
)
async def test_what_is_typed_wrongly_is_told_in_one_line(typed: str, said: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "pathshala",
        *typed.split(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()

    [line] = error.decode().splitlines()
    assert (process.returncode, out) == (2, b"")
    assert line.startswith(f"pathshala: {said}")


async def test_a_command_that_runs_imports_what_it_needs() -> None:
    modules, _ = await imported("replay", "--golden", "no such file")
    assert {"structlog", "asyncio", "pathshala.replay.action", "pathshala_common.runtime"} <= slow(modules)
