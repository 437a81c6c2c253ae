"""What is written in one turn of the loop goes out at its end, together, and none of it is lost by closing."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvloop

from pathshala_common.runtime.one_write import GATHERED_MAX_BYTES, GatheringTransport
from tests.waiting import one_turn

HEAD, BODY = b"HTTP/1.1 200 OK\r\n\r\n", b"{}"


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.Transport, socket.socket]]:
    """A transport, and the other end of its connection."""
    own, others = socket.socketpair()
    others.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=own)
    try:
        yield transport, others
    finally:
        transport.abort()
        others.close()


@asynccontextmanager
async def gathering() -> AsyncIterator[tuple[GatheringTransport, socket.socket]]:
    """The same, and what is written is gathered."""
    async with connected() as (transport, end):
        yield GatheringTransport(transport, asyncio.get_running_loop().call_soon), end


def received(end: socket.socket) -> bytes | None:
    """What has come, all of it; nothing at the end, and None if nothing has come."""
    try:
        return end.recv(2 * GATHERED_MAX_BYTES)
    except BlockingIOError:
        return None


def test_head_and_body_are_sent_at_once_where_the_loop_alone_sends_the_head_first() -> None:
    async def writes() -> None:
        async with connected() as (plain, end):
            plain.write(HEAD)
            assert received(end) == HEAD
        async with gathering() as (transport, end):
            transport.write(HEAD)
            transport.write(BODY)
            assert received(end) is None
            assert transport.get_write_buffer_size() == len(HEAD + BODY)
            await one_turn()
            assert received(end) == HEAD + BODY
            assert transport.get_write_buffer_size() == 0

    uvloop.run(writes())


def test_much_is_sent_at_once_so_that_the_transport_can_say_that_it_is_full() -> None:
    async def writes() -> None:
        async with gathering() as (transport, end):
            transport.write(HEAD)
            transport.write(bytes(GATHERED_MAX_BYTES))
            assert (received(end) or b"").startswith(HEAD)

    uvloop.run(writes())


@pytest.mark.parametrize("how", ["close", "write_eof"])
def test_all_is_sent_before_the_end(how: str) -> None:
    async def writes() -> None:
        async with gathering() as (transport, end):
            transport.write(HEAD)
            getattr(transport, how)()
            assert received(end) == HEAD

    uvloop.run(writes())


def test_nothing_is_sent_of_what_is_cut_off() -> None:
    async def writes() -> None:
        async with gathering() as (transport, end):
            transport.write(HEAD)
            transport.abort()
            assert transport.get_write_buffer_size() == 0
            await one_turn()
            await one_turn()
            assert not received(end)

    uvloop.run(writes())
