"""What is measured: series of visits, each by one new reader on one link, and how one series is run in one lane."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..deploy.stack import ROOT
from .certificates import Certificate, handshake_bytes
from .house import DOORS, HOST, WIDGETS
from .links import Profile
from .namespaces import Line, addresses, inside, line, namespace
from .rows import Row

STORIES = (
    "/news/ferry-winter-timetable",
    "/environment/harbour-wall-vote",
    "/politics/county-budget-vote",
    "/science/how-a-tide-gauge-remembers",
    "/life/when-the-power-goes",
)
CAP = 60.0  # seconds after which the plain site's page counts as "more than that"
_PATIENCE = 14.0  # of a reader before a blank page
_ALSO_PLAIN = ("fast", "3g", "throttled", "satellite-lossy")
_CROWDED, _CROWD = ("fast", "good"), 500
# Here the plain site takes 3 to 7 s by turns: it is measured three times.
_NEAR = ("3g", "satellite", "satellite-lossy", "throttled-1000")
_LONGEST_DRAIN = 12.0
# Seconds after which a browser that answers nothing more is given up, and its lane goes on.
_LONGEST_SERIES = 240.0
# Bytes of what browsers say first in TLS: most of it is a key for the day when there are quantum computers.
_HELLO = {"chromium": 1_750, "firefox": 1_750, "webkit": 400}
_READING = 3.0  # seconds for which a page with text may go on loading


@dataclass(frozen=True, slots=True)
class Series:
    """`kind`: `plain` visits the site itself once; `visits` are those of one reader; `banner` follows the offer."""

    link: str
    door: str
    engine: str
    scripts: bool
    kind: str
    number: int = 0

    @property
    def key(self) -> str:
        scripts = "js" if self.scripts else "no-js"
        return f"{self.link} {self.door} {self.engine} {scripts} {self.kind} {self.number}"


def series(profile: Profile, *, full: bool) -> list[Series]:
    """All that is measured on one link: what `make lab` does, or `full`: plain HTTP everywhere, and more readers."""
    doors = ["proxy"] if profile.proxy else ["tls", "plain"]
    sites = [f"origin-{door}" for door in doors if door != "proxy"]
    found = [_one(profile, site, scripts, "plain") for site in sites for scripts in (True, False)]
    if profile.slug in _NEAR:
        found += [replace(each, number=n) for n in (1, 2) for each in found]
    for door in doors:
        for scripts in (True, False):
            found += [_one(profile, door, scripts, kind) for kind in ("visits", "banner")]
            found += [_one(profile, door, scripts, "visits", engine) for engine in ("firefox", "webkit")]
    if profile.changes:
        found = [each for each in found if each.kind == "visits"]
    if profile.slug in _CROWDED:
        found.append(Series(profile.slug, "tls", "client", False, "crowd"))
    if full:
        found += [replace(each, number=n) for n in range(1, 5) for each in found if profile.link.loss]
        return list(dict.fromkeys(found))
    return [each for each in found if _is_short(each, profile)]


def _one(profile: Profile, door: str, scripts: bool, kind: str, engine: str = "chromium") -> Series:
    return Series(profile.slug, door, engine, scripts, kind)


def _is_short(one: Series, profile: Profile) -> bool:
    """Over plain HTTP, `make lab` has one reader on a few links only."""
    if one.door in ("tls", "proxy", "origin-tls"):
        return True
    return profile.slug in _ALSO_PLAIN and one.scripts and one.kind != "banner" and one.engine == "chromium"


@dataclass(frozen=True, slots=True)
class Lane:
    """A reader's namespace and link; one series at a time."""

    number: int
    namespace: str
    link: Line
    certificate: Certificate
    folder: Path

    def decisions(self, since: int) -> list[dict[str, Any]]:
        """What our servers decided for this lane's reader behind a place in their log."""
        with (self.folder / "decisions.jsonl").open(encoding="utf-8") as file:
            file.seek(since)
            lines = [json.loads(line) for line in file if line.endswith("\n")]
        return [line for line in lines if line["reader"] == self.link.reader]

    def place(self) -> int:
        return (self.folder / "decisions.jsonl").stat().st_size


@contextmanager
def lane(server: str, number: int, certificate: Certificate, folder: Path) -> Iterator[Lane]:
    here, _ = addresses(number)
    hosts = f"{here} {HOST} {WIDGETS}"
    with namespace(f"{server}-r{number}", hosts) as reader, line(server, reader, number) as link:
        yield Lane(number, reader, link, certificate, folder)


def run(one: Series, profile: Profile, lane: Lane) -> list[Row]:
    """Measure one series. A visit that fails for a reason of the lab's own raises."""
    lane.link.drain()
    lane.link.become(profile.at(1))
    if one.kind == "crowd":
        return _crowd(one, lane)
    command = [sys.executable, "-m", "tests.lab.reader", one.engine, str(int(one.scripts)), lane.certificate.pin]
    rows = []
    with ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(
                inside(lane.namespace, command),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )
        assert process.stdin is not None
        assert process.stdout is not None
        stack.callback(process.stdin.close)
        # With its browser, which holds the other end of our pipe.
        limit = threading.Timer(_LONGEST_SERIES, os.killpg, (process.pid, signal.SIGKILL))
        limit.start()
        stack.callback(limit.cancel)
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the browser did not start; its own message stands above")
        for visit in range(1, _visits(one, profile) + 1):
            lane.link.become(profile.at(visit))
            place = lane.place()
            process.stdin.write(json.dumps(_order(one, visit)) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            if not answer:
                raise RuntimeError(f"the browser went away on visit {visit}, or was given up")
            seen = json.loads(answer)
            rows.append(_row(one, profile, visit, seen, lane, place))
            if rows[-1].edition == "light":
                _read(lane)
    return rows


def _read(lane: Lane) -> None:
    """A reader of Light reads, while what a page before it left in the queue runs out."""
    end = time.monotonic() + _LONGEST_DRAIN
    while time.monotonic() < end:
        time.sleep(0.5)
        if lane.link.counts()["down"]["carried"] < 200:
            return


def _crowd(one: Series, lane: Lane) -> list[Row]:
    """One row for each kind of visit and what it got."""
    address = [DOORS[one.door].url, str(lane.certificate.authority), str(_CROWD)]
    command = inside(lane.namespace, [sys.executable, "-m", "tests.lab.crowd", *address])
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    return [
        Row(
            series=one.key,
            link=one.link,
            door=one.door,
            engine=kind,
            scripts=False,
            kind="crowd",
            visit=0,
            edition=edition,
            reason=reason,
            count=count,
        )
        for kind, edition, reason, count in json.loads(done.stdout)
    ]


def _visits(one: Series, profile: Profile) -> int:
    return profile.visits if one.kind == "visits" else 1


def _order(one: Series, visit: int) -> dict[str, Any]:
    patience = CAP if one.kind == "plain" else _PATIENCE
    address = DOORS[one.door].url + STORIES[visit - 1]
    reading = 0.5 if one.kind == "plain" else _READING
    return {"url": address, "patience": patience, "follow": one.kind == "banner", "settle": reading}


def _row(one: Series, profile: Profile, visit: int, seen: dict[str, Any], lane: Lane, place: int) -> Row:
    carried = lane.link.counts()
    decisions = lane.decisions(place)
    first: dict[str, Any] = (
        decisions[0] if decisions else {"decided": "full; reason=plain" if one.kind == "plain" else "", "bytes": 0}
    )
    words = dict(word.strip().partition("=")[::2] for word in first["decided"].split(";"))
    edition = first["decided"].partition(";")[0]
    row = Row(
        series=one.key,
        link=one.link,
        door=one.door,
        engine=one.engine,
        scripts=one.scripts,
        kind=one.kind,
        visit=visit,
        edition=edition,
        reason=words.get("reason", ""),
        predicted=float(words["predicted"]) if "predicted" in words else None,
        text=seen["text"],
        banner=seen["banner"],
        whole=seen["whole"],
        bytes=first["bytes"],
        kept=seen["kept"],
        carried=carried["down"]["carried"],
    )
    if edition != "light":
        return row
    answer, up = _floor(row, profile, lane.certificate, first.get("asked", 0))
    return replace(row, answer=answer, floor=answer + up)


def _floor(row: Row, profile: Profile, certificate: Certificate, asked: int) -> tuple[float, float]:
    """Round trips and the answer's bytes at the link's rate: two trips (a kept connection: one), with TLS a third and
    its bytes. And what the browser has to say before it is answered."""
    link = profile.at(row.visit)
    tls = DOORS[row.door].tls and not row.kept
    trips = 1 if row.kept else 3 if tls else 2
    second = 8 / (link.rate * 1000) if link.rate else 0.0
    down = row.bytes + (handshake_bytes(certificate, HOST) if tls else 0)
    return trips * link.rtt / 1000 + down * second, (asked + (_HELLO[row.engine] if tls else 0)) * second
