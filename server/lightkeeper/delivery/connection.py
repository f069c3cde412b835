"""`/light/-/connection`: what was noticed of one reader's connection, for their eyes only; it changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ..editions.connection import Noticed, connection_csp, render_connection
from ..editions.light import LightContext
from ..editions.site import Site
from ..editions.words import words
from ..sensing import Weights, decide, read
from ..settings import Settings
from .links import Links
from .navigation import cookies
from .receipts import Receipts

_HEADERS = {
    "cache-control": "private, no-store",
    "content-security-policy": connection_csp(),
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}


class Connection:
    """What is decided here is what the next page would get."""

    def __init__(self, settings: Settings, site: Site, receipts: Receipts, weights: Weights) -> None:
        self._settings, self._site, self._receipts, self._weights = settings, site, receipts, weights
        self._links = Links(settings, receipts)

    async def page(self, request: Request) -> Response:
        context = LightContext(site=self._site, language=_language(request), now=datetime.now(UTC))
        return HTMLResponse(render_connection(self._noticed(request), context), headers=_HEADERS)

    def _noticed(self, request: Request) -> Noticed:
        jar = cookies("; ".join(request.headers.getlist("cookie")))
        visit = self._receipts.visit(jar, request.headers)
        heard = self._links.heard(request.scope, request.headers, jar, self._weights.typical)
        signals = read(request.headers, cookie=jar.get("lk-edition"), **visit.signals(jar), **heard)
        decision = decide(
            signals,
            limit=self._settings.text_limit,
            critical_bytes=self._weights.typical,
            tls=self._site.secure,
        )
        return Noticed(
            decision.edition,
            decision.reason,
            decision.predicted,
            signals.cookie or "",
            signals.save_data,
            signals.receipt,
            signals.rtt,
            signals.rate,
        )


def _language(request: Request) -> str:
    """The reader's first language that we have words in."""
    tags = (item.partition(";")[0].strip()[:35] for item in request.headers.get("accept-language", "").split(",")[:8])
    return words(*(tag for tag in tags if tag)).language
