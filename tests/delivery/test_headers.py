"""Raw header lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.delivery import headers as raw

LINES = st.lists(st.tuples(st.binary(max_size=12), st.binary(max_size=12)), max_size=8)


def test_get_joins_what_came_in_several_lines() -> None:
    """By comma, whatever the case of the names."""
    assert "a, b" == raw.get([(b"Vary", b"a"), (b"x", b""), (b"vary", b"b")], b"vary")
    assert "" == raw.get([], b"vary")


def test_tokens_are_lower_case_and_never_empty() -> None:
    """`Connection: close, , Upgrade`."""
    assert {"close", "upgrade"} == raw.tokens([(b"Connection", b"close, , Upgrade")], b"connection")


def test_replaced_sets_drops_and_adds() -> None:
    """At the first old place, once; new names at the end; others keep their bytes."""
    lines = [(b"A", b"1"), (b"Etag", b"x"), (b"a", b"2"), (b"B", b"3")]
    assert [(b"A", b"9"), (b"B", b"3"), (b"c", b"4")] == raw.replaced(lines, {b"a": b"9", b"etag": None, b"c": b"4"})


def test_what_connection_nominates_is_dropped_but_never_what_is_meant_for_everybody() -> None:
    """A peer that nominates Cache-Control cannot strip a page's `private`."""
    lines = [(b"Connection", b"x-one, Cache-Control"), (b"X-One", b"1"), (b"Cache-Control", b"private")]
    assert [(b"Cache-Control", b"private")] == raw.end_to_end(lines)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("Accept-Encoding", "Cookie"), "Accept-Encoding,Cookie"),
        (("Accept-Encoding, cookie", "COOKIE", ""), "Accept-Encoding,cookie"),
        (("Cookie", "*"), "*"),
        ((), ""),
        ((" , ",), ""),
    ],
)
def test_vary_is_merged(values: tuple[str, ...], expected: str) -> None:
    """Nothing that the origin said is lost, nothing is said twice."""
    assert expected == raw.merge_vary(*values)


@given(LINES)
def test_nothing_sendable_can_break_a_line(lines: list[tuple[bytes, bytes]]) -> None:
    """Names are tokens in lower case; values hold no control character but the tab."""
    for name, value in raw.sendable(lines):
        assert name
        assert not set(name) & set(b' \t\r\n:\x00()<>@,;\\"/[]?={}')
        assert not set(value) & (set(range(32)) - {9} | {127})


@given(LINES)
def test_hop_by_hop_removal_keeps_order(lines: list[tuple[bytes, bytes]]) -> None:
    """What is left is a subsequence, and doing it twice changes nothing."""
    once = raw.end_to_end(lines)
    rest = iter(lines)
    assert all(line in rest for line in once)
    assert once == raw.end_to_end(once)
