"""The circuit of a consumer: while what it stands on is down, one handler at a time tries, and all others wait."""

import asyncio
import random
from collections import deque
from datetime import datetime, timedelta
from typing import Protocol

from pathshala_common.contract.backoff import OUTSIDE, OWN
from pathshala_common.contract.errors import ProviderUnavailable, Unavailable
from pathshala_common.contract.ports.clock import Clock, until_set
from pathshala_common.contract.services import Service
from pathshala_common.logs import get_logger
from pathshala_common.operating.circuits import DELIVERIES, OpenCircuit

log = get_logger()


class Waiting(Protocol):
    """Somebody whom the circuit may let wait."""

    def until(self, fault: Unavailable) -> datetime:
        """The moment up to which it waits for a dependency that is down."""

    async def waits(self, fault: Unavailable, probe_at: datetime) -> None:
        """Learn that it has to wait, and when the next probe is due; again whenever something has changed."""

    def opened(self) -> None:
        """Learn that it was the first to meet Unavailable, while all seemed well."""


class WaitedTooLongError(Exception):
    """The time up to which somebody was ready to wait has come; `fault` is what it waited for."""

    def __init__(self, fault: Unavailable) -> None:
        super().__init__(str(fault))
        self.fault = fault


class Circuit:
    """Closed: everybody passes. Open: nobody, until the next probe is due; then exactly one.

    The first who meets Unavailable opens it. The probe closes it for all, or opens it again for longer; then it
    stands last in line, so that one whose own fault it is does not speak for all.
    """

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self._clock, self._random = clock, rng
        self._fault: Unavailable | None = None
        self._failures = 0
        self._opened_at = self._probe_due = clock.now()
        self._probe_at = clock.monotonic()
        self._probing = False
        self._epoch = 0
        self._line: deque[Waiting] = deque()
        self._changed = asyncio.Event()

    @property
    def closed(self) -> bool:
        """Whether all seems well."""
        return self._fault is None

    def standing(self, service: Service) -> OpenCircuit | None:
        """Tell how it stands, as this service's; None while it is closed."""
        if self._fault is None:
            return None
        return OpenCircuit(
            service=service,
            guards=DELIVERIES,
            reason=str(self._fault),
            failures=self._failures,
            opened_at=self._opened_at,
            probe_at=self._probe_due,
        )

    def passage(self, waiting: Waiting) -> "_Passage":
        """Let the block run once it may: at once while closed, or as the probe.

        What the block raises decides: Unavailable means still down, a cancellation nothing, all else that it is up.
        Raises WaitedTooLongError if whoever is waiting will wait no longer.
        """
        return _Passage(self, waiting)

    async def enter(self, passage: "_Passage") -> None:
        """Return once this one may pass."""
        if not self.closed:
            await self._turn(passage.waiting)
        passage.is_probe = self._probing = self._fault is not None
        passage.epoch = self._epoch

    def leave(self, passage: "_Passage", error: BaseException | None) -> None:
        """Learn what came of one that passed."""
        if isinstance(error, Unavailable):
            if passage.epoch == self._epoch:  # whoever set out before the last change says nothing new
                self._open(error)
                if not passage.is_probe:
                    passage.waiting.opened()
        elif passage.is_probe:
            if error is None or isinstance(error, Exception):
                self._close()
            else:
                self._step()  # cancelled: the probe, which is due, is another's

    async def _turn(self, waiting: Waiting) -> None:
        """Wait until the circuit is closed, or the next probe is due and nobody stands before this one."""
        self._line.append(waiting)
        try:
            while (fault := self._fault) is not None:
                await waiting.waits(fault, self._clock.now() + timedelta(seconds=self._probe_in_seconds))
                if fault is not self._fault:
                    continue
                patience_seconds = self._patience_seconds(waiting, fault)
                if self._probing or self._line[0] is not waiting:
                    await until_set(self._changed, self._clock, patience_seconds)
                elif self._probe_in_seconds <= 0:
                    return
                else:
                    await until_set(self._changed, self._clock, min(patience_seconds, self._probe_in_seconds))
        except BaseException:
            self._notify()  # the next in line may be first now
            raise
        finally:
            self._line.remove(waiting)

    @property
    def _probe_in_seconds(self) -> float:
        return self._probe_at - self._clock.monotonic()

    def _patience_seconds(self, waiting: Waiting, fault: Unavailable) -> float:
        """The seconds that it will still wait. Raises WaitedTooLongError if it will not."""
        seconds = (waiting.until(fault) - self._clock.now()).total_seconds()
        if seconds <= 0:
            raise WaitedTooLongError(fault)
        return seconds

    def _open(self, fault: Unavailable) -> None:
        now = self._clock.now()
        self._opened_at = self._opened_at if self._fault else now
        self._fault, self._failures = fault, self._failures + 1
        outside = fault if isinstance(fault, ProviderUnavailable) and not fault.ours else None
        backoff, asked = (OUTSIDE, outside.after_seconds or 0.0) if outside else (OWN, 0.0)
        wait = max(backoff.jittered(self._failures, self._random), asked)
        self._probe_at, self._probe_due = self._clock.monotonic() + wait, now + timedelta(seconds=wait)
        log.warning("waiting for what is down", reason=str(fault), probe_in_seconds=round(wait, 1))
        self._step()

    def _close(self) -> None:
        log.info("what was down is back", reason=str(self._fault), probes=self._failures)
        self._fault, self._failures = None, 0
        self._step()

    def _step(self) -> None:
        """Let everybody look again."""
        self._probing = False
        self._epoch += 1
        self._notify()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class _Passage:
    """One passage through a circuit, as a context manager. Every delivery has one, so it is no generator."""

    __slots__ = ("_circuit", "epoch", "is_probe", "waiting")

    def __init__(self, circuit: Circuit, waiting: Waiting) -> None:
        self._circuit, self.waiting = circuit, waiting
        self.epoch, self.is_probe = 0, False

    async def __aenter__(self) -> None:
        await self._circuit.enter(self)

    async def __aexit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        self._circuit.leave(self, error)
