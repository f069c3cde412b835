"""Finds the tags in HTML bytes as a browser's tokenizer would, incrementally and in bounded memory.

It knows no characters beyond ASCII, so it reads every encoding in which ASCII bytes mean ASCII. It must not know
what anybody wants with the tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import ClassVar, NamedTuple

LIMIT = 65_536  # a tag longer than this is reported without its attributes
_WS = rb"[ \t\n\f\r]"
_VALUE = rb"""(?:"([^"]*+)"|'([^']*+)'|(?!["'])([^ \t\n\f\r>]*+))"""
_ATTRIBUTE = rb"""[ \t\n\f\r/]*+([^ \t\n\f\r/>][^ \t\n\f\r/>=]*+)(?:%b*+=%b*+%b|(?!%b*+=))""" % (_WS, _WS, _VALUE, _WS)
ATTRIBUTE = re.compile(_ATTRIBUTE)
# <, a slash or none, the name, all attributes. Possessive throughout: it never goes back, so it is linear.
_TAG = re.compile(
    rb"<(/?)([a-zA-Z][^ \t\n\f\r/>]*+)((?:%b)*+)[ \t\n\f\r/]*+>" % re.sub(rb"(?<!\\)\((?!\?)", b"(?:", _ATTRIBUTE)
)
_NAME = re.compile(rb"</?([a-zA-Z][^ \t\n\f\r/>]*+)")
_COMMENT_END = re.compile(rb"--!?>")
_SCRIPT = re.compile(rb"<!--|-->|<(/?)(?i:script)(?=[ \t\n\f\r/>])")
_SOLID = re.compile(rb"[^ \t\n\f\r]")
_RAW = {
    name: re.compile(rb"</(?i:%b)(?=[ \t\n\f\r/>])" % name)
    for name in (b"style", b"title", b"textarea", b"xmp", b"iframe", b"noembed", b"noframes")
}
# Within these, <svg> and <math> hold HTML again.
_INTEGRATION = frozenset((b"foreignobject", b"desc", b"mi", b"mo", b"mn", b"ms", b"mtext", b"annotation-xml"))
_COUNTED = frozenset((b"template", b"select", b"noscript", b"svg", b"math")) | _INTEGRATION
BOM = b"\xef\xbb\xbf"


class Kind(Enum):
    TEXT = auto()  # the first of it that is not white, as long as `Scanner.texts` is on
    OPEN = auto()
    CLOSE = auto()
    HUGE = auto()  # a tag over LIMIT begins; its name is all that is told
    HUGE_END = auto()  # and ends


class Token(NamedTuple):
    """`start` and `end` count in `Scanner.buffer`; `match` has the groups slash, name, attributes."""

    kind: Kind
    name: bytes  # lower case
    start: int
    end: int
    match: re.Match[bytes] | None = None


class State(Enum):
    """Where the stream stands between two tokens."""

    DATA = auto()
    COMMENT = auto()
    BOGUS = auto()  # <!doctype …>, <?xml …>, </ …>: up to the next >
    CDATA = auto()
    RAW = auto()  # text up to </name>
    SCRIPT = auto()
    PLAIN = auto()  # <plaintext>: for ever
    HUGE = auto()


class Scanner:
    """`feed` yields the tokens that are complete; what is not yet stays in `buffer[position:]` for the next call.

    `counts` says how many <template>, <select>, <noscript>, <svg>, <math> and the like are open.
    """

    def __init__(self) -> None:
        self.buffer = b""
        self.position = 0
        self.state = State.DATA
        self.raw = b""  # the element whose text RAW reads
        self.texts = True
        self.counts = dict.fromkeys(_COUNTED, 0)
        self._escape = 0  # inside a script: 1 after <!--, 2 after <script in it
        self._huge = _Huge(b"")
        self._started = False

    def feed(self, data: bytes) -> Iterator[Token]:
        self.buffer = self.buffer[self.position :] + data
        self.position = 0
        if not self._started and not self._start():
            return
        while True:
            if self.state is State.DATA:
                yield from self._data()
                if self.state is State.DATA:
                    return
            elif self.state is State.HUGE:
                if not self._skip(self._huge.end(self.buffer, self.position)):
                    return
                yield Token(Kind.HUGE_END, self._huge.name, self.position, self.position)
                self.state = State.DATA
                self._opened(self._huge.name, self._huge.closing, self._huge.empty)
            elif not self._skip(self._passive()):
                return

    def _start(self) -> bool:
        """Step over a byte order mark; False while that is undecided."""
        if self.buffer.startswith(BOM):
            self.position = len(BOM)
        elif BOM.startswith(self.buffer):
            return False
        self._started = True
        return True

    def _skip(self, end: int) -> bool:
        """Go to `end`; if it is negative, to so many bytes before the end of the buffer, less one, and say no."""
        if end >= 0:
            self.position = end
            return True
        self.position = max(self.position, len(self.buffer) + end + 1)
        return False

    def _data(self) -> Iterator[Token]:
        buffer = self.buffer
        while self.state is State.DATA:
            at = buffer.find(b"<", self.position)
            if self.texts and (solid := _SOLID.search(buffer, self.position, at if at >= 0 else len(buffer))):
                yield Token(Kind.TEXT, b"", solid.start(), solid.start())
            if at < 0:
                self.position = len(buffer)
                return
            self.position = at
            if tag := _TAG.match(buffer, at):
                name = tag[2].lower()
                self.position = end = tag.end()
                if end - at > LIMIT:
                    yield Token(Kind.HUGE, name, at, at)
                    yield Token(Kind.HUGE_END, name, end, end)
                else:
                    yield Token(Kind.CLOSE if tag[1] else Kind.OPEN, name, at, end, tag)
                self._opened(name, bool(tag[1]), tag[0].endswith(b"/>") and not tag[3].endswith(b"/"))
            elif _NAME.match(buffer, at):
                if len(buffer) - at <= LIMIT:
                    return
                self._huge = _Huge(buffer[at:])
                self.state = State.HUGE
                yield Token(Kind.HUGE, self._huge.name, at, at)
            elif not self._markup(at):
                return
            elif self.state is State.DATA and self.texts and buffer[at : self.position] == b"<":
                yield Token(Kind.TEXT, b"", at, at)

    def _markup(self, at: int) -> bool:
        """Something that begins with < and is no tag. False while that is undecided."""
        head = self.buffer[at : at + 9]
        if head[:4] == b"<!--":
            if len(head) < 6 and head[4:] in (b"", b"-"):
                return False
            abrupt = 5 if head[4:5] == b">" else 6 if head[4:6] == b"->" else 0
            self.position = at + (abrupt or 4)
            self.state = State.DATA if abrupt else State.COMMENT
        elif head in (b"<", b"<!", b"<!-", b"</"):
            return False
        elif self._foreign() and b"<![CDATA[".startswith(head):
            if len(head) < 9:
                return False
            self.position, self.state = at + 9, State.CDATA
        elif head[1:2] in (b"!", b"?", b"/"):
            self.position, self.state = at + 2, State.BOGUS
        else:
            self.position = at + 1
        return True

    def _foreign(self) -> bool:
        counts = self.counts
        return bool(counts[b"svg"] or counts[b"math"]) and not any(counts[name] for name in _INTEGRATION)

    def _opened(self, name: bytes, closing: bool, empty: bool) -> None:
        """What a tag means for the bytes behind it."""
        if name in _COUNTED:
            if closing:
                self.counts[name] = max(0, self.counts[name] - 1)
            elif not (empty and (name in (b"svg", b"math") or self._foreign())):
                self.counts[name] += 1
        elif closing or (empty and self._foreign()):
            return
        elif name == b"script":
            self.state, self._escape = State.SCRIPT, 0
        elif name in _RAW:
            self.state, self.raw = State.RAW, name
        elif name == b"plaintext":
            self.state = State.PLAIN

    def _passive(self) -> int:
        """The end of what is neither text nor tag; leaves the state that ends there. See `_skip` for the answer."""
        buffer, position = self.buffer, self.position
        if self.state is State.COMMENT:
            if match := _COMMENT_END.search(buffer, position):
                self.state = State.DATA
                return match.end()
            return -4
        if self.state is State.RAW:
            if match := _RAW[self.raw].search(buffer, position):
                self.state = State.DATA
                return match.start()
            return -3 - len(self.raw)
        if self.state is State.SCRIPT:
            return self._in_script()
        if self.state is State.PLAIN:
            return -1
        end = b"]]>" if self.state is State.CDATA else b">"
        at = buffer.find(end, position)
        if at < 0:
            return -len(end)
        self.state = State.DATA
        return at + len(end)

    def _in_script(self) -> int:
        """A script ends at </script>, but not within <!-- <script> … </script> -->."""
        position = self.position
        while match := _SCRIPT.search(self.buffer, position):
            position = match.end()
            if match[0] == b"<!--":
                self._escape = self._escape or 1
                position -= 2  # these dashes may be those of -->
            elif match[0] == b"-->":
                self._escape = 0
            elif match[1] and self._escape < 2:
                self.state = State.DATA
                return match.start()
            elif self._escape:
                self._escape = 1 if match[1] else 2
            self.position = position
        return -9


class _Huge:
    """Finds the end of a tag that is too long to hold, in any number of pieces."""

    # what a state reads over, and where the byte behind that leads
    _OVER: ClassVar = {
        "name": re.compile(rb"[^ \t\n\f\r/>]*+"),
        "before": re.compile(rb"[ \t\n\f\r/]*+"),
        "attribute": re.compile(rb"[^ \t\n\f\r/>=]*+"),
        "after": re.compile(rb"[ \t\n\f\r]*+"),
        "value": re.compile(rb"[ \t\n\f\r]*+"),
        "bare": re.compile(rb"[^ \t\n\f\r>]*+"),
        '"': re.compile(rb'[^"]*+'),
        "'": re.compile(rb"[^']*+"),
    }

    def __init__(self, start: bytes) -> None:
        match = _NAME.match(start)
        self.name = match[1].lower() if match else b""
        self.closing = start[1:2] == b"/"
        self.empty = False
        self._state = "open"

    def end(self, buffer: bytes, position: int) -> int:
        """Where the tag ends in `buffer`, or -1: not in it."""
        if self._state == "open":
            position += 2 if self.closing else 1
            self._state = "name"
        while position < len(buffer):
            match = self._OVER[self._state].match(buffer, position)
            assert match is not None  # every pattern matches nothing
            if match[0]:
                self.empty = self._state == "before" and match[0].endswith(b"/")
            position = match.end()
            if position == len(buffer):
                break
            byte = buffer[position : position + 1]
            if byte == b">" and self._state not in ('"', "'"):
                return position + 1
            position += self._next(byte)
        return -1

    def _next(self, byte: bytes) -> int:
        """Change the state at `byte`; the number of bytes that this uses up."""
        state, quote = self._state, byte.decode("latin-1")
        if state == quote or (state in ("after", "attribute") and byte == b"="):
            self._state = "before" if state == quote else "value"
            return 1
        if state == "before":
            self._state, self.empty = "attribute", False  # whatever its first byte, even =
            return 1
        if state == "value":
            self._state = quote if quote in "\"'" else "bare"
            return 1
        self._state = "after" if state == "attribute" and byte != b"/" else "before"
        return 0
