"""Saved reading over HTTP: the worker and its scripts, and the page that asks. What is kept comes from bundles.

A worker that is once on a device asks for `/_lk/sw.js` for ever: with `offline="off"` that address serves the
worker's end, and everything else here is gone.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import brotli
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..article.addresses import TRACKING
from ..article.model import Headline
from ..bundles import states
from ..bundles.heads import read_head, split_manifest
from ..bundles.lists import STORY, read_list
from ..editions.light import LightContext
from ..editions.offline import Choice, Offer, consent_csp, render_absent, render_consent
from ..editions.site import Site
from ..editions.words import DEFAULT
from ..errors import BadBundle
from ..resources import client
from ..settings import Settings
from ..store import Store
from .ready import Ready, send_ready
from .scripts import join
from .shelf import Shelf

WORKER = "/_lk/sw.js"
_PAGE = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": consent_csp(),
    "x-robots-tag": "noindex",
}
_SCRIPT = {"content-type": "text/javascript; charset=utf-8", "cross-origin-resource-policy": "same-origin"}
_WORKER = {"content-security-policy": "default-src 'none';connect-src 'self'", "service-worker-allowed": "/"}
# Always asked for anew: a correction of a script, and above all the end of the worker, must reach everybody.
_FRESH = {"cache-control": "no-cache"}
_PERSONAL = {"cache-control": "private, no-cache", "vary": "Accept-Language"}
# Where workers of the first kind looked for their lists, until they were replaced.
_FORMER = "/_lk/saved/{list}"
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")


def ending() -> Route:
    """The worker's own address, serving its end: devices that have one ask there for ever."""
    built = _ready(join(client(), "worker/kill.js").encode())
    return Route(WORKER, Answer(built, _SCRIPT, _FRESH, _WORKER), methods=["GET"])


def routes(settings: Settings, store: Store | Shelf) -> list[Route]:
    """All addresses of saved reading; they must come before the Light prefix."""
    if settings.offline == "off":
        pages = (f"{settings.light_prefix}/-/{{page}}", "/_lk/offline.js", "/_lk/keep.js")
        return [ending(), *(Route(path, _gone) for path in (*pages, _FORMER))]
    saved = Saved(settings, store)
    return [
        _script(settings, WORKER, "sw.js", _WORKER),
        _script(settings, "/_lk/offline.js", "page.js"),
        _script(settings, "/_lk/keep.js", "auto.js"),
        Route(_FORMER, _gone),
        Route(f"{settings.light_prefix}/-/offline", saved.consent),
        Route(f"{settings.light_prefix}/-/saved", saved.absent),
    ]


class Answer(Response):
    """Ready bytes with their headers, in the coding that the reader takes."""

    def __init__(self, ready: Ready, *headers: dict[str, str]) -> None:
        self._ready = ready
        lines: dict[str, str] = {"vary": "Accept-Encoding", "x-content-type-options": "nosniff"}
        for more in headers:
            lines |= {**more, "vary": f"{lines['vary']}, {more['vary']}"} if "vary" in more else more
        self._lines = [(name.encode(), value.encode("latin-1")) for name, value in lines.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope)
        await send_ready(
            send,
            self._ready,
            self._lines,
            method=scope["method"],
            accept_encoding=asked.get("accept-encoding", ""),
            if_none_match=asked.get("if-none-match", ""),
        )


class Saved:
    """The answers that depend on what is stored."""

    def __init__(self, settings: Settings, store: Store | Shelf) -> None:
        self._settings, self._store = settings, store
        self._site = Site(settings.name, settings.site, settings.light_prefix)

    async def consent(self, request: Request) -> Response:
        known = await self._languages()
        language = _asked(request, known)
        choices = await asyncio.to_thread(_choices, self._settings.data / "bundles" / "b", language)
        chosen = _chosen(choices, self._settings.offline_stories)
        stories = await self._store.latest(language, choices[chosen].stories) if choices else []
        offer = Offer(
            language,
            tuple(Headline(self._site.url + story.address, story.title) for story in stories),
            choices,
            chosen,
            tuple((other, f"{request.url.path}?language={other}") for other in _besides(language, known)),
            self._settings.offline == "auto",
        )
        return Answer(_ready(render_consent(offer, self._context(language)).encode()), _PAGE, _PERSONAL)

    async def absent(self, request: Request) -> Response:
        """A worker answers this address from the device; here, there is none."""
        language = _asked(request, await self._languages())
        return Answer(_ready(render_absent(language, self._context(language)).encode()), _PAGE, _PERSONAL)

    async def _languages(self) -> list[str]:
        """The languages of the stories, the most frequent first; what is no tag cannot be asked for."""
        return [language for language in await self._store.languages() if _TAG.fullmatch(language)]

    def _context(self, language: str) -> LightContext:
        return LightContext(site=self._site, language=language, now=datetime.now(UTC))


def _script(settings: Settings, path: str, name: str, *headers: dict[str, str]) -> Route:
    told = _told(settings.light_prefix, round(settings.text_limit * 1000), _ending(settings.offline_stories))
    return Route(path, Answer(_built(name, told), _SCRIPT, _FRESH, *headers), methods=["GET"])


def _told(prefix: str, limit: int, bundle: str) -> str:
    """What client/worker/config.js reads."""
    told = {"prefix": prefix, "limit": limit, "bundle": bundle, "tracking": TRACKING.pattern}
    return f"self.LIGHTKEEPER={json.dumps(told, separators=(',', ':'))};\n"


@cache
def _built(name: str, told: str) -> Ready:
    """A script of client/built behind what it is told; compressed once in a process, at the start."""
    return _ready((told + (client() / "built" / name).read_text(encoding="utf-8")).encode(), quality=11)


async def _gone(_request: Request) -> Response:
    return PlainTextResponse("Saved reading is switched off here.\n", 404, {"cache-control": "no-cache"})


def _ready(body: bytes, quality: int = 5) -> Ready:
    return Ready.of(body, brotli.compress(body, quality=quality))


def _choices(folder: Path, language: str) -> tuple[Choice, ...]:
    """What is published of a language, the smallest first; a larger bundle with no more in it is no choice."""
    found: list[Choice] = []
    for bundle in states.latest(language):
        try:
            data, listed = split_manifest((folder / bundle.name / "manifest").read_bytes())
            stories = sum(entry.kind == STORY for entry in read_list(listed).entries)
        except (OSError, BadBundle):
            continue
        if stories > (found[-1].stories if found else 0):
            found.append(Choice(bundle.name, stories, read_head(data).objects))
    return tuple(found)


def _chosen(choices: tuple[Choice, ...], wanted: int) -> int:
    """The first that has what is wanted, else the largest."""
    return next((place for place, choice in enumerate(choices) if choice.stories >= wanted), max(0, len(choices) - 1))


def _ending(wanted: int) -> str:
    """The end of the name of the bundle that a reader gets who does not choose."""
    return next(ending for ending, limit in states.LATEST if limit >= wanted)


def _besides(language: str, known: list[str]) -> list[str]:
    """Other languages that have bundles of their own, each once."""
    found = {states.subtag(other): other for other in reversed(known)}
    return [other for subtag, other in reversed(found.items()) if subtag != states.subtag(language)]


def _asked(request: Request, known: list[str]) -> str:
    """The language that the address names, else the reader's first that the publication is written in, else its own."""
    wanted = request.query_params.get("language", "")
    if _TAG.fullmatch(wanted):
        return wanted
    for tag in _accepted(request.headers.get("accept-language", "")):
        for language in known:
            if language.lower().split("-")[0] == tag.split("-")[0]:
                return language
    return known[0] if known else DEFAULT


def _accepted(header: str) -> Iterable[str]:
    """RFC 9110 12.5.4, in the order that browsers write, which is that of preference."""
    return (item.partition(";")[0].strip().lower() for item in header.split(",")[:20])
