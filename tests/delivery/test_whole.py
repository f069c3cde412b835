"""Answers go out whole where they can, and stream where they cannot."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from lightkeeper.delivery.whole import Whole

NEVER = 60.0


def head(kind: bytes, status: int = 200, **named: bytes) -> Message:
    more = [(name.replace("_", "-").encode(), value) for name, value in named.items()]
    return {"type": "http.response.start", "status": status, "headers": [(b"Content-Type", kind), *more]}


PAGE = head(b"text/html")
FILE = head(b"video/mp4")


def piece(body: bytes, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


class Outside:
    """The server's side of an application: what was sent so far, looked at by the application itself."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self._changed = asyncio.Condition()

    async def send(self, message: Message) -> None:
        async with self._changed:
            self.sent.append(message)
            self._changed.notify_all()

    async def arrived(self, count: int) -> None:
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: len(self.sent) >= count)


async def run(outside: Outside, *steps: Message | int | Exception, patience: float = NEVER) -> list[int]:
    """An application that sends messages; at a number it waits until so many are outside. How many were, after each."""
    seen: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for step in steps:
            if isinstance(step, int):
                await outside.arrived(step)
            elif isinstance(step, Exception):
                raise step
            else:
                await send(step)
                seen.append(len(outside.sent))

    async def receive() -> Message:
        return {"type": "http.request"}

    await Whole(app, patience=patience)({"type": "http"}, receive, outside.send)
    return seen


@pytest.mark.parametrize(
    "start",
    [PAGE, head(b"text/plain", 302), head(b"application/json", content_length=b"2"), head(b"text/plain", 503)],
    ids=["page", "redirect", "small file", "error"],
)
async def test_what_ends_soon_goes_out_when_it_is_whole(start: Message) -> None:
    """Until its last piece there is nothing of it outside; then its head and its whole body, one after the other."""
    outside = Outside()
    assert await run(outside, start, piece(b"a"), piece(b"b"), piece(b"", more=False)) == [0, 0, 0, 2]
    assert outside.sent == [start, piece(b"ab", more=False)]


async def test_a_page_that_takes_its_time_streams() -> None:
    """After a moment what is there goes out, and the rest as it comes."""
    outside = Outside()
    await run(outside, PAGE, piece(b"a"), 2, piece(b"b"), 3, piece(b"", more=False), patience=0.01)
    assert [message.get("body") for message in outside.sent] == [None, b"a", b"b", b""]


async def test_a_large_page_streams() -> None:
    """It is not kept in memory."""
    outside = Outside()
    large = piece(b"x" * 300_000)
    assert await run(outside, PAGE, large, piece(b"end", more=False)) == [0, 2, 3]
    assert outside.sent == [PAGE, large, piece(b"end", more=False)]


@pytest.mark.parametrize(
    "start",
    [FILE, head(b"text/event-stream"), head(b"video/mp4", content_length=b"300000"), head(b"x/y", content_length=b"?")],
    ids=["file", "events", "large file", "no length"],
)
async def test_what_has_no_end_in_sight_passes_at_once(start: Message) -> None:
    """A head is outside before the first piece is made."""
    outside = Outside()
    assert await run(outside, start, piece(b"a"), piece(b"", more=False)) == [1, 2, 3]


async def test_a_page_that_breaks_off_goes_out_as_far_as_it_came() -> None:
    """And the error goes on to the server, which breaks the connection."""
    outside = Outside()
    with pytest.raises(OSError, match="cut"):
        await run(outside, PAGE, piece(b"a"), OSError("cut"))
    assert outside.sent == [PAGE, piece(b"a")]


async def test_an_answer_without_a_body_goes_out() -> None:
    """Also a head alone is let go."""
    outside = Outside()
    await run(outside, head(b"text/html", 304), piece(b"", more=False))
    assert outside.sent == [head(b"text/html", 304), piece(b"", more=False)]
