"""The reader's round trip as a trusted proxy tells it with each request, in the header that the settings name."""

from __future__ import annotations

from starlette.types import Scope

from ..settings import Settings
from .forwarded import Forwarding
from .headers import get

_UNITS = {"us": 1e-6, "ms": 1e-3}
_LONGEST = 60.0


class ToldTrip:
    def __init__(self, settings: Settings) -> None:
        name, _, unit = settings.rtt_header.lower().partition(" ")
        self._header, self._unit = name.encode("latin-1"), _UNITS.get(unit, 0.0)
        self._forwarding = Forwarding(settings)

    def __call__(self, scope: Scope) -> float | None:
        """In seconds; None where nobody tells it who is trusted, and where it is nothing that can be."""
        if not self._header or not self._forwarding.from_proxy(scope):
            return None
        text = get(scope["headers"], self._header)
        if not text.replace(".", "", 1).isdecimal() or not text.isascii():
            return None
        rtt = float(text) * self._unit
        return rtt if 0 < rtt <= _LONGEST else None
