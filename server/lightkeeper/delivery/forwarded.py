"""Who is asking: the reader's address and scheme, as far as they can be believed, and what the origin is told of them.

Forwarding headers are believed only from the peers in `trusted_proxies`. X-Forwarded-* goes before Forwarded, because
common proxies set the former and pass a reader's own Forwarded through unseen. The host is always the public one: it is
settled by the operator, and a proxy may hand on whatever a reader put into X-Forwarded-Host.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import Scope

from ..errors import SettingsError
from ..settings import Settings
from ..source.mapping import authority
from . import headers as raw

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Everything in which a proxy tells an origin about the client or about the address that was asked for.
_TOLD_BY_PROXIES = re.compile(
    rb"forwarded|x-forwarded(-.*)?|forwarded-for|x-real-ip|x-client-ip|client-ip|x-cluster-client-ip|true-client-ip"
    rb"|(cf|fastly|fly|do|akamai)-(connecting|client)-ip|cf-(connecting-ipv6|pseudo-ipv4|visitor|ipcountry)"
    rb"|x-original-(url|host|forwarded-for)|x-rewrite-url|x-url-scheme|x-scheme|front-end-https|x-host"
    rb"|x-http-host-override|x-envoy-external-address|x-appengine-user-ip|x-azure-(clientip|socketip)"
)
_LONGEST_CHAIN = 16


@dataclass(frozen=True, slots=True)
class Reader:
    """`address` serves this request only: it is never logged or stored. `proxies`: from there to us, in order."""

    address: str
    scheme: str
    proxies: tuple[str, ...] = ()
    believed: bool = False


class Forwarding:
    """Reads and writes the forwarding headers. Raises `SettingsError` for a proxy that is no address or network."""

    def __init__(self, settings: Settings) -> None:
        self._networks = tuple(_network(text) for text in settings.trusted_proxies)
        site = urlsplit(settings.site)
        self._scheme, self._host = site.scheme, authority(settings.site)
        self._port = site.port

    def from_proxy(self, scope: Scope) -> bool:
        """Whether the connection is a trusted proxy's, and not the reader's own."""
        return bool(self._networks) and self._trusted(_address((scope.get("client") or ("",))[0]))

    def reader(self, scope: Scope) -> Reader:
        """The reader behind a request: the nearest address that is not a trusted proxy's."""
        peer = (scope.get("client") or ("",))[0]
        if not self._trusted(_address(peer)):
            return Reader(peer, self._scheme)
        chain = [*_chain(scope["headers"])[-_LONGEST_CHAIN:], peer]
        first = next((n for n in range(len(chain) - 1, 0, -1) if not self._trusted(_address(chain[n]))), 0)
        return Reader(chain[first], self._told_scheme(scope["headers"]), tuple(chain[first + 1 :]), believed=True)

    def apply(self, scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> raw.Headers:
        """`headers` for the origin: what cannot be believed is dropped, and our own account is added."""
        reader = self.reader(scope)
        ours = self._account(reader)
        return [
            (name, value)
            for name, value in headers
            if name not in ours and not (_TOLD_BY_PROXIES.fullmatch(name) and not reader.believed)
        ] + [(name, value.encode("latin-1")) for name, value in ours.items() if value]

    def _account(self, reader: Reader) -> dict[bytes, str]:
        chain = [address for address in (reader.address, *reader.proxies) if address]
        elements = [f"for={_node(address)}" for address in chain] or ["for=unknown"]
        elements[0] += f';host="{self._host}";proto={reader.scheme}'
        port = self._port if self._port and reader.scheme == self._scheme else _default_port(reader.scheme)
        return {
            b"forwarded": ", ".join(elements),
            b"x-forwarded-for": ", ".join(chain),
            b"x-forwarded-proto": reader.scheme,
            b"x-forwarded-host": self._host,
            b"x-forwarded-port": str(port),
            b"x-real-ip": reader.address,
        }

    def _told_scheme(self, headers: raw.Headers) -> str:
        told = raw.get(headers, b"x-forwarded-proto") or _parameter(raw.get(headers, b"forwarded"), "proto")
        first = told.partition(",")[0].strip().lower()
        return first if first in ("http", "https") else self._scheme

    def _trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


def _chain(headers: raw.Headers) -> list[str]:
    """The addresses that were told, nearest last; it begins anew after anything that is no address."""
    told = raw.get(headers, b"x-forwarded-for")
    nodes = (
        told.split(",") if told else re.findall(r'for\s*=\s*"?([^",;]*)', raw.get(headers, b"forwarded"), re.IGNORECASE)
    )
    chain: list[str] = []
    for node in nodes:
        address = _address(node)
        chain = [*chain, str(address)] if address else []
    return chain


def _parameter(forwarded: str, name: str) -> str:
    match = re.search(rf'\b{name}\s*=\s*"?([^",;\s]*)', forwarded, re.IGNORECASE)
    return match[1] if match else ""


def _address(text: str) -> Address | None:
    """An address, with or without port and brackets; an IPv4 address inside IPv6 counts as IPv4."""
    text = text.strip()
    if bracketed := re.fullmatch(r"\[([^\]]+)\](?::\d+)?", text):
        text = bracketed[1]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise SettingsError(f"trusted_proxies: {text!r} is no address and no network such as 10.0.0.0/8") from None


def _node(address: str) -> str:
    return f'"[{address}]"' if ":" in address else address


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
