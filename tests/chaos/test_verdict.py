"""The count after chaos: what it lets pass, and what it does not."""

from dataclasses import replace

import pytest

from tests.chaos.verdict import Figures, llm_calls_max

KEPT = Figures(
    accepted=10,
    completed=10,
    failed=0,
    lessons=10,
    duplicates=0,
    gaps=0,
    lost=0,
    kills={"broker": 1, "generator-1": 2},
    llm_calls=12,
    llm_calls_max=26,
    llm_aborted=2,
    llm_at_once=1,
    failures={},
    unknown=0,
    untold=0,
    misplaced=0,
    told_again=3,
)


def test_a_run_that_kept_every_promise() -> None:
    assert KEPT.broken() == []


@pytest.mark.parametrize(
    "change",
    [
        {"lost": 1},
        {"duplicates": 1},
        {"gaps": 1},
        {"lessons": 9},
        {"completed": 9, "lessons": 9},
        {"completed": 9, "lessons": 9, "failed": 1},
        {"llm_calls": 27},
        {"llm_at_once": 2},
        {"untold": 1},
        {"misplaced": 1},
        {"untaught": 1},
        {"rebuild_differences": 1},
    ],
)
def test_a_run_that_broke_one(change: dict[str, int]) -> None:
    assert len(replace(KEPT, **change).broken()) == 1  # type: ignore[arg-type]  # only numbers are changed


def test_calls_are_bound_by_what_the_dead_had_in_hand() -> None:
    assert llm_calls_max(10, {"generator-1": 2, "store-2": 5, "api": 3}, concurrency=4) == 18
    assert llm_calls_max(10, {"broker": 1}, concurrency=4) == 10
