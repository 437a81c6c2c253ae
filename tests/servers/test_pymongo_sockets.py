"""What PyMongo leaves open when a call is cancelled is closed."""

import asyncio
import gc
import socket
import warnings
from contextlib import suppress

from pymongo import AsyncMongoClient

from tests.waiting import one_turn


async def test_a_call_that_is_cancelled_while_it_connects_leaves_no_socket() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        ahead = [socket.socket() for _ in range(4)]
        for one in ahead:  # a full backlog leaves further connections unanswered
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", ResourceWarning)
            client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(*deaf.getsockname(), directConnection=True)
            calling = asyncio.create_task(client.admin.command("ping"))
            for _ in range(20):
                await one_turn()
            calling.cancel()
            with suppress(asyncio.CancelledError):
                await calling
            await client.close()
            gc.collect()
        for one in ahead:
            one.close()
    assert [str(one.message) for one in told] == []
