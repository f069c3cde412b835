"""From a request to its decision: everything that is heard of a reader, brought together in one place."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import Scope

from ..sensing import Decision, Signals, decide, read, wish
from ..settings import Settings
from .links import Links
from .navigation import Address
from .receipts import Receipts, Visit
from .weighing import Weighing


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
        wanted = wish(headers, address=address.choice, cookie=jar.get("lk-edition"))
        if wanted is not None:
            return wanted, None
        signals, visit, weight = self.heard(scope, headers, jar, address)
        return self.decide(signals, weight), visit

    def heard(
        self, scope: Scope, headers: Mapping[str, str], jar: Mapping[str, str], address: Address | None = None
    ) -> tuple[Signals, Visit, int]:
        """The signals, and what the page weighs; without an address, a page of this site."""
        weights = self._weighing.weights
        weight = weights.critical(address.target) if address else weights.typical
        visit = self._receipts.visit(jar, headers)
        heard = self.links.heard(scope, headers, jar, weight)
        choice = address.choice if address else None
        signals = read(
            headers,
            address=choice,
            cookie=jar.get("lk-edition"),
            receipt=visit.finding,
            first=visit.first,
            measured=visit.measured(jar),
            path=heard.path,
            told=heard.told,
            flow=heard.flow,
            shown=heard.shown,
        )
        return signals, visit.slowed if heard.slow else visit, weight

    def decide(self, signals: Signals, weight: int) -> Decision:
        return decide(signals, limit=self._limit, critical_bytes=weight, tls=self._tls)
