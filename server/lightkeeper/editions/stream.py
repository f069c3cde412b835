"""Rewrites HTML as it passes: our bytes at the page's head, in its body and at its end, the origin's addresses mapped.

It knows bytes and where they may go; what they mean is the caller's. Whatever it does not change passes as it was.
"""

from __future__ import annotations

from .attributes import Change, amended, mapped
from .tokens import Kind, Scanner, State, Token

_CLOSERS = {State.COMMENT: b"-->", State.BOGUS: b">", State.CDATA: b"]]>"}
_PROLOGUE = (b"html", b"head")


class Rewriter:
    """`feed` every byte, then `finish` once, if the page came whole; a page that was cut must not be finished.

    `head` goes behind doctype, comments, <html> and <head>, or directly before the first other token; `body` behind a
    <body> tag, where there is one; `tail` at the end of the stream, where a browser sees it: behind an open comment or
    style, which is closed first, and nowhere if the stream ends within a script or a tag. `map_url` is called with each
    absolute address in a URL attribute, `amend` with the policy of each <meta http-equiv=Content-Security-Policy>.
    """

    def __init__(
        self,
        *,
        head: bytes = b"",
        body: bytes = b"",
        tail: bytes = b"",
        map_url: Change | None = None,
        amend: Change | None = None,
    ) -> None:
        self._scanner = Scanner()
        self._head, self._body, self._tail = head, body, tail
        self._map, self._amend = map_url, amend
        self._frames = False
        self.ended = False  # whether the tail went out
        self._idle = not (head or body or tail or map_url or amend)

    def feed(self, data: bytes) -> bytes:
        if self._idle:
            return data
        scanner, done = self._scanner, 0
        out: list[bytes] = []
        for token in scanner.feed(data):
            scanner.texts = bool(self._head)
            before, changed, after = self._token(token)
            if before or changed is not None or after:
                out += (scanner.buffer[done : token.start], before)
                out.append(scanner.buffer[token.start : token.end] if changed is None else changed)
                out.append(after)
                done = token.end
            scanner.texts = bool(self._head)
        out.append(scanner.buffer[done : scanner.position])
        return b"".join(out)

    @property
    def held(self) -> bytes:
        """What was fed and has not come out yet."""
        return self._scanner.buffer[self._scanner.position :]

    def release(self) -> bytes:
        """What was held back. From here on everything passes as it is; the tail goes where the stream ends."""
        rest = self.held
        self._scanner, self._idle = Scanner(), True
        return rest

    def finish(self) -> bytes:
        """What was held back, and the tail."""
        rest = self._scanner.buffer[self._scanner.position :]
        closing = self._closing(rest)
        if closing is None or self._frames or not (self._tail or self._head):
            return rest
        self.ended = True
        if rest == b"<":
            return self._take_head() + rest + closing + self._tail
        return rest + closing + self._take_head() + self._tail

    def _take_head(self) -> bytes:
        head, self._head = self._head, b""
        return head

    def _token(self, token: Token) -> tuple[bytes, bytes | None, bytes]:
        """What goes before a token, instead of it and behind it."""
        kind, name = token.kind, token.name
        if kind is Kind.OPEN:
            changed = self._changed(token)
            self._frames = self._frames or name == b"frameset"
            before = self._take_head() if self._head and name not in _PROLOGUE else b""
            return before, changed, self._behind(name)
        if kind is Kind.HUGE_END:
            return b"", None, self._behind(name)
        before = self._take_head() if self._head and not (kind is Kind.HUGE and name in _PROLOGUE) else b""
        return before, None, b""

    def _behind(self, name: bytes) -> bytes:
        if name == b"head" and self._head:
            return self._take_head()
        if name == b"body" and self._body and not any(self._scanner.counts.values()):
            body, self._body = self._body, b""
            return body
        return b""

    def _closing(self, rest: bytes) -> bytes | None:
        """What ends the element or comment in which the stream stops, or None: it stops where nothing can follow."""
        state = self._scanner.state
        if state is State.DATA:
            if rest.startswith(b"<!--"):
                closing = b"-->"
            elif rest.startswith(b"<!"):
                closing = b">"
            elif rest in (b"", b"<"):
                closing = b""
            else:
                return None
        elif state is State.RAW:
            closing = b"</%b>" % self._scanner.raw
        elif state in _CLOSERS:
            closing = _CLOSERS[state]
        else:
            return None
        counts = self._scanner.counts
        for name in (b"noscript", b"select", b"template"):
            closing += b"</%b>" % name * min(counts[name], 64)
        return closing

    def _changed(self, token: Token) -> bytes | None:
        if token.match is None:
            return None
        if self._amend and token.name == b"meta" and (changed := amended(token.match, self._amend)):
            return changed
        return mapped(token.match, token.name, self._map) if self._map else None
