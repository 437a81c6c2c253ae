"""Every fault is shown in every deployment in which it can exist, and the later ones are seen to need their guard."""

from pathlib import Path

from tests.faults.record import DEPLOYMENTS, FAULTS, countered, missing, quick, shown

HERE = Path(__file__).parent
ROWS = range(1, 45)
GUARDED = range(26, 45)
LONG_FORM_ALONE = {
    3: "a broker without memory; one that is frozen is row 2",
    16: "a house is killed again and again; tests/house/test_losing_nothing.py kills it once",
    20: "generators come and go under load; that one stops and dies is rows 4 and 5",
    30: "generators are restarted during their calls; that they die is row 4",
    36: "a cluster of brokers; that one dies is row 1",
}


def test_every_fault_has_a_test_in_every_deployment_in_which_it_can_exist() -> None:
    assert missing(shown(HERE)) == set()


def test_the_table_has_every_row_in_order_and_each_can_exist_somewhere() -> None:
    assert list(FAULTS) == list(ROWS)
    assert all(known.deployments for known in FAULTS.values())
    assert all(set(known.absent) <= set(DEPLOYMENTS) for known in FAULTS.values())


def test_the_short_form_leaves_out_the_few_rows_that_are_much_like_others() -> None:
    assert set(ROWS) - quick(HERE) == LONG_FORM_ALONE.keys()


def test_of_every_row_from_26_on_a_test_takes_the_guard_away() -> None:
    assert countered(HERE) == set(GUARDED)
