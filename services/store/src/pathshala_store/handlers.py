"""The store's handler table: every event is recorded."""

from collections.abc import AsyncGenerator, Awaitable, Callable

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import EVENTS, Event
from pathshala_common.contract.ports.handlers import Context, Handlers

Record = Callable[[Envelope], Awaitable[Envelope | None]]


def handlers(record: Record) -> Handlers:
    """Bind every event to `record`, which logs one and gives the LessonStored that it leads to, if it does."""

    async def on_event(_event: Event, context: Context) -> AsyncGenerator[Envelope, None]:
        stored = await record(context.envelope)
        if stored is not None:
            yield stored

    return dict.fromkeys(EVENTS, on_event)
