"""What pages ask for besides themselves: how long it may take, and what their text comes sooner without.

Knows a request and the page that it belongs to; sends nothing but what stands in a part's place.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..editions.watchdog import SHEET
from ..errors import LinkHopeless
from ..sensing import Weights
from ..settings import Settings
from .links import Links
from .metrics import Metrics
from .navigation import blocks_painting, has_session, is_sheet, whole_target
from .pacing import Pace, Rank, rank
from .paths import PathRules
from .receipts import Receipts


class Parts:
    """`headers` of requests have lower-case names."""

    def __init__(
        self, settings: Settings, links: Links, receipts: Receipts, weights: Weights, metrics: Metrics, rules: PathRules
    ) -> None:
        self._settings, self._links, self._receipts, self._rules = settings, links, receipts, rules
        self._weights, self._metrics = weights, metrics

    async def asked(
        self, scope: Scope, headers: Mapping[str, str], jar: Mapping[str, str]
    ) -> tuple[float | None, bool]:
        """Seconds that the origin has for it, None: as long as it takes; and whether the page goes without it."""
        pace = self._links.pace(scope, headers, jar, self._weights.typical)
        if not self._treated(scope, jar):
            return None, False
        blocks = blocks_painting(scope["method"], whole_target(scope), headers)
        if pace is not None:
            spared = await self._spared(pace, jar, blocks=blocks)
            if is_sheet(headers) and not spared:
                pace.expire(self._metrics.refused)
        else:
            shown = rank(headers.get("sec-fetch-dest", "")) > Rank.BLOCKING
            spared = (blocks or shown) and await self._hopeless(scope, headers, jar, blocks=blocks)
        return self._settings.asset_timeout if blocks else None, spared

    def _treated(self, scope: Scope, jar: Mapping[str, str]) -> bool:
        """Whether pages that ask for this may be anything but the origin's own."""
        return (
            self._settings.mode == "on"
            and not self._rules.leaves(whole_target(scope))
            and not has_session(jar, self._settings.session_cookies)
        )

    async def _spared(self, pace: Pace, jar: Mapping[str, str], *, blocks: bool) -> bool:
        """Whether the text comes sooner, or only, without it."""
        hopeless = blocks and (pace.late() or await pace.hopeless())
        if hopeless:
            self._receipts.slowed(jar)
        if hopeless or pace.needless:
            self._metrics.refused()
            pace.end()
            return True
        return False

    async def _hopeless(
        self, scope: Scope, headers: Mapping[str, str], jar: Mapping[str, str], *, blocks: bool
    ) -> bool:
        """The same of everything behind a proxy, which takes what we send and puts it in the way of the text."""
        if not await self._links.hopeless(scope, headers, jar, self._weights.typical, blocks=blocks):
            return False
        self._receipts.slowed(jar)
        self._metrics.refused()
        return True


async def without(scope: Scope, receive: Receive, send: Send, headers: Mapping[str, str]) -> None:
    """In place of a part that its page goes without: of a sheet, one that shows the banner without JavaScript.

    Nothing keeps it. Raises `LinkHopeless` for what is no sheet.
    """
    if not is_sheet(headers):
        raise LinkHopeless("This link is too slow for it. The text is sent without it.")
    await Response(SHEET, media_type="text/css", headers={"cache-control": "no-store"})(scope, receive, send)
