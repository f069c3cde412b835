"""The origin's process: it starts, stops, and never outlives its parent."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

from lightkeeper.demo.serve import start_origin

_PARENT = """
import asyncio
from lightkeeper.demo.serve import start_origin
async def main():
    origin = await start_origin()
    print(origin.port, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def _is_gone(port: int) -> bool:
    """Whether connections are refused, asked again for up to five seconds."""
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return True
        writer.close()
        await asyncio.sleep(0.05)
    return False


async def test_it_starts_and_stops() -> None:
    """On a free port; stopping twice is no error, and hanging answers do not hold it up."""
    origin = await start_origin(widget_url="http://w.example")
    async with httpx.AsyncClient(base_url=origin.url, trust_env=False) as client:
        assert (await client.get("/robots.txt")).status_code == 200
        assert 'src="http://w.example/promo/1' in (await client.get("/")).text
        hanging = asyncio.create_task(client.get("/_demo/hang/x"))
        await origin.stop()
        with pytest.raises(httpx.TransportError):
            await hanging
    await origin.stop()
    assert await _is_gone(origin.port)


async def test_it_dies_with_its_parent() -> None:
    """Even when the parent is killed and can do nothing."""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", _PARENT, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout
    port = int(await parent.stdout.readline())
    assert not await _is_refused(port)
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    assert await _is_gone(port)


async def _is_refused(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False


async def test_a_port_that_is_taken_says_so() -> None:
    """As any server does."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await start_origin(port=taken.getsockname()[1])


async def test_files_that_are_no_publication_say_so(tmp_path: Path) -> None:
    """The child's own message is on standard error; the parent raises."""
    with pytest.raises(OSError, match="did not start"):
        await start_origin(files=tmp_path)
