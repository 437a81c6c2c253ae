"""The circuit: who passes, who waits, and who goes as the probe."""

import asyncio
import random
from datetime import datetime, timedelta

import pytest

from pathshala_common.contract.backoff import OUTSIDE, OWN
from pathshala_common.contract.errors import ProviderUnavailable, Reject, StoreUnavailable, Unavailable
from pathshala_common.runtime.circuit import Circuit, WaitedTooLongError
from tests.clock import NOON, HeldClock
from tests.waiting import settled, until

FAR = NOON + timedelta(days=1)
DOWN = ProviderUnavailable("provider_down", "down")


class Passer:
    """Implements Waiting; goes through the circuit and stays inside until told how to end."""

    def __init__(self, circuit: Circuit, patience: datetime = FAR) -> None:
        self.circuit, self.patience = circuit, patience
        self.inside = False
        self.end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.holds: list[datetime] = []
        self.openings = 0
        self.passing = asyncio.create_task(self._pass())

    def until(self, _fault: Unavailable) -> datetime:
        return self.patience

    async def waits(self, _fault: Unavailable, probe_at: datetime) -> None:
        self.holds.append(probe_at)

    def opened(self) -> None:
        self.openings += 1

    async def ends(self, error: Exception | None = None) -> None:
        """End the block, with this error."""
        await until(lambda: self.inside)
        if error is None:
            self.end.set_result(None)
        else:
            self.end.set_exception(error)
        await asyncio.wait([self.passing])
        assert self.passing.exception() is error

    async def _pass(self) -> None:
        async with self.circuit.passage(self):
            self.inside = True
            await self.end


class Scene:
    def __init__(self) -> None:
        self.clock = HeldClock()
        self.circuit = Circuit(self.clock, random.Random(1))

    def passer(self, patience: datetime = FAR) -> Passer:
        return Passer(self.circuit, patience)

    async def probes(self, *passers: Passer) -> Passer:
        """Let time pass until one of them is inside; no other is."""
        await self.clock.run_until(lambda: any(passer.inside for passer in passers), step_seconds=1)
        [probe] = [passer for passer in passers if passer.inside]
        return probe


async def opened() -> Scene:
    here = Scene()
    await here.passer().ends(DOWN)
    return here


async def test_while_all_is_well_everybody_passes() -> None:
    here = Scene()
    passers = [here.passer() for _ in range(5)]
    await until(lambda: all(passer.inside for passer in passers))
    for passer in passers:
        await passer.ends()
        assert not passer.holds


@pytest.mark.parametrize("ending", [None, Reject("model_refused", "no")])
async def test_a_probe_that_gets_any_answer_lets_all_through(ending: Exception | None) -> None:
    here = await opened()
    passers = [here.passer() for _ in range(3)]
    probe = await here.probes(*passers)
    await probe.ends(ending)
    others = [passer for passer in passers if passer is not probe]
    await until(lambda: all(passer.inside for passer in others))
    for passer in others:
        await passer.ends()
        assert len(passer.holds) == 1


async def test_each_failure_lengthens_the_wait_up_to_the_longest() -> None:
    here = await opened()
    waits = []
    for _ in range(8):
        began = here.clock.now()
        passer = here.passer()
        await here.probes(passer)
        waits.append((passer.holds[0] - began).total_seconds())
        await passer.ends(DOWN)
        assert passer.openings == 0
    assert waits[0] <= OUTSIDE.first_seconds
    assert waits[1] <= 2 * OUTSIDE.first_seconds
    assert OUTSIDE.max_seconds / 2 <= waits[-1] <= OUTSIDE.max_seconds
    assert len(set(waits)) == len(waits)


@pytest.mark.parametrize("fault", [StoreUnavailable("down"), ProviderUnavailable("paused", "by us", ours=True)])
async def test_what_is_our_own_is_probed_more_often(fault: Unavailable) -> None:
    here = Scene()
    passer = here.passer()
    for _ in range(8):
        await here.probes(passer)
        await passer.ends(fault)
        passer = here.passer()
    await until(lambda: passer.holds)
    assert passer.holds[0] <= here.clock.now() + timedelta(seconds=OWN.max_seconds)
    await here.probes(passer)
    await passer.ends()


async def test_the_longest_wait_that_is_asked_for_is_kept() -> None:
    here = Scene()
    await here.passer().ends(ProviderUnavailable("provider_down", "down", after_seconds=100))
    passer = here.passer()
    await until(lambda: passer.holds)
    assert passer.holds == [NOON + timedelta(seconds=100)]
    assert await here.probes(passer) is passer
    assert here.clock.now() >= NOON + timedelta(seconds=100)
    await passer.ends()


async def test_who_has_probed_in_vain_stands_last_in_line() -> None:
    here = await opened()
    first, second = here.passer(), here.passer()
    assert await here.probes(first, second) is first
    await first.ends(DOWN)
    again = here.passer()
    assert await here.probes(second, again) is second
    await second.ends()
    await again.ends()


async def test_a_probe_that_is_cancelled_leaves_its_turn_to_the_next() -> None:
    here = await opened()
    passers = [here.passer() for _ in range(3)]
    first = await here.probes(*passers)
    first.passing.cancel()
    await until(lambda: sum(passer.inside for passer in passers) == 2)
    probe = next(passer for passer in passers if passer.inside and passer is not first)
    await probe.ends()
    await until(lambda: all(passer.inside for passer in passers))
    await next(passer for passer in passers if passer not in {first, probe}).ends()


async def test_who_set_out_before_the_fault_was_known_says_nothing_new() -> None:
    here = Scene()
    late, later, first = here.passer(), here.passer(), here.passer()
    await first.ends(DOWN)
    await late.ends(DOWN)
    probe = here.passer()
    await here.probes(probe)
    await probe.ends()
    await later.ends(DOWN)
    passer = here.passer()
    await passer.ends()
    assert not passer.holds
    assert [one.openings for one in (first, late, later)] == [1, 0, 0]


async def test_nobody_waits_longer_than_his_patience_and_the_next_moves_up() -> None:
    here = Scene()
    await here.passer().ends(ProviderUnavailable("provider_down", "down", after_seconds=100))
    impatient, patient = here.passer(NOON + timedelta(seconds=50)), here.passer()
    await here.clock.run_until(impatient.passing.done, step_seconds=1)
    assert isinstance(impatient.passing.exception(), WaitedTooLongError)
    assert here.clock.now() == NOON + timedelta(seconds=50)
    assert await here.probes(patient) is patient
    await patient.ends()
    assert here.clock.now() == NOON + timedelta(seconds=100)


@pytest.mark.parametrize("hours", [-10, 10])
async def test_a_clock_that_is_set_puts_no_probe_off_and_calls_none_early(hours: int) -> None:
    here = await opened()
    passer = here.passer(FAR + timedelta(hours=20))
    await until(lambda: passer.holds)
    wait = (passer.holds[0] - NOON).total_seconds()

    here.clock.set_by = timedelta(hours=hours)
    here.clock.advance(wait / 2)
    await settled()
    assert not passer.inside

    await here.clock.run_until(lambda: passer.inside, step_seconds=wait / 2)
    assert here.clock.monotonic() < 3 * wait
    await passer.ends()


async def test_it_tells_how_it_stands_while_it_is_open_and_not_once_it_is_closed() -> None:
    here = Scene()
    assert here.circuit.standing("generator") is None
    for failures in (1, 2, 3):
        passer = here.passer()
        await here.probes(passer)
        failed_at = here.clock.now()
        await passer.ends(DOWN)
        standing = here.circuit.standing("generator")
        assert standing is not None
        assert (standing.service, standing.reason, standing.failures) == ("generator", str(DOWN), failures)
        assert (standing.opened_at, standing.probe_at > failed_at) == (NOON, True)
    passer = here.passer()
    await here.probes(passer)
    await passer.ends()
    assert here.circuit.standing("generator") is None
