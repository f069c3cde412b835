"""The command `lightkeeper`. Every error that a person can mend is one line on stderr and exit code 2."""

from __future__ import annotations

import sys

import click
import typer

from .. import __version__
from ..errors import LightkeeperError
from .extract import extract
from .serve import serve

app = typer.Typer(
    name="lightkeeper",
    help="A text-only edition of your site for readers on bad networks.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(extract)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lightkeeper {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """A text-only edition of your site for readers on bad networks."""


def main() -> None:
    """Run, and leave with the exit code."""
    command = typer.main.get_command(app)
    try:
        code = command.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        typer.echo(error.format_message())
        code = 2
    except click.ClickException as error:
        typer.echo(f"lightkeeper: {' '.join(error.format_message().split())}", err=True)
        code = 2
    except LightkeeperError as error:
        typer.echo(f"lightkeeper: {error}", err=True)
        code = 2
    except (click.Abort, KeyboardInterrupt):
        code = 130
    sys.exit(code if isinstance(code, int) else 0)
