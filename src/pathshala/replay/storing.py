"""The store's decisions on a log, taken again in memory: revisions and the task document."""

from collections.abc import Sequence

from pathshala.replay.comparison import Field, differences
from pathshala.replay.steps import told_by
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import LessonFailed, LessonStored
from pathshala_common.contract.lesson import LessonMark, Task
from pathshala_common.contract.ports.operator import StoredFold
from pathshala_common.contract.ports.store import Chain, Logged, Stream
from pathshala_common.recording.decision import WRITTEN, Revisions, decide


def stored_now(written: Logged, log: Sequence[Logged]) -> Sequence[Envelope]:
    """The event that the store tells of a written lesson, or of an edit that came too late, by today's rules.

    Revision and serial are counted from those that it was given then, since other tasks' lessons decided them.
    """
    event = written.envelope.event
    assert isinstance(event, WRITTEN)
    then = next((logged for logged in told_by("store", written, log)), None)
    stored = then.envelope.event if then else None
    moment, mark = (
        (stored.stored_at, stored.lesson.mark)
        if isinstance(stored, LessonStored)
        else (
            stored.failed_at if isinstance(stored, LessonFailed) else written.envelope.time,
            LessonMark(event.request.edition, 1, 1),
        )
    )
    before = [logged.envelope for logged in log if logged.position < written.position]
    latest: dict[Chain, int] = {mark.edition: mark.revision - 1, mark.edition.lesson: mark.serial - 1}
    stream = Stream(task=None, tail=before, position=len(before), repeats=frozenset())
    decision = decide(event.task_id, stream, [written.envelope], Revisions(latest), moment)
    return [
        envelope for envelope in decision.change.envelopes if isinstance(envelope.event, LessonStored | LessonFailed)
    ]


def document_differences(log: Sequence[Logged], kept: StoredFold) -> Sequence[Field]:
    """The fields in which a task's document, if there is one, is not what the log makes of the task."""
    seen = [logged.envelope for logged in log if logged.position <= kept.position]
    if kept.document is None or not seen:
        return []
    stream = Stream(task=None, tail=seen, position=kept.position, repeats=frozenset())
    folded = decide(seen[0].task_id, stream, [], Revisions({}), seen[0].time).change.task
    live = Task.model_validate_json(kept.document)
    return [] if folded is None else list(differences(live.model_dump(mode="json"), folded.model_dump(mode="json")))
