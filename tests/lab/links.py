"""The links of the lab, as `fixtures/links/*.toml` describe them: what a line does to packets, visit by visit."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..deploy.stack import ROOT

FOLDER = ROOT / "fixtures" / "links"


@dataclass(frozen=True, slots=True)
class Link:
    """`rtt` in ms, `rate` in kbit/s (0: no limit), `loss` the share of packets lost in each direction.

    `queue` is what waits before the narrow place at most, `dies_after` what a visit gets before silence (0: no end),
    both in kilobytes.
    """

    rtt: float = 0.0
    rate: float = 0.0
    loss: float = 0.0
    queue: float = 64.0
    dies_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Profile:
    """A link with its name, how many visits are made on it, and what it changes to before some of them."""

    slug: str
    name: str
    link: Link
    proxy: bool = False
    visits: int = 3
    changes: tuple[tuple[int, Link], ...] = ()

    def at(self, visit: int) -> Link:
        """The link of the visit with this number, counted from 1."""
        return next((link for first, link in reversed(self.changes) if first <= visit), self.link)

    @property
    def fast(self) -> bool:
        """Whether it is measured alone: what is done in fractions of a second suffers from company."""
        return self.link.rate >= 9000 and self.link.rtt < 500 and not self.changes


def read(path: Path) -> Profile:
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    name, proxy, visits = table.pop("name"), table.pop("proxy", False), table.pop("visits", 3)
    changes = table.pop("change", [])
    link = Link(**table)
    later = tuple((each.pop("visit"), replace(link, **each)) for each in changes)
    return Profile(path.stem, name, link, proxy, visits, later)


def all_links(folder: Path = FOLDER) -> list[Profile]:
    return [read(path) for path in sorted(folder.glob("*.toml"))]
