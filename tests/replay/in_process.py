"""The command line without a process of its own: quick, for what does not depend on being one."""

import asyncio
import logging
import os

import structlog
from typer.testing import CliRunner

from pathshala.cli import app
from tests.operators.command import Ended


async def run(*arguments: str, **settings: str) -> Ended:
    """Run `pathshala` with no settings but these, in a thread, so that servers of the test go on."""
    return await asyncio.to_thread(_run, arguments, settings)


def _run(arguments: tuple[str, ...], settings: dict[str, str]) -> Ended:
    own: dict[str, str | None] = {name: None for name in os.environ if name.startswith(("PATHSHALA_", "OPENAI_"))}
    handlers = logging.getLogger().handlers
    try:
        ended = CliRunner().invoke(app, arguments, env=own | settings)
    finally:
        logging.getLogger().handlers = handlers
        structlog.reset_defaults()
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return Ended(ended.exit_code, ended.stdout, ended.stderr)
