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
    """Answer while inside; on leaving, finish what was asked."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: the process has one order of stopping."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        """Leave signals alone."""
        yield
