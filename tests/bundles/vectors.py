"""The test vectors of docs/bundle-format.md: `python -m tests.bundles.vectors` writes them anew into the document."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from lightkeeper.bundles import issuing, packs, signatures, stories
from lightkeeper.bundles.alphabets import encode
from lightkeeper.bundles.heads import Head
from lightkeeper.bundles.lists import SHELL, STORY, Entry, Listing, address_hash, digest
from lightkeeper.bundles.roots import Keys
from lightkeeper.bundles.trust import fingerprint_of

from .desk import PUBLICATION, ROOTS, secret

DOCUMENT = Path(__file__).parents[2] / "docs" / "bundle-format.md"
MARK = "<!-- vectors -->"
NOW = 1_800_000_000
ADDRESS = "/news/ferry?p=1"
NAME = "fa-latest-20"
# A shell short enough to print; real ones hold a stylesheet.
_SHELL = (
    "1\0fa.rtl\0اآبپتسنوهی۱۲\u200c\0<!doctype html><html lang=\x01><title>\x02</title>\x03<main>\x04</main>\x05"
    '<a href="/full\x06">\x0f</a>\0</p></article>\0صفحه'
)
_DATE = "2027-01-15T08:00+00:00"
_STORY = ("1", "fa.rtl", ADDRESS, "آب", "", _DATE, "fa", "\x07 - P", "<meta \x08>", "<p>\x07 بس است\x0e", "", "\x0b")


def files() -> dict[str, bytes]:
    """Every file of two states, before and after a story is corrected, and the keys after three changes of them."""
    shell = _SHELL.encode()
    letters = _SHELL.split("\0")[2]
    old = encode("\0".join(_STORY), letters)
    new = encode("\0".join(_STORY).replace("بس", "بسیار 水"), letters)
    objects = {digest(data): data for data in (shell, old, new)}
    first = Listing((_entry(SHELL, shell), _entry(STORY, old)))
    second = Listing(
        (_entry(SHELL, shell), _entry(STORY, new)),
        (address_hash("/withdrawn"),),
        ("https://mirror.example",),
        digest(first.write()),
    )
    made = keys()
    return {
        "shell": shell,
        "story, before": old,
        "story, after": new,
        "page of the story, after": stories.compose(shell, new),
        "keys": made[0].write(),
        "keys, after a new online key (by root b)": made[1].write(),
        "keys, after root b was replaced by root c (by root a)": made[2].write(),
        "list, before": first.write(),
        "list, after": second.write(),
        f"b/{NAME}/head, after": head(second),
        f"b/{NAME}/0-{NOW}.pack": _pack(None, first, objects),
        f"b/{NAME}/{NOW}-{NOW + 60}.pack": _pack(first, second, objects),
    }


def keys() -> tuple[Keys, Keys, Keys]:
    first = issuing.first(PUBLICATION, ROOTS, secret("online 1"), NOW - 100)
    second = issuing.rotate(first, ROOTS[1], secret("online 2"), NOW)
    third = issuing.replace_root(second, ROOTS[0], secret("root c"), secret("online 2"), NOW + 100)
    return first, second, third


def head(listing: Listing) -> bytes:
    data = listing.write()
    made = Head(
        key=signatures.key_id(signatures.public(secret("online 1"))),
        publication=hashlib.sha256(PUBLICATION.encode()).digest()[:16],
        name=NAME,
        sequence=NOW + 60,
        issued=NOW + 60,
        expires=NOW + 60 + 14 * 86_400,
        size=len(data),
        digest=digest(data),
        objects=listing.objects,
        wire=1234,
        base=NOW,
        steps=(NOW, NOW - 3600),
    )
    return made.sign(secret("online 1"))


def section() -> str:
    """What stands in the document behind the mark."""
    lines = [
        f"Publication `{PUBLICATION}`. Fingerprint of root a: `{fingerprint_of(signatures.public(ROOTS[0]))}`. The",
        f"tombstone is that of `/withdrawn`. The head, under the first keys, is accepted at {NOW + 60}; under the",
        "third it is refused. A reader that follows the packs with the name and root a's fingerprint gets the page.",
    ]
    return "\n".join([*lines, *_blocks()]) + "\n"


def _blocks() -> Iterator[str]:
    for name, data in files().items():
        yield f"\n**{name}** ({len(data)} bytes, SHA-256 `{digest(data).hex()}`)\n\n```"
        yield from textwrap.wrap(data.hex(), 112)
        yield "```"


def read_back() -> dict[str, bytes]:
    """The vectors as the document has them."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.findall(r"\*\*(.+)\*\* \(\d+ bytes.*\)\n\n```\n([0-9a-f\n]*)```", text.partition(MARK)[2])
    return {name: bytes.fromhex(data.replace("\n", "")) for name, data in found}


def document() -> str:
    return f"{DOCUMENT.read_text(encoding='utf-8').partition(MARK)[0]}{MARK}\n\n{section()}"


def _entry(kind: int, data: bytes) -> Entry:
    return Entry(kind, len(data), digest(data))


def _pack(old: Listing | None, new: Listing, objects: dict[bytes, bytes]) -> bytes:
    return b"".join(packs.records(old, new, lambda entry: objects[entry.digest]))


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
