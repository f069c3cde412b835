"""Each fault does on a real socket what its name says, and only where it is asked for."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest
from lxml import html

from lightkeeper.demo import faults
from lightkeeper.demo.serve import RunningOrigin

STORY = "/environment/harbour-wall-vote"
HANGING = {
    "hang-css": "//link[@rel='stylesheet']/@href",
    "hang-head-script": "//head/script/@src",
    "hang-body-script": "//body//script/@src",
}


async def _exchange(origin: RunningOrigin, path: str, host: str = "", wait: float = 20) -> tuple[bytes, bytes, bool]:
    """Head, raw body, and whether the server closed the connection within `wait` seconds of its last byte."""
    reader, writer = await asyncio.open_connection(origin.host, origin.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host or urlsplit(origin.url).netloc}\r\n\r\n".encode())
    received, closed = b"", False
    try:
        while chunk := await asyncio.wait_for(reader.read(65536), wait):
            received += chunk
        closed = True
    except TimeoutError:
        pass
    writer.close()
    head, _, body = received.partition(b"\r\n\r\n")
    return head.lower(), body, closed


async def _source(client: httpx.AsyncClient, fault: str) -> str:
    return (await client.get(f"{STORY}?fault={fault}")).text


async def test_a_page_that_asks_for_no_fault_has_none(client: httpx.AsyncClient) -> None:
    """Nor does an unknown fault, nor another reader's page while one is broken."""
    whole = (await client.get(STORY)).text
    assert "/_demo/" not in whole
    assert await _source(client, "no-such-fault") == whole
    await _source(client, "hang-css")
    assert (await client.get(STORY)).text == whole


@pytest.mark.parametrize("fault", sorted(HANGING))
async def test_a_hanging_asset_is_never_answered(client: httpx.AsyncClient, origin: RunningOrigin, fault: str) -> None:
    """The page names one asset that keeps its connection open and sends nothing."""
    tree = html.fromstring(await _source(client, fault))
    (address,) = [address for address in tree.xpath(HANGING[fault]) if "/_demo/hang/" in address]
    assert await _exchange(origin, address, wait=0.4) == (b"", b"", False)


async def test_a_hanging_body_script_stands_before_the_text(client: httpx.AsyncClient) -> None:
    """So that the text waits for it."""
    page = await _source(client, "hang-body-script")
    assert page.index("/_demo/hang/") < page.index('<div class="story-body">')


@pytest.mark.parametrize(("fault", "address"), [("hang-import", "theme.css"), ("hang-font", "fonts/display.woff")])
async def test_a_hanging_import_or_font(
    client: httpx.AsyncClient, origin: RunningOrigin, fault: str, address: str
) -> None:
    """The style in the head names an address that hangs."""
    style = html.fromstring(await _source(client, fault)).xpath("string(//head/style)")
    assert f"url(/_demo/hang/{address})" in style
    assert await _exchange(origin, f"/_demo/hang/{address}", wait=0.4) == (b"", b"", False)


@pytest.mark.parametrize(("fault", "name"), [("fail-css", "site.css"), ("fail-script", "support.js")])
async def test_a_failing_asset_is_answered_503(client: httpx.AsyncClient, fault: str, name: str) -> None:
    """The page names it, the origin refuses it."""
    assert f'"/_demo/fail/{name}"' in await _source(client, fault)
    assert (await client.get(f"/_demo/fail/{name}")).status_code == 503


async def test_the_second_host_fails_alone(client: httpx.AsyncClient, origin: RunningOrigin) -> None:
    """Everything from there is refused, nothing from here."""
    page = await _source(client, "third-party-fail")
    tree = html.fromstring(page)
    ours: list[str] = []
    theirs: list[str] = []
    for address in tree.xpath("//script/@src | //iframe/@src | //img/@src | //link[@rel='stylesheet']/@href"):
        (theirs if address.startswith("http") else ours).append(address)
    assert len(theirs) >= 5
    assert all(address.startswith(f"{origin.widget_url}/_demo/fail/") for address in theirs)
    assert not any("/_demo/" in address for address in ours)
    path, host = urlsplit(theirs[0]).path, urlsplit(origin.widget_url).netloc
    assert (await client.get(path, headers={"Host": host})).status_code == 503


async def test_a_broken_script_throws(client: httpx.AsyncClient) -> None:
    """It arrives, and its first act is an error."""
    assert '<script src="/_demo/broken/support.js"></script>' in await _source(client, "broken-script")
    answer = await client.get("/_demo/broken/support.js")
    assert (answer.status_code, answer.content) == (200, faults.BROKEN_SCRIPT)


async def test_slow_pictures_arrive_after_eight_seconds(client: httpx.AsyncClient, origin: RunningOrigin) -> None:
    """Every picture of the paper's own is slow; one is the same picture in the end."""
    tree = html.fromstring(await _source(client, "slow-pictures"))
    pictures = [address for address in tree.xpath("//img/@src") if "/pictures/" in address]
    assert len(pictures) >= 20
    assert all(address.startswith("/_demo/slow/pictures/") for address in pictures)
    began = asyncio.get_running_loop().time()
    slow = await client.get(pictures[0])
    assert asyncio.get_running_loop().time() - began >= faults.SLOW
    assert slow.content == (await client.get(pictures[0].removeprefix("/_demo/slow"))).content


async def test_truncated_in_chunks(client: httpx.AsyncClient, origin: RunningOrigin) -> None:
    """The connection closes before the last chunk."""
    head, body, closed = await _exchange(origin, f"{STORY}?fault=truncate")
    assert b"transfer-encoding: chunked" in head
    assert closed
    assert not body.endswith(b"0\r\n\r\n")
    assert b"</html>" not in body
    assert len(body) > 40_000
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get(f"{STORY}?fault=truncate")


async def test_truncated_short_of_its_length(client: httpx.AsyncClient, origin: RunningOrigin) -> None:
    """Content-Length promises twice what comes."""
    head, body, closed = await _exchange(origin, f"{STORY}?fault=truncate-length")
    promised = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
    assert closed
    assert promised // 2 == len(body)


async def test_truncated_as_if_whole(client: httpx.AsyncClient) -> None:
    """The stream ends as it should; only the HTML does not."""
    page = await _source(client, "truncate-clean")
    assert page.startswith("<!DOCTYPE html>")
    assert "</html>" not in page


async def test_stalled(origin: RunningOrigin) -> None:
    """Half of the page, and then nothing, with the connection open."""
    _, body, closed = await _exchange(origin, f"{STORY}?fault=stall", wait=0.5)
    assert not closed
    assert len(body) > 40_000
    assert b"</html>" not in body


async def test_every_fault_is_listed_to_try(client: httpx.AsyncClient) -> None:
    """A page of links, one for each."""
    links = html.fromstring((await client.get("/_demo/")).content).xpath("//a/@href")
    assert [link.partition("?fault=")[2] for link in links] == list(faults.FAULTS)
