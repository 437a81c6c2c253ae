"""Runs the command line where sockets are denied but to the addresses named, and files may be opened for reading alone.

`python -m tests.replay.guarded HOST:PORT,... ARGUMENT...`. What is denied ends the process with exit code 99 at once:
no handler can catch it. A library may try whether there is a place for temporary files.
"""

import os
import sys
import tempfile
from typing import Any

DENIED = 99
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

TEMPORARY = tempfile.gettempdir()


def guard(allowed: frozenset[str]) -> None:
    """Deny from now on."""

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event == "socket.connect" and _address(given[1]) not in allowed:
            _deny(f"a connection to {given[1]}")
        if event in {"socket.bind", "socket.sendto", "subprocess.Popen", "os.rename", "os.mkdir"}:
            _deny(event)
        if event == "os.remove" and not _is_temporary(given[0]):
            _deny(f"removing {given[0]}")
        if event == "open" and isinstance(given[2], int) and given[2] & WRITING and not _is_temporary(given[0]):
            _deny(f"writing {given[0]}")
        if event == "sqlite3.connect" and not any(way in str(given[0]) for way in ("mode=ro", "immutable=1")):
            _deny(f"SQLite with {given[0]}")

    sys.addaudithook(hook)


def _address(address: Any) -> str:
    return f"{address[0]}:{address[1]}" if isinstance(address, tuple) else str(address)


def _is_temporary(path: Any) -> bool:
    """Whether it is the folder of temporary files (for one without a name), or lies in it."""
    return TEMPORARY in {str(path), os.path.dirname(str(path))} or str(path) == os.devnull  # noqa: PTH120


def _deny(what: str) -> None:
    os.write(2, f"denied: {what}\n".encode())
    os._exit(DENIED)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    from pathshala.cli import app

    addresses, *arguments = sys.argv[1:]
    guard(frozenset(addresses.split(",")))
    app(arguments, prog_name="pathshala")
