"""What this reader holds, and how it comes up to date: the sections "Syncing" and "Stories" of the document."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

from . import layout
from .belief import Memory, Unbelievable, Verdict, check

Get = Callable[[str], bytes | None]


class Story(NamedTuple):
    address: str
    title: str
    section: str
    published: str
    page: str


class Shelf:
    """One bundle. `get` gives a file below `/_lk/`, or None where there is none."""

    def __init__(self, memory: Memory, name: str, get: Get) -> None:
        self.memory, self.name, self.get = memory, name, get
        self.list = b""
        self.sequence = 0
        self.held: dict[bytes, tuple[int, bytes]] = {}
        self.fetched: list[str] = []

    def sync(self, time: int) -> Verdict:
        """Up to the newest state; what cannot be believed changes nothing that is shown."""
        keys = self._need("b/keys")
        verdict = self.memory.accept(keys, self._need(f"b/{self.name}/head"), self.name, time)
        if verdict.head.list_hash != _hash(self.list):
            self._advance(verdict.head)
        self._settle(verdict)
        return verdict

    def stories(self) -> list[Story]:
        """In the order of the list."""
        shells = {}
        for kind, data in self.held.values():
            if kind == 2:
                shells[data.split(b"\0")[1]] = data.decode("utf-8").split("\0")
        order = [entry for entry in layout.contents(self.list).entries if entry.kind == 1]
        return [_opened(self.held[entry.hash][1], shells) for entry in order]

    def _advance(self, head: layout.Head) -> None:
        old, base = self.list, self.sequence
        if base not in (*head.steps, head.base) or base == 0 or base == head.sequence:
            old, base = self._whole(head), head.base
        if base != head.sequence:
            records = self._pack(base, head.sequence)
            old = layout.follow(old, records[0][1])
            self._keep(records[1:], self._counted(head, old), strict=True)
        self._counted(head, old)
        self.list, self.sequence = old, head.sequence

    def _whole(self, head: layout.Head) -> bytes:
        """The full pack; which of its objects count is told by the newest list, from the manifest."""
        manifest = self._need(f"b/{self.name}/manifest")
        length = layout.head(manifest)[1]
        records = self._pack(0, head.base)
        self._keep(records[1:], self._counted(head, manifest[length:]), strict=False)
        return layout.follow(b"", records[0][1])

    def _counted(self, head: layout.Head, data: bytes) -> dict[bytes, layout.Entry]:
        check(len(data) == head.list_size and _hash(data) == head.list_hash, "not the signed list")
        return {entry.hash: entry for entry in layout.contents(data).entries}

    def _keep(self, records: list[tuple[int, bytes]], wanted: dict[bytes, layout.Entry], *, strict: bool) -> None:
        for kind, data in records:
            entry = wanted.get(_hash(data))
            if entry is None:
                check(not strict, "unlisted")
                continue
            check(entry.kind == kind and entry.size == len(data), "another kind or size")
            self.held[entry.hash] = kind, data

    def _settle(self, verdict: Verdict) -> None:
        """Fetch what is still missing one by one; let go of what no list names."""
        listed = layout.contents(self.list)
        for entry in listed.entries:
            if entry.hash not in self.held:
                data = self._need(f"o/{entry.hash.hex()}")
                check(_hash(data) == entry.hash and len(data) == entry.size, "not the listed object")
                self.held[entry.hash] = entry.kind, data
        named = {entry.hash for entry in listed.entries}
        self.held = {name: what for name, what in self.held.items() if name in named}
        gone = set(listed.tombstones)
        check(all(_short(story.address) not in gone for story in self.stories()), "listed and withdrawn")
        check(verdict.head.objects == sum(entry.size for entry in listed.entries), "size")

    def _pack(self, begin: int, end: int) -> list[tuple[int, bytes]]:
        found = list(layout.records(self._need(f"b/{self.name}/{begin}-{end}.pack")))
        if not found or found[0][0] != 0:
            raise layout.Malformed("no difference")
        return found

    def _need(self, path: str) -> bytes:
        data = self.get(path)
        self.fetched.append(path)
        if data is None:
            raise Unbelievable(f"no {path}")
        return data


def _opened(data: bytes, shells: dict[bytes, list[str]]) -> Story:
    form, name = data.split(b"\0")[:2]
    if form != b"1" or name not in shells:
        raise layout.Malformed("a story without its shell")
    alphabet, template, phrases = shells[name][2], shells[name][3], shells[name][4:]
    _, _, address, title, section, published, *fields = _read(data, alphabet).split("\0")
    page = re.sub("[\1-\6]", lambda found: fields[ord(found[0]) - 1], template)
    page = re.sub("[\x0e-\x1f]", lambda found: phrases[ord(found[0]) - 14], page)
    repeated = {"\x07": title, "\x08": published, "\x0b": address}
    page = re.sub("[\x07\x08\x0b]", lambda found: repeated[found[0]], page)
    return Story(address, title, section, published, page)


def _read(data: bytes, alphabet: str) -> str:
    try:
        if not alphabet:
            return data.decode("utf-8")
        text, at = "", 0
        while at < len(data):
            byte = data[at]
            at += 1
            if byte == 255:
                point, at = data[at : at + 3], at + 3
                text += (b"\0" + point).decode("utf-32-be")
            else:
                text += chr(byte) if byte < 128 else alphabet[byte - 128]
        return text
    except (UnicodeDecodeError, ValueError, IndexError):
        raise layout.Malformed("letters") from None


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _short(address: str) -> bytes:
    return _hash(address.encode())[:16]
