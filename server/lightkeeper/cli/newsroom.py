"""For the newsroom, on the data folder: what is stored, what was read, and taking a story out of every edition.

Servers that run on the same folder follow within a second.
"""

from __future__ import annotations

import asyncio
import csv
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.exc import SQLAlchemyError

from ..article import fragment, plain
from ..errors import SettingsError, StoreError
from ..gather.addresses import address_of
from ..settings import Settings, load
from ..store import Store, Views, exists, migrate

T = TypeVar("T")
# Fewer readings than this could be one person's.
FEWEST = 10

Config = Annotated[Path | None, typer.Option(help="Settings file; default: lightkeeper.toml, if there.")]
Data = Annotated[str | None, typer.Option(help="Folder for what is stored.")]
Address = Annotated[str, typer.Argument(metavar="URL", help="The story's address, or its path.")]

_WITHDRAWN = """\
Withdrawn: {address}
Stored pages removed: {count}. From now on no server on this data folder serves or stores it; `restore` undoes that.

This cannot be recalled from here:
  - caches between you and your readers: up to a minute
  - copies that readers keep on their devices: until they connect next
  - what messengers, search engines and readers have copied
  - your own site: its full page passes as your site sends it
"""


def withdraw(url: Address, config: Config = None, data: Data = None) -> None:
    """Take a story out of every edition at once, until it is restored."""
    settings = load(config, data=data)
    address = address_of(settings, url)
    count = on_store(settings, lambda store: store.withdraw(address, datetime.now(UTC)))
    typer.echo(_WITHDRAWN.format(address=address, count=count), nl=False)


def restore(url: Address, config: Config = None, data: Data = None) -> None:
    """Undo a withdrawal: the story is read from the site again when it is asked for."""
    settings = load(config, data=data)
    address = address_of(settings, url)
    if not on_store(settings, lambda store: store.restore(address)):
        raise SettingsError(f"{address} is not withdrawn")
    typer.echo(f"Restored: {address}")


def show(url: Address, config: Config = None, data: Data = None) -> None:
    """Show what is stored of a story."""
    settings = load(config, data=data)
    address = address_of(settings, url)
    story = on_store(settings, lambda store: store.find(address))
    if story is None:
        raise SettingsError(f"{address} is not stored")
    for name, value in (
        ("address", story.address),
        ("title", story.title),
        ("section", story.section),
        ("language", story.language),
        ("published", _minute(story.published)),
        ("fetched", _minute(story.fetched)),
        ("version", story.digest[:16]),
    ):
        typer.echo(f"{name:<10} {value}".rstrip())
    typer.echo("\n" + plain.text(fragment.parse(story.fragment)).rstrip())


def listing(
    config: Config = None,
    data: Data = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many of the newest.")] = 50,
    language: Annotated[str, typer.Option(help="Only stories in this language.")] = "",
) -> None:
    """List the stories that are stored, newest first."""
    for story in on_store(load(config, data=data), lambda store: store.listed(limit, language=language)):
        title = " ".join(story.title.split())
        typer.echo("\t".join((_minute(story.published), story.language or "-", story.address, title)))


def stats(
    config: Config = None,
    data: Data = None,
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days back.")] = 7,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated, for spreadsheets.")] = False,
) -> None:
    """Daily views per story and edition (UTC). Numbers under 10 are hidden."""
    since = (datetime.now(UTC) - timedelta(days=days - 1)).date().isoformat()
    views = on_store(load(config, data=data), lambda store: store.views(since))
    if as_csv:
        table = csv.writer(sys.stdout, lineterminator="\n")
        table.writerow(("day", "edition", "views", "address"))
        table.writerows((item.day, item.edition, _hidden(item), _inert(item.address)) for item in views)
    else:
        for item in views:
            typer.echo(f"{item.day}  {item.edition:<5}  {_hidden(item):>9}  {item.address}")


def _hidden(item: Views) -> str:
    return str(item.count) if item.count >= FEWEST else f"<{FEWEST}"


def _inert(cell: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def on_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Do `work` with the store of the data folder. Raises `SettingsError` where there is none, `StoreError`."""
    if not exists(settings.data):
        raise SettingsError(f"data: nothing is stored in {settings.data} yet")
    migrate(settings.data)

    async def run() -> T:
        store = Store(settings.data)
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except SQLAlchemyError as error:
        raise StoreError(f"the data folder {settings.data} failed: {getattr(error, 'orig', None) or error}") from error
