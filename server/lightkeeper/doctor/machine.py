"""What can be said without asking the site: settings, the folder for data, the clock."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from ..settings import Settings
from ..source.page import Page
from .finding import Finding, fail, ok, warn

_LITTLE, _NOTHING = 1_000_000_000, 100_000_000
_SKEW = 60.0


def settings(given: Settings) -> Iterator[Finding]:
    """What the settings say, and which of them do not go together."""
    yield ok("settings", f"origin {given.origin}; readers use {given.site}; called {given.name!r}")
    host = urlsplit(given.site).hostname or ""
    if given.site.startswith("http://") and host not in ("localhost", "127.0.0.1", "::1"):
        yield warn(
            "https",
            f"readers use {given.site}, without TLS",
            "Give readers https: saved reading and the browser's hints about the link exist only there.",
        )
    elif given.site.startswith("https://") and not given.tls_cert and not given.trusted_proxies:
        yield warn(
            "https",
            "TLS ends at a proxy that is not named, so its word on readers' addresses is not believed",
            "Set trusted_proxies to the proxy's address, such as 127.0.0.1.",
        )
    else:
        where = "readers use https" if given.site.startswith("https://") else "this machine only"
        yield ok("https", f"{where}: saved reading and the browser's hints work")


def volume(folder: Path) -> Finding:
    """Whether the folder can be written, and how much room it has."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        return fail("volume", f"{there} cannot be written", "Set data to a folder that this user may write.")
    free = shutil.disk_usage(there).free
    seen = f"{folder} can be {'written' if folder.exists() else 'made'}; {free / 1e9:.1f} GB free"
    if free < _NOTHING:
        return fail("volume", seen, "Make room: without it nothing new is stored.")
    return warn("volume", seen, "Make room before it is full.") if free < _LITTLE else ok("volume", seen)


def clock(page: Page) -> Finding:
    """This machine's clock against the site's."""
    try:
        told = parsedate_to_datetime(page.header("date"))
    except ValueError:
        return warn("clock", "the site does not say what time it has", "Let your site send a Date header.")
    skew = abs((page.fetched - told.astimezone(UTC)).total_seconds()) - _age(page)
    if skew > _SKEW:
        return warn(
            "clock",
            f"this machine and the site are {skew:.0f} s apart",
            "Set both clocks by NTP: dates on stories and the age of saved copies go wrong else.",
        )
    return ok("clock", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, as the site has it")


def _age(page: Page) -> float:
    age = page.header("age")
    return float(age) if age.isdecimal() else 0.0
