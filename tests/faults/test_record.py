"""Every fault is shown in every deployment in which it can exist."""

from pathlib import Path

from tests.faults.record import DEPLOYMENTS, FAULTS, missing, shown


def test_every_fault_has_a_test_in_every_deployment_in_which_it_can_exist() -> None:
    assert missing(shown(Path(__file__).parent)) == set()


def test_the_table_has_the_first_twenty_five_and_each_can_exist_somewhere() -> None:
    assert set(FAULTS) >= set(range(1, 26))
    assert all(known.deployments for known in FAULTS.values())
    assert all(set(known.absent) <= set(DEPLOYMENTS) for known in FAULTS.values())
