"""`pathshala replay` as an operator uses it, on golden files."""

import json
import shutil
from pathlib import Path

import pytest

from tests.golden.__main__ import FOLDER, WIKIPEDIA_URL
from tests.operators.command import Ended, pathshala
from tests.replay.in_process import run
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import UNAUTHORIZED

SETTINGS = {"PATHSHALA_WIKIPEDIA_URL": WIKIPEDIA_URL}
PLAN = Path(__file__).parents[2] / "services/generator/src/pathshala_generator/plan"


async def replay(name: str, *arguments: str, **settings: str) -> Ended:
    return await run("replay", "--golden", str(FOLDER / f"{name}.jsonl"), *arguments, **(SETTINGS | settings))


async def debugged(*arguments: str, answer: str) -> Ended:
    """Replay in a process, whose operator types the answer."""
    file = str(FOLDER / "enriched.jsonl")
    return await pathshala("replay", "--golden", file, *arguments, answer=answer, **SETTINGS)


@pytest.fixture
def other_plan(tmp_path: Path) -> Path:
    """The shipped plan with a sentence more."""
    plan = shutil.copytree(PLAN, tmp_path / "plan")
    text = (plan / "lesson.md").read_text()
    (plan / "lesson.md").write_text(text.replace("## Title\n", "## Title\n\nNever ask a question in it.\n", 1))
    return plan


async def test_a_task_that_is_told_as_it_was_is_exit_code_0() -> None:
    ended = await replay("enriched")
    assert ended.out.splitlines() == [
        "1 LessonRequested -> enricher",
        "    =  EnrichmentStarted",
        "    =  ProviderAnswered",
        "    =  LessonEnriched",
        "4 LessonEnriched -> generator",
        "    =  GenerationStarted",
        "    =  LessonGenerated",
        "6 LessonGenerated -> store",
        "    =  LessonStored",
        "3 steps, 6 events replayed, 0 differences",
    ]
    assert (ended.code, ended.error) == (0, "")


async def test_a_changed_question_is_shown_where_it_differs_and_is_exit_code_1(other_plan: Path) -> None:
    ended = await replay("written", PATHSHALA_PLAN=str(other_plan))
    assert ended.code == 1
    [recorded, replayed] = [line for line in ended.out.splitlines() if line.split()[0] in {"recorded", "replayed"}][:2]
    assert "Never ask a question in it." not in recorded
    assert "Never ask a question in it." in replayed
    assert ended.out.splitlines()[-1].endswith(
        "first: ProviderAnswered (event 6) of step 4 LessonEnriched -> generator: exchange.request"
    )


async def test_what_is_not_recorded_is_refused_by_name_and_is_exit_code_3() -> None:
    ended = await replay("old_enriched")
    assert ended.code == 3
    assert "cannot be replayed: request 1 to a service outside has no recorded answer" in ended.out
    assert ended.out.splitlines()[-1] == "refused: 1 step of 3 cannot be replayed"
    assert ended.error == ""


async def test_a_program_is_told_all_of_it(other_plan: Path) -> None:
    told = (await replay("written", "--json", PATHSHALA_PLAN=str(other_plan))).json
    [_, generating, storing] = told["steps"]
    assert (generating["service"], generating["position"], generating["attempt"]) == ("generator", 4, 1)
    assert [line["mark"] for line in generating["told"]] == ["same", "differs", "differs"]
    assert generating["told"][2]["fields"][0]["path"] == "content.quality.prompt_version"
    assert storing["told"][0]["recorded"] == storing["told"][0]["replayed"]
    assert (told["differences"], told["gaps"], told["events"]) == (2, 0, 7)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--into", "generator"], ["4 LessonEnriched -> generator"]),
        (["--from", "LessonRequested"], ["1 LessonRequested -> enricher"]),
        (["--from", "6"], ["6 LessonGenerated -> store"]),
        (["--from", "4", "--into", "generator"], ["4 LessonEnriched -> generator"]),
    ],
)
async def test_single_steps_can_be_chosen(arguments: list[str], shown: list[str]) -> None:
    ended = await replay("enriched", *arguments)
    assert [line for line in ended.out.splitlines() if "->" in line] == shown
    assert ended.code == 0


@pytest.mark.parametrize("arguments", [["--from", "5"], ["--from", "nobody"], ["--live-llm", "--into", "enricher"]])
async def test_a_step_that_there_is_not_is_exit_code_2(arguments: list[str]) -> None:
    ended = await replay("enriched", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.error == "No step matches: nothing in the log came of it.\n"


async def test_a_task_or_a_file_has_to_be_named(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("nothing\n")
    for arguments in ([], ["task", "--golden", str(notes)], ["--golden", str(notes)], ["--golden", f"{notes}.none"]):
        ended = await run("replay", *arguments)
        assert ended.code == 2
        assert len(ended.error.splitlines()) == 1, ended.error


async def test_a_file_with_a_hole_in_it_is_refused(tmp_path: Path) -> None:
    [requested, _, *rest] = (FOLDER / "plain.jsonl").read_bytes().splitlines(keepends=True)
    file = tmp_path / "cut.jsonl"
    file.write_bytes(b"".join([requested, *rest]))
    ended = await run("replay", "--golden", str(file), **SETTINGS)
    assert ended.code == 3
    assert ended.error.startswith("Refused: what led to event 2 is not in the log")


async def test_the_debugger_stops_at_the_first_line_of_the_handler() -> None:
    ended = await debugged("--into", "generator", "--pdb", answer="p event.request.topic\nc\n")
    assert "on_lesson_enriched()" in ended.out
    assert "'verbs'" in ended.out
    assert ended.out.splitlines()[-1] == "1 step, 2 events replayed, 0 differences"
    assert ended.code == 0


async def test_leaving_the_debugger_ends_the_replay() -> None:
    ended = await debugged("--pdb", answer="q\n")
    assert ended.code == 1
    assert "replayed" not in ended.out
    assert "Traceback" not in ended.text


async def test_a_lesson_is_written_anew_by_another_model_and_shown_beside_the_first() -> None:
    async with StubOpenAI() as stub:
        ended = await replay("written", "--model", "other-model", OPENAI_BASE_URL=stub.url)
        [call] = stub.calls
    assert ended.code == 0
    assert call.body["model"] == "other-model"
    *_, then, now = ended.out.splitlines()
    assert then.startswith("then: openai stub-model; plan ")
    assert now.startswith("now:  openai other-model; plan ")
    assert "passed on_topic, language" in now


async def test_a_lesson_is_written_anew_by_another_plan(other_plan: Path) -> None:
    async with StubOpenAI() as stub:
        told = (await replay("written", "--prompt", str(other_plan), "--json", OPENAI_BASE_URL=stub.url)).json
        [call] = stub.calls
    assert "Never ask a question in it." in call.body["messages"][0]["content"]
    versions = [told[side]["quality"]["prompt_version"] for side in ("then", "now")]
    assert len(set(versions)) == 2
    assert "quality.prompt_version" in [field["path"] for field in told["fields"]]


async def test_a_writer_that_refuses_now_is_exit_code_1_and_says_why() -> None:
    async with StubOpenAI() as stub:
        stub.faults.append(UNAUTHORIZED)
        refused = await replay("written", "--live-llm", OPENAI_BASE_URL=stub.url)
    away = await replay("written", "--live-llm", OPENAI_BASE_URL="http://127.0.0.1:1/v1")
    assert (refused.code, away.code) == (1, 1)
    assert "no lesson: provider_refused_key" in refused.out
    assert "no lesson: provider_unreachable" in away.out


async def test_the_offline_writer_writes_for_nothing() -> None:
    ended = await replay("enriched", "--live-llm", "--json")
    assert ended.json["now"] == json.loads((FOLDER / "enriched.json").read_text())["document"]["lesson"]
    assert ended.json["fields"] == []
