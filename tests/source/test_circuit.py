"""The circuit breaker, line by line of its table, with a clock of the test's own."""

from __future__ import annotations

import pytest

from lightkeeper.source.circuit import LONGEST, Attempt, Circuit, State


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    return Circuit(3, 5.0, clock)


def go(circuit: Circuit) -> Attempt:
    attempt = circuit.attempt()
    assert attempt is not None
    return attempt


def state(circuit: Circuit) -> State:
    return circuit.state


def opened(circuit: Circuit) -> Circuit:
    for _ in range(3):
        go(circuit).failed()
    return circuit


def test_failures_in_a_row_open_it(circuit: Circuit) -> None:
    """Two are not enough, the third is."""
    for _ in range(2):
        go(circuit).failed()
    assert state(circuit) is State.CLOSED
    go(circuit).failed()
    assert state(circuit) is State.OPEN
    assert circuit.attempt() is None


def test_a_success_in_between_starts_the_count_anew(circuit: Circuit) -> None:
    """A site that fails now and then is not down."""
    for _ in range(10):
        go(circuit).failed()
        go(circuit).failed()
        go(circuit).succeeded()
    assert state(circuit) is State.CLOSED


def test_what_was_given_up_counts_for_nothing(circuit: Circuit) -> None:
    """Neither as a failure nor as a success."""
    go(circuit).failed()
    go(circuit).failed()
    go(circuit).abandoned()
    assert state(circuit) is State.CLOSED
    go(circuit).failed()
    assert state(circuit) is State.OPEN


def test_one_probe_at_a_time_goes_through_after_the_pause(circuit: Circuit, clock: Clock) -> None:
    """Not a moment earlier, and nobody beside it."""
    opened(circuit)
    clock.now += 4.9
    assert circuit.attempt() is None
    clock.now += 0.1
    go(circuit)
    assert state(circuit) is State.HALF_OPEN
    assert circuit.attempt() is None


def test_a_probe_that_succeeds_closes_it(circuit: Circuit, clock: Clock) -> None:
    """Everybody goes through again, and the next pause is the first one."""
    opened(circuit)
    clock.now += 5
    go(circuit).succeeded()
    assert state(circuit) is State.CLOSED
    opened(circuit)
    clock.now += 5
    go(circuit)


def test_each_probe_that_fails_doubles_the_pause(circuit: Circuit, clock: Clock) -> None:
    """Up to the longest."""
    opened(circuit)
    clock.now += 5
    for pause in (10.0, 20.0, 40.0, 80.0, LONGEST, LONGEST):
        go(circuit).failed()
        clock.now += pause - 0.1
        assert circuit.attempt() is None
        clock.now += 0.1


def test_a_probe_whose_reader_left_is_made_by_the_next(circuit: Circuit, clock: Clock) -> None:
    """Nothing was learned, so nobody waits any longer."""
    opened(circuit)
    clock.now += 5
    go(circuit).abandoned()
    assert state(circuit) is State.OPEN
    go(circuit).succeeded()
    assert state(circuit) is State.CLOSED


def test_attempts_from_before_decide_nothing(circuit: Circuit, clock: Clock) -> None:
    """A late answer or a late failure neither closes the circuit nor makes the pause longer."""
    late = [go(circuit) for _ in range(3)]
    opened(circuit)
    late[0].succeeded()
    assert state(circuit) is State.OPEN
    late[1].failed()
    clock.now += 5
    probe = go(circuit)
    late[2].succeeded()
    assert state(circuit) is State.HALF_OPEN
    probe.succeeded()
    assert state(circuit) is State.CLOSED


def test_an_attempt_counts_once(circuit: Circuit) -> None:
    """However often its end is told."""
    attempt = go(circuit)
    for _ in range(5):
        attempt.failed()
    assert state(circuit) is State.CLOSED
