"""`lightkeeper keys`: the keys that sign what readers keep. Root keys are printed for paper, and never stored here.

What a drill asks for (a lost key, a seized server) is in docs/keys.md.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ..bundles import issuing, sheets, signatures
from ..bundles.roots import Keys
from ..bundles.trust import fingerprint_of
from ..errors import KeyFileError
from ..publishing import files
from ..publishing.keyring import DAY, Keyring, warning
from ..settings import load
from .newsroom import Config, Data

app = typer.Typer(help="The keys that sign what readers keep.", no_args_is_help=True)

Sheets = Annotated[
    Path | None,
    typer.Option(help="Write new sheets as files into this folder (a custodian's stick) instead of printing them."),
]
Sheet = Annotated[
    Path | None,
    typer.Option(help="File with a root key's sheet; without it, the four rows are asked for, or read from stdin."),
]
Days = Annotated[int, typer.Option(min=1, max=3650, help="For how many days the online key counts.")]
_YEAR = issuing.LIFETIME // DAY

_SHEET = """\
Lightkeeper root key, for custodian {who}
Publication  {publication}
Fingerprint  {fingerprint}
Made on      {date}

{rows}

Keep this sheet where the other custodian's is not. Whoever has it can speak for the publication.
Needed for: lightkeeper keys rotate | revoke. Never needed on a server.
"""


@app.command()
def init(
    publication: Annotated[
        str, typer.Option(help="The name that readers' devices remember for ever; default: the public address.")
    ] = "",
    days: Days = _YEAR,
    sheets_folder: Annotated[Path | None, typer.Option("--sheets", help="As for rotate.")] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Make two root keys, for two custodians, and the server's online key."""
    settings = load(config, data=data)
    ring = Keyring(settings.data / "keys")
    if ring.exists():
        raise KeyFileError(f"{ring.folder}: there are keys already; a new one comes with: lightkeeper keys rotate")
    name = publication or settings.site
    if not name:
        raise KeyFileError("publication: say whose keys these are, with --publication or the setting public_url")
    roots, online = (_new(), _new()), _new()
    keys = issuing.first(name, roots, online, _now(), days * DAY)
    told = [_sheet(who, secret, keys) for who, secret in zip("AB", roots, strict=True)]
    _hand_over(told, [signatures.public(secret) for secret in roots], sheets_folder, settings.data)
    ring.write(keys, online)
    typer.echo(f"The online key is in {ring.folder}. Readers' devices will remember the two root keys.", err=True)


@app.command()
def rotate(
    root: Annotated[bool, typer.Option("--root", help="Replace the root key whose sheet is not at hand, too.")] = False,
    sheet: Sheet = None,
    days: Days = _YEAR,
    sheets_folder: Annotated[Path | None, typer.Option("--sheets", help="Folder for the new sheet.")] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Make a new online key before the old one expires; with --root, also a new root key for the other custodian."""
    folder, ring = _opened(config, data)
    secret, online, now = _read(sheet), _new(), _now()
    if not root:
        _write(ring, issuing.rotate(ring.keys(), secret, online, now, days * DAY), online)
        return
    fresh = _new()
    keys = issuing.replace_root(ring.keys(), secret, fresh, online, now, days * DAY)
    _hand_over([_sheet("of the new root key", fresh, keys)], [signatures.public(fresh)], sheets_folder, folder)
    _write(ring, keys, online)


@app.command()
def revoke(sheet: Sheet = None, days: Days = _YEAR, config: Config = None, data: Data = None) -> None:
    """After a server was seized: a new online key, and nothing that the old one signed counts any more."""
    _, ring = _opened(config, data)
    online = _new()
    _write(ring, issuing.revoke(ring.keys(), _read(sheet), online, _now(), days * DAY), online)


@app.command()
def show(config: Config = None, data: Data = None) -> None:
    """What everybody may know of the keys; exit code 1 where the online key is about to expire, or is missing."""
    _, ring = _opened(config, data)
    keys = ring.keys()
    certificate, now = keys.certificate, _now()
    typer.echo(f"Publication  {keys.root.publication}")
    typer.echo(f"Root         version {keys.root.version}, since {_date(keys.root.issued)}")
    for key in keys.root.keys:
        typer.echo(f"  {fingerprint_of(key)}")
    typer.echo(f"Online key   number {certificate.serial}, until {_date(certificate.not_after)}")
    problem = warning(certificate, now) or _problem(lambda: ring.signer(now))
    if problem:
        typer.echo(f"lightkeeper: {problem}", err=True)
        raise typer.Exit(1)


def make_throwaway(folder: Path, publication: str) -> None:
    """Keys for a demo: nobody keeps the root keys, and nothing outlives the folder."""
    online = _new()
    Keyring(folder).write(issuing.first(publication, (_new(), _new()), online, _now()), online)


def _opened(config: Path | None, data: str | None) -> tuple[Path, Keyring]:
    settings = load(config, data=data)
    return settings.data, Keyring(settings.data / "keys")


def _read(sheet: Path | None) -> bytes:
    if sheet is not None:
        try:
            return sheets.read(sheet.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise KeyFileError(f"{sheet}: cannot be read: {error}") from error
    if sys.stdin.isatty():
        return sheets.read("".join(f"{row}: {typer.prompt(f'Row {row}', hide_input=True)}\n" for row in range(1, 5)))
    return sheets.read(sys.stdin.read())


def _hand_over(told: list[str], keys: list[bytes], folder: Path | None, data: Path) -> None:
    """Print the sheets, or write each into a file of its own; never anywhere below the data folder."""
    if folder is None:
        typer.echo("\f".join(told), nl=False)
        return
    if folder.resolve().is_relative_to(data.resolve()):
        raise KeyFileError(f"{folder}: root keys must not lie in the data folder, which a server holds")
    for text, key in zip(told, keys, strict=True):
        path = folder / f"root-{fingerprint_of(key)[:9]}.txt"
        if path.exists():
            raise KeyFileError(f"{path}: there is such a file already")
        files.write(path, text.encode(), mode=0o600)
        typer.echo(f"Written: {path}", err=True)


def _sheet(who: str, secret: bytes, keys: Keys) -> str:
    return _SHEET.format(
        who=who,
        publication=keys.root.publication,
        fingerprint=fingerprint_of(signatures.public(secret)),
        date=_date(keys.root.issued),
        rows="\n".join(sheets.rows(secret)),
    )


def _write(ring: Keyring, keys: Keys, online: bytes) -> None:
    ring.write(keys, online)
    until = _date(keys.certificate.not_after)
    typer.echo(f"Online key number {keys.certificate.serial} is in {ring.folder}, until {until}.", err=True)


def _problem(read: Callable[[], object]) -> str:
    try:
        read()
    except KeyFileError as error:
        return str(error)
    return ""


def _new() -> bytes:
    """A number below the curve's order, evenly (FIPS 186-5, A.2.2)."""
    while True:
        secret = secrets.token_bytes(signatures.SECRET)
        if signatures.is_secret(secret):
            return secret


def _now() -> int:
    return int(time.time())


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
