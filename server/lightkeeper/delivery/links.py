"""What is heard of a reader's link besides the request's own hints: the connection's numbers, or a trusted proxy's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from starlette.types import Scope

from ..sensing import Flow, Line, LinkEstimate, Loaded, Loading, Measure, slow, tells
from ..sensing.link import CONFIDENCE, predict
from ..sensing.weight import TYPICAL
from ..settings import Settings
from .forwarded import Forwarding
from .navigation import whole_target
from .pacing import HOPELESS, LOOK, Pace, Rank, rank
from .receipts import Receipts, Sent
from .told_trip import ToldTrip
from .wire import EXTENSION, Page, Wire


class Heard(NamedTuple):
    """The fields of `Signals` that are of the connection; no flow that tells nothing. `slow`: it shows a slow link."""

    path: float | None = None
    told: bool = False
    flow: Flow | None = None
    shown: bool = False
    loaded: Loaded | None = None
    slow: bool = False


_NOTHING = Heard()


class Links:
    """`headers` of requests have lower-case names."""

    def __init__(self, settings: Settings, receipts: Receipts) -> None:
        self._on, self._limit = settings.sensing == "on", settings.text_limit
        # From a navigation on a new connection until its request is here, less the last part's way to the reader.
        self._tls = settings.site.startswith("https:")
        self._trips = 2 if self._tls else 1
        self._forwarding, self._told, self._receipts = Forwarding(settings), ToldTrip(settings), receipts

    def heard(self, scope: Scope, page: Page | None, weight: int) -> Heard:
        """Behind a trusted proxy the socket is not the reader's, and its header counts instead.

        `page`: the full one that pends; `weight`: critical bytes of the one that is asked for.
        """
        if not self._on:
            return _NOTHING
        if self._forwarding.from_proxy(scope):
            rtt = self._told(scope)
            return _NOTHING if rtt is None else Heard(rtt, told=True)
        wire = self._wire(scope)
        if wire is None:
            return _NOTHING
        wire.follow(page)
        page = page or wire.page
        flow = page.flow if page else None
        found = slow(flow, limit=self._limit, critical_bytes=weight)
        wire.shown = wire.shown or found
        told = flow if tells(flow, shown=wire.shown) else None
        return Heard(wire.rtt, False, told, wire.shown, page.loaded if page else None, found)

    def begin(
        self,
        scope: Scope,
        sent: Sent | None = None,
        weight: int = TYPICAL,
        awaited: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """A document goes out: its flow is evidence for the next decision. A full page, of that weight, has a pace.

        `awaited`: as for `Loading`.
        """
        wire = self._readers(scope)
        page = wire.begin(alone=sent is None) if wire else None
        if wire is not None and page is not None and sent is not None:
            began = wire.now - (self._trips * (wire.rtt or 0.0) if wire.new else 0.0)
            page.loading = Loading(awaited, began)
            self._receipts.sent(sent.id, page)
            wire.pace = Pace(
                page, wire, Rank.PAGE, limit=self._limit, weight=weight, new=wire.new, strained=wire.strained
            )
        elif sent is not None and self._on and (rtt := self._told(scope)) is not None:
            self._receipts.taken(sent.id, rtt)

    def pace(self, scope: Scope, headers: Mapping[str, str], jar: Mapping[str, str], weight: int) -> Pace | None:
        """What is asked for belongs to the full page that pends: it shares the line with it. None: none is known.

        Nor where that was left: what follows belongs to a document without a number, such as one that was chosen.
        """
        wire = self._readers(scope)
        page = self._receipts.page(jar) if wire else None
        if wire is not None and page is not None and not page.left:
            destination = headers.get("sec-fetch-dest", "")
            page.scripted = page.scripted or destination == "script"
            kind = rank(destination)
            name = whole_target(scope) if kind is Rank.BLOCKING else ""
            wire.pace = Pace(page, wire, kind, limit=self._limit, weight=weight, name=name)
            return wire.pace
        return None

    async def hopeless(
        self, scope: Scope, headers: Mapping[str, str], jar: Mapping[str, str], weight: int, *, blocks: bool
    ) -> bool:
        """Whether a trusted proxy tells of a line that the full page which pends has filled, so that the page is better
        off without this part of it, which `blocks` its text or does not. Waits while that is not clear."""
        if "lk-edition" in jar or "edition=full" in headers.get("referer", ""):  # a page that its reader chose
            return False
        rtt = self._told(scope) if self._on else None
        if rtt is None:
            return False
        return self._crawls(rtt, jar) or await self._stands(rtt, jar, weight, blocks=blocks)

    def _crawls(self, rtt: float, jar: Mapping[str, str]) -> bool:
        """Whether the page was sent for a short round trip, and in half of the limit that became one on which there is
        no hope for it."""
        since = self._receipts.since(jar)
        if since is None or since < self._limit / 2:
            return False
        link = LinkEstimate(Measure(rtt, "proxy", CONFIDENCE["proxy"]))
        return predict(link, 0, tls=self._tls).seconds > HOPELESS * self._limit

    async def _stands(self, rtt: float, jar: Mapping[str, str], weight: int, *, blocks: bool) -> bool:
        page = self._receipts.relayed(jar)
        if page is None:
            return False
        page.asked(rtt, self._receipts.steady(), blocks=blocks)
        patience, bearable = self._limit / 2, HOPELESS * self._limit
        while True:
            line = page.line(self._receipts.steady(), patience=patience, bearable=bearable, critical_bytes=weight)
            if line is not Line.DOUBTFUL:
                return line is Line.HOPELESS
            await asyncio.sleep(LOOK)

    def strained(self, scope: Scope) -> bool:
        """Whether the connection's first request crawled in: the watchdog waits for less time then."""
        wire = self._readers(scope)
        return wire is not None and wire.strained

    def _readers(self, scope: Scope) -> Wire | None:
        """The connection, where it is the reader's own and may be looked at."""
        return None if not self._on or self._forwarding.from_proxy(scope) else self._wire(scope)

    def _wire(self, scope: Scope) -> Wire | None:
        found = scope.get("extensions", {}).get(EXTENSION)
        return found if isinstance(found, Wire) else None
