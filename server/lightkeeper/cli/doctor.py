"""`lightkeeper doctor`: what is well, what is doubtful, what fails, each with what to do; the exit code sums it up."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ..demo.serve import start_origin
from ..doctor.examine import examine
from ..settings import Settings, load


def doctor(
    url: Annotated[str | None, typer.Argument(metavar="[URL]", help="Your site, where the settings name none.")] = None,
    public_url: Annotated[str | None, typer.Option(help="The address that readers use.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file; default: lightkeeper.toml, if there.")] = None,
    data: Annotated[str | None, typer.Option(help="Folder for what is stored.")] = None,
) -> None:
    """Examine a site (without one: the demo) and this machine. Exit code 1 where something fails, else 0."""
    settings = load(config, origin=url, public_url=public_url, data=data)
    raise typer.Exit(asyncio.run(_examined(settings) if settings.origin else _demo(settings)))


async def _demo(settings: Settings) -> int:
    """The demo's pages name their address themselves, so that the origin is also where readers would find it."""
    origin = await start_origin()
    try:
        with tempfile.TemporaryDirectory(prefix="lightkeeper-demo-") as folder:
            update = {"origin": origin.url, "publication": "The Lantern", "data": Path(folder)}
            return await _examined(settings.model_copy(update=update))
    finally:
        await origin.stop()


async def _examined(settings: Settings) -> int:
    levels = []
    async for finding in examine(settings):
        typer.echo(str(finding))
        levels.append(finding.level)
    counts = f"{levels.count('OK')} well, {levels.count('WARN')} to look at, {levels.count('FAIL')} failed"
    typer.echo(f"\n{counts}.")
    return 1 if "FAIL" in levels else 0
