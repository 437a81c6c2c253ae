"""Answers HTTP on one address: binds it, serves an application on it, and at the end finishes what was asked."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn

from pathshala_common.contract.errors import SettingsError
from pathshala_common.runtime.health import App

KEEP_ALIVE_SECONDS = 75
"""Longer than any sensible poll interval, so that pollers keep their connection."""

STOP_SECONDS = 5
BACKLOG = 2_048
DATE_SECONDS = 1


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
    """Where whoever is on this machine reaches it."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@contextlib.asynccontextmanager
async def answering(app: App, listener: socket.socket) -> AsyncIterator[None]:
    """Standing while inside; on leaving, finish what was asked."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # Not by its serve(), which takes the signals for itself and looks ten times a second whether to stop.
    await server.on_tick(0)
    await server.startup(sockets=[listener])
    dating = asyncio.create_task(_date(server))
    try:
        yield
    finally:
        dating.cancel()
        await server.shutdown(sockets=[listener])


async def _date(server: uvicorn.Server) -> None:
    """Keep the date of answers true."""
    while True:
        await asyncio.sleep(DATE_SECONDS)
        await server.on_tick(0)
