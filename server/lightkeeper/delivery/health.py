"""`/_lk/health`, `/_lk/ready`, `/_lk/metrics`: for operators only. To anybody else they are the origin's.

An operator asks from this machine, from a network in `operators`, or with the `operator_token`.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from ..errors import SettingsError
from ..settings import Settings
from . import headers as raw
from .forwarded import Forwarding

# Whoever was passed on by a proxy on this machine does not ask from this machine.
_PASSED_ON = frozenset({b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via", b"cf-connecting-ip"})

_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Told:
    """What an operator is told."""

    body: bytes
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"


async def health() -> Told:
    """This process runs, and its loop turns."""
    return Told(b"ok\n")


def ready(probe: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[Told]]:
    """Whether readers can be served: the store answers. The origin may be down; then there is what is stored."""

    async def answer() -> Told:
        try:
            async with asyncio.timeout(_PATIENCE):
                await probe()
        except Exception:  # whatever the database's driver has to say
            return Told(b"the store does not answer\n", 503)
        return Told(b"ready\n")

    return answer


class Operators:
    """Tells operators from others. Raises `SettingsError` for what is no network."""

    def __init__(self, settings: Settings) -> None:
        self._networks = tuple(_network(text) for text in settings.operators)
        self._token = settings.operator_token.encode()
        self._forwarding = Forwarding(settings)

    def know(self, scope: Scope) -> bool:
        return self._by_token(scope) or self._by_address(scope)

    def _by_token(self, scope: Scope) -> bool:
        scheme, _, token = raw.get(scope["headers"], b"authorization").partition(" ")
        told = token.strip().encode("latin-1")
        return bool(self._token) and scheme.lower() == "bearer" and hmac.compare_digest(told, self._token)

    def _by_address(self, scope: Scope) -> bool:
        reader = self._forwarding.reader(scope)
        passed_on = any(name in _PASSED_ON for name, _ in scope["headers"])
        try:
            address = ipaddress.ip_address(reader.address)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        if passed_on and (address.is_loopback or not reader.believed):
            return False
        return address.is_loopback or any(address in network for network in self._networks)


class Inside:
    """Answers operators with what `answer` tells; `otherwise` answers everybody else."""

    def __init__(self, otherwise: ASGIApp, operators: Operators, answer: Callable[[], Awaitable[Told]]) -> None:
        self._otherwise, self._operators, self._answer = otherwise, operators, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._operators.know(scope):
            await self._otherwise(scope, receive, send)
            return
        told = await self._answer()
        headers = [
            (b"content-type", told.content_type.encode()),
            (b"content-length", str(len(told.body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": told.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else told.body})


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise SettingsError(f"operators: {text!r} is no address and no network such as 10.0.0.0/8") from None
