"""A page: what the origin answered for an address, fetched without any reader's headers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Page:
    """`url` is the public absolute address; `body` is decoded (no content coding); header names are lower case."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched: datetime

    def header(self, name: str, default: str = "") -> str:
        """The values of `name`, joined by comma as RFC 9110 5.3 allows."""
        return ", ".join(value for key, value in self.headers if key == name) or default
