"""The publisher's own addresses. Navigations get the edition that was decided; everything else passes through."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit, urlunsplit

from starlette.types import Receive, Scope, Send

from .. import __version__, resources
from ..editions.full import FullContext, confirmed
from ..errors import LightkeeperError, OriginError, OriginUnended
from ..gather.intake import REFUSALS, Missing
from ..sensing import Decision
from ..settings import Settings
from ..source.mapping import UrlMap
from ..source.origin import Answer
from ..source.storable import public_address
from .compression import understood
from .failures import Sending
from .faults import report
from .full_page import Amend, Treatment, is_html, send_page
from .headers import get
from .judging import Judging
from .library import Library
from .light_answers import LightAnswers
from .metrics import Metrics
from .navigation import (
    Address,
    cookies,
    has_session,
    is_navigation,
    read_address,
    without_ours,
)
from .negotiated import FullTags, Headers, decided, decoded, encoded, private
from .parts import Parts, without
from .proxy import Proxy
from .ready import Ready
from .receipts import Receipts, Visit
from .weighing import Weighing

log = logging.getLogger(__name__)

# Errors that say what cannot be done, not that the origin has failed.
_FINAL = frozenset({501, 505, 511})
_CHOSEN = ("address", "choice")


@dataclass(frozen=True, slots=True)
class Navigation:
    """One request for a document, read once. `headers` has lower-case names and none of our own cookies."""

    scope: Scope
    receive: Receive
    send: Send
    address: Address
    headers: Mapping[str, str]
    decision: Decision
    visit: Visit | None

    @property
    def sensed(self) -> Visit | None:
        """None where somebody chose, which is not put to the test; what everybody may keep never carries a cookie."""
        return self.visit if self.method == "GET" else None

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return self.address.target


class Documents:
    """The ASGI application behind every address that is not ours."""

    def __init__(
        self,
        settings: Settings,
        *,
        proxy: Proxy,
        library: Library,
        answers: LightAnswers,
        metrics: Metrics,
        receipts: Receipts,
        weighing: Weighing,
        judging: Judging,
    ) -> None:
        self._receipts, self._judging, self._links = receipts, judging, judging.links
        self._weighing = weighing
        self._metrics = metrics
        self._closing: set[asyncio.Task[None]] = set()
        self._settings, self._proxy, self._library, self._answers = settings, proxy, library, answers
        self._site = library.site
        self._parts = Parts(settings, judging.links, receipts, weighing.weights, metrics, library.rules)
        urls = UrlMap(settings.origin, settings.site)
        self._map_url = urls if urls.needed else None
        self._tags = FullTags(_fingerprint(settings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A fault of ours before the answer has begun leaves the origin's page as it is."""
        sending = Sending(send)
        try:
            await self._serve(scope, receive, sending)
        except LightkeeperError:
            raise
        except Exception as error:
            if sending.began or scope["method"] not in ("GET", "HEAD"):
                raise
            report("a document passes untouched, because something of ours failed", error)
            await self._proxy(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Sending) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        told = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
        headers["cookie"] = without_ours(told)
        jar = cookies(told)
        if self._settings.mode == "off" or not is_navigation(scope["method"], headers):
            counted = self._weighing.asset(scope, headers, send)
            patience, spared = await self._parts.asked(scope, headers, jar)
            if spared:
                await without(scope, receive, send, headers)
            else:
                await self._pass(scope, receive, counted, headers, within=patience)
            return
        address = read_address(scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1"))
        decision, visit = self._judging.navigation(scope, headers, jar, address)
        navigation = Navigation(scope, receive, send, address, headers, decision, visit)
        try:
            await self._navigate(navigation, ours=self._ours(address, jar))
        except OriginError as error:
            if send.began:  # it was cut short; what came of it is the reader's
                raise
            self._metrics.failed()
            await self._answers.unreachable(send, error, headers, navigation.method)

    def _ours(self, address: Address, jar: Mapping[str, str]) -> bool:
        """Whether this document, for this reader, may be anything but the origin's own."""
        return (
            self._library.rules.allow(address.path)
            and public_address(address.target)
            and not self._library.is_withdrawn(address.target)
            and not has_session(jar, self._settings.session_cookies)
        )

    async def _navigate(self, navigation: Navigation, *, ours: bool) -> None:
        observing = self._settings.mode == "observe"
        if ours and observing:
            self._metrics.decided(navigation.decision)
            log.debug("observed: %s; reason=%s", navigation.decision.edition, navigation.decision.reason)
        if observing or not self._library.rules.allow(navigation.address.path):
            await self._pass(navigation.scope, navigation.receive, navigation.send, navigation.headers, document=True)
        elif ours:
            await self._negotiate(navigation)
        else:
            await self._untouched(navigation, await self._ask(navigation, ""))

    async def _pass(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        headers: Mapping[str, str],
        *,
        document: bool = False,
        within: float | None = None,
    ) -> None:
        """Not ours: the request goes on with the target that it came with."""
        answer = await self._proxy.open(scope, receive, replace=_cookie(headers), document=document, within=within)
        await self._relay(answer, scope, receive, send, headers)

    async def _untouched(self, navigation: Navigation, answer: Answer) -> None:
        await self._relay(answer, navigation.scope, navigation.receive, navigation.send, navigation.headers)

    async def _relay(
        self, answer: Answer, scope: Scope, receive: Receive, send: Send, headers: Mapping[str, str]
    ) -> None:
        """The origin's answer as it is, but for the origin's own address in an HTML document."""
        if self._map_url is None or scope["method"] == "HEAD" or not is_html(answer):
            await self._proxy.relay(answer, scope, receive, send)
            return
        treatment = Treatment(None, self._map_url, lambda amended: amended)
        await send_page(self._proxy, answer, treatment, scope, receive, send, headers.get("accept-encoding", ""))

    async def _negotiate(self, navigation: Navigation) -> None:
        reason = navigation.decision.reason
        if navigation.decision.edition == "light":
            light = await self._find(navigation)
            if isinstance(light, Ready):
                await self._light(navigation, light, navigation.decision)
                return
            reason = light.reason
        try:
            answer = await self._ask_patiently(navigation)
        except OriginError:
            if not await self._rescue(navigation, "origin-failed"):
                raise
            return
        if answer is not None:
            await self._answered(navigation, answer, Decision("full", reason, navigation.decision.predicted))

    async def _find(self, navigation: Navigation) -> Ready | Missing:
        """The Light page, or why there is none. Raises `OriginError`."""
        try:
            return await self._library.get(navigation.path)
        except OriginUnended:  # a page that streams slowly: as a full page it can be read while it comes
            return Missing("unended")
        except OriginError:
            raise
        except Exception as error:
            report("a Light page failed, and the full one is served", error)
            return Missing("failed")

    async def _ask_patiently(self, navigation: Navigation) -> Answer | None:
        """The origin's answer; None where it took so long that a stored Light edition went out instead.

        Who chose the full page waits for it.
        """
        asking = asyncio.create_task(self._ask(navigation, self._known(navigation)))
        answer = None
        try:
            if navigation.decision.reason not in _CHOSEN:
                await asyncio.wait({asking}, timeout=self._settings.stored_after)
                if not asking.done() and await self._rescue(navigation, "origin-slow"):
                    return None
            answer = await asyncio.shield(asking)
            return answer
        finally:
            if answer is None:
                self._let_go(asking)

    def _let_go(self, asking: asyncio.Task[Answer]) -> None:
        """Nobody waits for this answer any more. Its request ends by itself when the reader has another answer."""
        closing = asyncio.create_task(_close(asking))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _answered(self, navigation: Navigation, answer: Answer, decision: Decision) -> None:
        """Send the origin's answer on as the full page, or what is better than its error. Closes it."""
        try:
            failed = answer.status >= 500 and answer.status not in _FINAL
            if failed and await self._rescue(navigation, "origin-failed"):
                return
            if answer.status in REFUSALS:
                await self._library.forget(navigation.path)
            self._metrics.decided(decision)
            if answer.status in (200, 304):
                self._library.tally.count(navigation.path, "full", navigation.method, navigation.headers)
            await self._full(navigation, answer, decision)
        finally:
            await answer.close()

    async def _light(self, navigation: Navigation, page: Ready, decision: Decision) -> None:
        send, headers, method = navigation.send, navigation.headers, navigation.method
        self._metrics.decided(decision)
        self._library.tally.count(navigation.path, "light", method, headers)
        if method == "GET":
            self._links.begin(navigation.scope)
        if navigation.address.choice and decision.reason == "address":
            await self._answers.explicit(send, page, headers, method)
        elif decision.reason == "first":
            await self._answers.first(send, page, navigation.path, decision, headers, method)
        else:
            visit = navigation.sensed if decision is navigation.decision else None
            more = visit.light.headers if visit else ()
            await self._answers.negotiated(send, page, navigation.path, decision, headers, method, more)

    async def _rescue(self, navigation: Navigation, reason: str) -> bool:
        """The origin failed: answer with what is stored of the page, if anything is."""
        page = await self._library.saved(navigation.path)
        if page is not None:
            await self._light(navigation, page, Decision("light", reason))
        return page is not None

    def _known(self, navigation: Navigation) -> str:
        """The origin's tag of the page that the reader has from us as a full page with our parts."""
        return self._tags.to_origin(navigation.headers.get("if-none-match", ""))

    async def _ask(self, navigation: Navigation, known: str) -> Answer:
        """Ask the origin for the page, in a coding that the reader takes and that we can open.

        Conditions of the origin's own making pass: the reader has a copy of what we left untouched, such as a PDF.
        """
        headers = navigation.headers
        changes: dict[bytes, bytes | None] = {
            b"accept-encoding": understood(headers.get("accept-encoding", "")).encode("latin-1")
        }
        if self._tags.ours(headers.get("if-none-match", "")):
            changes |= {b"if-none-match": known.encode("latin-1") or None, b"if-modified-since": None}
        target = navigation.path.encode("latin-1")
        return await self._proxy.open(
            navigation.scope, navigation.receive, target=target, replace=_cookie(headers) | changes, document=True
        )

    async def _full(self, navigation: Navigation, answer: Answer, decision: Decision) -> None:
        scope, receive, send = navigation.scope, navigation.receive, navigation.send
        amend = partial(self._amend, navigation, decision)
        if get(answer.headers, b"lightkeeper").strip().lower() == "off":
            await self._untouched(navigation, answer)
        elif (answer.status == 304 and self._known(navigation)) or (is_html(answer) and navigation.method == "HEAD"):
            more = navigation.sensed.copy() if navigation.sensed else []
            amended = amend([*confirmed(self._bodyless(answer), self._settings.site), *more])
            await self._proxy.relay(answer, scope, receive, send, headers=encoded(amended))
        elif is_html(answer):
            treatment = self._treatment(navigation, amend)
            accepted = navigation.headers.get("accept-encoding", "")
            await send_page(self._proxy, answer, treatment, scope, receive, send, accepted)
        elif navigation.address.choice and 300 <= answer.status < 400:
            await self._proxy.relay(answer, scope, receive, send, headers=self._redirected(navigation, answer))
        else:
            await self._proxy.relay(answer, scope, receive, send)

    def _treatment(self, navigation: Navigation, amend: Amend) -> Treatment:
        sent = navigation.sensed.full(navigation.path) if navigation.sensed else None
        weights, weighed = self._weighing.weights, self._weighing.page(navigation.path)
        awaited = weighed.awaited if weighed else weights.awaited(navigation.path)
        self._links.begin(navigation.scope, sent, weights.critical(navigation.path), awaited)
        # Who asked for the full page is not taken away from it.
        chosen = navigation.decision.reason in _CHOSEN
        context = FullContext(
            self._settings.name,
            self._site.light(navigation.path),
            switch="ask" if chosen else self._settings.switch,
            receipt=sent.picture if sent else "",
            soon=self._links.strained(navigation.scope),
            site=self._settings.site,
        )
        if sent is None:
            return Treatment(context, self._map_url, amend, weighed=weighed)
        ended = partial(self._receipts.ended, sent.id)
        return Treatment(context, self._map_url, amend, sent.headers, ended, weighed)

    def _amend(self, navigation: Navigation, decision: Decision, headers: Headers) -> Headers:
        """The origin's headers as they are true for the page that we send."""
        held = navigation.headers.get("if-none-match", "")
        tag = next((self._tags.to_reader(value, held) for name, value in headers if name == "etag"), "")
        named = [(name, value) for name, value in headers if name not in ("etag", "last-modified")]
        named += [("etag", tag)] if tag else []
        named += decided(self._settings.edition_header, decision)
        if navigation.address.choice:
            return [*named, ("vary", "Accept-Encoding")]
        target = navigation.path
        return private(named, f"{target}{'&' if '?' in target else '?'}edition=full", self._site)

    def _redirected(self, navigation: Navigation, answer: Answer) -> list[tuple[bytes, bytes]]:
        """A redirect on this site takes an explicit choice along."""
        return [
            (name, self._chosen(value, navigation.address.choice) if name == b"location" else value)
            for name, value in self._proxy.headers(answer)
        ]

    def _bodyless(self, answer: Answer) -> Headers:
        """The headers of an answer without a body, less those that would speak of the origin's bytes."""
        stale = ("content-length", "content-encoding", "accept-ranges")
        return [(name, value) for name, value in decoded(self._proxy.headers(answer)) if name not in stale]

    def _chosen(self, location: bytes, choice: str | None) -> bytes:
        url = location.decode("latin-1")
        if self._site.path(url) is None and not url.startswith("/"):
            return location
        parts = urlsplit(url)
        query = f"{parts.query}&edition={choice}" if parts.query else f"edition={choice}"
        return urlunsplit(parts._replace(query=query)).encode("latin-1")


async def _close(asking: asyncio.Task[Answer]) -> None:
    with suppress(LightkeeperError):
        await (await asking).close()


def _cookie(headers: Mapping[str, str]) -> dict[bytes, bytes | None]:
    return {b"cookie": headers["cookie"].encode("latin-1") or None}


def _fingerprint(settings: Settings) -> bytes:
    """What the bytes that we add to a full page depend on, besides the page."""
    scripts = sorted(path for path in (resources.client() / "page").iterdir() if path.is_file())
    return b"\0".join([__version__.encode(), settings.name.encode(), *(path.read_bytes() for path in scripts)])
