from pathshala_enricher.cooldown import FAILURES_MAX, PAUSE_SECONDS_MAX, PROBE_AFTER_SECONDS, Cooldown

NOON = 43_200.0


def test_a_paused_circuit_admits_one_probe_when_the_pause_is_over() -> None:
    circuit = Cooldown()
    circuit.pause(NOON, 5)
    after = NOON + 5
    assert not circuit.admit(NOON)
    assert circuit.admit(after)
    assert not circuit.admit(after)


def test_a_probe_that_never_ends_is_followed_by_another() -> None:
    circuit = Cooldown()
    circuit.pause(NOON, 0)
    assert circuit.admit(NOON)
    assert circuit.admit(NOON + PROBE_AFTER_SECONDS)


def test_a_probe_that_succeeds_closes_the_circuit() -> None:
    circuit = Cooldown()
    circuit.pause(NOON, 0)
    assert circuit.admit(NOON)
    circuit.succeed()
    assert circuit.admit(NOON)
    assert circuit.admit(NOON)


def test_a_probe_that_fails_opens_it_again() -> None:
    circuit = Cooldown()
    circuit.pause(NOON, 0)
    assert circuit.admit(NOON)
    circuit.fail(NOON + 3)
    assert circuit.is_open(NOON + PROBE_AFTER_SECONDS)


def test_failures_in_a_row_open_it_and_a_success_between_starts_the_count_anew() -> None:
    circuit = Cooldown()
    for _ in range(FAILURES_MAX - 1):
        circuit.fail(NOON)
    circuit.succeed()
    for _ in range(FAILURES_MAX - 1):
        circuit.fail(NOON)
    assert circuit.admit(NOON)
    circuit.fail(NOON)
    assert not circuit.admit(NOON)


def test_no_server_can_ask_for_a_rest_without_end() -> None:
    circuit = Cooldown()
    circuit.pause(NOON, 10**9)
    assert circuit.admit(NOON + PAUSE_SECONDS_MAX)
