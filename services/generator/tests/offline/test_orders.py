"""Orders hidden in topics and articles: the offline writer obeys nobody, and tells none of them as a fact."""

import json
from pathlib import Path

import pytest

from pathshala_common.checks.examination import CHECKS
from pathshala_common.checks.plain_text import ACTIVE
from pathshala_common.contract.errors import Reject
from pathshala_generator.offline_writer import OfflineWriter
from services.generator.tests.given import VERB, a_request, an_assignment, unrecorded

CANARIES: list[str] = json.loads(Path(__file__).parents[1].joinpath("canaries.json").read_bytes())


@pytest.mark.parametrize("canary", CANARIES)
async def test_an_order_as_a_topic_is_a_name_in_plain_text(canary: str) -> None:
    assignment = an_assignment(a_request("english", canary), article=None)

    draft = (await OfflineWriter().write(assignment, unrecorded)).draft

    shown = (draft.title, draft.activity, draft.question, *(said.text for said in draft.statements))
    assert not any(kind.expression.search(text) for kind in ACTIVE.values() for text in shown)
    assert not any(CHECKS["plain_text"](draft, assignment) or ())


@pytest.mark.parametrize("canary", CANARIES)
async def test_an_order_in_an_article_is_not_told_as_a_fact(canary: str) -> None:
    article = VERB.model_copy(update={"summary": f"{VERB.summary} {canary}."})
    assignment = an_assignment(article=article)

    refused: str | None = None

    try:
        draft = (await OfflineWriter().write(assignment, unrecorded)).draft
    except Reject as error:
        refused = error.code
    else:
        assert not any(CHECKS["own_voice"](draft, assignment) or ())
    assert refused in {None, "lesson_refused"}
