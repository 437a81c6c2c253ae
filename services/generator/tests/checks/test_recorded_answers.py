import json
from collections import defaultdict

import pytest

from pathshala_common.checks.examination import CHECKS, findings, passed
from pathshala_common.contract.errors import Retry
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.answer import read_fields
from pathshala_generator.prompt import FORMS
from services.generator.tests.recorded import FOLDER, NAMES, examine, recorded
from tests.clock import NOON

BAD = [name for name in NAMES if recorded(name).caught_by]
GOOD = [name for name in NAMES if not recorded(name).caught_by]
ALWAYS_APPLY = {"language", "complete", "own_voice", "plain_text"}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_answer_passes_every_check_that_applies(name: str) -> None:
    answer = recorded(name)

    found = findings(answer.draft, answer.assignment)

    assert [fault for faults in found.values() for fault in faults] == []
    assert ALWAYS_APPLY <= set(passed(found)) <= CHECKS.keys()
    assert ("evidence" in found) == (answer.assignment.article is not None)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_is_caught_by_exactly_the_check_that_is_for_it(name: str) -> None:
    answer = recorded(name)

    caught = defaultdict(set)
    for fault in examine(answer.draft, answer.assignment):
        caught[fault.check].add(fault.field)

    assert caught == {check: set(fields) for check, fields in answer.caught_by.items()}


def test_each_check_has_bad_answers_and_good_ones_come_in_many_languages_and_in_all_levels() -> None:
    assert {check for name in BAD for check in recorded(name).caught_by} == CHECKS.keys()
    requests = [recorded(name).assignment.request for name in GOOD]
    assert {request.language for request in requests} >= {"en", "hi", "mr", "sa", "de", "es", "fr"}
    assert len({request.level for request in requests}) == 4


def test_json_that_was_cut_is_no_answer() -> None:
    said = (FOLDER / "cut-json.txt").read_text(encoding="utf-8")

    answer = json.dumps({"choices": [{"message": {"content": said}}]})
    call = ProviderCall.recorded("openai", "{}", seconds=1, status=200, answer=answer)

    fate = read_fields(call, list(FORMS), NOON)

    assert isinstance(fate, Retry)
    assert fate.code == "invalid_answer"


def test_a_lesson_that_answers_another_request_is_off_its_topic() -> None:
    """Every good lesson in English, given for every other request in English."""
    english = [answer for answer in map(recorded, GOOD) if answer.assignment.request.language == "en"]

    let_in = [
        (asked.assignment.request.topic, given.draft.title)
        for asked in english
        for given in english
        if asked is not given and not any(fault.check == "on_topic" for fault in examine(given.draft, asked.assignment))
    ]

    assert let_in == []
