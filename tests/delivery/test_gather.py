"""Pages go out whole where they can, and stream where they cannot."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from lightkeeper.delivery.gather import Gather

PAGE: Message = {"type": "http.response.start", "status": 200, "headers": [(b"Content-Type", b"text/html")]}
FILE: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"video/mp4")]}


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


async def run(outside: Outside, *steps: Message | int | Exception) -> None:
    """An application that sends messages; at a number it waits until so many are outside."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for step in steps:
            if isinstance(step, int):
                await outside.arrived(step)
            elif isinstance(step, Exception):
                raise step
            else:
                await send(step)

    async def receive() -> Message:
        return {"type": "http.request"}

    await Gather(app)({"type": "http"}, receive, outside.send)


async def test_a_page_goes_out_when_it_is_whole() -> None:
    """Until its last piece there is nothing of it outside; then everything, in order."""
    outside = Outside()
    seen: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in (PAGE, piece(b"a"), piece(b"b"), piece(b"", more=False)):
            await send(message)
            seen.append(len(outside.sent))

    async def receive() -> Message:
        return {"type": "http.request"}

    await Gather(app)({"type": "http"}, receive, outside.send)
    assert seen == [0, 0, 0, 4]
    assert outside.sent == [PAGE, piece(b"a"), piece(b"b"), piece(b"", more=False)]


async def test_a_page_that_takes_its_time_streams() -> None:
    """After a moment what is there goes out, and the rest as it comes."""
    outside = Outside()
    await run(outside, PAGE, piece(b"a"), 2, piece(b"b"), 3, piece(b"", more=False))
    assert [message.get("body") for message in outside.sent] == [None, b"a", b"b", b""]


async def test_a_large_page_streams() -> None:
    """It is not kept in memory."""
    outside = Outside()
    large = piece(b"x" * 300_000)
    await run(outside, PAGE, large, piece(b"end", more=False))
    assert outside.sent == [PAGE, large, piece(b"end", more=False)]


async def test_other_files_pass_at_once() -> None:
    """A head is outside before the first piece is made."""
    outside = Outside()
    await run(outside, FILE, 1, piece(b"a"), 2, piece(b"", more=False))
    assert len(outside.sent) == 3


async def test_a_page_that_breaks_off_goes_out_as_far_as_it_came() -> None:
    """And the error goes on to the server, which breaks the connection."""
    outside = Outside()
    with pytest.raises(OSError, match="cut"):
        await run(outside, PAGE, piece(b"a"), OSError("cut"))
    assert outside.sent == [PAGE, piece(b"a")]
