"""The recorded answers, given by a server to everything that a writer asks: good ones pass, bad ones are refused."""

import json
import re
from collections.abc import AsyncIterator

import pytest

from pathshala_common.contract.errors import Reject
from pathshala_generator.draft import Written
from services.generator.tests.given import unrecorded, writing
from services.generator.tests.recorded import NAMES, Recorded, asked_for_more, recorded
from tests.stubs.openai import StubOpenAI
from tests.stubs.openai_faults import Fault

HONEST_WITHOUT = {
    "bad-invented-quote",
    "bad-quote-of-another-article",
    "bad-quote-of-one-word",
    "bad-quote-that-proves-something-else",
    "bad-quotes-without-article",
    "bad-stitched-quote",
}
"""Bad for quotes alone that do not hold, and good lessons without these."""

GOOD = [name for name in NAMES if not recorded(name).caught_by]
BAD = [name for name in NAMES if recorded(name).caught_by and name not in HONEST_WITHOUT]


@pytest.fixture
async def stub() -> AsyncIterator[StubOpenAI]:
    async with StubOpenAI() as server:
        yield server


async def written(stub: StubOpenAI, answer: Recorded) -> Written:
    """What becomes of an answer that the model gives again and again."""
    said = {"connection": answer.assignment.request.topic, **asked_for_more(answer.fields), "verse": 1}
    stub.faults.extend([Fault(message={"content": json.dumps(said)})] * 3)
    async with writing(stub.url) as writer:
        return await writer.write(answer.assignment, unrecorded)


@pytest.mark.parametrize("name", GOOD)
async def test_a_good_answer_becomes_a_lesson_at_once(stub: StubOpenAI, name: str) -> None:
    lesson = await written(stub, recorded(name))

    assert len(stub.calls) == 1
    assert lesson.repaired_fields == ()


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_answer_that_stays_bad_is_refused_by_the_names_of_its_checks(stub: StubOpenAI, name: str) -> None:
    answer = recorded(name)

    with pytest.raises(Reject) as refused:
        await written(stub, answer)

    assert refused.value.code == "lesson_refused"
    assert set(re.findall(r"\((\w+)\)", refused.value.reason)) == answer.caught_by.keys()
    assert len(stub.calls) == 3


@pytest.mark.parametrize("name", sorted(HONEST_WITHOUT))
async def test_quotes_that_do_not_hold_are_not_in_the_lesson(stub: StubOpenAI, name: str) -> None:
    answer = recorded(name)

    lesson = await written(stub, answer)

    before, after = answer.draft.statements, lesson.draft.statements
    assert [said.text for said in after] == [said.text for said in before]
    assert sum(said.quote is not None for said in after) < sum(said.quote is not None for said in before)
