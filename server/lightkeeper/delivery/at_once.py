"""The shortest way to a Light page that is in memory and fresh: nothing waits, nothing is built twice.

It answers what the longer way would answer, byte for byte but for the order of headers; whatever is the least unusual
about a request goes that way, and so does everything that fails here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from starlette.types import Scope, Send

from ..sensing import Decision
from .faults import report
from .judging import Judging
from .library import Library
from .light_answers import LightAnswers
from .metrics import Metrics
from .navigation import Address, cookies, has_session, is_navigation
from .negotiated import Headers, decided, encoded
from .ready import Ready, choose_cached, date
from .receipts import Visit

_MOST = 1_024
_SLOWER = frozenset((b"if-none-match", b"content-length", b"transfer-encoding"))
Lines = list[tuple[bytes, bytes]]


class _Kept(NamedTuple):
    """A page's head, less what differs from answer to answer, in one coding."""

    ready: Ready
    head: Lines
    body: bytes


class AtOnce:
    """`answer` sends such a page, and says whether it did."""

    def __init__(
        self,
        *,
        library: Library,
        answers: LightAnswers,
        judging: Judging,
        metrics: Metrics,
        sessions: tuple[str, ...],
        edition_header: str,
    ) -> None:
        self._library, self._answers, self._judging = library, answers, judging
        self._metrics, self._sessions, self._edition_header = metrics, sessions, edition_header
        self._prefix = library.site.prefix.encode()
        self._skip = len(library.site.prefix)
        self._kept: dict[tuple[str, str, bool], _Kept] = {}

    async def answer(self, scope: Scope, send: Send) -> bool:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
            return False
        try:
            found = self._found(scope)
        except Exception as error:
            report("a page takes the longer way, because the short one failed", error)
            return False
        if found is None:
            return False
        await send({"type": "http.response.start", "status": 200, "headers": found[0]})
        await send({"type": "http.response.body", "body": found[1]})
        return True

    def _found(self, scope: Scope) -> tuple[Lines, bytes] | None:
        raw: bytes = scope["raw_path"]
        explicit = raw.startswith(self._prefix) and raw[self._skip : self._skip + 1] == b"/"
        path = raw.decode("latin-1")[self._skip if explicit else 0 :]
        if explicit and path.startswith("/-/"):  # pages of ours
            return None
        ready = self._library.at_once(path)
        if ready is None:
            return None
        headers = dict(scope["headers"])
        if len(headers) != len(scope["headers"]) or not _SLOWER.isdisjoint(headers):
            return None
        return self._explicit(path, ready, headers) if explicit else self._negotiated(path, ready, headers, scope)

    def _explicit(self, path: str, ready: Ready, headers: Mapping[bytes, bytes]) -> tuple[Lines, bytes]:
        kept = self._page(path, ready, headers.get(b"accept-encoding", b""), explicit=True)
        self._metrics.answered("light", 200)
        if b"sec-purpose" not in headers:
            self._library.tally.add(path, "light")
        return [date(), *kept.head], kept.body

    def _negotiated(
        self, path: str, ready: Ready, raw: Mapping[bytes, bytes], scope: Scope
    ) -> tuple[Lines, bytes] | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw.items()}
        jar = cookies(headers.get("cookie", ""))
        if not is_navigation("GET", headers) or has_session(jar, self._sessions):
            return None
        decision, visit = self._judging.asked(headers, jar), None
        if decision is None:
            decision, visit = self._judging.navigation(scope, headers, jar, Address(path))
        if decision.edition != "light" or decision.reason == "first":
            return None
        kept = self._page(path, ready, raw.get(b"accept-encoding", b""), explicit=False)
        self._metrics.decided(decision)
        self._metrics.answered("site", 200)
        if "sec-purpose" not in headers:
            self._library.tally.add(path, "light")
        self._judging.links.begin(scope)
        return [date(), *kept.head, *encoded(self._more(decision, visit))], kept.body

    def _more(self, decision: Decision, visit: Visit | None) -> Headers:
        """What is said to this reader only. Nobody's choice is put to the test: then there is no visit."""
        lines = decided(self._edition_header, decision)
        return [*lines, *visit.light()] if visit else lines

    def _page(self, path: str, ready: Ready, accepted: bytes, *, explicit: bool) -> _Kept:
        coding = choose_cached(accepted)
        key = path, coding, explicit
        kept = self._kept.get(key)
        if kept is None or kept.ready is not ready:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            head = self._answers.explicit_head(ready) if explicit else self._answers.negotiated_head(ready, path)
            kept = self._kept[key] = _Kept(ready, *ready.sent(encoded(head), coding))
        return kept
