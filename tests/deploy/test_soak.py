"""The soak, short: what it measures at length holds for a thousand requests, too."""

from __future__ import annotations

from pathlib import Path

from .soak import soak


async def test_two_deaths_in_mixed_traffic_are_noticed_by_nobody(tmp_path: Path) -> None:
    """No error that the site did not give, no body mixed up, and editions in every life."""
    result = await soak(900, tmp_path)
    assert result.report.errors == []
    assert result.report.answers == 900
    assert len(result.memory) == 3
    editions = result.report.editions()
    assert editions["full"] > 100
    assert editions["light"] > 20
