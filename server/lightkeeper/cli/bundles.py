"""`lightkeeper bundles`: what readers keep, made without a server, listed, and verified with nothing but a root key."""

from __future__ import annotations

import asyncio
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer

from ..bundles import reading
from ..bundles.heads import Head
from ..bundles.trust import anchor
from ..delivery.paths import PathRules
from ..errors import BundleError, KeyFileError, SettingsError
from ..publishing import files
from ..publishing.folder import Folder
from ..publishing.publisher import Publisher
from ..publishing.task import Lock
from ..settings import Settings, load
from ..store import Store, exists, migrate
from .newsroom import Config, Data

app = typer.Typer(help="What readers keep on their devices.", no_args_is_help=True)
_PATIENCE = 30.0
_LARGEST = 64_000_000


@app.command("list")
def listing(config: Config = None, data: Data = None) -> None:
    """Every bundle: its stories, its size in a first sync, its state and until when it counts."""
    folder = Folder(load(config, data=data).data / "bundles")
    names = folder.names()
    if not names:
        raise SettingsError(f"{folder.path}: no bundles are published; see lightkeeper keys, lightkeeper bundles build")
    typer.echo(f"{'bundle':<20}{'stories':>8}{'first sync':>12}{'withdrawn':>10}  {'state':<20}until")
    for name in names:
        current = folder.current(name)
        if current is not None:
            head, listed, _ = current
            count, gone = len(reading.stories(listed)), len(listed.tombstones)
            size = f"{head.wire:,}"
            typer.echo(f"{name:<20}{count:>8}{size:>12}{gone:>10}  {_time(head.sequence):<20}{_time(head.expires)}")


@app.command()
def build(
    output: Annotated[
        Path | None, typer.Option(help="Copy everything into this folder, for a host that serves only files.")
    ] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Publish what changed, without a server; where one runs on the same folder, it has done so already."""
    settings = load(config, data=data)
    if not exists(settings.data):
        raise SettingsError(f"data: there is no database in {settings.data}")
    migrate(settings.data)
    with Lock(settings.data) as lock:
        if lock.held:
            asyncio.run(_build(settings))
        else:
            typer.echo("A server publishes from this folder.", err=True)
    if output is not None:
        _copy(settings.data / "bundles", output / "_lk")
        typer.echo(f"Copied to {output / '_lk'}", err=True)


@app.command()
def verify(
    place: Annotated[str, typer.Argument(metavar="URL|DIR", help="A site, a mirror, or a folder made by build.")],
    root: Annotated[str, typer.Option(help="The fingerprint of a root key, as keys show prints it.")],
    name: Annotated[list[str] | None, typer.Option("--bundle", help="Only these; default: all that are named.")] = None,
) -> None:
    """Read every bundle there as a reader would, believing nothing but the root key; exit code 1 where one fails."""
    source = _Source(place)
    failed = 0
    with source:
        keys = source.get("b/keys")
        trust = anchor(keys, root)
        names = name or source.get("b/names").decode("ascii", "replace").split()
        for each in names:
            try:
                told = reading.read_all(source.get, trust, keys, each, int(time.time()))
            except BundleError as error:
                failed += 1
                typer.echo(f"{each:<20} refused: {error}")
                continue
            trust = told.accepted.trust
            typer.echo(f"{each:<20} {_said(told.accepted.head, told)}")
    if not names:
        raise SettingsError(f"{place}: there are no bundles")
    if failed:
        raise typer.Exit(1)


def _said(head: Head, told: reading.Told) -> str:
    stories = sum(1 for _ in reading.stories(told.listing))
    late = f"expired {_time(head.expires)}" if told.accepted.expired else f"counts until {_time(head.expires)}"
    return f"verified: {stories} stories, {told.bytes:,} bytes, state of {_time(head.sequence)}, {late}"


async def _build(settings: Settings) -> None:
    store = Store(settings.data)
    publisher = Publisher(settings, store, PathRules(settings.untouched, settings.light_paths).allow)
    try:
        told = await publisher.once()
        while await publisher.finish():
            pass
    finally:
        await publisher.close()
        await store.close()
    for name in told.published:
        typer.echo(f"Published: {name}")
    typer.echo(f"{told.made} stories made, {told.refused} refused, {len(told.published)} bundles changed", err=True)


def _copy(source: Path, target: Path) -> None:
    """What is named before what names it, and only what is not there yet."""
    order = {"o": 0, ".pack": 1, "keys": 2, "manifest": 3, "head": 4, "names": 5}
    found = [path for path in source.rglob("*") if path.is_file() and path.relative_to(source).parts[0] in ("o", "b")]
    found = [path for path in found if not path.name.startswith(".new-")]

    def rank(path: Path) -> int:
        return order["o"] if path.parent.name == "o" else order.get(path.name, order[".pack"])

    kept = set()
    for path in sorted(found, key=rank):
        place = target / path.relative_to(source)
        kept.add(place)
        if rank(path) > 1 or not place.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            files.write(place, path.read_bytes(), durable=False)
    for place in [*(target / "o").glob("*"), *(target / "b").glob("*/*")]:
        if place.is_file() and place not in kept:
            place.unlink()
    for place in (target / "b").glob("*"):
        if place.is_dir() and not any(place.iterdir()):
            shutil.rmtree(place)


class _Source:
    """Where to read: an address over HTTP, or a folder. Raises `BundleError` where a file cannot be had."""

    def __init__(self, place: str) -> None:
        self._client = httpx.Client(timeout=_PATIENCE, trust_env=False) if "://" in place else None
        self._place = place.rstrip("/")

    def __enter__(self) -> _Source:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client:
            self._client.close()

    def get(self, path: str) -> bytes:
        try:
            return self._asked(path) if self._client else self._opened(path)
        except httpx.HTTPStatusError as error:
            raise KeyFileError(f"{self._place}/_lk/{path}: answered {error.response.status_code}") from error
        except (OSError, httpx.HTTPError) as error:
            raise KeyFileError(f"{self._place}/_lk/{path}: cannot be had: {error}") from error

    def _asked(self, path: str) -> bytes:
        assert self._client is not None
        parts, size = [], 0
        with self._client.stream("GET", f"{self._place}/_lk/{path}") as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                size += len(part)
                if size > _LARGEST:
                    raise KeyFileError(f"{self._place}/_lk/{path}: is too large")
                parts.append(part)
        return b"".join(parts)

    def _opened(self, path: str) -> bytes:
        folder = Path(self._place)
        inside = folder / "_lk" if (folder / "_lk").is_dir() else folder
        return (inside / path).read_bytes()


def _time(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return str(seconds)
