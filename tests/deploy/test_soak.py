"""The soak, short: what it measures at length holds for some hundred requests, too."""

from __future__ import annotations

from pathlib import Path

from .soak import soak


async def test_two_deaths_in_mixed_traffic_are_noticed_by_nobody(tmp_path: Path) -> None:
    """No error that the site did not give, no body mixed up, and editions in every life."""
    result = await soak(600, tmp_path)
    assert result.report.errors == []
    assert len(result.lives) == 3
    assert all(life.answers >= 200 for life in result.lives)
    editions = result.report.editions()
    assert editions["full"] > 100
    assert editions["light"] > 20
    assert editions[""] > 100
