"""Mutated keys, heads, lists, packs and objects, for every reader: `python -m tests.bundles.fuzz [N [SEED]]`.

The server's, the second one of the tests, and, where node is, the worker's. None may raise anything but its own
refusals, and all must agree: what one reads, the others read, to the same. Nothing altered may come out as believed.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from lightkeeper.bundles import alphabets, differences, reading, stories, trust
from lightkeeper.bundles.heads import read_head
from lightkeeper.bundles.lists import digest, read_list
from lightkeeper.bundles.roots import read_keys
from lightkeeper.errors import BadBundle, Refused

from . import vectors
from .reader import layout, shelf
from .reader.belief import Memory, Unbelievable, pinned
from .vectors import NAME, NOW
from .worker import Worker

FILES = vectors.files()
HEAD = FILES[f"b/{NAME}/head, after"]
KEYS = FILES["keys"]
PACK = FILES[f"b/{NAME}/{NOW}-{NOW + 60}.pack"]
OLD, NEW = FILES["list, before"], FILES["list, after"]
TRUST, MEMORY = trust.pin(KEYS), pinned(KEYS)
_EDGES = (0, 1, 2, 6, 7, 8, 64, 127, 128, 200, 201, 254, 255)
_OURS, _THEIRS = (BadBundle, Refused), (layout.Malformed, Unbelievable)


def mutated(chance: random.Random, data: bytes) -> bytes:
    """One to four changes: bits, bytes, numbers at their edges, pieces cut, doubled, moved, foreign."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.choice((1, 1, 2, 4, 5, 16, 32, 64)))
        match chance.randrange(7):
            case 0 if at < len(changed):
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at:end] = bytes([chance.choice(_EDGES)]) * (end - at)
            case 2:
                del changed[at:end]
            case 3:
                changed[at:at] = changed[at:end]
            case 4:
                changed[at:end] = chance.randbytes(end - at)
            case 5:
                del changed[at:]
            case 6:
                other = chance.choice(list(FILES.values()))
                begin = chance.randrange(len(other))
                changed[at:end] = other[begin : begin + chance.randint(1, 80)]
    return bytes(changed)


# Asks the worker's reader: a kind, and what it is given by name. `None` where it is not there.
Third = Callable[..., Any] | None


def both(ours: Callable[[], object], theirs: Callable[[], object]) -> bool:
    """Whether both read it; they must agree on that, and on what they read."""
    one, other = _outcome(ours, _OURS), _outcome(theirs, _THEIRS)
    assert (one is None) == (other is None), (one, other)
    assert one == other
    return one is not None


def _outcome(read: Callable[[], object], refusals: tuple[type[Exception], ...]) -> object:
    try:
        return read()
    except refusals:
        return None


def all_three(ours: Callable[[], Any], theirs: Callable[[], object], third: Third, kind: str, **given: Any) -> bool:
    """Whether they read it; `ours` gives what the worker's reader gives, but for bytes and tuples."""
    read = both(ours, theirs)
    if third is not None:
        told, expected = third(kind, **given), _outcome(ours, _OURS)
        assert told == json.loads(json.dumps(expected, default=bytes.hex)), (kind, told, expected)
    return read


def keys(data: bytes, third: Third) -> bool:
    def theirs() -> object:
        roots, certificate = layout.keys(data)
        return [(r.version, r.floor, r.signed) for r in roots], certificate.serial, certificate.key

    def ours() -> object:
        found = read_keys(data)
        return [(r.version, r.floor, r.signed) for r in found.roots], found.certificate.serial, found.certificate.key

    return all_three(ours, theirs, third, "keys", data=data)


def head(data: bytes) -> bool:
    """Not asked of the worker's: it reads no head whose signature does not hold."""

    def theirs() -> object:
        found, length = layout.head(data)
        if length != len(data):
            raise layout.Malformed
        return found.sequence, found.list_hash, found.base, tuple(found.steps), found.name

    def ours() -> object:
        found = read_head(data)
        return found.sequence, found.digest, found.base, found.steps, found.name

    return both(ours, theirs)


def listing(data: bytes, third: Third) -> bool:
    def theirs() -> object:
        found = layout.contents(data)
        return [tuple(entry) for entry in found.entries], found.tombstones

    def ours() -> object:
        found = read_list(data)
        return [(entry.kind, entry.size, entry.digest) for entry in found.entries], list(found.tombstones)

    return all_three(ours, theirs, third, "list", data=data)


def pack(data: bytes, third: Third) -> bool:
    def theirs() -> object:
        records = list(layout.records(data))
        if not records or records[0][0] != 0:
            raise layout.Malformed
        return layout.follow(OLD, records[0][1]), sorted({digest(payload) for _, payload in records[1:]})

    def ours() -> object:
        listed, sent = reading.unpack(data, OLD)
        return listed, sorted(sent)

    return all_three(ours, theirs, third, "pack", data=data, old=OLD)


def difference(data: bytes, third: Third) -> bool:
    return all_three(
        lambda: differences.apply(OLD, data), lambda: layout.follow(OLD, data), third, "difference", data=data, old=OLD
    )


def story(data: bytes, third: Third) -> bool:
    """Never reached with unverified bytes; and yet it must hold."""
    letters = FILES["shell"].decode().split("\0")[2]
    both(lambda: alphabets.decode(data, letters), lambda: shelf._read(data, letters))
    if third is not None:
        told, whole = third("story", data=data, shell=FILES["shell"]), FILES["story, after"]
        assert data != whole or told == FILES["page of the story, after"].decode()
    return _outcome(lambda: stories.about(FILES["shell"], data), _OURS) is not None


def believed(changed_keys: bytes, changed_head: bytes, third: Third) -> bool:
    """Altered bytes are believed by none; only signatures of the pinned root may differ, which nobody reads."""
    memory = Memory(MEMORY.root)

    def ours() -> object:
        found = trust.accept(TRUST, changed_keys, changed_head, NAME, NOW + 60)
        return found.head.sequence, found.head.digest, found.trust.root.version

    def theirs() -> object:
        found = memory.accept(changed_keys, changed_head, NAME, NOW + 60)
        return found.head.sequence, found.head.list_hash, memory.root.version

    given = {"pinned": KEYS, "keys": changed_keys, "head": changed_head, "name": NAME}
    accepted = all_three(ours, theirs, third, "belief", **given)
    assert not accepted or changed_head == HEAD, "an altered head is believed"
    return accepted


def run(count: int, seed: int, third: Third = None) -> Counter[str]:
    """How many of each kind were read although they were altered, and how many there were."""
    chance, told = random.Random(seed), Counter[str]()
    kinds: tuple[tuple[str, Callable[[], bool]], ...] = (
        (
            "keys",
            lambda: keys(mutated(chance, FILES[chance.choice([n for n in FILES if n.startswith("keys")])]), third),
        ),
        ("head", lambda: head(mutated(chance, HEAD))),
        ("list", lambda: listing(mutated(chance, chance.choice((OLD, NEW))), third)),
        ("pack", lambda: pack(mutated(chance, PACK), third)),
        ("difference", lambda: difference(mutated(chance, PACK[9:60]), third)),
        ("story", lambda: story(mutated(chance, FILES["story, after"]), third)),
        ("belief", lambda: believed(KEYS, mutated(chance, HEAD), third)),
        ("belief in keys", lambda: believed(mutated(chance, KEYS), HEAD, third)),
    )
    for number in range(count):
        name, judge = kinds[number % len(kinds)]
        told[name] += 1
        told[f"{name}, read"] += judge()
    return told


def main(count: int = 200_000, seed: int = 1) -> None:
    begun = time.monotonic()
    if shutil.which("node"):
        with Worker() as worker:
            told = run(count, seed, worker.read)
    else:
        told = run(count, seed)
        print("without node: the worker's reader was not asked")
    for name, number in sorted(told.items()):
        print(f"{name:<24}{number:>9,}")
    print(f"{count:,} inputs in {time.monotonic() - begun:.0f} s: no crash, no disagreement, nothing altered believed")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
