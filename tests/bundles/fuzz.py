"""Mutated keys, heads, lists, packs and objects, for both readers: `python -m tests.bundles.fuzz [N [SEED]]`.

Neither may raise anything but its own refusals, and both must agree: what one reads, the other reads, to the same.
Nothing that was altered may come out as believed.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable

from lightkeeper.bundles import alphabets, differences, reading, stories, trust
from lightkeeper.bundles.heads import read_head
from lightkeeper.bundles.lists import digest, read_list
from lightkeeper.bundles.roots import read_keys
from lightkeeper.errors import BadBundle, Refused

from . import vectors
from .reader import layout, shelf
from .reader.belief import Memory, Unbelievable, pinned
from .vectors import NAME, NOW

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


def keys(data: bytes) -> bool:
    def theirs() -> object:
        roots, certificate = layout.keys(data)
        return [(r.version, r.floor, r.signed) for r in roots], certificate.serial, certificate.key

    def ours() -> object:
        found = read_keys(data)
        return [(r.version, r.floor, r.signed) for r in found.roots], found.certificate.serial, found.certificate.key

    return both(ours, theirs)


def head(data: bytes) -> bool:
    def theirs() -> object:
        found, length = layout.head(data)
        if length != len(data):
            raise layout.Malformed
        return found.sequence, found.list_hash, found.base, tuple(found.steps), found.name

    def ours() -> object:
        found = read_head(data)
        return found.sequence, found.digest, found.base, found.steps, found.name

    return both(ours, theirs)


def listing(data: bytes) -> bool:
    def theirs() -> object:
        found = layout.contents(data)
        return [tuple(entry) for entry in found.entries], found.tombstones, found.mirrors

    def ours() -> object:
        found = read_list(data)
        entries = [(entry.kind, entry.size, entry.digest) for entry in found.entries]
        return entries, list(found.tombstones), list(found.mirrors)

    return both(ours, theirs)


def pack(data: bytes) -> bool:
    def theirs() -> object:
        records = list(layout.records(data))
        if not records or records[0][0] != 0:
            raise layout.Malformed
        return layout.follow(OLD, records[0][1]), {digest(payload) for _, payload in records[1:]}

    def ours() -> object:
        listed, sent = reading.unpack(data, OLD)
        return listed, set(sent)

    return both(ours, theirs)


def difference(data: bytes) -> bool:
    return both(lambda: differences.apply(OLD, data), lambda: layout.follow(OLD, data))


def story(data: bytes) -> bool:
    """Never reached with unverified bytes; and yet it must hold."""
    letters = FILES["shell"].decode().split("\0")[2]
    both(lambda: alphabets.decode(data, letters), lambda: shelf._read(data, letters))
    return _outcome(lambda: stories.about(FILES["shell"], data), _OURS) is not None


def believed(changed_keys: bytes, changed_head: bytes) -> bool:
    """Altered bytes are believed by neither; only signatures of the pinned root may differ, which nobody reads."""
    memory = Memory(MEMORY.root)

    def ours() -> object:
        found = trust.accept(TRUST, changed_keys, changed_head, NAME, NOW + 60)
        return found.head.sequence, found.head.digest, found.trust.root.version

    def theirs() -> object:
        found = memory.accept(changed_keys, changed_head, NAME, NOW + 60)
        return found.head.sequence, found.head.list_hash, memory.root.version

    accepted = both(ours, theirs)
    assert not accepted or changed_head == HEAD, "an altered head is believed"
    return accepted


def run(count: int, seed: int) -> Counter[str]:
    """How many of each kind were read although they were altered, and how many there were."""
    chance, told = random.Random(seed), Counter[str]()
    kinds: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("keys", lambda: keys(mutated(chance, FILES[chance.choice([n for n in FILES if n.startswith("keys")])]))),
        ("head", lambda: head(mutated(chance, HEAD))),
        ("list", lambda: listing(mutated(chance, chance.choice((OLD, NEW))))),
        ("pack", lambda: pack(mutated(chance, PACK))),
        ("difference", lambda: difference(mutated(chance, PACK[9:60]))),
        ("story", lambda: story(mutated(chance, FILES["story, after"]))),
        ("belief", lambda: believed(KEYS, mutated(chance, HEAD))),
        ("belief in keys", lambda: believed(mutated(chance, KEYS), HEAD)),
    )
    for number in range(count):
        name, judge = kinds[number % len(kinds)]
        told[name] += 1
        told[f"{name}, read"] += judge()
    return told


def main(count: int = 200_000, seed: int = 1) -> None:
    begun = time.monotonic()
    told = run(count, seed)
    for name, number in sorted(told.items()):
        print(f"{name:<24}{number:>9,}")
    print(f"{count:,} inputs in {time.monotonic() - begun:.0f} s: no crash, no disagreement, nothing altered believed")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
