"""The door out: what may be connected to, with a resolver of the test's own and, where bytes flow, real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from typing import Any

import httpcore
import pytest

from lightkeeper.errors import OriginUnreachable
from lightkeeper.settings import load
from lightkeeper.source.guard import Guard, resolve
from lightkeeper.source.origin import Origin

from ..servers import Line, Request, origin

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "169.254.169.254", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "100.100.100.200", "::1", "::", "fe80::1", "fc00::1",
    "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::",
    "64:ff9b:1::1", "2001:db8::1",
]  # fmt: skip
METADATA = ["169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200", "::ffff:169.254.169.254", "0.0.0.0", "::"]


class Stream(httpcore.AsyncNetworkStream):
    def __init__(self) -> None:
        self.closed = False

    async def aclose(self) -> None:
        self.closed = True


class Network(httpcore.AsyncNetworkBackend):
    """Writes down what was connected to; an address with a delay takes that long, one in `dead` is refused."""

    def __init__(self, delays: dict[str, float] | None = None, dead: Iterable[str] = ()) -> None:
        self.delays, self.dead = delays or {}, set(dead)
        self.tried: list[str] = []
        self.streams: dict[str, Stream] = {}

    async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> Stream:
        self.tried.append(host)
        await asyncio.sleep(self.delays.get(host, 0))
        if host in self.dead:
            raise httpcore.ConnectError(host)
        return self.streams.setdefault(host, Stream())


class Names:
    """A resolver; a name with several lists answers differently each time, as a rebinding attacker's does."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def guard(names: Names, network: Network, host: str = "www.paper.example") -> Guard:
    return Guard((host, 443), ("cdn.paper.example", "10.0.0.9", "8.8.8.8"), resolve=names, network=network)


async def test_only_the_origin_and_named_hosts_are_connected_to() -> None:
    """Another host, another port of the origin's, another port of a media host's: refused before anything is asked."""
    names, network = Names(["93.184.215.14"]), Network()
    door = guard(names, network)
    for host, port in (("evil.example", 443), ("www.paper.example", 22), ("cdn.paper.example", 6379), ("8.8.4.4", 443)):
        with pytest.raises(httpcore.ConnectError, match="neither"):
            await door.connect_tcp(host, port)
    assert (0, []) == (names.asked, network.tried)
    await door.connect_tcp("WWW.paper.example", 443)
    await door.connect_tcp("cdn.paper.example", 80)
    assert ["93.184.215.14"] * 2 == network.tried


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_media_host_never_leads_inside(address: str) -> None:
    """Private, loopback, link-local, metadata, reserved, and each of them dressed up as IPv6."""
    network = Network()
    with pytest.raises(httpcore.ConnectError, match="no address"):
        await guard(Names([address]), network).connect_tcp("cdn.paper.example", 443)
    assert [] == network.tried


async def test_a_media_host_given_as_an_address_is_checked_alike() -> None:
    """Writing the number does not help."""
    network = Network()
    with pytest.raises(httpcore.ConnectError):
        await guard(Names([]), network).connect_tcp("10.0.0.9", 443)
    await guard(Names([]), network).connect_tcp("8.8.8.8", 443)
    assert ["8.8.8.8"] == network.tried


@pytest.mark.parametrize("address", METADATA)
async def test_the_origins_name_never_leads_to_a_clouds_inside(address: str) -> None:
    """An operator's name may be private, but no name of a site is a metadata service."""
    network = Network()
    with pytest.raises(httpcore.ConnectError):
        await guard(Names([address]), network).connect_tcp("www.paper.example", 443)
    assert [] == network.tried


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "172.18.0.4", "fd12::1", "::1"])
async def test_the_origins_name_may_be_private(address: str) -> None:
    """That is how containers on one machine find each other."""
    network = Network()
    await guard(Names([address]), network).connect_tcp("www.paper.example", 443)
    assert [address] == network.tried


@pytest.mark.parametrize("address", ["169.254.10.20", "127.0.0.1", "fe80::5"])
async def test_an_address_that_the_operator_wrote_is_used(address: str) -> None:
    """And no name is resolved for it."""
    names, network = Names([]), Network()
    await guard(names, network, address).connect_tcp(address, 443)
    assert (0, [address]) == (names.asked, network.tried)


async def test_the_address_that_was_checked_is_connected_to() -> None:
    """A name that answers with a public address first and a private one later is resolved once per connection."""
    names, network = Names(["93.184.215.14"], ["127.0.0.1"]), Network()
    door = guard(names, network)
    await door.connect_tcp("cdn.paper.example", 443)
    with pytest.raises(httpcore.ConnectError):
        await door.connect_tcp("cdn.paper.example", 443)
    assert (2, ["93.184.215.14"]) == (names.asked, network.tried)


async def test_of_mixed_addresses_only_the_allowed_are_tried() -> None:
    """The private one among them is left out, also as a way out when the others fail."""
    network = Network(dead=["93.184.215.14", "93.184.215.15"])
    names = Names(["10.0.0.1", "93.184.215.14", "127.0.0.1", "93.184.215.15"])
    with pytest.raises(httpcore.ConnectError, match="215"):
        await guard(names, network).connect_tcp("cdn.paper.example", 443)
    assert ["93.184.215.14", "93.184.215.15"] == network.tried


async def test_a_dead_address_does_not_hold_up_the_next() -> None:
    """The second gets its go while the first is silent; the one that comes too late is closed or given up."""
    network = Network(delays={"93.184.215.14": 60})
    names = Names(["93.184.215.14", "93.184.215.15"])
    stream = await asyncio.wait_for(guard(names, network).connect_tcp("www.paper.example", 443), 10)
    assert stream is network.streams["93.184.215.15"]
    assert not network.streams["93.184.215.15"].closed


async def test_no_connection_in_time_is_a_timeout() -> None:
    """Resolving counts."""

    async def never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    door = Guard(("www.paper.example", 443), resolve=never, network=Network())
    with pytest.raises(httpcore.ConnectTimeout):
        await door.connect_tcp("www.paper.example", 443, timeout=0.05)
    door = guard(Names(["93.184.215.14"]), Network(delays={"93.184.215.14": 60}))
    with pytest.raises(httpcore.ConnectTimeout):
        await door.connect_tcp("www.paper.example", 443, timeout=0.05)


async def test_a_name_that_does_not_resolve_is_an_error_of_connecting() -> None:
    """Not one of the operating system's."""

    async def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(httpcore.ConnectError, match="not known"):
        await Guard(("www.paper.example", 443), resolve=unknown).connect_tcp("www.paper.example", 443)


async def test_sockets_of_this_machine_are_no_way_out() -> None:
    """Only TCP."""
    with pytest.raises(httpcore.ConnectError):
        await guard(Names([]), Network()).connect_unix_socket("/run/docker.sock")


async def test_the_systems_resolver_gives_each_address_once() -> None:
    """In its own order."""
    assert "127.0.0.1" in await resolve("localhost", 80)
    assert ["127.0.0.1"] == await resolve("127.0.0.1", 80)


async def test_every_connection_of_the_origins_goes_through_the_guard() -> None:
    """A name that resolves to a metadata address is unreachable, and nothing was sent anywhere."""
    with origin(lambda request, line: line.ok()) as site:
        names = Names(["169.254.169.254"], ["127.0.0.1"])
        way = Origin(load(origin=f"http://cms.example:{site.address.port}"), resolve=names)
        try:
            with pytest.raises(OriginUnreachable):
                await way.ask("GET", b"/", [])
            assert (1, 0) == (names.asked, site.connections)
            answer = await way.ask("GET", b"/", [])
            assert 200 == answer.status
            await answer.close()
        finally:
            await way.aclose()


async def test_a_redirect_is_never_followed() -> None:
    """Wherever the origin points, nobody goes there but the reader."""

    def redirect(request: Request, line: Line) -> None:
        line.send(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n")

    with origin(redirect) as site:
        way = Origin(load(origin=site.url))
        try:
            page = await way.fetch("/")
            assert (302, "http://169.254.169.254/latest/") == (page.status, page.header("location"))
            assert 1 == len(site.requests)
        finally:
            await way.aclose()
