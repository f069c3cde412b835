"""TLS in small records: a browser can read none of a record before all of it is there, and OpenSSL makes them 16 KB.

At 50 kbit/s that is 2.6 seconds in which nothing of a page can be shown. Owns how writes are cut; knows no HTTP.
"""

from __future__ import annotations

import asyncio
from typing import Any

# A record of this size and what TLS 1.3 adds (22 bytes) fill one segment of 1,448 bytes, less some IPv6 and options.
_SMALL = 1_380
# Bytes of a connection after which a link that still waits for records is none that we could help.
_CAREFUL = 262_144


class Records:
    """A transport that cuts what goes out early on a connection; anything else is the transport's own."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._left = _CAREFUL

    def write(self, data: bytes) -> None:
        if len(data) <= _SMALL or self._left <= 0:
            self._transport.write(data)
            return
        self._left -= len(data)
        view = memoryview(data)
        self._transport.writelines([view[start : start + _SMALL] for start in range(0, len(view), _SMALL)])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def in_records(transport: asyncio.Transport) -> Any:
    """The transport itself where there is no TLS."""
    return transport if transport.get_extra_info("ssl_object") is None else Records(transport)
