"""What one request says about its reader: choices, hints. Values only; reading headers is the delivery's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from .flow import Flow
from .loading import Loaded
from .receipt import Finding

Edition = Literal["full", "light"]


@dataclass(frozen=True, slots=True)
class Signals:
    """`address` and `cookie` are explicit choices. `rtt` is in seconds, `rate` in bits per second; None is unknown.

    `effective_type` is one of the four of the Network Information API, section 4. `receipt` is what became of the last
    full page. `path` is the shortest round trip of the connection, from its handshake or, where `told`, from a trusted
    proxy's header. `flow` is how the last page went out, `loaded` how long the last full one took that brought its
    sheets along; `shown`: flows of this reader have shown a slow link before.
    `first`: nothing is known of this reader, and such a one is to have the text at once; `measured`: a Light page has
    just measured that the full one will come in time.
    """

    address: Edition | None = None
    cookie: Edition | None = None
    save_data: bool = False
    effective_type: str | None = None
    rtt: float | None = None
    rate: float | None = None
    receipt: Finding = "unknown"
    path: float | None = None
    told: bool = False
    flow: Flow | None = None
    shown: bool = False
    first: bool = False
    measured: bool = False
    loaded: Loaded | None = None


class Hints(NamedTuple):
    """What a browser says of its link: the fields of `Signals` of these names."""

    effective_type: str | None = None
    rtt: float | None = None
    rate: float | None = None


_NO_HINTS = Hints()


def hints(headers: Mapping[str, str]) -> Hints:
    """ECT, RTT (milliseconds) and Downlink (Mbit/s): Network Information API, section 7."""
    if "ect" not in headers and "rtt" not in headers and "downlink" not in headers:
        return _NO_HINTS
    effective_type = headers.get("ect", "").strip().lower()
    rtt = _number(headers.get("rtt"), 60_000)
    rate = _number(headers.get("downlink"), 100_000)
    return Hints(
        effective_type if effective_type in ("slow-2g", "2g", "3g", "4g") else None,
        None if rtt is None else rtt / 1000,
        None if rate is None else rate * 1_000_000,
    )


def read(headers: Mapping[str, str], *, address: str | None = None, cookie: str | None = None, **known: Any) -> Signals:
    """Signals from request headers (lower-case names). What does not parse counts as not said.

    Save-Data: RFC 8674 in spirit, `on` alone counts. `known` are the other fields of `Signals`.
    """
    return Signals(edition(address), edition(cookie), saves_data(headers), *hints(headers), **known)


def saves_data(headers: Mapping[str, str]) -> bool:
    return headers.get("save-data", "").strip().lower() == "on"


def edition(value: str | None) -> Edition | None:
    """What of an address or a cookie is a choice."""
    if value == "light":
        return "light"
    return "full" if value == "full" else None


def _number(text: str | None, limit: float) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= limit else None
