"""The swap: rebuilt documents take the place of the live ones that are wrong, unless those have moved on."""

import json
from collections.abc import Sequence

from pathshala.rebuild.checkpoint import Checkpoint
from pathshala.rebuild.folding import Discrepancy, Wrong
from pathshala_common.contract.class_set import ClassSet
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.store import Change, Streams

PAGE_MAX = 500
MENDED = frozenset({Wrong.MISSING, Wrong.DIFFERS, Wrong.BEHIND})
"""The faults that a swap mends. A document that the log does not know is left to the operator."""


async def swap(beside: Checkpoint, streams: Streams) -> int:
    """Write what is wrong anew, and note it as wrong no longer. Returns how many documents were written.

    Each is an append of no events. That leaves a task alone whose log is further than the rebuilt document, so the
    house may run meanwhile.
    """
    written = 0
    after: Discrepancy | None = None
    while faults := beside.faults(after=after, limit=PAGE_MAX):
        after = faults[-1]
        changes = [change for fault in faults if fault.wrong in MENDED for change in _change(beside, fault.task_id)]
        applied = await streams.append(changes)
        for change, done in zip(changes, applied, strict=True):
            if done:
                beside.forget(change.task_id, MENDED)
        written += sum(applied)
    return written


def _change(beside: Checkpoint, task_id: str) -> Sequence[Change]:
    rebuilt = beside.document(task_id)
    if rebuilt is None:
        return []
    position, document = rebuilt
    if "set_id" in json.loads(document):
        return [Change(task_id, position, [], None, class_set=ClassSet.model_validate_json(document))]
    return [Change(task_id, position, [], Task.model_validate_json(document))]
