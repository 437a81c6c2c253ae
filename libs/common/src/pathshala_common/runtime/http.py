"""Answers HTTP on one address: binds it, serves an application on it, and at the end finishes what was asked."""

import asyncio
import contextlib
import math
import os
import socket
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import uvicorn

from pathshala_common.contract.errors import SettingsError
from pathshala_common.logs import get_logger
from pathshala_common.runtime.health import App
from pathshala_common.runtime.http_limits import HANDLES_FREE_MIN, HttpLimits, Room, handles_max, usual_limits
from pathshala_common.runtime.http_protocol import BoundedProtocol

STOP_SECONDS = 5
"""Requests in hand at the stop have this long to be answered; then their connections are cut."""

CANCEL_SECONDS = 1
"""Requests that were cut off have this long to clean up; then they are left as they are."""

HEADERS = [("x-content-type-options", "nosniff")]
"""Every answer has them, so that none is taken for anything but the type that it names."""

BACKLOG = 2_048
LOOK_SECONDS = 1
POLL_SECONDS = 0.02

log = get_logger()


def listen(host: str, port: int) -> socket.socket:
    """Bind. Raises SettingsError if the address cannot be had."""
    try:
        # The protocol is named, so that asyncio knows the connections for TCP and sends without delay.
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with contextlib.ExitStack() as on_failure:
            listener = on_failure.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
            on_failure.pop_all()
            return listener
    except OSError as error:
        raise SettingsError(f"cannot listen on {host}:{port}: {error.strerror}; set another port") from None


def base_url(listener: socket.socket) -> str:
    """The URL at which this machine's own clients reach it."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@contextlib.asynccontextmanager
async def answering(app: App, listener: socket.socket, limits: HttpLimits | None = None) -> AsyncIterator[None]:
    """Answer while inside; on leaving, finish what was asked, within STOP_SECONDS and CANCEL_SECONDS."""
    limits = limits or usual_limits()
    room = Room(limits.connections_max, limits.connections_of_address_max)
    config = uvicorn.Config(
        _uncancelled(app),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here asks for the client's address or scheme
        headers=HEADERS,
        timeout_keep_alive=math.ceil(limits.idle_seconds),
    )
    config.load()
    config.http_protocol_class = partial(BoundedProtocol, limits=limits, room=room)  # type: ignore[assignment]
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # Not by its serve(), which takes the signals for itself and looks ten times a second whether to stop.
    await server.on_tick(0)
    await server.startup(sockets=[listener])
    looking = asyncio.create_task(_look(server, room))
    try:
        yield
    finally:
        looking.cancel()
        await _stop(server, listener)


def _uncancelled(app: App) -> App:
    """Have a request that was cancelled end there: that is no exception to report."""

    async def quiet(scope: Any, receive: Any, send: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return quiet


async def _look(server: uvicorn.Server, room: Room) -> None:
    """Keep the date of answers true, connections within their times, and some handles free."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        await server.on_tick(0)
        for connection in _connections(server):
            connection.look()
        if _handles_are_scarce():
            room.shed_half()
        shed, refused = room.take_counts()
        if shed or refused:
            log.warning("too many connections", closed_idle=shed, refused=refused, connections=room.connections)


def _handles_are_scarce() -> bool:
    """Tell by the lowest handle that is free; or that there is none."""
    try:
        handle = os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return True
    os.close(handle)
    return handle >= handles_max() - HANDLES_FREE_MIN


async def _stop(server: uvicorn.Server, listener: socket.socket) -> None:
    """Take no more, let what was asked be answered, then cut what is left.

    Not by uvicorn's shutdown, which tells of each cancelled request as of a fault and waits for its client.
    """
    loop, state = asyncio.get_running_loop(), server.server_state
    for accepting in server.servers:
        accepting.close()
    listener.close()
    for connection in _connections(server):
        connection.shutdown()
    deadline = loop.time() + STOP_SECONDS
    while (state.connections or state.tasks) and loop.time() < deadline:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(POLL_SECONDS)
    left, cut = _connections(server), set(state.tasks)
    if left or cut:
        log.warning("cut off what was still being asked", connections=len(left), requests=len(cut))
    for connection in left:
        connection.close()
    if cut:
        await asyncio.wait(cut, timeout=POLL_SECONDS)  # who reads from a client learns that it is gone, and ends
        for task in cut:
            task.cancel()
        await asyncio.wait(cut, timeout=CANCEL_SECONDS)


def _connections(server: uvicorn.Server) -> list[BoundedProtocol]:
    return [one for one in server.server_state.connections if isinstance(one, BoundedProtocol)]
