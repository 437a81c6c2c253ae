"""Replays over HTTP: one at a time, by the command; writing is confirmed by the count of what it cost then."""

import asyncio
from pathlib import Path

import pytest

from pathshala_api.problems import ProblemError
from pathshala_api.replaying import Replays, spent_on
from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.events import ProviderAnswered
from pathshala_common.contract.ports.class_sets import Spent
from pathshala_common.contract.ports.store import Logged
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.given import Api, problem
from tests.clock import NOON

ANSWER = '{"usage": {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000}}'


async def test_one_replay_runs_at_a_time_and_says_why_it_cannot_be(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "pathshala.db")
    await store.open()
    await store.close()
    replays = Replays(f"sqlite:///{tmp_path / 'pathshala.db'}")

    async def refusal() -> ProblemError:
        with pytest.raises(ProblemError) as refused:
            await replays.run("nobodys", write=False)
        return refused.value

    first, second = await asyncio.gather(refusal(), refusal())

    assert (first.code, second.code) == ("replay_refused", "too_many_replays")
    assert "the log has no event of task nobodys" in first.detail


async def test_an_api_without_the_command_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as refused:
        await Replays(f"sqlite:///{tmp_path}/x.db", command="no_such_command").run("x", write=False)
    assert refused.value.code == "replay_not_installed"


def test_what_a_lesson_cost_is_what_its_models_calls_cost() -> None:
    calls = [("generator", ANSWER), ("generator", "no JSON"), ("enricher", ANSWER)]
    events = [
        ProviderAnswered(
            task_id="t",
            attempt=1,
            service=service,
            call=ProviderCall.recorded("openai", "{}", seconds=1, status=200, answer=answer),
        )
        for service, answer in calls
    ]
    log = [Logged(place, wrap(event, source="generator", now=NOON)) for place, event in enumerate(events, 1)]

    assert spent_on(log) == Spent(calls=2, prompt_tokens=900, completion_tokens=100)


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_not_there_is_not_replayed(shared_api: Api) -> None:
    problem(await shared_api.client.post("/operator/tasks/nobodys/replay"), 404, "task_not_found")
