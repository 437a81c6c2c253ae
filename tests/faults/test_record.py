"""Every fault is shown in every deployment in which it can exist, and the later ones are seen to need their guard."""

from pathlib import Path

from tests.faults.record import DEPLOYMENTS, FAULTS, countered, missing, quick, shown

HERE = Path(__file__).parent
ROWS = range(1, 45)
GUARDED = range(26, 45)
LONG_FORM_ALONE = {
    1: "the broker dies under load; so it does in the chaos of the build, and in the adapter's test_rabbitmq_faults.py",
    3: "a broker without memory; one that is frozen is row 2",
    10: "queues are deleted under load; the adapter's test_rabbitmq.py deletes them",
    13: "the database is away; services/api/tests/test_problems.py asks an API without one; see row 38, too",
    16: "a house is killed again and again; tests/house/test_losing_nothing.py kills it three times",
    20: "generators come and go under load; that one stops and dies is rows 4 and 5",
    29: "a model is slower than the stall time; what a store knows of who is at work stands in test_without_guards.py",
    30: "generators are restarted during their calls; that they die is row 4",
    32: "the store is away past the deadline; that it is away is row 27",
    36: "a cluster of brokers; a single one dies in the chaos of the build",
    37: "MongoDB elects under load; the adapter's test_mongodb_replica_set.py has it elect",
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
