"""The command `lightkeeper`. Every error that a person can mend is one line on stderr and exit code 2."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from .. import __version__
from ..errors import LightkeeperError

# command -> its module, and its function or its own commands there. A server that starts loads only its own.
_COMMANDS = {
    "serve": ("serve", "serve"),
    "extract": ("extract", "extract"),
    "uninstall": ("uninstall", "uninstall"),
    "doctor": ("doctor", "doctor"),
    "pull": ("pull", "pull"),
    "list": ("newsroom", "listing"),
    "show": ("newsroom", "show"),
    "stats": ("newsroom", "stats"),
    "withdraw": ("newsroom", "withdraw"),
    "restore": ("newsroom", "restore"),
    "bundles": ("bundles", "app"),
    "keys": ("keys", "app"),
}


def _made(wanted: str) -> typer.Typer:
    """The command line with the one command that is wanted; with all of them where it is none."""
    app = typer.Typer(
        name="lightkeeper",
        help="A text-only edition of your site for readers on bad networks.",
        invoke_without_command=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    for name in [wanted] if wanted in _COMMANDS else _COMMANDS:
        module, attribute = _COMMANDS[name]
        found = getattr(import_module(f".{module}", __package__), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lightkeeper {__version__}")
        raise typer.Exit


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
        code = typer.main.get_command(_made(sys.argv[1] if len(sys.argv) > 1 else "")).main(standalone_mode=False)
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
