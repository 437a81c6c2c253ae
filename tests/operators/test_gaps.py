"""What is missing of a log is noticed, and said."""

from pathshala.gaps import Missing, gaps
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import ProviderAnswered
from pathshala_common.contract.ports.store import Logged
from pathshala_common.contract.provider_call import RECORDING_LENGTH_MAX
from tests.operators.logs import call, whole_life


def logged(*envelopes: Envelope) -> list[Logged]:
    return [Logged(position, envelope) for position, envelope in enumerate(envelopes, 1)]


def found(log: list[Logged]) -> list[tuple[Missing, int]]:
    return [(gap.missing, gap.position) for gap in gaps(log)]


def test_a_whole_log_has_no_gap() -> None:
    assert gaps(logged(*whole_life())) == []
    assert gaps([]) == []


def test_positions_that_are_not_there_are_noticed_at_the_next_event() -> None:
    log = logged(*whole_life())

    assert [gap.text for gap in gaps([log[0], *log[4:6], *log[6:]]) if gap.missing is Missing.EVENTS] == [
        "events 2 to 4 are not in the log any more"
    ]
    assert found([*log[:5], *log[6:]]) == [(Missing.EVENTS, 7)]
    assert found(log[1:3]) == [(Missing.EVENTS, 2), (Missing.CAUSE, 2), (Missing.CAUSE, 3)]


def test_a_cause_may_be_logged_after_what_it_led_to() -> None:
    first, *rest = whole_life()

    assert gaps(logged(*rest, first)) == []


def test_a_lesson_and_an_article_without_a_recording_are_noticed() -> None:
    life = whole_life()
    bare = [envelope for envelope in life if not isinstance(envelope.event, ProviderAnswered)]

    assert found(logged(*bare)) == [(Missing.RECORDING, 3), (Missing.RECORDING, 7)]


def test_a_recording_that_was_too_long_is_noticed() -> None:
    first, *rest = whole_life()
    long = call("wikipedia", "x" * (RECORDING_LENGTH_MAX + 1))
    event = ProviderAnswered(task_id=first.task_id, attempt=1, service="enricher", call=long)
    told = wrap(event, source="enricher", now=first.time, cause=first)

    assert found(logged(first, told, *rest)) == [(Missing.RECORDING, 2)]
