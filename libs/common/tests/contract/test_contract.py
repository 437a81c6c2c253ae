"""The contract: names, versions, envelopes and what of them is promised to later versions."""

import json
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from inspect import isabstract
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from libs.common.tests.contract.generate import SAMPLES as SAMPLES_FOLDER
from libs.common.tests.contract.generate import SCHEMAS, sample
from pathshala_common.contract import topology
from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES, Envelope, decode, wrap
from pathshala_common.contract.errors import ContractError, TooNewError
from pathshala_common.contract.events import (
    EVENT_BY_NAME,
    EVENTS,
    AnyEvent,
    Event,
    GenerationStarted,
    LessonFailed,
    LessonRequested,
    LessonStored,
)
from pathshala_common.contract.lesson import (
    NAME_LENGTH_MAX,
    LessonRequest,
    fold,
    lesson_key,
    revision_of,
    version_of,
)
from pathshala_common.contract.messages import event_message, queue_message
from pathshala_common.contract.schemas import schema_name, schemas
from tests.clock import NOON
from tests.stories.lessons import a_request

SAMPLES = sorted(SAMPLES_FOLDER.glob("*.json"))


request = partial(a_request, user_id="user123")


def requested(task_id: str = "task-1") -> Envelope:
    return wrap(LessonRequested(task_id=task_id, request=request()), source="api", now=NOON)


# ---------------------------------------------------------------- names and versions


@pytest.mark.parametrize(("revision", "version"), [(1, "1.0"), (2, "1.1"), (10, "1.9"), (11, "1.10"), (101, "1.100")])
def test_a_revision_is_shown_as_a_version_and_read_back(revision: int, version: str) -> None:
    assert version_of(revision) == version
    assert revision_of(version) == revision


@pytest.mark.parametrize("version", ["", "1", "1.", "2.0", "1.01", "1.-1", "1.1.1", "1.٣", "x", "1." + "9" * 30])
def test_what_is_no_version_has_no_revision(version: str) -> None:
    assert revision_of(version) is None


def test_lookup_ignores_case_and_runs_of_blanks_in_any_script() -> None:
    assert lesson_key("  English ", "The\t VERBS") == lesson_key("english", "the verbs")
    assert fold("STRASSE") == fold("straße")
    assert fold("caf\u00e9") == fold("CAFE\u0301")
    assert fold("क्रिया") == "क्रिया"


@given(st.text())
def test_folding_twice_changes_nothing_more(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize("bad", ["", "   ", "\t\n", "a\x00b", "\u200b \u200b", "x" * (NAME_LENGTH_MAX + 1), "\ud800"])
def test_a_blank_overlong_or_unprintable_name_is_refused(bad: str) -> None:
    with pytest.raises(ValidationError):
        request(topic=bad)


def test_a_name_is_trimmed_and_otherwise_kept_as_asked() -> None:
    assert request(topic="  Phrasal  Verbs / particles ").topic == "Phrasal  Verbs / particles"


def test_times_are_utc_with_whole_milliseconds() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    asked = request().model_copy(update={"requested_at": datetime(2026, 11, 23, 17, 30, 0, 123_456, tzinfo=india)})
    kept = LessonRequest.model_validate(asked.model_dump())
    assert kept.requested_at == datetime(2026, 11, 23, 12, 0, 0, 123_000, tzinfo=UTC)


# ---------------------------------------------------------------- the envelope


def test_an_envelope_is_read_back_as_it_was_written() -> None:
    envelope = requested()
    assert decode(envelope.raw) == envelope


def test_an_id_derives_from_cause_type_and_index_so_that_repeats_repeat_it() -> None:
    cause, failed = requested(), LessonFailed(task_id="task-1", service="s", code="c", message="m", failed_at=NOON)
    first = wrap(failed, source="generator", now=NOON, cause=cause, attempt=1)
    later = wrap(failed, source="generator", now=NOON + timedelta(hours=1), cause=cause, attempt=2)
    assert first.id == later.id
    assert first.id != wrap(failed, source="generator", now=NOON, cause=cause, index=1).id
    assert first.id != wrap(failed, source="generator", now=NOON, cause=requested("task-2")).id
    assert first.causation_id == cause.id


def test_an_event_that_tells_of_an_attempt_is_another_one_at_each_attempt() -> None:
    started = GenerationStarted(task_id="task-1", attempt=1, attempts_max=4, writer="offline")
    ids = {wrap(started, source="generator", now=NOON, cause=requested(), attempt=n).id for n in (1, 2)}
    assert len(ids) == 2


def test_an_event_that_says_when_it_happened_is_the_same_bytes_whenever_it_is_told() -> None:
    raw = (SAMPLES_FOLDER / "LessonStored.v1.json").read_bytes()
    stored = decode(raw).event
    assert isinstance(stored, LessonStored)
    first, later = (wrap(stored, source="store", now=NOON + timedelta(days=n), cause=requested()) for n in (0, 1))
    assert first.raw == later.raw
    assert first.time == stored.stored_at


def test_who_must_be_heard_is_said_on_the_message() -> None:
    assert event_message(requested(), "x").mandatory
    stored = decode((SAMPLES_FOLDER / "LessonStored.v1.json").read_bytes())
    assert not event_message(stored, "x").mandatory
    assert queue_message(stored, "q").mandatory


def _changed(**changes: Any) -> bytes:
    head = json.loads(requested().raw) | changes
    return json.dumps({name: value for name, value in head.items() if value is not ...}).encode()


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"", "not JSON"),
        (b'{"specversion": "1.0", ', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a CloudEvents"),
        (_changed(specversion="0.3"), "not a CloudEvents"),
        (_changed(type="pathshala.LessonEaten"), "unknown event type"),
        (_changed(type=None), "unknown event type"),
        (_changed(dataschema="urn:pathshala:LessonRequested:99"), "version '99'"),
        (_changed(dataschema=...), "version"),
        (_changed(data=None), "not valid"),
        (_changed(data={"task_id": "task-1"}), "request: Field required"),
        (_changed(data=...), "not valid"),
        (_changed(subject="task-2"), "must be the task id"),
        (_changed(correlationid=...), "must be the task id"),
        (_changed(id=""), "id must be"),
        (_changed(id=7), "id must be"),
        (_changed(causationid="x" * 65), "causationid must be"),
        (_changed(time="yesterday"), "time"),
        (b"x" * (MESSAGE_SIZE_MAX_BYTES + 1), "too large"),
    ],
)
def test_bytes_that_are_no_event_are_refused_with_what_is_wrong(raw: bytes, complaint: str) -> None:
    with pytest.raises(ContractError, match=complaint):
        decode(raw)


TOO_NEW = [
    _changed(dataschema="urn:pathshala:LessonRequested:2"),
    _changed(type="pathshala.LessonEaten", dataschema="urn:pathshala:LessonEaten:1"),
    _changed(type="pathshala.LessonEaten", dataschema="urn:pathshala:LessonEaten:7", data={"appetite": 1}, more=[]),
]


@pytest.mark.parametrize("raw", TOO_NEW)
def test_an_event_of_a_later_version_is_told_from_what_is_none_of_ours(raw: bytes) -> None:
    with pytest.raises(TooNewError) as refused:
        decode(raw)
    assert refused.value.told_at == requested().time


NO_ENVELOPE_OF_OURS: list[dict[str, Any]] = [
    {"source": "/elsewhere/api"},
    {"source": None},
    {"id": ""},
    {"subject": "another"},
    {"correlationid": ...},
    {"time": "yesterday"},
    {"data": []},
    {"type": "LessonRequested"},
    {"dataschema": "urn:pathshala:LessonEnriched:2"},
    {"dataschema": "urn:pathshala:LessonRequested:0002"},
]


@pytest.mark.parametrize("changes", NO_ENVELOPE_OF_OURS)
def test_what_claims_a_later_version_in_no_envelope_of_ours_is_none_of_ours(changes: dict[str, Any]) -> None:
    with pytest.raises(ContractError) as refused:
        decode(_changed(**{"dataschema": "urn:pathshala:LessonRequested:2"} | changes))
    assert not isinstance(refused.value, TooNewError)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_reader(raw: bytes) -> None:
    with pytest.raises(ContractError):
        decode(raw)


def test_a_refusal_does_not_repeat_what_stood_in_the_event() -> None:
    with pytest.raises(ContractError) as refused:
        decode(_changed(data={"task_id": "task-1", "request": {"subject": "secret-canary" * 50}}))
    assert "canary" not in str(refused.value)


def test_a_later_writers_fields_are_ignored() -> None:
    head = json.loads(requested().raw)
    head["data"]["mood"] = head["data"]["request"]["mood"] = "curious"
    assert decode(json.dumps(head | {"traceparent": "00-1-1-01"}).encode()).event == requested().event


# ---------------------------------------------------------------- what is promised to later versions


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_stored_sample_still_decodes_to_what_it_says(sample: Path) -> None:
    raw = sample.read_bytes().strip()
    told = decode(raw).event.model_dump(mode="json")
    _assert_says(told, json.loads(raw)["data"])


def _assert_says(told: Any, stored: Any) -> None:
    if isinstance(stored, dict):
        for name, value in stored.items():
            _assert_says(told[name], value)
    else:
        assert told == stored


def test_every_version_of_every_event_has_a_stored_sample() -> None:
    wanted = {f"{event.__name__}.v{version}" for event in EVENTS for version in range(1, event.VERSION + 1)}
    assert {sample.stem for sample in SAMPLES} == wanted


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_a_sample_can_be_made_of_every_event_and_says_what_it_is_in_a_line(event: type[AnyEvent]) -> None:
    raw = sample(event)
    made = decode(raw)
    _assert_says(made.event.model_dump(mode="json"), json.loads(raw)["data"])
    assert made.type == event.__name__
    assert made.event.summary()


def test_the_committed_schemas_are_those_of_the_models() -> None:
    committed = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    assert committed == schemas(), "run scripts/schemas and read what changed"


def test_the_union_of_events_is_closed() -> None:
    assert set(EVENTS) == {event for event in _below(Event) if not isabstract(event)}
    assert {schema_name(event) for event in EVENTS} == set(schemas())
    assert len(EVENT_BY_NAME) == len(EVENTS) == len({event.ROUTING_KEY for event in EVENTS})


def _below(event: type[Any]) -> set[type[Any]]:
    return set(event.__subclasses__()).union(*map(_below, event.__subclasses__()))


# ---------------------------------------------------------------- the topology


def test_every_event_but_its_own_reaches_the_store_and_every_queue_has_an_end() -> None:
    house = topology.Topology()
    queues = {queue.name: queue for queue in house.queues()}
    own = {LessonStored.ROUTING_KEY}
    assert set(queues["pathshala.store"].routing_keys) == {event.ROUTING_KEY for event in EVENTS} - own
    assert set(queues["pathshala.store"].retired_keys) == own
    for queue in queues.values():
        assert queue.dead_letter_to is None or queue.dead_letter_to in queues


def test_suspects_reach_their_queue_by_no_routing_key_and_end_as_what_is_beyond_suspicion() -> None:
    house = topology.Topology()
    queues = {queue.name: queue for queue in house.queues()}
    for service in topology.SUBSCRIPTIONS:
        live, suspects = queues[house.queue(service)], queues[house.suspects_queue(service)]
        assert not suspects.routing_keys
        assert (suspects.dead_letter_to, suspects.time_limit_seconds) == (live.dead_letter_to, live.time_limit_seconds)


def test_what_the_enricher_does_not_take_in_time_goes_on_to_the_generator() -> None:
    enricher = next(queue for queue in topology.Topology().queues() if queue.name == "pathshala.enricher")
    assert enricher.dead_letter_to == "pathshala.generator"
    assert enricher.time_limit_seconds == topology.ENRICHMENT_WAIT_SECONDS
    assert LessonRequested in topology.inputs("generator")


@given(st.floats(min_value=0, max_value=10_000))
def test_a_delay_is_no_shorter_than_asked_up_to_the_longest(seconds: float) -> None:
    delay = topology.Topology().delay(seconds)
    assert delay.seconds >= min(seconds, topology.DELAYS_SECONDS[-1])


def test_two_houses_on_one_broker_share_nothing() -> None:
    one, other = topology.Topology("one"), topology.Topology("other")
    names = [{queue.name for queue in house.queues()} | {house.exchange} for house in (one, other)]
    assert not names[0] & names[1]
