"""Waits between tries: doubling, bounded, and never longer for chance."""

import random

from hypothesis import given
from hypothesis import strategies as st

from pathshala_common.contract.backoff import JITTER, OUTSIDE, OWN, Backoff

FAILURES = st.integers(1, 10_000)


def test_waits_double_from_the_first_up_to_the_greatest() -> None:
    assert [OWN.seconds(failures) for failures in range(1, 8)] == [0.25, 0.5, 1, 2, 4, 5, 5]
    assert [OUTSIDE.seconds(failures) for failures in range(1, 7)] == [1, 2, 4, 8, 16, 30]


@given(FAILURES, st.integers())
def test_chance_shortens_a_wait_by_its_share_at_most(failures: int, seed: int) -> None:
    backoff = Backoff(max_seconds=8.0)
    wait = backoff.seconds(failures)
    assert wait * (1 - JITTER) <= backoff.jittered(failures, random.Random(seed)) <= wait <= backoff.max_seconds
