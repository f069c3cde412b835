"""The folder that is served: objects, heads, manifests and packs under the names of the format. Owns no decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import brotli

from ..bundles.heads import Head, read_head, split_manifest
from ..bundles.lists import Listing, digest, read_list
from ..bundles.packs import compressed
from ..bundles.states import is_name
from ..errors import BadBundle
from . import files

_PACK = re.compile(r"(\d{1,12})-(\d{1,12})\.pack")
# Brotli's windows, in bits: what is smaller than the small one needs no more.
_SMALL, _USUAL = 16, 22


class Folder:
    """Below `path`: `o/<hash>`, `b/names`, `b/keys`, `b/<name>/{head,manifest,<from>-<to>.pack}`.

    Objects and packs are there twice: as they are, and in brotli as `.br`.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._objects, self._bundles = path, path / "o", path / "b"

    def prepare(self) -> None:
        """Make the folders, and drop what a crash left behind."""
        for folder in (self._objects, self._bundles, *(self._bundles / name for name in self.names())):
            folder.mkdir(parents=True, exist_ok=True)
            files.sweep(folder)

    # Objects

    def has(self, name: bytes) -> bool:
        return (self._objects / name.hex()).is_file()

    def object(self, name: bytes) -> bytes:
        """Raises `BadBundle` where it is missing or damaged."""
        try:
            data = (self._objects / name.hex()).read_bytes()
        except OSError as error:
            raise BadBundle(f"The object {name.hex()} is missing.") from error
        if digest(data) != name:
            raise BadBundle(f"The object {name.hex()} is damaged.")
        return data

    def keep_object(self, data: bytes, *, durable: bool = True, quality: int = 11) -> bytes:
        name = digest(data)
        if not self.has(name):
            # At quality 9 brotli's hash table for its usual window takes fifteen times as long as a story.
            window = _SMALL if len(data) < 1 << _SMALL else _USUAL
            small = bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=quality, lgwin=window))
            files.write(self._objects / f"{name.hex()}.br", small, durable=durable)
            files.write(self._objects / name.hex(), data, durable=durable)
        return name

    def drop_object(self, name: bytes) -> None:
        for path in (self._objects / name.hex(), self._objects / f"{name.hex()}.br"):
            path.unlink(missing_ok=True)

    def objects(self) -> Iterator[bytes]:
        for path in self._objects.iterdir():
            if len(path.name) == 64:
                yield bytes.fromhex(path.name)

    # Bundles

    def names(self) -> list[str]:
        if not self._bundles.is_dir():
            return []
        return sorted(path.name for path in self._bundles.iterdir() if path.is_dir() and is_name(path.name))

    def tell(self, keys: bytes) -> None:
        """The keys and the names, where they changed."""
        told = {"keys": keys, "names": "".join(f"{name}\n" for name in self.names()).encode()}
        for name, data in told.items():
            path = self._bundles / name
            if not path.is_file() or path.read_bytes() != data:
                files.write(path, data)

    def current(self, name: str) -> tuple[Head, Listing, bytes] | None:
        """What is published of a bundle: head, list, and the list's bytes; None where that is nothing whole."""
        try:
            head, listed = split_manifest((self._bundles / name / "manifest").read_bytes())
            read = read_head(head)
            if digest(listed) != read.digest:
                return None
            return read, read_list(listed), listed
        except (OSError, BadBundle):
            return None

    def publish(self, name: str, head: bytes, listed: bytes) -> None:
        """From the first rename on, readers see the new state; the second only spares them bytes."""
        files.sync(self._objects)
        files.sync(self._bundles / name)
        files.write(self._bundles / name / "manifest", head + listed)
        files.write(self._bundles / name / "head", head)
        files.sync(self._bundles / name)

    def mend(self, name: str) -> None:
        """A crash between the two renames left an older head: the manifest's own takes its place."""
        if self.current(name) is None:
            return
        head, _ = split_manifest((self._bundles / name / "manifest").read_bytes())
        beside = self._bundles / name / "head"
        if not beside.is_file() or beside.read_bytes() != head:
            files.write(beside, head)

    def keep_pack(self, name: str, begin: int, end: int, records: Iterable[bytes], quality: int) -> None:
        """Both codings; the plain one is the second to appear, and says that both are there."""
        path = self._pack(name, begin, end)
        files.write(path.with_name(f"{path.name}.raw"), records)
        files.write(
            path.with_name(f"{path.name}.br"), compressed(_records(path.with_name(f"{path.name}.raw")), quality)
        )
        path.with_name(f"{path.name}.raw").replace(path)

    def has_pack(self, name: str, begin: int, end: int) -> bool:
        return self._pack(name, begin, end).is_file()

    def wire(self, name: str, begin: int, end: int) -> int:
        """A pack's size in brotli."""
        path = self._pack(name, begin, end)
        return path.with_name(f"{path.name}.br").stat().st_size

    def packs(self, name: str) -> list[tuple[int, int]]:
        found = (_PACK.match(path.name) for path in (self._bundles / name).glob("*.pack*"))
        return sorted({(int(match[1]), int(match[2])) for match in found if match})

    def drop_pack(self, name: str, begin: int, end: int) -> None:
        path = self._pack(name, begin, end)
        for suffix in ("", ".br", ".raw"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    def _pack(self, name: str, begin: int, end: int) -> Path:
        return self._bundles / name / f"{begin}-{end}.pack"


def _records(path: Path) -> Iterator[bytes]:
    """A pack's records again, one by one."""
    with path.open("rb") as file:
        yield file.read(4)
        while header := file.read(5):
            yield header + file.read(int.from_bytes(header[1:], "big"))
