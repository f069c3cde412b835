"""The command `lightkeeper`. Every error that a person can mend is one line on stderr and exit code 2."""

from __future__ import annotations

import sys

import typer

from .. import __version__
from ..errors import LightkeeperError
from . import bundles, keys
from .doctor import doctor
from .extract import extract
from .newsroom import listing, restore, show, stats, withdraw
from .pull import pull
from .serve import serve
from .uninstall import uninstall

app = typer.Typer(
    name="lightkeeper",
    help="A text-only edition of your site for readers on bad networks.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(extract)
app.command()(uninstall)
app.command()(doctor)
app.command()(pull)
app.command("list")(listing)
app.command()(show)
app.command()(stats)
app.command()(withdraw)
app.command()(restore)
app.add_typer(bundles.app, name="bundles")
app.add_typer(keys.app, name="keys")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lightkeeper {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """A text-only edition of your site for readers on bad networks."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


# Typer carries its own click, and of its exceptions this is the only one with a public name.
_UsageError = typer.BadParameter.__base__ or typer.BadParameter


def main() -> None:
    """Run, and leave with the exit code."""
    try:
        code = typer.main.get_command(app).main(standalone_mode=False)
    except LightkeeperError as error:
        code = _say(str(error))
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except Exception as error:
        if not isinstance(error, _UsageError):
            raise
        code = _say(" ".join(getattr(error, "format_message", error.__str__)().split()))
    sys.exit(code if isinstance(code, int) else 0)


def _say(sentence: str) -> int:
    typer.echo(f"lightkeeper: {sentence}", err=True)
    return 2
