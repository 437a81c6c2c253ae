"""What a handler pays for is paid for once, by one process at a time, whoever gets the event and however often."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from libs.common.tests.runtime.scene import REQUEST, REQUESTED, enriched
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.envelope import Envelope, decode, wrap
from pathshala_common.contract.errors import Reject, Retry, StoreUnavailable
from pathshala_common.contract.events import AnyEvent, LessonEnriched, LessonFailed, LessonRequested
from pathshala_common.contract.messages import ATTEMPT
from pathshala_common.contract.ports.broker import Delivery, Message
from pathshala_common.contract.ports.claims import ENDED, Claim, Standing
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.contract.ports.hints import Hint, HintKind
from pathshala_common.contract.ports.store import Change
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.consumer import Consumer, Limits
from pathshala_common.runtime.leases import ASK_AGAIN_SECONDS, LEASE_SECONDS, RENEW_SECONDS, Leases
from pathshala_common.runtime.retry import RetryPolicy
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import NOON, HeldClock
from tests.waiting import settled, until, until_so

TURNS = 4
LIMITS = Limits(10, RetryPolicy(3, 2, 60), 100_000)
SECOND = timedelta(seconds=1)
CLAIM = Claim(REQUESTED.task_id, REQUESTED.id, 1)
Body = Callable[[LessonRequested, Context], AsyncGenerator[AnyEvent, None]]
Deliver = Callable[[Envelope, int], Awaitable[None]]


@dataclass
class Payers:
    """Processes that pay for what they are asked for, on one store; each has a broker of its own to be given from."""

    store: SQLiteStore
    clock: HeldClock
    stack: AsyncExitStack
    paid: list[str] = field(default_factory=list)
    told: list[Envelope] = field(default_factory=list)
    brokers: dict[str, MemoryBroker] = field(default_factory=dict)

    async def payer(self, name: str, body: Body, *, claims: bool = True) -> Deliver:
        """Start one. Gives how to deliver an event to it, as a given attempt. It hears the hints of its own broker."""
        topology = Topology(enrichment_wait_seconds=86_400)
        broker = self.brokers[name] = MemoryBroker(topology, clock=self.clock)

        async def on_lesson_requested(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
            self.paid.append(name)
            async for told in body(event, context):
                yield told

        async def watch(delivery: Delivery) -> None:
            self.told.append(decode(delivery.message.body))
            await delivery.ack()

        leases = Leases(self.store, self.store, self.clock, outcome=LessonEnriched, hints=broker)
        consumer = Consumer(
            "enricher",
            {LessonRequested: on_lesson_requested},
            broker=broker,
            topology=topology,
            clock=self.clock,
            limits=LIMITS,
            leases=leases if claims else None,
        )
        await broker.start()
        await broker.consume(topology.queue("store"), prefetch=100, on_delivery=watch)
        await consumer.start()
        running = asyncio.create_task(leases.run())
        self.stack.push_async_callback(broker.close)
        self.stack.push_async_callback(consumer.drain, 0)
        self.stack.callback(running.cancel)

        async def deliver(envelope: Envelope, attempt: int) -> None:
            message = Message(envelope.raw, "", topology.queue("enricher"), "m", headers={ATTEMPT: attempt})
            await broker.publish([message])

        return deliver

    async def let_pass(self, seconds: float) -> None:
        """Let time pass, second by second, and let everybody do what each second brings."""
        for _ in range(round(seconds)):
            self.clock.advance(1)
            for _turn in range(TURNS):
                await settled()
                await self.store.fault()  # answered after all that was asked before

    async def let_pass_until(self, condition: Callable[[], object]) -> None:
        """Let seconds pass until this holds."""

        async def holds() -> bool:
            await self.let_pass(1)
            return bool(condition())

        await until_so(holds)

    def outcomes(self) -> list[Envelope]:
        return [envelope for envelope in self.told if isinstance(envelope.event, LessonEnriched)]


@pytest.fixture
async def payers(tmp_path: Path) -> AsyncIterator[Payers]:
    store = SQLiteStore(tmp_path / "pathshala.db")
    await store.open()
    async with AsyncExitStack() as stack:
        yield Payers(store, HeldClock(), stack)
    await store.close()


async def pay(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
    yield enriched(event)


def until_set(finish: asyncio.Event) -> Body:
    async def slowly(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        await finish.wait()
        yield enriched(event)

    return slowly


@pytest.mark.parametrize(("claims", "paid"), [(True, 1), (False, 2)], ids=["claimed", "without claims"])
async def test_of_two_who_get_one_event_one_pays(payers: Payers, *, claims: bool, paid: int) -> None:
    finish = asyncio.Event()
    one = await payers.payer("one", until_set(finish), claims=claims)
    other = await payers.payer("other", until_set(finish), claims=claims)

    await one(REQUESTED, 1)
    await until(lambda: payers.paid == ["one"])
    await other(REQUESTED, 1)
    await payers.let_pass(5)
    finish.set()
    await until(payers.outcomes)
    await payers.let_pass(5)

    assert len(payers.paid) == len(payers.outcomes()) == paid


async def test_another_event_of_the_same_task_is_not_paid_for_either(payers: Payers) -> None:
    one, other = await payers.payer("one", pay), await payers.payer("other", pay)
    again = wrap(LessonRequested(task_id=REQUESTED.task_id, request=REQUEST), source="api", now=NOON, index=1)

    await one(REQUESTED, 1)
    await until(payers.outcomes)
    await other(again, 1)
    await payers.let_pass(5)

    assert payers.paid == ["one"]


async def test_whose_holder_died_goes_on_within_30_seconds(payers: Payers) -> None:
    await payers.store.claim("dead", [CLAIM], now=NOON, until=payers.clock.now() + LEASE_SECONDS * SECOND)
    one = await payers.payer("one", pay)

    await one(REQUESTED, 1)
    await payers.let_pass(LEASE_SECONDS)
    assert payers.paid == []
    await payers.let_pass(30 - LEASE_SECONDS + ASK_AGAIN_SECONDS)
    await until(lambda: payers.paid)  # no more time passes: only what is under way goes on

    assert payers.paid == ["one"]


async def test_a_lease_is_renewed_for_as_long_as_its_work_takes(payers: Payers) -> None:
    finish = asyncio.Event()
    one, other = await payers.payer("one", until_set(finish)), await payers.payer("other", pay)
    await one(REQUESTED, 1)
    await until(lambda: payers.paid == ["one"])

    await other(REQUESTED, 1)
    await payers.let_pass(10 * LEASE_SECONDS)

    assert payers.paid == ["one"]
    finish.set()


async def test_what_was_paid_for_and_logged_is_told_again(payers: Payers) -> None:
    logged = wrap(
        enriched(LessonRequested(task_id=REQUESTED.task_id, request=REQUEST)),
        source="enricher",
        now=NOON,
        cause=REQUESTED,
    )
    await payers.store.append([Change(REQUESTED.task_id, 0, [REQUESTED, logged], None)])
    await payers.store.claim("dead", [CLAIM], now=NOON, until=NOON)
    one = await payers.payer("one", pay)

    await one(REQUESTED, 1)
    await payers.let_pass_until(payers.outcomes)
    await payers.let_pass(10)

    assert [envelope.raw for envelope in payers.outcomes()] == [logged.raw]
    assert payers.paid == []


async def test_after_a_retry_the_next_attempt_is_paid_for_and_a_repeat_of_the_first_is_not(payers: Payers) -> None:
    async def fail(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if context.attempt:
            raise Retry("rate_limited", "slow down", after_seconds=LEASE_SECONDS)
        yield enriched(event)

    one, other = await payers.payer("one", fail), await payers.payer("other", pay)
    await one(REQUESTED, 1)
    await until(lambda: payers.told)
    await payers.let_pass(1)

    await other(REQUESTED, 1)
    await settled()
    await other(REQUESTED, 2)
    await payers.let_pass_until(payers.outcomes)

    assert payers.paid == ["one", "other"]


async def test_what_was_refused_for_good_is_not_paid_for_again(payers: Payers) -> None:
    async def refuse(event: LessonRequested, context: Context) -> AsyncGenerator[AnyEvent, None]:
        if context.attempt:
            raise Reject("topic_refused", "no")
        yield enriched(event)

    one, other = await payers.payer("one", refuse), await payers.payer("other", pay)
    await one(REQUESTED, 1)
    await until(lambda: [e for e in payers.told if isinstance(e.event, LessonFailed)])
    await other(REQUESTED, 1)
    await payers.let_pass(5)

    assert payers.paid == ["one"]


def until_cancelled(cancelled: asyncio.Event) -> Body:
    async def endlessly(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        yield enriched(event)

    return endlessly


async def test_work_whose_lease_is_revoked_stops_at_the_next_renewal_and_is_not_begun_again(payers: Payers) -> None:
    cancelled = asyncio.Event()
    one, other = await payers.payer("one", until_cancelled(cancelled)), await payers.payer("other", pay)
    await one(REQUESTED, 1)
    await until(lambda: payers.paid == ["one"])

    await payers.store.revoke([REQUESTED.task_id])
    await payers.let_pass(RENEW_SECONDS)
    await until(cancelled.is_set)
    for deliver in (one, other):
        await deliver(REQUESTED, 1)
    await payers.let_pass(5)

    assert payers.paid == ["one"]
    assert not payers.told


@pytest.mark.parametrize("revoked", [True, False])
async def test_a_hint_stops_the_work_at_once_and_alone_ends_nothing(payers: Payers, *, revoked: bool) -> None:
    cancelled = asyncio.Event()
    one = await payers.payer("one", until_cancelled(cancelled))
    await one(REQUESTED, 1)
    await until(lambda: payers.paid == ["one"])

    if revoked:
        await payers.store.revoke([REQUESTED.task_id])
    payers.brokers["one"].hint(Hint(HintKind.CANCEL, "another task"), Hint(HintKind.CANCEL, REQUESTED.task_id))
    await until(cancelled.is_set)  # no time passes
    if revoked:
        await payers.let_pass(5)
        assert payers.paid == ["one"]
    else:
        await payers.let_pass_until(lambda: payers.paid == ["one", "one"])


async def test_without_the_store_nothing_is_paid_for(payers: Payers) -> None:
    one = await payers.payer("one", pay)
    await payers.store.close()

    await one(REQUESTED, 1)
    payers.clock.advance(60)
    await settled()
    assert payers.paid == []
    await payers.store.open()
    await payers.let_pass_until(lambda: payers.paid)

    assert payers.paid == ["one"]


async def test_work_whose_lease_cannot_be_renewed_is_given_up_before_it_lapses(payers: Payers) -> None:
    leases = Leases(payers.store, payers.store, payers.clock, outcome=LessonEnriched, lease_seconds=0.5)

    async def work() -> None:
        async with leases.lease(CLAIM) as answer:
            assert answer is Standing.GRANTED
            await asyncio.Event().wait()

    with pytest.raises(StoreUnavailable, match="renewed"):
        await work()

    leases.settle(CLAIM, ENDED)
    await leases.close()
    later = payers.clock.now() + 60 * SECOND
    assert await payers.store.claim("other", [CLAIM], now=later, until=later) == [Standing.INHERITED]


async def test_a_lease_is_renewed_after_its_work_is_done_until_it_is_settled(payers: Payers) -> None:
    leases = Leases(payers.store, payers.store, payers.clock, outcome=LessonEnriched)
    running = asyncio.create_task(leases.run())
    async with leases.lease(CLAIM) as answer:
        assert answer is Standing.GRANTED

    for _ in range(4):
        await payers.let_pass(LEASE_SECONDS)

    assert not running.done()
    now = payers.clock.now()
    assert await payers.store.claim("other", [CLAIM], now=now, until=now + SECOND) == [Standing.TAKEN]
    running.cancel()
