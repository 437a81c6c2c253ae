"""The notifier's handlers: the end of a task is told to the address that its order named."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import Retry, UnreadableError
from pathshala_common.contract.events import AnyEvent, LessonStored, RedeliveryRequested
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Context, Handlers
from pathshala_common.contract.ports.store import EventLog, Logged, Tasks, legible_log
from pathshala_common.contract.topology import inputs
from pathshala_notifier.fate import abandoned, fate
from pathshala_notifier.hosts import Hosts
from pathshala_notifier.post import Post
from pathshala_notifier.signing import Signer
from pathshala_notifier.word import Word, callback_url, end_of, is_ordered, is_settled, word_of

LOOKS = 20
LOOK_AGAIN_SECONDS = 0.25
"""A failure is told to this service and to the store at once, so its log may have it a moment later."""

ORDER_ATTEMPTS = 6
"""An order that is not logged by then, some two minutes after the end, is in no log: nobody knows of an address."""


class WantedError(Exception):
    """Among the events of a batch is one whose end somebody may want to be told."""


async def pass_by(envelopes: Sequence[Envelope]) -> Sequence[AnyEvent | None]:
    """Let lessons pass by together whose orders named no address. Raises WantedError if there is anything else."""
    for envelope in envelopes:
        event = envelope.event
        if not isinstance(event, LessonStored) or event.request.callback_url is not None:
            raise WantedError
    return [None] * len(envelopes)


class LoggedTasks(Tasks, EventLog, Protocol):
    """Tasks and their logs, to be read."""


def handlers(store: LoggedTasks, post: Post, signer: Signer, hosts: Hosts, clock: Clock) -> Handlers:
    """Give the notifier's table."""

    async def on_end(event: AnyEvent, context: Context) -> AsyncGenerator[AnyEvent, None]:
        """Tell of the end of a task whose order wants it, or raise Retry while there is time for it."""
        if await _wants_none(store, event):
            return
        log = await _ended_log(store, event.task_id, clock)
        url, end = _address(log, context), end_of(log)
        if url is None or is_settled(log, context.envelope.id):
            return
        if end is None:
            raise Retry("not_logged", "the end of the task is not in the log yet")
        if event.FINAL and end.envelope.id != context.envelope.id:
            return  # another event ended the task, and tells of itself
        word = word_of(log, url, end)
        if word is not None:
            yield await _told(word, context)

    async def _told(word: Word, context: Context) -> AnyEvent:
        """Post the word once. Raises Retry."""
        if not signer.can_sign:
            return abandoned(context, word.change, "unsigned", "PATHSHALA_WEBHOOK_SECRETS is not set")
        async with hosts.turn(urlsplit(word.url).hostname or ""):
            posted = await post(word.url, signer.headers(word.identity, word.body, clock.now()), word.body)
        became = fate(posted, word.change, context, clock.now())
        if isinstance(became, Retry):
            raise became
        return became

    return dict.fromkeys(inputs("notifier"), on_end)


def _address(log: Sequence[Logged], context: Context) -> str | None:
    """Give the address that the order named. Raises Retry while the order may still be logged."""
    url = callback_url(log)
    if url is None and not is_ordered(log) and context.attempt <= ORDER_ATTEMPTS:
        raise Retry("not_logged", "the order of the task is not in the log yet")
    return url


async def _wants_none(store: Tasks, event: AnyEvent) -> bool:
    """Whether it is plain, without reading the log, that nobody wants to be told."""
    if isinstance(event, LessonStored):
        return event.request.callback_url is None
    if isinstance(event, RedeliveryRequested):
        return False
    try:
        task = await store.task(event.task_id)
    except UnreadableError:
        return False
    return task is not None and task.request.callback_url is None


async def _ended_log(store: EventLog, task_id: str, clock: Clock) -> Sequence[Logged]:
    """Read a task's log, again for a moment if the end is not there yet."""
    log = await legible_log(store, task_id)
    for _ in range(LOOKS):
        if end_of(log) is not None or (is_ordered(log) and callback_url(log) is None):
            break
        await clock.sleep(LOOK_AGAIN_SECONDS)
        log = await legible_log(store, task_id)
    return log
