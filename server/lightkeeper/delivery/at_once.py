"""A Light page that is in memory and fresh, without a task, a route or a wait: negotiated, and at its own address.

It reads, decides, counts and answers with the very parts that the other routes use, only without their waiting; the
least unusual request, and everything that fails here, goes to them.
"""

from __future__ import annotations

from functools import lru_cache

from starlette.types import Scope, Send

from .compression import choose
from .faults import report
from .judging import Judging
from .library import Library
from .light_answers import LightAnswers
from .metrics import Metrics
from .navigation import Address, cookies, has_session, is_navigation, told
from .ready import NO_MORE, Head, More, Ready, on_wire, send_head

_SLOWER = frozenset(("if-none-match", "content-length", "transfer-encoding"))
# What everybody gets; what this reader is told besides, of the decision and of the receipt.
Answer = tuple[Head, More, More]
_address = lru_cache(maxsize=512)(Address)  # of pages in memory


class AtOnce:
    """`on_wire` is such an answer as it stands on the wire, `send` hands it to an ASGI server; or there is none."""

    def __init__(
        self,
        *,
        library: Library,
        answers: LightAnswers,
        judging: Judging,
        metrics: Metrics,
        sessions: tuple[str, ...],
    ) -> None:
        self._library, self._answers, self._judging = library, answers, judging
        self._metrics, self._sessions = metrics, sessions
        self._prefix = library.site.prefix.encode()
        self._skip = len(library.site.prefix)

    def on_wire(self, scope: Scope) -> bytes | None:
        answer = self._answer(scope)
        return None if answer is None else on_wire(*answer)

    async def send(self, scope: Scope, send: Send) -> bool:
        """Whether there was such an answer."""
        answer = self._answer(scope) if scope["type"] == "http" else None
        if answer is None:
            return False
        head, decided, told = answer
        await send_head(send, head, (*decided.headers, *told.headers))
        return True

    def _answer(self, scope: Scope) -> Answer | None:
        if scope["method"] != "GET" or scope["query_string"]:
            return None
        try:
            return self._found(scope)
        except Exception as error:
            report("a page takes the longer way, because the short one failed", error)
            return None

    def _found(self, scope: Scope) -> Answer | None:
        raw: bytes = scope["raw_path"]
        explicit = raw.startswith(self._prefix) and raw[self._skip : self._skip + 1] == b"/"
        path = raw.decode("latin-1")[self._skip if explicit else 0 :]
        if explicit and path.startswith("/-/"):  # pages of ours
            return None
        ready = self._library.at_once(path)
        if ready is None:
            return None
        headers = told(scope["headers"])
        if headers is None or not _SLOWER.isdisjoint(headers):
            return None
        coding = choose(headers.get("accept-encoding", ""))
        if not explicit:
            return self._negotiated(scope, path, ready, coding, headers)
        if "cookie" in headers:
            self._judging.leave(cookies(headers["cookie"]), headers)
        self._count(path, "light", headers)
        return self._answers.explicit_head(ready, coding), NO_MORE, NO_MORE

    def _negotiated(self, scope: Scope, path: str, ready: Ready, coding: str, headers: dict[str, str]) -> Answer | None:
        jar = cookies(headers.get("cookie", ""))
        if not is_navigation("GET", headers) or has_session(jar, self._sessions):
            return None
        decision, visit = self._judging.navigation(scope, headers, jar, _address(path))
        if decision.edition != "light" or decision.reason == "first":
            return None
        self._metrics.decided(decision)
        self._judging.links.begin(scope)
        self._count(path, "site", headers)
        head = self._answers.negotiated_head(ready, path, coding)
        return head, self._answers.decided(decision), visit.light if visit else NO_MORE

    def _count(self, path: str, kind: str, headers: dict[str, str]) -> None:
        self._metrics.answered(kind, 200)
        if "sec-purpose" not in headers:
            self._library.tally.add(path, "light")
