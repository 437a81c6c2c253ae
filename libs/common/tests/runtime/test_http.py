"""Hostile and clumsy clients: every part of a request has its time and size, and a stop waits for nobody's rest."""

import asyncio
import contextlib
import gc
import json
import logging
import os
import resource
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from pathshala_common.runtime import http
from pathshala_common.runtime.http_limits import HttpLimits
from tests.waiting import until

LONG = HttpLimits()
DEADLINE_SECONDS = 20
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LAST_GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
CANARY = "canary-" + str(4711)
POST = b"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + CANARY.encode() + b"\r\n"
STALLED = POST + b"Content-Length: 100\r\n\r\n" + CANARY.encode()
LARGE = 16 * 2**20


class Application:
    """Reads the whole body, then answers with its length; or with as much as was asked for."""

    def __init__(self) -> None:
        self.asked = self.given_up = self.cancelled = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        length, more = 0, True
        try:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    self.given_up += 1
                    return
                length, more = length + len(message["body"]), message["more_body"]
            if scope["path"] == "/endless":
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        body = b"x" * LARGE if scope["path"] == "/large" else b"%d" % length
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def answered(limits: HttpLimits) -> AsyncIterator[tuple[Application, tuple[str, int]]]:
    """Run the application under these limits; gives it and its address."""
    application, listener = Application(), http.listen("127.0.0.1", 0)
    address = listener.getsockname()[:2]
    async with http.answering(application, listener, limits):
        yield application, address


class Client:
    """A socket that does as it is told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def sends(self, data: bytes) -> None:
        self.writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    async def ends(self) -> bytes:
        """Read until the other side hangs up."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            with contextlib.suppress(ConnectionError):
                return await self.reader.read()
        return b""

    async def gets(self, line: bytes) -> bytes:
        """Read up to the end of this."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await self.reader.readuntil(line)


@asynccontextmanager
async def connected(address: tuple[str, int]) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection(*address)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()


async def ending(address: tuple[str, int], *sent: bytes) -> bytes:
    """What a client reads to the end that has sent this."""
    async with connected(address) as client:
        for part in sent:
            await client.sends(part)
        return await client.ends()


def problem(answer: bytes, status: int, code: str) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == code


async def test_who_sends_nothing_is_hung_up_on_without_a_word() -> None:
    async with answered(replace(LONG, first_byte_seconds=0.1)) as (_, address):
        assert await ending(address) == b""


@pytest.mark.parametrize("part", [b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nA: "], ids=["line", "headers"])
async def test_a_head_that_does_not_end_is_late(part: bytes) -> None:
    async with answered(replace(LONG, head_seconds=0.1)) as (application, address):
        problem(await ending(address, part), 408, "request_timeout")
    assert application.asked == 0


async def test_trickling_buys_no_time() -> None:
    async with answered(replace(LONG, head_seconds=0.1)) as (_, address), connected(address) as client:
        await client.sends(b"GET / HTTP/1.1\r\n")
        answer = asyncio.create_task(client.ends())
        while not answer.done():
            await client.sends(b"A: b\r\n")
            await asyncio.wait([answer], timeout=0.05)
        problem(await answer, 408, "request_timeout")


async def test_a_body_that_does_not_end_is_late_and_the_application_is_told() -> None:
    async with answered(replace(LONG, body_seconds=0.1)) as (application, address):
        problem(await ending(address, STALLED), 408, "request_timeout")
        await until(lambda: application.given_up == 1)


async def test_an_idle_connection_is_closed_and_blank_lines_keep_none_open() -> None:
    async with answered(replace(LONG, idle_seconds=0.1)) as (_, address), connected(address) as client:
        await client.sends(GET)
        await client.gets(b"\r\n\r\n0")
        end = asyncio.create_task(client.ends())
        while not end.done():
            await client.sends(b"\r\n")
            await asyncio.wait([end], timeout=0.02)
        assert await end == b""


async def test_an_answer_that_nobody_takes_is_given_up() -> None:
    async with answered(replace(LONG, unread_seconds=0.1)) as (application, address):
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            client.connect(address)
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            await until(lambda: application.asked == 1)
            client.settimeout(DEADLINE_SECONDS)
            await asyncio.sleep(2 * http.LOOK_SECONDS)  # it takes nothing for longer than it may
            taken = await asyncio.to_thread(_taken, client)
    assert taken < LARGE


def _taken(client: socket.socket) -> int:
    taken = 0
    with contextlib.suppress(ConnectionError):
        while part := client.recv(65_536):
            taken += len(part)
    return taken


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ([b"nonsense\r\n\r\n"], 400, "invalid_http"),
        ([b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"], 400, "invalid_http"),
        ([b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n"], 400, "invalid_http"),
        ([b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n"], 400, "invalid_http"),
        ([b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"], 414, "url_too_long"),
        ([b"GET /", *[b"a" * 65_536] * 40], 414, "url_too_long"),
        ([GET[:-2] + b"A: " + b"b" * 40_000 + b"\r\n\r\n"], 431, "headers_too_large"),
        ([GET[:-2] + b"A: ", *[b"b" * 65_536] * 40], 431, "headers_too_large"),
        ([GET[:-2] + b"A: b\r\n" * 101 + b"\r\n"], 431, "headers_too_large"),
        ([GET[:-2], *[b"A: b\r\n" * 1_000] * 40], 431, "headers_too_large"),
        ([POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1;", *[b"a" * 65_536] * 40], 431, "headers_too_large"),
        ([POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nA: ", *[b"b" * 65_536] * 40], 431, "headers_too_large"),
    ],
)
async def test_what_is_no_request_or_too_large_is_answered_with_a_problem(
    parts: list[bytes], status: int, code: str
) -> None:
    async with answered(LONG) as (_, address):
        problem(await ending(address, *parts), status, code)
        assert (await ending(address, LAST_GET)).startswith(b"HTTP/1.1 200 ")


async def test_requests_that_come_together_are_each_answered() -> None:
    async with answered(LONG) as (_, address):
        assert (await ending(address, GET + GET + LAST_GET)).count(b"HTTP/1.1 200 ") == 3


async def test_a_large_body_in_small_chunks_is_no_overhead() -> None:
    chunks = [b"400\r\n" + b"x" * 1_024 + b"\r\n"] * 1_000
    head = POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with answered(LONG) as (_, address):
        assert (await ending(address, head, *chunks, b"0\r\n\r\n")).endswith(b"\r\n\r\n1024000")


async def test_at_the_limit_the_one_that_is_idle_longest_gives_way_and_who_is_served_does_not() -> None:
    async with (
        answered(replace(LONG, connections_max=6)) as (application, address),
        contextlib.AsyncExitStack() as all_,
    ):
        busy, first, second = [await all_.enter_async_context(connected(address)) for _ in range(3)]
        await busy.sends(STALLED)
        for client in (first, second):
            await client.sends(GET)
            await client.gets(b"\r\n\r\n0")
        late = await all_.enter_async_context(connected(address))
        await late.sends(GET)
        await late.gets(b"\r\n\r\n0")
        assert await first.ends() == b""
        await second.sends(GET)
        await second.gets(b"\r\n\r\n0")
        await busy.sends(b"x" * (100 - len(CANARY)))
        assert await busy.gets(b"\r\n\r\n100")
    assert application.given_up == 0


async def test_where_nobody_is_idle_the_newcomer_is_refused_by_address_and_in_all() -> None:
    async with answered(replace(LONG, connections_max=4)) as (application, address):
        async with contextlib.AsyncExitStack() as all_:
            for _ in range(2):
                client = await all_.enter_async_context(connected(address))
                await client.sends(STALLED)
            await until(lambda: application.asked == 2)
            problem(await ending(address), 503, "too_many_connections_of_address")
        await until(lambda: application.given_up == 2)
        assert (await ending(address, LAST_GET)).startswith(b"HTTP/1.1 200 ")


@pytest.mark.usefixtures("few_handles")
async def test_when_handles_run_out_the_idle_are_closed_and_the_log_says_so() -> None:
    with capture_logs() as logs:
        await _run_out_of_handles()
    assert {log["event"] for log in logs} == {"too many connections"}
    assert sum(log["closed_idle"] for log in logs) >= 4


async def _run_out_of_handles() -> None:
    async with answered(LONG) as (_, address), contextlib.AsyncExitStack() as all_:
        clients = [await all_.enter_async_context(connected(address)) for _ in range(8)]
        for client in clients:
            await client.sends(GET)
            await client.gets(b"\r\n\r\n0")
        taken = [os.open(os.devnull, os.O_RDONLY)]
        try:
            while taken[-1] < HANDLES - 8:
                taken.append(os.open(os.devnull, os.O_RDONLY))
            assert [await client.ends() for client in clients[:4]] == [b""] * 4
        finally:
            for handle in taken:
                os.close(handle)


HANDLES = 512


@pytest.fixture
def few_handles() -> Iterator[None]:
    """Have so few handles that a test can take them all."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (HANDLES, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_a_stop_keeps_its_bound_with_clients_that_stalled_and_reports_no_exception(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "STOP_SECONDS", 0.2)
    caplog.set_level(logging.DEBUG)
    stalled = 300
    async with contextlib.AsyncExitStack() as all_:
        async with answered(LONG) as (application, address):
            endless = await all_.enter_async_context(connected(address))
            await endless.sends(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
            for _ in range(stalled):
                client = await all_.enter_async_context(connected(address))
                await client.sends(STALLED)
            await until(lambda: application.asked == stalled + 1)
            began = time.monotonic()
        seconds = time.monotonic() - began
    gc.collect()
    assert application.given_up + application.cancelled == stalled + 1
    assert seconds < DEADLINE_SECONDS
    assert CANARY not in caplog.text
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


async def test_what_was_asked_before_the_stop_is_answered() -> None:
    async with contextlib.AsyncExitStack() as all_:
        async with answered(LONG) as (application, address):
            client = await all_.enter_async_context(connected(address))
            await client.sends(STALLED)
            await until(lambda: application.asked == 1)
            rest = asyncio.get_running_loop().call_later(0.05, client.writer.write, b"x" * (100 - len(CANARY)))
        assert not rest.cancelled()
        assert (await client.ends()).endswith(b"100")
