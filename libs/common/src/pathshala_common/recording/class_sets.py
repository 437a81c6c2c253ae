"""How the events of a class set become its document. Pure; what its tasks tell is none of these events."""

from collections.abc import Mapping

from pathshala_common.contract.class_set import ClassSet, SetRow, SetStop
from pathshala_common.contract.events import (
    AnyEvent,
    ClassRowsOrdered,
    ClassSetEnded,
    ClassSetRequested,
    ClassSetStopped,
    OfClassSet,
)


def evolve_set(before: ClassSet | None, event: AnyEvent) -> ClassSet | None:
    """Fold one event into its set. An event that counts on another state of the set has no effect."""
    if before is None:
        return _begun(event) if isinstance(event, ClassSetRequested) else None
    if not isinstance(event, OfClassSet) or event.number != before.number:
        return before
    changes: dict[str, object] = {"number": before.number + 1}
    match event:
        case ClassRowsOrdered():
            ordered = {one.row: one for one in event.rows}
            rows = tuple(_ordered_anew(row, ordered) for row in before.rows)
            changes |= {"rows": rows, "stop": None, "ended_at": None}
        case ClassSetStopped():
            changes["stop"] = SetStop(code=event.code, message=event.message, at=event.told_at)
        case ClassSetEnded():
            changes["ended_at"] = event.told_at
    return before.model_copy(update=changes)


def _begun(event: ClassSetRequested) -> ClassSet:
    return ClassSet(
        set_id=event.task_id,
        user_id=event.user_id,
        title=event.title,
        rows=event.rows,
        calls_max=event.calls_max,
        cost_max=event.cost_max,
        requested_at=event.requested_at,
    )


def _ordered_anew(row: SetRow, ordered: Mapping[int, SetRow]) -> SetRow:
    anew = ordered.get(row.row)
    return row if anew is None else SetRow(row=row.row, order=anew.order, tries=row.tries + 1)
