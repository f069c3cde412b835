"""A small share of the fuzzing in every run; `python -m tests.bundles.fuzz` for more."""

from __future__ import annotations

from . import fuzz


def test_mutated_bytes_never_crash_and_are_never_believed() -> None:
    """Both readers agree on eight thousand inputs; some are read, so that the judging is not all of refusals."""
    told = fuzz.run(8_000, 7)
    assert told["head, read"] > 50
    assert told["list, read"] > 50
    assert told["belief, read"] < told["belief"] // 50  # a mutation may leave every byte as it was


def test_fuzzing_would_notice_a_difference() -> None:
    """A reader that believed anything would fail it."""
    noticed = False
    try:
        fuzz.both(lambda: 1, lambda: 2)
    except AssertionError:
        noticed = True
    assert noticed
