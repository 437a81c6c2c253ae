"""A packed event that is broken is named by a rebuild, which goes on to the other tasks."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from pathshala.rebuild.checkpoint import begin
from pathshala.rebuild.folding import Wrong
from pathshala.rebuild.scan import Scan
from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import AnyEvent, LessonRequested, ProviderAnswered
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.sqlite.log_reader import SQLiteLog
from pathshala_common.store.sqlite.projections import SQLiteProjections
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import NOON, HeldClock
from tests.stories.lessons import a_request

TTL_SECONDS = 3_600.0
TASK_IDS = ("a", "b", "c")
BREAK = "UPDATE events SET raw = substr(raw, 1, length(raw) - 4) WHERE task_id = 'b' AND type = 'ProviderAnswered'"


def begun(task_id: str) -> list[Envelope]:
    """The events of a lesson that a model was asked for."""
    call = ProviderCall.recorded("openai", "Write the lesson. " * 500, seconds=1, status=200, answer="{}")
    told: list[AnyEvent] = [
        LessonRequested(task_id=task_id, request=a_request(topic=task_id)),
        ProviderAnswered(task_id=task_id, attempt=1, service="generator", call=call),
    ]
    return [wrap(event, source="generator", now=NOON) for event in told]


async def test_a_rebuild_names_the_task_of_a_broken_packed_event_and_goes_on(tmp_path: Path) -> None:
    file, clock = tmp_path / "pathshala.db", HeldClock()
    store, log, projections = SQLiteStore(file), SQLiteLog(file), SQLiteProjections(file)
    await store.open()
    await log.open()
    await projections.open()
    recorder = Recorder(store, clock, task_ttl_seconds=TTL_SECONDS)
    await recorder.record([event for task_id in TASK_IDS for event in begun(task_id)])

    assert await store._writer.run(lambda connection: connection.execute(BREAK).rowcount) == 1
    with closing(begin(tmp_path / "rebuilt.db", "a store", NOON)) as beside:
        await Scan(log, projections, beside, clock, ttl=timedelta(seconds=TTL_SECONDS)).run()
        told = {(one.task_id, one.wrong) for one in beside.faults(limit=99)}
        tasks = beside.progress.tasks

    assert told == {("b", Wrong.UNREADABLE)}
    assert tasks == len(TASK_IDS)
    await projections.close()
    await log.close()
    await store.close()
