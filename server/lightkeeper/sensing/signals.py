"""What one request says about its reader: choices, hints. Values only; reading headers is the delivery's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .flow import Flow
from .receipt import Finding

Edition = Literal["full", "light"]


@dataclass(frozen=True)
class Signals:
    """`address` and `cookie` are explicit choices. `rtt` is in seconds, `rate` in bits per second; None is unknown.

    `effective_type` is one of the four of the Network Information API, section 4. `receipt` is what became of the last
    full page. `path` is the shortest round trip of the connection, from its handshake or, where `told`, from a trusted
    proxy's header. `flow` is how the last page went out; `shown`: flows of this reader have shown a slow link before.
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


def read(headers: Mapping[str, str], *, address: str | None = None, cookie: str | None = None, **known: Any) -> Signals:
    """Signals from request headers (lower-case names). What does not parse counts as not said.

    Save-Data: RFC 8674 in spirit, `on` alone counts. ECT, RTT (milliseconds) and Downlink (Mbit/s):
    Network Information API, section 7. `known` are the other fields of `Signals`.
    """
    said = known | {"address": edition(address), "cookie": edition(cookie), "save_data": saves_data(headers)}
    if (effective_type := headers.get("ect", "").strip().lower()) in ("slow-2g", "2g", "3g", "4g"):
        said["effective_type"] = effective_type
    if (rtt := _number(headers.get("rtt"), 60_000)) is not None:
        said["rtt"] = rtt / 1000
    if (rate := _number(headers.get("downlink"), 100_000)) is not None:
        said["rate"] = rate * 1_000_000
    return _signals(said)


def _signals(said: dict[str, Any]) -> Signals:
    """As `Signals(**said)`, which would take a third of a decision's time: each navigation makes one."""
    signals = object.__new__(Signals)
    signals.__dict__.update(said)  # what is not in there is the class's own: the default
    return signals


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
