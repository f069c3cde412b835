"""`lightkeeper pull`: all stories of the site into the data folder, before the first reader asks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..delivery.paths import PathRules
from ..errors import SettingsError
from ..gather.pull import Pull, Summary
from ..settings import Settings, load
from ..source.origin import Origin
from ..source.pool import Pool
from ..store import Store, migrate

Option = typer.Option
# Nobody waits for an answer here: writers on a busy disk may take their time.
_PATIENCE = 60.0


def pull(
    origin: Annotated[str | None, Option(help="Your site, where to connect: http(s)://host[:port].")] = None,
    public_url: Annotated[str | None, Option(help="The address that readers use.")] = None,
    config: Annotated[Path | None, Option(help="Settings file; default: lightkeeper.toml, if there.")] = None,
    data: Annotated[str | None, Option(help="Folder for what is stored.")] = None,
    pace: Annotated[str | None, Option(help="Requests a second, at most.")] = None,
) -> None:
    """Read all stories that fronts, feeds, sitemaps and WordPress name. Run again after a stop, it goes on.

    Exit code 0: all were read; 1: some failed; 2: it could not go on.
    """
    settings = load(config, origin=origin, public_url=public_url, data=data, pace=pace)
    if not settings.origin:
        raise SettingsError("origin: say which site, with --origin https://your.site")
    migrate(settings.data)
    summary = asyncio.run(_run(settings))
    _say(summary)
    if summary.failed:
        raise typer.Exit(1)


async def _run(settings: Settings) -> Summary:
    origin, store = Origin(settings), Store(settings.data, _PATIENCE)
    pool = Pool(settings.extract_processes, settings.extract_timeout)
    columns = (TextColumn("Stories"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=None)

        def show(summary: Summary) -> None:
            progress.update(bar, total=summary.known, completed=summary.done)

        try:
            allow = PathRules(settings.untouched, settings.light_paths).allow
            return await Pull(settings, origin=origin, store=store, pool=pool, allow=allow, show=show).run()
        finally:
            await pool.close()
            await store.close()
            await origin.aclose()


def _say(summary: Summary) -> None:
    typer.echo(
        f"{'Resumed. ' if summary.resumed else ''}Stored {summary.stored}, unchanged {summary.unchanged}, "
        f"had already {summary.skipped}, without a story {summary.no_story}, failed {summary.failed}."
    )
    for failure in summary.named:
        typer.echo(f"  {failure}", err=True)
    if summary.failed > len(summary.named):
        typer.echo(f"  and {summary.failed - len(summary.named)} more", err=True)
