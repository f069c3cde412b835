"""From a request to its decision: everything that is heard of a reader, brought together in one place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from starlette.types import Scope

from ..sensing import Decision, Hints, Signals, decide, hints, read, wish
from ..sensing.receipt import Finding
from ..settings import Settings
from .links import Heard, Links
from .navigation import Address
from .receipts import Receipts, Visit, looks_ahead
from .weighing import Weighing
from .wire import Page


class Judging:
    """One per application, so that what is learnt of a reader counts wherever they ask."""

    def __init__(self, settings: Settings, receipts: Receipts, weighing: Weighing) -> None:
        self._limit, self._tls = settings.text_limit, settings.site.startswith("https:")
        self._receipts, self._weighing = receipts, weighing
        self.links = Links(settings, receipts)

    def navigation(
        self, scope: Scope, headers: Mapping[str, str], jar: Mapping[str, str], address: Address
    ) -> tuple[Decision, Visit | None]:
        """`headers` have lower-case names. No visit: nobody's choice is put to the test."""
        page = self._receipts.page(jar)
        if page is not None:
            _leave(page, headers)
        if address.choice or "lk-edition" in jar or "save-data" in headers:  # nothing else can be a wish
            wanted = wish(headers, address=address.choice, cookie=jar.get("lk-edition"))
            if wanted is not None:
                return wanted, None
        scripts = page is None or page.loading is None or page.loading.scripts
        weight = self._weighing.weights.critical(address.target, scripts=scripts)
        visit = self._receipts.visit(jar, headers)
        heard = self.links.heard(scope, page, weight)
        told = hints(headers), visit.finding, visit.first, visit.measured(jar)
        return _decided(*told, heard, self._limit, weight, self._tls), visit.slowed if heard.slow else visit

    def leave(self, jar: Mapping[str, str], headers: Mapping[str, str]) -> None:
        """A document is asked for that needs no decision."""
        page = self._receipts.page(jar)
        if page is not None:
            _leave(page, headers)

    def heard(self, scope: Scope, headers: Mapping[str, str], jar: Mapping[str, str]) -> tuple[Signals, Decision]:
        """What is heard of a reader, and what a page of the site's usual weight would get for it."""
        weight = self._weighing.weights.typical
        visit = self._receipts.visit(jar, headers)
        path, told, flow, shown, loaded, _ = self.links.heard(scope, self._receipts.page(jar), weight)
        signals = read(
            headers,
            cookie=jar.get("lk-edition"),
            receipt=visit.finding,
            path=path,
            told=told,
            flow=flow,
            shown=shown,
            first=visit.first,
            measured=visit.measured(jar),
            loaded=loaded,
        )
        return signals, decide(signals, limit=self._limit, critical_bytes=weight, tls=self._tls)


def _leave(page: Page, headers: Mapping[str, str]) -> None:
    """Another document is asked for: what the full page which pends still loads need not stand in its way."""
    if not looks_ahead(headers):
        page.leave()


@lru_cache(maxsize=4_096)
def _decided(
    said: Hints, finding: Finding, first: bool, measured: bool, heard: Heard, limit: float, weight: int, tls: bool
) -> Decision:
    """For a reader who wishes for nothing. On a kept connection, or behind a proxy, one page is judged like another."""
    path, told, flow, shown, loaded, _ = heard
    signals = Signals(None, None, False, *said, finding, path, told, flow, shown, first, measured, loaded)
    return decide(signals, limit=limit, critical_bytes=weight, tls=tls)
