"""Loopback ports, and waiting for a server process to answer on one."""

import random
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.waiting import DEADLINE_SECONDS, looks

HOST = "127.0.0.1"
AMQP_HELLO = b"AMQP\x00\x00\x09\x01"
ANSWER_SECONDS = 2.0
ATTEMPTS_MAX = 100
# Below the ports that systems give to clients. A client that keeps calling a dead server's port from that range can
# end up connected to itself, and the server cannot come back to its port.
PORTS = range(20_000, 32_000)


class ServerError(Exception):
    """This machine does not have what a server needs, or the server does not come up."""


def free_port() -> int:
    """Name a port that nobody listens on now and no client is given by chance."""
    for _ in range(ATTEMPTS_MAX):
        port = random.choice(PORTS)
        with socket.socket() as listener:
            try:
                listener.bind((HOST, port))
            except OSError:
                continue
            return port
    raise ServerError(f"no free port between {PORTS.start} and {PORTS.stop}")


def answers(port: int, hello: bytes = b"") -> bool:
    """Whether somebody accepts connections there and, if greeted, says something back."""
    try:
        with socket.create_connection((HOST, port), timeout=ANSWER_SECONDS) as connection:
            connection.sendall(hello)
            return not hello or bool(connection.recv(1))
    except OSError:
        return False


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, *, seconds: float = DEADLINE_SECONDS
) -> None:
    """Wait for a server; if it ends or takes longer, fail with the last of its log."""
    for _ in looks(seconds):
        if ready():
            return
        if process.poll() is not None:
            raise ServerError(f"{process.args!r} ended:\n{_tail(log)}")
    raise ServerError(f"{process.args!r} was not ready after {seconds} s:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-4_000:] if log.exists() else ""
