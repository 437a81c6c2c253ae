"""Class sets to tell the store's story with, recorded as the API records them."""

from uuid import uuid4

from libs.common.tests.store.examples import HOUR, NOON
from pathshala_common.contract.class_set import ClassSet, RowOrder, SetRow
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import AnyEvent, ClassSetRequested, ProviderAnswered
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.store import Store
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.recording.recorder import Recorder
from tests.clock import HeldClock

VERBS, NOUNS = RowOrder(subject="english", topic="verbs"), RowOrder(subject="english", topic="nouns")


def a_set(user_id: str = "asha") -> ClassSet:
    rows = (SetRow(row=1, order=VERBS, tries=1), SetRow(row=2, order=NOUNS, tries=1))
    return ClassSet(set_id=str(uuid4()), user_id=user_id, rows=rows, calls_max=9, requested_at=NOON)


async def record_set(store: Store, made: ClassSet) -> ClassSet | None:
    """Log what orders a set; returns it as it is kept then."""
    fields = ("user_id", "title", "rows", "calls_max", "cost_max", "requested_at")
    asked = {name: getattr(made, name) for name in fields}
    return await record(store, ClassSetRequested(task_id=made.set_id, **asked))


async def record(store: Store, event: AnyEvent, number: int = 0) -> ClassSet | None:
    recorder = Recorder(store, HeldClock(), task_ttl_seconds=HOUR.total_seconds())
    await recorder.record([wrap(event, source="api", now=NOON, index=number)])
    kept = await store.class_set(event.task_id)
    return kept.class_set if kept else None


def asked_a_model(task: Task) -> Envelope:
    """A generator's recording of a call that read 900 tokens and wrote 100."""
    answer = '{"usage": {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000}}'
    call = ProviderCall.recorded("openai", "{}", seconds=0.5, status=200, answer=answer)
    event = ProviderAnswered(task_id=task.task_id, attempt=1, service="generator", call=call)
    return wrap(event, source="generator", now=NOON)
