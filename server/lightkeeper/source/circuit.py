"""The circuit breaker in front of the origin: pure, its clock is handed in; knows no HTTP and no sockets.

state      what happens                            next state
closed     an attempt fails, `failures` in a row   open; the first pause begins
closed     an attempt succeeds                     closed; the count starts anew
open       an attempt, the pause is not over       open; refused
open       an attempt, the pause is over           half-open; it goes through as the probe
half-open  an attempt while the probe is out       half-open; refused
half-open  the probe succeeds                      closed; the pause is the first one again
half-open  the probe fails                         open; the pause is doubled, up to the longest
half-open  the probe is given up by its reader     open; the pause is over, so the next attempt probes

Attempts from before the circuit opened decide nothing: only the probe does.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

LONGEST = 120.0


class State(Enum):
    CLOSED = auto()
    OPEN = auto()
    HALF_OPEN = auto()


class Attempt:
    """One go at the origin. Say how it ended, once; a second word counts for nothing."""

    __slots__ = ("_circuit",)

    def __init__(self, circuit: Circuit) -> None:
        self._circuit: Circuit | None = circuit

    def succeeded(self) -> None:
        if circuit := self._done():
            circuit._succeeded(self)

    def failed(self) -> None:
        if circuit := self._done():
            circuit._failed(self)

    def abandoned(self) -> None:
        """It ended for a reason that says nothing about the origin."""
        if circuit := self._done():
            circuit._abandoned(self)

    def _done(self) -> Circuit | None:
        circuit, self._circuit = self._circuit, None
        return circuit


class Circuit:
    """`failures` in a row open it; `pause` is the first one, in the seconds of `clock`, which must never go back."""

    def __init__(self, failures: int, pause: float, clock: Callable[[], float]) -> None:
        self._limit, self._first_pause, self._clock = failures, pause, clock
        self._count = 0
        self._pause = pause
        self._until = 0.0
        self._probe: Attempt | None = None
        self.state = State.CLOSED

    def attempt(self) -> Attempt | None:
        """Leave to try, or None: the origin counts as down."""
        if self.state is State.CLOSED:
            return Attempt(self)
        if self.state is State.OPEN and self._clock() >= self._until:
            self.state, self._probe = State.HALF_OPEN, Attempt(self)
            return self._probe
        return None

    def _succeeded(self, attempt: Attempt) -> None:
        if self.state is State.CLOSED or attempt is self._probe:
            self.state, self._probe = State.CLOSED, None
            self._count, self._pause = 0, self._first_pause

    def _failed(self, attempt: Attempt) -> None:
        if attempt is self._probe:
            self._pause = min(self._pause * 2, LONGEST)
            self._open(self._pause)
        elif self.state is State.CLOSED:
            self._count += 1
            if self._count >= self._limit:
                self._open(self._pause)

    def _abandoned(self, attempt: Attempt) -> None:
        if attempt is self._probe:
            self._open(0.0)

    def _open(self, pause: float) -> None:
        self.state, self._probe = State.OPEN, None
        self._count, self._until = 0, self._clock() + pause
