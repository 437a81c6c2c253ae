"""Commands that ask a running house: a lesson's whole life, tasks, keys, and what is said of errors."""

import asyncio
import json
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.asking import generators_paused
from tests.house.calling import KEY
from tests.house.houses import House, embedded
from tests.operators.command import Ended, pathshala, started
from tests.operators.terminal import on_terminal
from tests.servers.loopback import free_port
from tests.waiting import DEADLINE_SECONDS, until, until_true

NOWHERE = "http://127.0.0.1:1"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*[39][0-8][;m]")
VERBS = ("english", "verbs")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in one process whose lessons stand on the shipped articles, on a port that is known."""
    made = embedded(tmp_path_factory.mktemp("house"), f"{NOWHERE}/w/api.php", PATHSHALA_PORT=str(free_port()))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def asked(house: House) -> dict[str, str]:
    """The environment of somebody who asks the house."""
    return {"PATHSHALA_URL": house.url, "PATHSHALA_KEY": KEY}


@pytest.fixture
def local(house: House) -> dict[str, str]:
    """The environment of its operator, on the same machine."""
    return house.services["pathshala"].settings | {"PATHSHALA_KEY": KEY}


async def test_a_lesson_is_ordered_read_edited_compared_and_verified(asked: dict[str, str], tmp_path: Path) -> None:
    async def lesson(*arguments: str) -> Ended:
        ended = await pathshala("lesson", *arguments, **asked)
        assert ended.code == 0, ended.text
        return ended

    watched = await lesson("create", *VERBS, "--user", "asha", "--watch")
    stages = [line.split()[2] for line in watched.error.splitlines()]
    assert stages[-1] == "ended"
    assert set(stages) <= {"asked", "reading", "read", "writing", "storing", "ended"}
    assert "# " in watched.out
    assert "\x1b" not in watched.text
    waited = await lesson("create", *VERBS, "--user", "asha", "--wait", "--json")
    assert (waited.json["status"], waited.json["lesson_data"]["version"], waited.error) == ("completed", "1.1", "")
    accepted = await lesson("create", "science", "rain", "--user", "asha", "--json")
    assert accepted.json["poll_url"].endswith(accepted.json["task_id"])

    edited = await lesson("edit", *VERBS, "--set", "title=Doing words", "--note", "shorter", "--user", "tara")
    assert edited.out.splitlines()[0] == "Stored as version 1.2, edited of 1.1."
    shown, old, listed, versions, changes = await asyncio.gather(
        lesson("show", *VERBS, "--json"),
        lesson("show", *VERBS, "--version", "1.0", "--pupil", "--json"),
        lesson("list", "verbs"),
        lesson("versions", *VERBS),
        lesson("diff", *VERBS, "1.1", "1.2"),
    )
    assert (shown.json["title"], shown.json["made_by"]) == ("Doing words", "tara")
    assert (old.json["version"], "questions" in old.json and "answer" in old.json["questions"][0]) == ("1.0", False)
    assert listed.out.splitlines()[1].split()[:4] == ["english/verbs", "en", "middle", "1.2"]
    assert [line.split()[0] for line in versions.out.splitlines()[2:]] == ["1.2", "1.1", "1.0"]
    assert changes.out.startswith("title\n")
    assert "{+Doing+}" in changes.out

    sheet = tmp_path / "verbs.md"
    sheet.write_text((await lesson("show", *VERBS)).out)
    assert (await lesson("verify", str(sheet), "--json")).json["whole"] is True
    file = tmp_path / "verbs.html"
    assert (await lesson("export", *VERBS, "-o", str(file), "--json")).json["bytes"] == file.stat().st_size
    assert (await lesson("verify", str(file), "--json")).json["verified"] is True


def edits(folder: Path) -> list[Path]:
    """The files of edits that are kept."""
    return list(folder.glob("*.toml"))


async def test_an_edit_that_comes_too_late_overwrites_nothing_and_is_not_lost(
    asked: dict[str, str], tmp_path: Path
) -> None:
    topic = ("english", "nouns")
    await pathshala("lesson", "create", *topic, "--user", "asha", "--wait", **asked)
    editor = tmp_path / "editor"
    editor.write_text(
        "#!/bin/sh\n"
        f"{sys.executable} -m pathshala lesson edit english nouns --set 'activity=Find ten.' --user tara\n"
        'sed -i \'s/^title = .*/title = "Names"/\' "$1"\n'
    )
    editor.chmod(0o700)
    more = {"EDITOR": str(editor), "TMPDIR": str(tmp_path)}

    late = await pathshala("lesson", "edit", *topic, "--user", "asha", **asked, **more)
    [kept] = edits(tmp_path)
    assert late.code == 1
    assert len(late.error.splitlines()) == 1
    assert "Precondition Failed: Version 1.1 is newer" in late.error
    assert f"--file {kept} makes them of the newest version" in late.error

    again = await pathshala("lesson", "edit", *topic, "--user", "asha", "--file", str(kept), **asked)
    assert again.out.splitlines()[0] == "Stored as version 1.2, edited of 1.1."
    shown = (await pathshala("lesson", "show", *topic, "--json", **asked)).json
    assert (shown["title"], shown["activity"]) == ("Names", "Find ten.")


def test_a_terminal_shows_each_stage_with_its_time_and_the_lesson(asked: dict[str, str]) -> None:
    arguments = ("lesson", "create", "science", "plants", "--user", "asha", "--watch")
    seen = on_terminal(*arguments, **asked)
    plain = on_terminal(*arguments, **asked, NO_COLOR="1")

    assert seen.code == plain.code == 0
    for one in (seen, plain):
        assert "science/plants" in one.text
        assert "✓" in one.text
        assert one.text.count("\x1b[?25l") == one.text.count("\x1b[?25h") == 1, "the cursor is shown again"
        assert "Version 1." in one.text
    assert COLOUR.search(seen.text)
    assert not COLOUR.search(plain.text)


async def test_ctrl_c_leaves_the_terminal_as_it_was(asked: dict[str, str]) -> None:
    await pathshala("lesson", "create", "science", "soil", "--user", "mira", "--wait", **asked)
    seen = await asyncio.to_thread(on_terminal, "tasks", "--watch", interrupt_at="completed", **asked)
    assert seen.code == 130
    assert "Traceback" not in seen.text
    assert seen.text.count("\x1b[?25l") == seen.text.count("\x1b[?25h")


async def test_tasks_are_watched_line_by_line_until_ctrl_c(asked: dict[str, str]) -> None:
    watching = await started("tasks", "--watch", "--json", "--user", "ravi", **asked)
    assert watching.stdout
    await pathshala("lesson", "create", "science", "soil", "--user", "ravi", **asked)
    async with asyncio.timeout(DEADLINE_SECONDS):
        assert json.loads(await watching.stdout.readline())["user_id"] == "ravi"
        watching.send_signal(signal.SIGINT)
        _, error = await watching.communicate()
    assert (watching.returncode, error) == (130, b"")


async def test_an_operator_on_the_same_machine_asks_the_house_that_owns_the_file(
    house: House, local: dict[str, str]
) -> None:
    paused = await pathshala("pause", "--reason", "a new model", "--json", **local)
    assert (paused.code, paused.json["reason"]) == (0, "a new model")
    await asyncio.to_thread(until_true, lambda: generators_paused(house.url))
    ordered = await pathshala("lesson", "create", "science", "clouds", "--user", "ravi", "--json", **local)
    cancelled = await pathshala("cancel", ordered.json["task_id"], "--json", **local)
    assert cancelled.json == {"matched": 1, "more": False, "done": 1, "task_id": ordered.json["task_id"]}
    assert (await pathshala("resume", **local)).code == 0

    again = await pathshala("retry", "--user", "ravi", "--yes", **local)
    assert (again.code, again.out) == (0, "1 task matches.\n1 asked for anew.\n")
    queues, made = await asyncio.gather(
        pathshala("queues", **local),
        pathshala("keys", "create", "--user", "asha", "--name", "lap", "--json", **local),
    )
    assert queues.out.splitlines()[0].split() == ["SERVICE", "WAITING", "DEAD"]
    revoked = await pathshala("keys", "revoke", made.json["key_id"], **local)
    assert (made.json["user_id"], revoked.code) == ("asha", 0)
    assert f"{made.json['key_id']}  revoked" in (await pathshala("keys", "list", **local)).out


async def test_an_error_is_one_line_that_says_what_to_do(asked: dict[str, str]) -> None:
    away = {**asked, "PATHSHALA_URL": NOWHERE}
    refusals = await asyncio.gather(
        pathshala("lesson", "show", "english", "nothing", **asked),
        pathshala("tasks", "nothing", **asked),
        pathshala("lesson", "create", "status", "verbs", **asked),
        pathshala("lesson", "list", **away),
        pathshala("queues", "--url", "ftp://house", **asked),
        pathshala("lesson", "edit", *VERBS, "--set", "questions=none", **asked),
        pathshala("lesson", "create", *VERBS, "--source", "no such file", **asked),
    )
    for ended in refusals:
        assert ended.out == ""
        assert len(ended.error.splitlines()) == 1, ended.error
        assert ended.error.startswith("pathshala: ")
    assert [ended.code for ended in refusals] == [1, 1, 1, 1, 2, 2, 2]
    told = "Not Found: There is no such lesson yet. POST /lessons with this subject and topic makes one."
    assert told in refusals[0].error
    assert "pathshala lesson create SUBJECT TOPIC" in refusals[0].error
    assert "start one with `pathshala up`" in refusals[3].error


async def test_a_house_is_started_where_it_is_told_to_and_opens_its_console(tmp_path: Path) -> None:
    opened, port = tmp_path / "opened", free_port()
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part\nmv {opened}.part {opened}\n')
    browser.chmod(0o700)
    process = await started(
        *("up", "--port", str(port), "--store", f"sqlite:///{tmp_path / 'school.db'}", "--open"),
        BROWSER=f"{browser} %s",
    )
    assert process.stdout
    async with asyncio.timeout(DEADLINE_SECONDS):
        lines = [(await process.stdout.readline()).decode().strip() for _ in range(2)]
        await until(opened.exists)
        process.send_signal(signal.SIGINT)
        _, error = await process.communicate()
    assert lines[1] == f"Console: http://127.0.0.1:{port}/"
    assert opened.read_text().strip() == f"http://127.0.0.1:{port}/"
    assert (process.returncode, b"Traceback" in error) == (0, False)
    assert (tmp_path / "school.db").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_a_shell_completes_commands_and_options(shell: str) -> None:
    script = await pathshala("completion", shell)
    assert f"_PATHSHALA_COMPLETE=complete_{shell}" in script.out

    typed = "pathshala lesson ex"
    asked = {"COMP_WORDS": typed, "COMP_CWORD": "2", "_TYPER_COMPLETE_ARGS": typed}
    process = await started(**asked, _PATHSHALA_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_FISH_ACTION="get-args")
    out, _ = await process.communicate()
    assert b"export" in out
    assert b"create" not in out
