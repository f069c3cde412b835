"""`lightkeeper serve`: the service in front of a site; without an origin, in front of the demo publication."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import socket
import ssl
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from .. import logs
from ..app import create_app
from ..delivery.metrics import FOLDER
from ..errors import SettingsError
from ..settings import Settings, load
from ..store.repair import prepare
from .keys import make_throwaway
from .processes import Processes

_HANDED_OVER = "LIGHTKEEPER__SETTINGS"
# Readers on slow links come back to a connection late; opening a new one costs them a round trip, with TLS three.
_KEEP_ALIVE = 75
# Half of what containers give a process that is told to end: on a busy machine, ending takes its time, too.
_DRAIN = 5


def serve(
    origin: Annotated[str | None, typer.Option(help="Your site, where to connect: http(s)://host[:port].")] = None,
    public_url: Annotated[str | None, typer.Option(help="The address that readers use.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file; default: lightkeeper.toml, if there.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[str | None, typer.Option(help="Port to listen on.")] = None,
    data: Annotated[str | None, typer.Option(help="Folder for what is stored.")] = None,
    workers: Annotated[str | None, typer.Option(help="Number of server processes.")] = None,
    tls_cert: Annotated[str | None, typer.Option(help="PEM file with the certificate chain.")] = None,
    tls_key: Annotated[str | None, typer.Option(help="PEM file with the private key.")] = None,
) -> None:
    """Serve a site, or the demo publication where no origin is set."""
    given = {
        "origin": origin,
        "public_url": public_url,
        "host": host,
        "port": port,
        "data": data,
        "workers": workers,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
    }
    settings = load(config, **given)
    _check_tls(settings)
    with ExitStack() as stack:
        listening = stack.enter_context(_listen(settings))
        if not settings.origin:
            settings = _demo(stack, config, given, settings, listening.getsockname()[1])
        _run(settings, listening)


def _check_tls(settings: Settings) -> None:
    if settings.tls_cert and settings.tls_key:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(settings.tls_cert, settings.tls_key)
        except OSError as error:  # ssl.SSLError is one, too
            files = f"{settings.tls_cert} and {settings.tls_key}"
            raise SettingsError(f"tls_cert, tls_key: {files} cannot be used: {error.strerror or error}") from error


def _demo(stack: ExitStack, config: Path | None, given: dict[str, Any], settings: Settings, port: int) -> Settings:
    """The settings for a demo origin that runs until `stack` closes; nothing of it stays."""
    from ..demo.serve import start_origin  # a server in front of a site does without

    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lightkeeper-demo-"))
    scheme = "https" if settings.tls_cert else "http"
    public = settings.public_url or f"{scheme}://{_shown_host(settings)}:{port}"
    origin = asyncio.run(start_origin(base_url=public))
    stack.callback(lambda: asyncio.run(origin.stop()))
    demo = {
        "origin": origin.url,
        "public_url": public,
        "publication": settings.publication or "The Lantern",
        "fronts": "/ /fa/",
        "data": folder,
    }
    make_throwaway(Path(folder) / "keys", public)
    typer.echo(_INVITATION.format(url=public))
    return load(config, **{**given, **demo})


_INVITATION = """\
The demo publication is at {url}

  a good link      {url}/
  a poor link      {url}/light/           (or any page with `Save-Data: on`)
  in Persian       {url}/fa/
  a broken load    open a story and add ?fault=hang-css to its address
  no link at all   {url}/light/-/offline  then stop this server

Stop with Ctrl-C. In front of your own site: lightkeeper serve --origin https://your.site
"""


def _shown_host(settings: Settings) -> str:
    return "127.0.0.1" if settings.host in ("0.0.0.0", "::", "localhost") else settings.host  # noqa: S104


def _run(settings: Settings, listening: socket.socket) -> None:
    os.environ[_HANDED_OVER] = settings.model_dump_json()
    logs.set_up(settings.log_format)
    prepare(settings.data)
    config = _config(settings)
    if settings.workers > 1:
        os.environ[FOLDER] = str(_emptied(settings.data / "metrics"))
        Processes(config, sockets=[listening], drain=_DRAIN).run()
    else:
        uvicorn.Server(config).run(sockets=[listening])


def _emptied(folder: Path) -> Path:
    """Where server processes put their numbers together; those of an earlier run would be counted again."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _config(settings: Settings) -> uvicorn.Config:
    """How uvicorn runs: no access log and no client address anywhere, WebSockets left to the application to refuse."""
    return uvicorn.Config(
        "lightkeeper.cli.serve:handed_over",
        factory=True,
        workers=settings.workers,
        http="lightkeeper.delivery.protocol:Protocol",
        ws="none",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_DRAIN,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )


def handed_over() -> Any:
    """The application in a server process, from the settings that `serve` resolved."""
    settings = Settings.model_validate_json(os.environ[_HANDED_OVER])
    logs.set_up(settings.log_format)
    app = create_app(settings)
    gc.freeze()  # what lives as long as the process is looked through no more: a third of each request's time
    return app


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise SettingsError(f"{settings.host}:{settings.port}: cannot listen there: {error.strerror}") from error
    listening.set_inheritable(True)
    return listening
