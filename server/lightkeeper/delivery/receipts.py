"""The receipt over HTTP: its two cookies, its picture and the page's own timing at `/_lk/r/<id>`, the script that tells
it, and what is remembered of pictures just sent.

What the cookies mean is the business of `sensing.receipt`. No id is ever logged.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers as Lines
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..editions.upgrade import MEASURED
from ..editions.watchdog import TIMING
from ..resources import client
from ..sensing import Relayed, receipt
from ..sensing.receipt import Arrived, Finding, Fresh, Pending, State, Verdict
from ..sensing.timing import LONGEST, Timing, read_timing
from ..settings import Settings
from .navigation import cookies, read_address
from .negotiated import Headers, encoded
from .ready import NO_MORE, More
from .scripts import join
from .told_trip import ToldTrip
from .wire import Page

Header = tuple[str, str]
PENDING, ARRIVED = "lk-p", "lk-a"
FOLDER = "/_lk/r/"

# One transparent pixel: browsers show a broken picture for 204, and a site's own scripts may react to that.
_PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"
)
_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex",
}
_SCRIPT_HEADERS = _HEADERS | {"cache-control": "public, max-age=604800"}
_MOST, _LONGEST = 10_000, 600.0
# Seconds for which a page is surely remembered, where fewer than 10,000 go out meanwhile.
_FRESH = 60.0
_AHEAD = frozenset(("sec-purpose", "purpose", "x-purpose", "x-moz"))


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes out with a full page: the address of its picture, and the headers that await it."""

    picture: str
    headers: Headers
    id: str


@dataclass(frozen=True)
class Visit:
    """One navigation. `finding` is for the decision; the rest says which headers go out with what is sent."""

    _receipts: Receipts
    _verdict: Verdict
    _held: frozenset[str]  # those of our cookies that the browser has
    _silent: bool
    first: bool  # nothing is known of the reader, and such a one is to have the text at once
    slow: bool = False  # the last page's own flow shows a slow link

    @property
    def finding(self) -> Finding:
        return self._verdict.finding

    def measured(self, jar: Mapping[str, str]) -> bool:
        """Whether that text has just measured that the full page will come in time."""
        return self.first and MEASURED in jar

    def full(self, address: str) -> Sent | None:
        """A full page goes out; None: without a receipt."""
        if self._silent:
            return None
        id_ = self._receipts.mint()
        return Sent(FOLDER + id_, self._set(receipt.sent_full(self._verdict, id_, address)), id_)

    def copy(self) -> Headers:
        """The browser's copy of a full page is confirmed."""
        return self._set(receipt.sent_copy(self._verdict))

    @cached_property
    def slowed(self) -> Visit:
        """The same, where the last page's own flow shows a slow link."""
        return replace(self, slow=True)

    @cached_property
    def light(self) -> More:
        """The headers with which a Light page goes out."""
        state = receipt.sent_light(self._verdict, slow=self.slow)
        return NO_MORE if state is None else More.of(encoded(self._set(state)))

    def _set(self, state: State) -> Headers:
        """The state; what arrived before has been judged and goes."""
        if self._silent:
            return []
        lines = {PENDING: self._receipts.state(state)}
        if isinstance(state, Fresh) and PENDING not in self._held:
            lines = {}
        if ARRIVED in self._held:
            lines[ARRIVED] = self._receipts.cookie(ARRIVED, "", 0)
        return list(lines.values())


class Receipts:
    """`clock` gives Unix time in seconds, `steady` seconds that never go back, `chance` that many random bits."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        chance: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._on, self._limit = settings.sensing == "on", settings.text_limit
        self._text_first = settings.unknown == "light"
        self._secure = settings.site.startswith("https:")
        self._told_trip = ToldTrip(settings)
        self._clock, self.steady, self._chance = clock, steady, chance
        # A browser that leaves a page before the picture is there drops its cookie (Firefox, WebKit).
        self._lately: dict[str, Arrived] = {}
        self._pages: dict[str, Page] = {}
        self._relayed: dict[str, Relayed] = {}
        # When another process showed: by a page that went out since this one began, and not from here.
        self._began, self._stranger = clock(), -_LONGEST
        self._second, self._visits = 0, dict[tuple[str, bool, bool], Visit]()

    def routes(self) -> list[Route]:
        """The picture, what pages tell, and the script by which they do."""
        script = Response(join(client(), "page/timing.js"), headers=_SCRIPT_HEADERS, media_type="text/javascript")

        async def telling(_request: Request) -> Response:
            return script

        return [
            Route(FOLDER + "{id}", self.picture),
            Route(FOLDER + "{id}", self.timing, methods=["POST"]),
            Route(TIMING, telling),
        ]

    def visit(self, jar: Mapping[str, str], headers: Mapping[str, str]) -> Visit:
        """A navigation with its cookies; `headers` have lower-case names."""
        told, silent = jar.get(PENDING, ""), not self._on or looks_ahead(headers)
        if not told.startswith("light.") and not told.startswith("full."):
            return self._visit(jar, headers, silent)
        return self._again(jar, told, silent)

    def _again(self, jar: Mapping[str, str], told: str, silent: bool) -> Visit:
        """As `_visit`, for states of which there are few, and within one second the same answer to each."""
        if self._second != (second := int(self._clock())):
            self._second = second
            self._visits.clear()
        key = told, ARRIVED in jar, silent
        visit = self._visits.get(key)
        if visit is None:
            visit = self._visit(jar, {}, silent)
            if len(self._visits) < _MOST:
                self._visits[key] = visit
        return visit

    def _visit(self, jar: Mapping[str, str], headers: Mapping[str, str], silent: bool) -> Visit:
        verdict = self._judge(jar, headers) if self._on else Verdict()
        first = self._text_first and self._on and receipt.read_state(jar.get(PENDING, "")) == Fresh()
        return Visit(self, verdict, frozenset(jar) & {PENDING, ARRIVED}, silent, first)

    def mint(self) -> str:
        return receipt.mint(self._clock(), self._chance(28))

    def state(self, state: State) -> Header:
        return self.cookie(PENDING, receipt.write(state), receipt.life(state, self._clock()))

    def cookie(self, name: str, value: str, life: int) -> Header:
        return cookie(name, value, life, secure=self._secure)

    def _judge(self, jar: Mapping[str, str], headers: Mapping[str, str]) -> Verdict:
        state, arrived = receipt.read_state(jar.get(PENDING, "")), receipt.read_arrived(jar.get(ARRIVED, ""))
        now = self._clock()
        if isinstance(state, Pending) and (arrived is None or arrived.id != state.id):
            arrived = self._lately.get(state.id) if receipt.age(state.id, now) < _LONGEST else None
        page = self.page(jar)
        seen = receipt.Seen() if page is None else page.seen
        return receipt.judge(state, arrived, now=now, limit=self._limit, referrer=_referrer(headers), seen=seen)

    async def picture(self, request: Request) -> Response:
        """`/_lk/r/<id>`: the end of a page arrived. Always the same picture; a cookie where that tells something."""
        answer = Response(_PIXEL, headers=_HEADERS, media_type="image/gif")
        told = "; ".join(request.headers.getlist("cookie"))
        arrived = self._received(request.path_params["id"], cookies(told), request.headers)
        if (relayed := self._relayed.get(request.path_params["id"])) is not None and not looks_ahead(request.headers):
            relayed.arrived(self.steady(), self._told_trip(request.scope))
        if arrived is not None:
            self._keep(answer, arrived)
        return answer

    async def timing(self, request: Request) -> Response:
        """A POST to `/_lk/r/<id>`: how the page loaded. 204; 400 and a sentence where it is nothing of ours."""
        id_, body = request.path_params["id"], await _short(request)
        told = read_timing(body) if receipt.is_id(id_) else None
        if told is None:
            return PlainTextResponse("A page tells five whole numbers of its load here.\n", 400, _HEADERS)
        answer = Response(status_code=204, headers=_HEADERS)
        arrived = self._told(id_, told, cookies("; ".join(request.headers.getlist("cookie"))), request.headers)
        if arrived is not None:
            self._keep(answer, arrived)
        return answer

    def _keep(self, answer: Response, arrived: Arrived) -> None:
        self._remember(arrived)
        name, value = self.cookie(ARRIVED, receipt.write_arrived(arrived), receipt.LIFE)
        answer.headers.append(name, value)

    def _told(self, id_: str, timing: Timing, jar: Mapping[str, str], headers: Lines) -> Arrived | None:
        if not self._on or looks_ahead(headers):
            return None
        state, before = receipt.read_state(jar.get(PENDING, "")), receipt.read_arrived(jar.get(ARRIVED, ""))
        return receipt.tell(state, self._lately.get(id_, before), id_, timing, limit=self._limit)

    def _received(self, id_: str, jar: Mapping[str, str], headers: Lines) -> Arrived | None:
        if not self._on or looks_ahead(headers):
            return None
        state, before = receipt.read_state(jar.get(PENDING, "")), receipt.read_arrived(jar.get(ARRIVED, ""))
        before = self._lately.get(id_, before)
        return receipt.receive(state, before, id_, now=self._clock(), limit=self._limit)

    def ended(self, id_: str, carried: bool, size: int) -> None:
        """The page under `id_` went out to its end, in so many bytes; where its picture was not `carried`, its absence
        tells nothing."""
        if not carried:
            self._remember(Arrived(id_, "between"))
        elif (page := self._pages.get(id_)) is not None:
            page.ended = True
        if (relayed := self._relayed.get(id_)) is not None:
            relayed.ended(size, carried=carried)

    def slowed(self, jar: Mapping[str, str]) -> None:
        """Something of the page that pends was refused because its link is slow: that it arrives says nothing good."""
        state = receipt.read_state(jar.get(PENDING, ""))
        if isinstance(state, Pending):
            self._remember(Arrived(state.id, "slow"))

    def sent(self, id_: str, page: Page) -> None:
        """A full page goes out under `id_`: the next navigation may come on another connection."""
        self._make_room(self._pages)
        self._pages[id_] = page

    def taken(self, id_: str, rtt: float) -> None:
        """A full page goes out under `id_`, to a proxy that told this round trip, and has it at once."""
        self._make_room(self._relayed)
        self._relayed[id_] = Relayed(rtt, self.steady())

    def since(self, jar: Mapping[str, str]) -> float | None:
        """Seconds since the full page that pends was sent, if that was lately."""
        id_ = self._pending(jar)
        return receipt.age(id_, self._clock()) if id_ else None

    def page(self, jar: Mapping[str, str]) -> Page | None:
        """How the full page that pends goes or went out, if it was this process that sent it lately."""
        id_ = self._pending(jar)
        return self._pages.get(id_) if id_ else None

    def relayed(self, jar: Mapping[str, str]) -> Relayed | None:
        """The same of one that a proxy took, by the steady clock.

        None, too, where the proxy asks other processes as well: a picture that does not come here may have come there.
        """
        id_, now = self._pending(jar), self._clock()
        if id_ is None:
            return None
        found = self._relayed.get(id_)
        if found is None and id_ not in self._pages and receipt.age(id_, now) < min(_FRESH, now - self._began):
            self._stranger = now
        return found if now - self._stranger > _LONGEST else None

    def _pending(self, jar: Mapping[str, str]) -> str | None:
        """The number of the full page that pends, if it was sent lately."""
        told = jar.get(PENDING, "")
        state = receipt.read_state(told) if told and not told.startswith("light.") else None
        if isinstance(state, Pending) and receipt.age(state.id, self._clock()) < _LONGEST:
            return state.id
        return None

    def _remember(self, arrived: Arrived) -> None:
        self._make_room(self._lately)
        self._lately[arrived.id] = arrived

    def _make_room(self, kept: dict[str, Any]) -> None:
        now = self._clock()
        for id_ in list(kept):
            if len(kept) < _MOST and receipt.age(id_, now) < _LONGEST:
                break
            del kept[id_]


def forgotten(*, secure: bool) -> Headers:
    """A reader's choice ends what was learnt."""
    return [cookie(name, "", 0, secure=secure) for name in (PENDING, ARRIVED)]


def cookie(name: str, value: str, life: int, *, secure: bool) -> Header:
    """The header that sets it for `life` seconds, or takes it back for 0."""
    return "set-cookie", f"{name}={value}; Path=/; Max-Age={life}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


def looks_ahead(headers: Mapping[str, str]) -> bool:
    """Whether a browser fetches before anybody asked: `Sec-Purpose`, and the names that it had before."""
    return not _AHEAD.isdisjoint(headers)


async def _short(request: Request) -> bytes:
    """The body; of one that is too long, too much."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST:
            break
    return body


def _referrer(headers: Mapping[str, str]) -> str | None:
    """Path and query of the page that was left, as `Address.target` has them."""
    try:
        parts = urlsplit(headers.get("referer", ""))
    except ValueError:
        return None
    return read_address(parts.path, parts.query).target if parts.path else None
