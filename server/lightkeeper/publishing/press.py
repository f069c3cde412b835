"""One bundle to its next state: packs, then list and head. Whatever instruction it stops at, readers see a whole state.

Two steps: `print` makes the change known, in as little time as it takes; `finish` makes the packs for readers who have
been away longer, and the full pack anew where it has aged.
"""

from __future__ import annotations

from dataclasses import replace

from ..bundles import states
from ..bundles.heads import MOST_STEPS, Head
from ..bundles.lists import Entry, Listing, digest, read_list
from ..bundles.packs import records
from .folder import Folder
from .keyring import Signer
from .state import State

# Up to so many bytes brotli takes its time; above, it would take too much of ours.
_BEST, _BEST_FULL = 100_000, 600_000
_QUICK, _GOOD, _BEST_QUALITY = 5, 9, 11


class Press:
    """`life` is for how many seconds a head counts; it is renewed when half of them are over."""

    def __init__(self, folder: Folder, state: State, signer: Signer, life: int) -> None:
        self._folder, self._state, self._signer, self._life = folder, state, signer, life

    def print(self, name: str, listing: Listing, hashes: list[bytes], now: int, *, purge: bool = False) -> bool:
        """Publish `listing` where it differs from what is published; whether anything was written.

        `hashes` are those of its stories' addresses. With `purge`, no earlier pack stays: one of its stories was taken
        back. An unchanged list keeps its head, as long as that is good.
        """
        current = self._folder.current(name)
        if current is not None and current[1].without_past() == listing.without_past():
            return self._again(name, current[0], current[2], now, purge=purge)
        before = current[1] if current else Listing(())
        listing = replace(listing, previous=digest(current[2]) if current else bytes(32))
        sequence = states.next_sequence(self._last(name, current[0] if current else None), now)
        base = current[0].base if current and not purge and self._usable(name, current[0].base) else sequence
        self._packs(name, listing, sequence, {base} | ({current[0].sequence} if current else set()))
        data = listing.write()
        with self._state as state:
            state.add_list(name, sequence, now, data)
            state.hold(name, hashes, now)
            state.use(name, _names(listing), _names(before))
            if base == sequence:
                state.set_rough(name, True)
        self._sign(name, data, listing, sequence, base, now, current[0].issued if current else 0)
        self._tidy(name, sequence, base, now, purge=purge)
        for each in self._state.unused(set(_names(before)) - set(_names(listing))):
            self._folder.drop_object(each)
        return True

    def finish(self, name: str, now: int) -> bool:
        """What was left for later; whether anything was."""
        current = self._folder.current(name)
        if current is None:
            return False
        head, listing, data = current
        base = self._base(name, head, listing)
        steps = self._steps(name, head.sequence, now)
        lacking = {step for step in steps if not self._folder.has_pack(name, step, head.sequence)}
        if base == head.base and not lacking:
            return False
        self._packs(name, listing, head.sequence, lacking)
        self._sign(name, data, listing, head.sequence, base, now, head.issued)
        self._tidy(name, head.sequence, base, now)
        return True

    def _again(self, name: str, head: Head, data: bytes, now: int, *, purge: bool) -> bool:
        listing, base = read_list(data), head.base
        if purge and base != head.sequence:
            base = head.sequence
            self._packs(name, listing, base, {base})
            self._state.set_rough(name, True)
        good = head.key == self._signer.key_id and head.expires - now > self._life // 2
        if not good or base != head.base:
            self._sign(name, data, listing, head.sequence, base, now, head.issued)
        if purge:
            self._tidy(name, head.sequence, base, now, purge=True)
        return not good or base != head.base

    def _base(self, name: str, head: Head, listing: Listing) -> int:
        """The state of the full pack; made anew where it has aged, or was made in haste."""
        full = self._folder.wire(name, 0, head.base)
        since = self._folder.wire(name, head.base, head.sequence) if head.base != head.sequence else 0
        if not states.due(full, since) and not self._state.rough(name):
            return head.base
        quality = _BEST_QUALITY if listing.objects <= _BEST_FULL else _GOOD
        self._folder.keep_pack(name, 0, head.sequence, records(None, listing, self._payload), quality)
        self._state.set_rough(name, False)
        return head.sequence

    def _packs(self, name: str, listing: Listing, sequence: int, begins: set[int]) -> None:
        """The packs to `sequence` from each of `begins`; from `sequence` itself means the full one, in haste."""
        known = self._state.lists(name)
        for begin in sorted(begins):
            if begin == sequence:
                quality = _QUICK if listing.objects > _BEST else _GOOD
                self._folder.keep_pack(name, 0, sequence, records(None, listing, self._payload), quality)
            elif begin in known:
                old = read_list(known[begin][1])
                size = sum(entry.size for entry in set(listing.entries) - set(old.entries))
                quality = _BEST_QUALITY if size <= _BEST else _GOOD
                self._folder.keep_pack(name, begin, sequence, records(old, listing, self._payload), quality)

    def _sign(self, name: str, data: bytes, listing: Listing, sequence: int, base: int, now: int, issued: int) -> None:
        certificate = self._signer.certificate
        issued = min(max(now, issued), certificate.not_after)
        wire = self._folder.wire(name, 0, base) + (self._folder.wire(name, base, sequence) if base != sequence else 0)
        steps = [step for step in self._steps(name, sequence, now) if self._folder.has_pack(name, step, sequence)]
        head = Head(
            key=self._signer.key_id,
            publication=certificate.publication,
            name=name,
            sequence=sequence,
            issued=issued,
            expires=issued + self._life,
            size=len(data),
            digest=digest(data),
            objects=listing.objects,
            wire=wire,
            base=base,
            steps=tuple(steps[:MOST_STEPS]),
        )
        self._folder.publish(name, head.sign(self._signer.secret), data)

    def _steps(self, name: str, sequence: int, now: int) -> list[int]:
        earlier = [(step, time) for step, (time, _) in self._state.lists(name).items() if step < sequence]
        return list(states.kept(earlier, now))[:MOST_STEPS]

    def _tidy(self, name: str, sequence: int, base: int, now: int, *, purge: bool = False) -> None:
        """Drop the packs and lists that nobody is told of any more; whoever reads a recent one may end it."""
        stay = {sequence, base, *self._steps(name, sequence, now)}
        for begin, end in self._folder.packs(name):
            if end not in ({sequence} if purge else stay) or begin not in stay | {0}:
                self._folder.drop_pack(name, begin, end)
        with self._state as state:
            state.drop_lists(name, set(state.lists(name)) - stay)

    def _usable(self, name: str, base: int) -> bool:
        return base in self._state.lists(name) and self._folder.has_pack(name, 0, base)

    def _last(self, name: str, head: Head | None) -> int:
        return max([head.sequence if head else 0, *self._state.lists(name)])

    def _payload(self, entry: Entry) -> bytes:
        return self._folder.object(entry.digest)

    def mend(self, name: str) -> None:
        """After a crash: the list that no reader saw goes, and the head is that of the manifest."""
        self._folder.mend(name)
        current = self._folder.current(name)
        shown = current[0].sequence if current else 0
        with self._state as state:
            state.drop_lists(name, [sequence for sequence in state.lists(name) if sequence > shown])


def _names(listing: Listing) -> list[bytes]:
    return [entry.digest for entry in listing.entries]
