"""An operator sends dead letters back, or drops them."""

from pathshala_api.schemas import LessonOrder
from pathshala_common.contract.lesson import Level
from pathshala_common.contract.messages import ATTEMPT, queue_message
from pathshala_common.contract.ports.operator import DeadLetter
from pathshala_common.operating.dead_letters import read
from tests.operators.conftest import Deaths
from tests.operators.logs import request, requested


async def test_what_matches_goes_back_once_as_a_first_attempt_and_the_rest_stays(deaths: Deaths) -> None:
    verbs = await deaths.of_event("verbs")
    nouns = await deaths.of_event("nouns", code="timed_out")
    junk = await deaths.of_bytes(b"not json")
    taken = await deaths.consumed("generator")

    ended = await deaths.run("redrive", "--code", "timed_out", "--yes")

    assert ended.code == 0
    assert ended.out.endswith("1 sent back.\n")
    (delivery,) = await taken.hold(1)
    assert delivery.message.message_id == nouns
    assert delivery.message.headers.get(ATTEMPT, 1) == 1
    assert not [name for name in delivery.message.headers if "dead" in name]
    assert await deaths.left() == [verbs, junk]


async def test_the_operator_is_told_what_a_redrive_cannot_do_and_how_to_ask_anew(deaths: Deaths) -> None:
    await deaths.of_event("it's verbs")
    ended = await deaths.run("redrive", "--dry-run")
    assert ended.code == 0
    assert "A failed task stays failed" in ended.out
    assert "curl -s http://127.0.0.1:8000/lessons" in ended.out
    assert "s verbs" in ended.out
    assert "Dry run: 1 would be sent back." in ended.out
    assert len(await deaths.left()) == 1


def test_what_is_ordered_anew_is_all_that_was_ordered() -> None:
    asked = request().model_copy(update={"level": Level.ADULT, "language": "hi", "include_wikipedia": False})
    dead = DeadLetter("enricher", queue_message(requested(asked), "pathshala.enricher.dead"))

    order = read(dead).order

    assert order is not None
    assert LessonOrder.model_validate(order) == LessonOrder(
        subject=asked.subject,
        topic=asked.topic,
        user_id=asked.user_id,
        include_wikipedia=False,
        language="hi",
        level=Level.ADULT,
    )
    assert order.keys() <= LessonOrder.model_fields.keys()


async def test_of_what_ended_no_task_nothing_is_warned(deaths: Deaths) -> None:
    await deaths.of_bytes(b"not json")
    await deaths.of_event("verbs", code="not_an_event")  # an older service could not read it
    assert "stays failed" not in (await deaths.run("redrive", "--dry-run")).out


async def test_an_operator_who_does_not_say_yes_changes_nothing(deaths: Deaths) -> None:
    verbs = await deaths.of_event("verbs")
    for command, answer in (("redrive", "n\n"), ("drop", "")):
        assert (await deaths.run(command, answer=answer)).code == 1
    assert await deaths.left() == [verbs]


async def test_who_says_yes_drops_what_matches_for_good(deaths: Deaths) -> None:
    await deaths.of_event("verbs")
    nouns = await deaths.of_event("nouns")
    ended = await deaths.run("drop", "--task", "task-verbs", answer="y\n")
    assert ended.code == 0
    assert ended.out.endswith("1 deleted.\n")
    assert await deaths.left() == [nouns]


async def test_a_limit_takes_the_oldest(deaths: Deaths) -> None:
    ids = [await deaths.of_event(topic) for topic in ("one", "two", "three")]
    await deaths.run("drop", "--limit", "2", "--yes")
    assert await deaths.left() == ids[2:]
