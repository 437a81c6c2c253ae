"""Every fault is shown in every deployment in which it can exist, and the later ones are seen to need their guard."""

from pathlib import Path

from tests.faults.record import DEPLOYMENTS, FAULTS, countered, missing, shown

HERE = Path(__file__).parent
ROWS = range(1, 45)
GUARDED = range(26, 45)


def test_every_fault_has_a_test_in_every_deployment_in_which_it_can_exist() -> None:
    assert missing(shown(HERE)) == set()


def test_the_table_has_every_row_in_order_and_each_can_exist_somewhere() -> None:
    assert list(FAULTS) == list(ROWS)
    assert all(known.deployments for known in FAULTS.values())
    assert all(set(known.absent) <= set(DEPLOYMENTS) for known in FAULTS.values())


def test_of_every_row_from_26_on_a_test_takes_the_guard_away() -> None:
    assert countered(HERE) == set(GUARDED)
