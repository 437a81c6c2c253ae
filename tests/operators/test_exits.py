"""Whatever a command raises ends it in one way: a line on standard error, and an exit code."""

import asyncio
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pathshala.exits import Commands, advising
from pathshala_common.contract.errors import BrokerUnavailable, PathshalaError, SettingsError, StoreUnavailable
from tests.operators.command import pathshala

AWAY = {"PATHSHALA_STORE_URL": "mongodb://user:canary@127.0.0.1:1/house"}


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (SettingsError("PATHSHALA_PORT is wrong"), 2, "pathshala: PATHSHALA_PORT is wrong"),
        (StoreUnavailable("no answer"), 1, "pathshala: the store: no answer. Try again."),
        (BrokerUnavailable("no answer"), 1, "pathshala: the broker: no answer. Try again."),
    ],
)
def test_an_error_is_a_line_and_a_code_also_in_a_group_of_commands(error: PathshalaError, code: int, line: str) -> None:
    app, group = typer.Typer(cls=Commands), typer.Typer()
    app.add_typer(group, name="group")

    @group.command("fail")
    def fail() -> None:
        with advising("Try again."):
            raise error

    @group.command("other")
    def other() -> None:
        """Have the group be one."""

    ended = CliRunner().invoke(app, ["group", "fail"])
    assert (ended.exit_code, ended.stdout, ended.stderr) == (code, "", f"{line}\n")


@pytest.mark.parametrize("code", [None, 0, 1, 3])
def test_what_a_command_returns_is_its_exit_code(code: int | None) -> None:
    app = typer.Typer(cls=Commands)

    @app.command("give")
    def give() -> int | None:
        return code

    @app.command("other")
    def other() -> None:
        """Have the app be a group."""

    assert CliRunner().invoke(app, ["give"]).exit_code == (code or 0)


async def test_a_store_that_is_away_is_one_line_without_its_password(tmp_path: Path) -> None:
    rebuilt, replayed, shown = await asyncio.gather(
        pathshala("rebuild", "--file", str(tmp_path / "rebuilt.db"), **AWAY),
        pathshala("replay", "task", **AWAY),
        pathshala("events", "task", **AWAY),
    )
    assert (rebuilt.code, replayed.code, shown.code) == (1, 3, 1)
    assert rebuilt.error.endswith(". Go on with --resume.\n")
    for ended in (rebuilt, replayed, shown):
        assert ended.text.startswith("pathshala: the store: ")
        assert len(ended.text.splitlines()) == 1
        assert "canary" not in ended.text
