"""Many readers on a good line, without browsers: `python -m tests.lab.crowd URL AUTHORITY COUNT`.

Whoever gets Light there did not ask for it and does not need it. Written out: kind of visit, edition, reason, count.
"""

from __future__ import annotations

import json
import random
import re
import ssl
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from .cells import STORIES

_AT_ONCE = 6
_PICTURE = re.compile(rb"/_lk/r/[0-9a-f]{14}")
# A reader who types addresses; clicks on; comes back by a reload; is looked ahead for; sends what Chromium hints;
# leaves a page half-way for the next one.
_KINDS = ("types", "clicks", "reloads", "prefetches", "hints", "leaves")
_HINTS = {"ECT": "4g", "RTT": "50", "Downlink": "10"}


class Reader:
    """One browser's worth of cookies; five visits of one kind."""

    def __init__(self, client: httpx.Client, kind: str, chance: random.Random) -> None:
        self._client, self._kind, self._chance = client, kind, chance
        self._last, self._tag = "", ""
        self.got: Counter[tuple[str, str, str]] = Counter()

    def visit(self) -> None:
        address = self._last if self._kind == "reloads" and self._last else self._chance.choice(STORIES)
        with self._client.stream("GET", address, headers=self._headers(address)) as answer:
            edition, _, reason = answer.headers.get("lightkeeper-edition", "none; ").partition("; ")
            self.got[self._kind, edition, reason.split(";")[0].removeprefix("reason=")] += 1
            self._last, self._tag = address, answer.headers.get("etag", "")
            if self._kind == "leaves":
                next(answer.iter_bytes(8000), b"")
                return
            picture = _PICTURE.search(answer.read())
        if picture and self._kind != "prefetches":
            self._client.get(picture[0].decode())

    def _headers(self, address: str) -> dict[str, str]:
        sent = {
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-Mode": "navigate",
            "Accept": "text/html",
            "Accept-Encoding": "br",
        }
        if self._kind == "clicks" and self._last:
            sent["Referer"] = str(self._client.base_url).rstrip("/") + self._last
        if self._kind == "reloads" and address == self._last and self._tag:
            sent["If-None-Match"] = self._tag
        if self._kind == "prefetches":
            sent["Sec-Purpose"] = "prefetch"
        return sent | (_HINTS if self._kind == "hints" else {})


def main(url: str, authority: str, count: int) -> None:
    trust, chance = ssl.create_default_context(cafile=authority), random.Random(7)
    total: Counter[tuple[str, str, str]] = Counter()

    def read(kind: str) -> Counter[tuple[str, str, str]]:
        with httpx.Client(base_url=url, verify=trust, trust_env=False, timeout=60) as client:
            reader = Reader(client, kind, chance)
            for _ in range(5):
                reader.visit()
                time.sleep(chance.uniform(0, 0.5))  # reads
        return reader.got

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for got in pool.map(read, (_KINDS[number % len(_KINDS)] for number in range(count // 5))):
            total += got
    print(json.dumps([[*key, number] for key, number in sorted(total.items())]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
