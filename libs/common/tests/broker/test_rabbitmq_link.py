"""Who cancelled: we, or aio-pika, whose connection was lost while we waited on it."""

import asyncio

import pytest

from pathshala_common.broker.rabbitmq.link import failures
from pathshala_common.contract.errors import BrokerUnavailable


async def wait_on_the_broker(waiting: asyncio.Future[None], seconds: float = 60) -> None:
    with failures():
        async with asyncio.timeout(seconds):
            await waiting


async def test_a_cancellation_by_aio_pika_is_a_failure_of_the_broker() -> None:
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    lost.set_exception(asyncio.CancelledError())

    with pytest.raises(BrokerUnavailable, match="closed"):
        await wait_on_the_broker(lost)


async def test_our_own_cancellation_is_none() -> None:
    task = asyncio.create_task(wait_on_the_broker(asyncio.get_running_loop().create_future()))
    await asyncio.wait([task], timeout=0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_silence_is_a_failure_of_the_broker() -> None:
    with pytest.raises(BrokerUnavailable, match="no answer in time"):
        await wait_on_the_broker(asyncio.get_running_loop().create_future(), seconds=0.01)


async def test_a_fault_that_names_itself_keeps_its_words() -> None:
    named: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    named.set_exception(BrokerUnavailable("the queue is another one"))

    with pytest.raises(BrokerUnavailable, match="the queue is another one"):
        await wait_on_the_broker(named)
