"""`/_lk/choose`: remembers which edition a reader wants, and goes on to the page. A plain link; no script needed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from ..editions.site import Site
from .receipts import forgotten

COOKIE = "lk-edition"
_HALF_A_YEAR = 180 * 24 * 3600
# A path on this site: one slash (two would name another host), nothing that a browser rewrites or splits at.
_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\#]*")


def choose(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint for `site`. Wrong parameters: 400 and a sentence."""

    async def endpoint(request: Request) -> Response:
        edition, path = request.query_params.get("edition", ""), request.query_params.get("to", "/")
        if edition not in ("full", "light", "auto"):
            return PlainTextResponse("Choose edition=full, edition=light or edition=auto.\n", 400)
        if not _PATH.fullmatch(path):
            return PlainTextResponse("`to` is a path on this site, such as /news.\n", 400)
        answer = RedirectResponse(_destination(site, edition, path), 303, {"cache-control": "no-store"})
        if edition == "auto":
            answer.delete_cookie(COOKIE, secure=site.secure, httponly=True, samesite="lax")
        else:
            answer.set_cookie(COOKIE, edition, max_age=_HALF_A_YEAR, secure=site.secure, httponly=True, samesite="lax")
        for name, value in forgotten(secure=site.secure):
            answer.headers.append(name, value)
        return answer

    return endpoint


def _destination(site: Site, edition: str, path: str) -> str:
    """The explicit address of what was chosen, so that the choice holds where cookies are refused, too."""
    if edition == "auto" or path.startswith(f"{site.prefix}/-/"):  # a page of ours has one edition
        return path
    return site.light(path) if edition == "light" else f"{path}{'&' if '?' in path else '?'}edition=full"
