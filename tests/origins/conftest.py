"""A real WordPress, with two themes, and Lightkeeper in front of it, for the modules that compare the two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .doors import Doors, doors
from .press import SITE, log_in
from .stories import posts
from .visitor import Visitor
from .wordpress import THEMES, WordPress, wordpress


@pytest.fixture(
    scope="module", params=[THEMES[0], *(pytest.param(theme, marks=pytest.mark.devices) for theme in THEMES[1:])]
)
def press(request: pytest.FixtureRequest) -> Iterator[WordPress]:
    with wordpress(request.param, url=SITE, posts=posts()) as running:
        yield running


@pytest.fixture(scope="module")
def data(press: WordPress, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(press.theme)


@pytest.fixture(scope="module")
def paper(press: WordPress, data: Path) -> Iterator[Doors]:
    with doors(press.address, SITE, data) as both:
        yield both


@pytest.fixture(scope="module")
def editor(press: WordPress, paper: Doors) -> Visitor:
    """The editor, logged in at Lightkeeper's door."""
    visitor = paper.visitor()
    assert log_in(visitor, press).status == 302
    return visitor
