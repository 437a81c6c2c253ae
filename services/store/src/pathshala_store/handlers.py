"""The store's handlers: every event that reaches it is recorded."""

from collections.abc import AsyncGenerator, Awaitable, Callable

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import AnyEvent, LessonStored
from pathshala_common.contract.ports.handlers import Context, Handlers
from pathshala_common.contract.topology import inputs

Record = Callable[[Envelope], Awaitable[LessonStored | None]]


def handlers(record: Record) -> Handlers:
    """Bind every event to `record`, which logs one and gives the LessonStored that it leads to, if it does."""

    async def on_event(_event: AnyEvent, context: Context) -> AsyncGenerator[AnyEvent, None]:
        stored = await record(context.envelope)
        if stored is not None:
            yield stored

    return dict.fromkeys(inputs("store"), on_event)
