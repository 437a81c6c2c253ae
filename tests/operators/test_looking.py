"""An operator looks at dead letters: nothing changes by that."""

import pytest

from tests.operators.command import pathshala
from tests.operators.conftest import Deaths


async def test_what_services_could_not_handle_is_listed_with_its_reason_and_stays(deaths: Deaths) -> None:
    verbs = await deaths.of_event("verbs")
    nouns = await deaths.of_event("nouns", code="timed_out")

    listed = await deaths.run("list")

    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines() if "generator" in line] == [verbs, nouns]
    assert "because it is timed_out" in listed.out
    assert "2 dead letters: 1 x refused, 1 x timed_out" in listed.out
    assert await deaths.left() == [verbs, nouns]


async def test_filters_select(deaths: Deaths) -> None:
    verbs = await deaths.of_event("verbs")
    nouns = await deaths.of_event("nouns", code="timed_out", day=2)
    junk = await deaths.of_bytes(b"not json")

    assert await deaths.listed("--service", "store") == [junk]
    assert await deaths.listed("--code", "timed_out") == [nouns]
    assert await deaths.listed("--task", "task-verbs") == [verbs]
    assert await deaths.listed("--type", "LessonEnriched", "--limit", "1") == [verbs]
    assert await deaths.listed("--since", "2026-11-24", "--until", "2026-11-26") == [nouns]


async def test_one_is_shown_with_its_headers_its_stack_and_its_event(deaths: Deaths) -> None:
    verbs = await deaths.of_event("verbs")
    shown = (await deaths.run("show", verbs)).json
    assert shown["stack"] == "Traceback: here"
    assert shown["headers"]["pathshala-attempt"] == 4
    assert shown["envelope"]["data"]["request"]["topic"] == "verbs"


async def test_bytes_that_are_no_event_are_shown_so_that_no_terminal_obeys_them(deaths: Deaths) -> None:
    junk = await deaths.of_bytes(b"\x1b]0;owned\x07\xff{")
    shown = await deaths.run("show", junk)
    assert "\x1b" not in shown.text
    assert shown.json["body"] == r"\x1b]0;owned\x07\xff{"


async def test_what_was_put_there_by_hand_is_listed_too(deaths: Deaths) -> None:
    await deaths.by_hand()
    (identity,) = await deaths.left()
    shown = (await deaths.run("show", identity)).json
    assert (shown["code"], shown["reason"]) == ("broker", "put there by hand")


async def test_nothing_matched_is_said_and_is_exit_code_1(deaths: Deaths) -> None:
    for arguments in (["list"], ["show", "nobody"], ["redrive", "--yes"], ["drop", "--yes"]):
        ended = await deaths.run(*arguments)
        assert ended.code == 1
        assert "No dead letter matches." in ended.text


async def test_a_broker_in_memory_without_a_file_is_one_clear_line() -> None:
    ended = await pathshala("dead", "list", PATHSHALA_STORE_URL="mongodb://127.0.0.1:1/house")
    assert ended.code == 1
    assert "/lessons/tasks?status=failed" in ended.error
    assert len(ended.text.splitlines()) == 1


@pytest.mark.parametrize("url", ["http://broker", "amqp://user:canary@host:port/"])
async def test_a_bad_setting_is_exit_code_2_in_one_line(url: str) -> None:
    ended = await pathshala("dead", "list", PATHSHALA_BROKER_URL=url)
    assert ended.code == 2
    assert len(ended.text.splitlines()) == 1
    assert "canary" not in ended.text


async def test_a_broker_that_is_away_is_one_line_without_its_password() -> None:
    ended = await pathshala("dead", "list", PATHSHALA_BROKER_URL="amqp://user:canary@127.0.0.1:1/")
    assert ended.code == 1
    assert len(ended.text.splitlines()) == 1
    assert "canary" not in ended.text


async def test_every_option_that_chooses_is_there_in_every_command_that_chooses(deaths: Deaths) -> None:
    verbs = await deaths.of_event("verbs")
    await deaths.of_event("nouns")

    assert await deaths.listed("--id", verbs) == [verbs]
    for command in ("redrive", "drop"):
        dry = await deaths.run(command, "--id", verbs, "--until", "2026-11-24", "--limit", "5", "--dry-run")
        assert "Dry run: 1 would be" in dry.out
