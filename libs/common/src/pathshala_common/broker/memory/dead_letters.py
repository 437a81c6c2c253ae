"""The dead letters of a broker in memory, in a folder beside the house's file: each letter is a file of its own.

The house puts letters there, and any command looks at them, drops them or asks for them to be sent back, whether the
house runs or not: all of these are a rename or a removal of one file, so nobody waits for anybody, and a kill at any
moment leaves each letter in one place. A SQLite file of two writers would need a lock that both wait for.
"""

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.messages import DEAD_CODE, redriven
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.operator import DeadLetter, Judge, Verdict
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import DEAD_SIZE_MAX_BYTES, DEAD_TTL_SECONDS, SUBSCRIPTIONS, Topology
from pathshala_common.logs import get_logger

log = get_logger()

MOVED = "delivery_limit"
"""Why the broker itself moves a letter; nobody else but a consumer can put one here."""

LETTER = ".json"
SENT_BACK = "sent-back"
DROPPED = "dropped"


class DeadLetterFolder:
    """Keeps the newest letters of each service, and counts those that made room for them."""

    def __init__(self, path: Path, topology: Topology) -> None:
        """Name the folder, which is made when it is opened."""
        self._path, self._topology = path, topology
        self._number = 0

    def open(self) -> None:
        """Go on after the newest letter. Raises BrokerUnavailable if the folder cannot be used."""
        try:
            (self._path / SENT_BACK).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BrokerUnavailable(f"{self._path} cannot be used: {error.strerror}") from error
        letters = (*_letters(self._path), *_letters(self._path / SENT_BACK))
        self._number = max((int(letter.name.partition(".")[0]) for letter in letters), default=0)
        for service in SUBSCRIPTIONS:
            self._make_room(service)

    def keep(self, service: Service, message: Message) -> bool:
        """Keep a letter; False if the disk does not take it."""
        self._number += 1
        letter = {**asdict(replace(message, envelope=None)), "body": b64encode(message.body).decode()}
        del letter["envelope"]  # the body says it all
        try:
            _write(self._path / f"{self._number:012}.{service}{LETTER}", json.dumps(letter))
            self._make_room(service)
        except OSError as error:
            log.warning("a dead letter is kept in memory alone", service=service, reason=str(error))
            return False
        return True

    def kept(self) -> dict[Service, int]:
        """The number of letters of each service."""
        return {service: len(_letters(self._path, service)) for service in SUBSCRIPTIONS}

    def dropped(self) -> int:
        """The number of letters that made room for others."""
        try:
            return int((self._path / DROPPED).read_text())
        except (OSError, ValueError):
            return 0

    def sent_back(self) -> Iterator[tuple[Path, Message]]:
        """The letters to be sent back, each with the file that is removed once that is done."""
        for letter in _letters(self._path / SENT_BACK):
            service, message = _service_of(letter), _read(letter)
            if message is not None and service is not None:
                yield letter, redriven(message, self._topology.queue(service))

    def _make_room(self, service: Service) -> None:
        """Remove what is too old, and the oldest of what is too many or too large."""
        letters = [(letter, letter.stat()) for letter in _letters(self._path, service)]
        size, too_old = sum(stat.st_size for _, stat in letters), time.time() - DEAD_TTL_SECONDS
        dropped = 0
        for number, (letter, stat) in enumerate(letters):
            left = len(letters) - number
            if left <= self._topology.dead_letters_max and size <= DEAD_SIZE_MAX_BYTES and stat.st_mtime >= too_old:
                break
            letter.unlink(missing_ok=True)
            size, dropped = size - stat.st_size, dropped + 1
        if dropped:
            log.warning("dead letters dropped", service=service, count=dropped)
            _write(self._path / DROPPED, str(self.dropped() + dropped))


class MemoryDeadLetters:
    """Implements DeadLetters. What is sent back, a running house takes within a second, another when it starts."""

    def __init__(self, path: Path) -> None:
        """Look into this folder, if it is there."""
        self._path = path

    async def walk(self, services: Sequence[Service], judge: Judge) -> int:
        """Look, and do as `judge` says; what is gone meanwhile is passed over."""
        for service in services:
            for letter in _letters(self._path, service):
                message = _read(letter)
                if message is None:
                    continue
                verdict = judge(DeadLetter(service, message, None if DEAD_CODE in message.headers else MOVED))
                if verdict is Verdict.ENOUGH:
                    break
                self._settle(letter, verdict)
        return 0

    async def counts(self) -> dict[Service, int]:
        """Count files."""
        return {service: len(_letters(self._path, service)) for service in SUBSCRIPTIONS}

    def _settle(self, letter: Path, verdict: Verdict) -> None:
        try:
            if verdict is Verdict.DROP:
                letter.unlink(missing_ok=True)
            elif verdict is Verdict.REDRIVE:
                with suppress(FileNotFoundError):
                    letter.rename(self._path / SENT_BACK / letter.name)
        except OSError as error:
            raise BrokerUnavailable(f"{letter} cannot be moved: {error.strerror}") from error


def _letters(path: Path, service: Service | None = None) -> list[Path]:
    """The letters of a service or of all, the oldest first."""
    return sorted(path.glob(f"*.{service or '*'}{LETTER}"))


def _service_of(letter: Path) -> Service | None:
    name = letter.name.split(".")[1]
    return next((service for service in SUBSCRIPTIONS if service == name), None)


def _read(letter: Path) -> Message | None:
    """Read a letter; None if it is gone, or is none."""
    try:
        fields: dict[str, Any] = json.loads(letter.read_text(encoding="utf-8"))
        return replace(Message(**fields), body=b64decode(fields["body"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("not a dead letter", path=str(letter), reason=str(error))
        return None


def _write(path: Path, text: str) -> None:
    """Write a file that is whole whenever somebody sees it."""
    written = path.with_name(f".{path.name}.part")
    written.write_text(text, encoding="utf-8")
    written.replace(path)
