"""Reading a whole bundle and believing nothing that is not signed: for `verify` and tests. Fetching is handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import BadBundle, Refused
from . import differences
from .lists import STORY, Entry, Listing, digest
from .packs import DIFFERENCE, Unpacker
from .trust import Accepted, Trust, open_manifest

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Told:
    """What was read: the head, its list, every object by its digest."""

    accepted: Accepted
    listing: Listing
    objects: dict[bytes, bytes]

    @property
    def bytes(self) -> int:
        return sum(len(data) for data in self.objects.values())


def read_all(fetch: Fetch, trust: Trust, keys: bytes, name: str, now: int) -> Told:
    """A first sync, with every file that a head tells of: manifest, head, full pack, and the packs from each step.

    `fetch` gives the bytes of a path below `/_lk/`. Raises `BadBundle`, `Refused`, and what `fetch` raises.
    """
    accepted, listing = open_manifest(trust, keys, fetch(f"b/{name}/manifest"), name, now)
    head = accepted.head
    objects: dict[bytes, bytes] = {}
    base_list, base = unpack(fetch(f"b/{name}/0-{head.base}.pack"), b"")
    objects |= _named(base, listing)
    for step in sorted({head.base, *head.steps} - {head.sequence}):
        pack = fetch(f"b/{name}/{step}-{head.sequence}.pack")
        listed, sent = unpack(pack, base_list if step == head.base else None)
        if listed is not None and digest(listed) != head.digest:
            raise Refused("altered", "This pack leads to another list.")
        objects |= _only(sent, listing)
    if head.base == head.sequence and digest(base_list or b"") != head.digest:
        raise Refused("altered", "The full pack leads to another list.")
    missing = [entry for entry in listing.entries if entry.digest not in objects]
    if missing:
        raise BadBundle(f"The packs of this bundle lack {len(missing)} of its {len(listing.entries)} objects.")
    for entry in listing.entries:
        if len(objects[entry.digest]) != entry.size:
            raise BadBundle("An object is not as long as its list says.")
    return Told(accepted, listing, {entry.digest: objects[entry.digest] for entry in listing.entries})


def unpack(pack: bytes, old: bytes | None) -> tuple[bytes | None, dict[bytes, bytes]]:
    """The list that a pack leads to from `old` (None where that is not at hand), and what it brings by digest."""
    unpacker = Unpacker()
    found = list(unpacker.feed(pack))
    if not unpacker.between or not found or found[0][0] != DIFFERENCE:
        raise BadBundle("This pack is cut short, or does not begin with a difference.")
    listed = None if old is None else differences.apply(old, found[0][1])
    return listed, {digest(payload): payload for _, payload in found[1:]}


def stories(listing: Listing) -> list[Entry]:
    return [entry for entry in listing.entries if entry.kind == STORY]


def _named(sent: dict[bytes, bytes], listing: Listing) -> dict[bytes, bytes]:
    """Of an older state's pack: what the newest list still names."""
    names = {entry.digest for entry in listing.entries}
    return {name: data for name, data in sent.items() if name in names}


def _only(sent: dict[bytes, bytes], listing: Listing) -> dict[bytes, bytes]:
    """Of a pack to the newest state: it may bring nothing that its list does not name."""
    if sent.keys() - {entry.digest for entry in listing.entries}:
        raise Refused("unlisted", "This pack brings something that its list does not name.")
    return sent
