"""A full page's pieces: what is there already goes out together, what is not there is never waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from lightkeeper.delivery.full_page import _joined


async def test_a_piece_knows_whether_more_is_there_already() -> None:
    """Two that follow at once; then one that comes only when the piece before it has left; then the end."""
    left = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"two"
        await left.wait()
        yield b"three"

    seen = []
    async for piece, follows in _joined(b"one", pieces()):
        seen.append((piece, follows))
        if piece == b"two":
            left.set()
    assert seen == [(b"one", True), (b"two", False), (b"three", True)]


async def test_what_came_before_a_break_is_sent_as_it_is() -> None:
    """A break follows, which is nothing to be sent together with: the piece goes out, then the error."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"two"
        raise OSError("broken off")

    seen: list[tuple[bytes, bool]] = []

    async def send() -> None:
        async for each in _joined(b"one", pieces()):
            seen.append(each)

    with pytest.raises(OSError, match="broken off"):
        await send()
    assert seen == [(b"one", True), (b"two", False)]
