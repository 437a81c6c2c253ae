"""`pathshala events` tells what happened to a task, from either store, while a house runs on it or not."""

import asyncio
import signal
from pathlib import Path

import pytest

from pathshala_common.contract.envelope import decode, wrap
from pathshala_common.contract.events import TaskResumed
from tests.operators.command import pathshala, started
from tests.operators.logs import House, failed, requested, whole_life
from tests.waiting import DEADLINE_SECONDS

RETRIED = "again at 12:00:05 (in 2.0 s), after attempt 1 of 4: provider_busy: The model \\u{1b}[31mis busy"


async def test_a_life_is_told_line_by_line(any_house: House) -> None:
    task_id = await any_house.lived(*whole_life())

    shown = await any_house.run("events", task_id)

    assert (shown.code, shown.error) == (0, "")
    words = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert words == [
        "2026-11-23 UTC",
        "1 12:00:00.000 api LessonRequested english/verbs for asha, level middle, language en, until 12:15:00",
        "2 12:00:01.000 +1.000 s enricher EnrichmentStarted <- 1 looks for 'verbs' in wikipedia",
        "3 12:00:01.100 +0.100 s enricher ProviderAnswered <- 1 wikipedia, 200, 0.5 s",
        "4 12:00:01.200 +0.100 s enricher LessonEnriched <- 1 article 'Verb', revision 1234, en",
        "5 12:00:02.200 +1.000 s generator GenerationStarted <- 4 openai (model-1), attempt 1 of 4",
        "6 12:00:02.300 +0.100 s generator RetryScheduled <- 4 " + RETRIED,
        "7 12:00:06.200 +3.900 s generator GenerationStarted #2 <- 4 openai (model-1), attempt 2 of 4",
        "8 12:00:06.300 +0.100 s generator ProviderAnswered #2 <- 4 openai, 200, 3.2 s, 812 tokens",
        "9 12:00:06.400 +0.100 s generator LessonGenerated <- 4 'All about verbs', by openai (model-1), grounded",
        "10 12:00:06.400 +0.000 s store LessonStored <- 9 kept as version 1.0",
        "Completed after 6.4 s: english/verbs 1.0",
    ]


async def test_a_task_that_the_house_died_over_tells_so(house: House) -> None:
    first = requested()
    event = TaskResumed(task_id=first.task_id, returns=1)
    task_id = await house.lived(first, wrap(event, source="house", now=first.time, cause=first))

    shown = await house.run("events", task_id)

    assert shown.code == 0
    assert "house TaskResumed <- 1 the house died with it in hand, death 1" in " ".join(shown.out.split())


async def test_for_a_program_the_envelopes_are_given_in_full(house: House) -> None:
    life = whole_life()
    task_id = await house.lived(*life)

    shown = await house.run("events", task_id, "--json")

    assert [entry["position"] for entry in shown.json] == list(range(1, 11))
    assert [entry["envelope"]["id"] for entry in shown.json][:9] == [envelope.id for envelope in life]
    assert shown.json[7]["envelope"]["data"]["exchange"]["answer"] == '{"usage": {"total_tokens": 812}}'


async def test_an_unknown_task_is_said_to_be_none(house: House) -> None:
    shown = await house.run("events", "nobody")

    assert (shown.code, shown.out) == (1, "")
    assert "no event of task nobody" in shown.error


async def test_what_was_cut_is_named(house: House) -> None:
    life = whole_life()
    task_id = await house.lived(*life[:2], failed(life[0]), life[4])
    await house.store.cut_logs(life[-1].time, limit=10)

    shown = await house.run("events", task_id)

    assert shown.code == 0
    assert "events 1 to 2 are not in the log any more" in shown.out
    assert f"what led to event 3 is not in the log: {life[0].id}" in shown.out
    assert f"<- {life[0].id[:8]}?" in shown.out
    assert "Failed after 0.0 s, said by the generator: refused: It would not." in shown.out


async def test_a_log_is_followed_until_its_task_ends(any_house: House) -> None:
    life = whole_life()
    task_id = await any_house.lived(life[0])
    following = await started("events", task_id, "--follow", **any_house.settings)
    assert following.stdout
    async with asyncio.timeout(DEADLINE_SECONDS):
        for said in ("UTC", "LessonRequested"):
            assert said in (await following.stdout.readline()).decode()
        await any_house.lived(life[1])
        assert "EnrichmentStarted" in (await following.stdout.readline()).decode()
        await any_house.lived(*life[2:])
        out, error = await following.communicate()

    assert (following.returncode, error) == (0, b"")
    assert out.decode().splitlines()[-1] == "Completed after 6.4 s: english/verbs 1.0"
    assert len(out.decode().splitlines()) == 9


async def test_whoever_follows_may_stop(house: House) -> None:
    task_id = await house.lived(requested())
    following = await started("events", task_id, "--follow", **house.settings)
    assert following.stdout
    async with asyncio.timeout(DEADLINE_SECONDS):
        await following.stdout.readline()
        following.send_signal(signal.SIGINT)
        _, error = await following.communicate()

    assert (following.returncode, error) == (130, b"")


async def test_a_golden_file_holds_the_bytes_that_travelled(house: House, tmp_path: Path) -> None:
    life = whole_life()
    task_id = await house.lived(*life)
    stored = (await house.store.events(task_id))[-1]

    saved = await house.run("events", task_id, "--save-golden", "--folder", str(tmp_path / "golden"))

    assert saved.code == 0
    assert lines(tmp_path / "golden" / f"{task_id}.jsonl") == [*(envelope.raw for envelope in life), stored.raw]


async def test_a_log_with_a_gap_is_no_example(house: House, tmp_path: Path) -> None:
    life = whole_life()
    task_id = await house.lived(*life)
    await house.store.cut_recordings(life[-1].time + (life[-1].time - life[0].time), limit=10)

    saved = await house.run("events", task_id, "--save-golden", "--folder", str(tmp_path))

    assert saved.code == 1
    assert saved.error.strip() == ("Not saved: event 3 is not in the log any more; event 8 is not in the log any more.")


def lines(file: Path) -> list[bytes]:
    """The lines of a golden file, each an envelope."""
    read = file.read_bytes().splitlines()
    assert [decode(line).raw for line in read] == read
    return read


@pytest.mark.parametrize("wrong", [["--follow", "--json"], ["--json", "--save-golden"]])
async def test_two_forms_at_once_are_refused(settings: dict[str, str], wrong: list[str]) -> None:
    assert (await pathshala("events", "any", *wrong, **settings)).code == 2


async def test_a_store_that_is_not_there_is_said_and_not_made(settings: dict[str, str]) -> None:
    shown = await pathshala("events", "any", **settings)

    assert shown.code == 2
    assert "no SQLite file" in shown.error
    assert "Traceback" not in shown.error
