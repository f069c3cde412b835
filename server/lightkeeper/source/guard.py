"""The only door out: which hosts may be connected to, and at which of their addresses. Knows nothing of HTTP.

A name is resolved here, and the very address that passed the check is connected to, so a name that changes its mind
between check and connection gains nothing. What may be connected to:

the origin, given as an address   that address, whatever it is: the operator wrote it
the origin, given as a name       any address but those that only machines of a cloud answer at (169.254.169.254 and
                                  the like): private and loopback addresses are how containers find each other
other hosts (of pictures)         public addresses alone, on the web's two ports
everything else                   nothing
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any

import httpcore

from .mapping import ascii_host

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
_Connecting = asyncio.Future[httpcore.AsyncNetworkStream]

# Between two addresses of a host: RFC 8305 5.
_NEXT_ADDRESS = 0.25
_WEB = (80, 443)
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
_TRANSLATED_LOCALLY = ipaddress.ip_network("64:ff9b:1::/48")
# Cloud metadata beside the link-local addresses: Alibaba's, and AWS's over IPv6.
_METADATA = frozenset(ipaddress.ip_address(text) for text in ("100.100.100.200", "fd00:ec2::254"))


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order of preference."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: IP) -> bool:
    """Whether the whole internet can reach this address; also false for the private ones inside another notation."""
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved)
        and address not in _METADATA
        and address not in _TRANSLATED_LOCALLY
    )


def is_local_only(address: IP) -> bool:
    """Link-local, metadata services, and what is no destination at all."""
    return address.is_link_local or address in _METADATA or address.is_multicast or address.is_unspecified


class Guard(httpcore.AsyncNetworkBackend):
    """A network backend for httpcore. `origin` is (host, port); `others` are further host names."""

    def __init__(
        self,
        origin: tuple[str, int],
        others: Collection[str] = (),
        *,
        resolve: Resolve = resolve,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._origin = ascii_host(origin[0]), origin[1]
        self._others = frozenset(ascii_host(host) for host in others)
        self._resolve, self._network = resolve, network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's interface)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises `httpcore.ConnectError` where nothing that is allowed answers, `ConnectTimeout` in time."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._addresses(host, port)
                return await _first(
                    lambda address: self._network.connect_tcp(address, port, None, local_address, socket_options),
                    addresses,
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("no connection in time") from error
        except OSError as error:  # also of name resolution
            raise httpcore.ConnectError(str(error)) from error

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's interface)
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("a socket of this machine is no web site")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        """The addresses of `host` that may be connected to."""
        name = ascii_host(host)
        if (name, port) != self._origin and (name not in self._others or port not in _WEB):
            raise httpcore.ConnectError(f"{host}:{port} is neither the origin nor a host that was allowed")
        if (literal := _address(name)) is not None and (name, port) == self._origin:
            return [str(literal)]
        found = [name] if literal is not None else await self._resolve(name, port)
        allowed = [text for text in found if self._allows(name, port, text)]
        if not allowed:
            raise httpcore.ConnectError(f"{host} has no address that may be connected to")
        return allowed

    def _allows(self, name: str, port: int, text: str) -> bool:
        address = _address(text)
        if address is None:
            return False
        inner = _inner(address)
        return not is_local_only(inner) if (name, port) == self._origin else is_public(inner)


def _address(text: str) -> IP | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _inner(address: IP) -> IP:
    """The IPv4 address that an IPv6 address stands for: mapped, 6to4, Teredo, or translated (RFC 6052)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address


async def _first(
    connect: Callable[[str], Awaitable[httpcore.AsyncNetworkStream]], addresses: list[str]
) -> httpcore.AsyncNetworkStream:
    """The first connection that stands; each further address gets its go a moment after the one before it.

    Raises what the last of them raised.
    """
    waiting, trying, winner = list(addresses), set[_Connecting](), None
    error: BaseException | None = None
    try:
        while winner is None and (waiting or trying):
            if waiting:
                trying.add(asyncio.ensure_future(connect(waiting.pop(0))))
            done, _ = await asyncio.wait(
                trying, timeout=_NEXT_ADDRESS if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            winner = next((task for task in done if task.exception() is None), None)
            error = next((task.exception() for task in done if task.exception()), error)
            trying -= done if winner is None else {winner}
    finally:
        await _end(trying)
    if winner is None:
        raise error or httpcore.ConnectError("no address answered")
    return winner.result()


async def _end(late: set[_Connecting]) -> None:
    """Connections that came too late, or not at all, are closed."""
    for task in late:
        task.cancel()
    for result in await asyncio.gather(*late, return_exceptions=True):
        if isinstance(result, httpcore.AsyncNetworkStream):
            await result.aclose()
