"""`/light/-/connection`: what was noticed of one reader's connection, for their eyes only; it changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ..editions.connection import Noticed, connection_csp, render_connection
from ..editions.light import LightContext
from ..editions.site import Site
from ..editions.words import words
from .judging import Judging
from .navigation import cookies

_HEADERS = {
    "cache-control": "private, no-store",
    "content-security-policy": connection_csp(),
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}


class Connection:
    """What is decided here is what the next page would get."""

    def __init__(self, site: Site, judging: Judging) -> None:
        self._site, self._judging = site, judging

    async def page(self, request: Request) -> Response:
        context = LightContext(site=self._site, language=_language(request), now=datetime.now(UTC))
        return HTMLResponse(render_connection(self._noticed(request), context), headers=_HEADERS)

    def _noticed(self, request: Request) -> Noticed:
        jar = cookies("; ".join(request.headers.getlist("cookie")))
        signals, decision = self._judging.heard(request.scope, request.headers, jar)
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
