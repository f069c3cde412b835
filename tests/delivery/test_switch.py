"""The operator's `switch`, on real sockets: whether a failing full page asks its reader, or goes to Light by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from .service import NAVIGATION, page, service


@pytest.mark.parametrize(
    ("switch", "target", "automatic"),
    [("ask", "/story", False), ("auto", "/story", True), ("auto", "/story?edition=full", False)],
)
def test_a_failing_page_switches_by_itself_only_where_the_operator_says_so(
    tmp_path: Path, switch: str, target: str, automatic: bool
) -> None:
    """And never takes the full page away from a reader who asked for it: that would lead round in a circle."""
    with service(tmp_path, switch=switch) as running:
        running.site.put("/story", page())
        body = running.reader.get(target, NAVIGATION).body
    assert b" data-h=" in body
    assert automatic == (b" data-a=" in body)
