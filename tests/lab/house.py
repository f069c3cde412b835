"""All servers of the lab, in one namespace: `python -m tests.lab.house FOLDER`, until its standard input ends.

Doors, by what a reader finds there: Lightkeeper over TLS; another one, where first-time readers get the text first; the
same over plain HTTP; the same behind an nginx as in docs/recipes/nginx.conf; the plain site, over TLS and not. Each
Lightkeeper has a site of its own.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from lightkeeper.demo.serve import start_origin

from ..deploy.stack import nginx_recipe
from ..origins.processes import listens, running
from ..servers import Address

HOST, WIDGETS = "www.lantern.example", "widgets.example"


class Door(NamedTuple):
    port: int
    tls: bool
    url: str


def _door(port: int, tls: bool) -> Door:
    return Door(port, tls, f"http{'s' if tls else ''}://{HOST}:{port}")


DOORS = {
    "tls": _door(4430, True),
    "plain": _door(8000, False),
    "proxy": _door(4431, True),
    "first": _door(4432, True),
    "origin-tls": _door(4439, True),
    "origin-plain": _door(8009, False),
}
_WIDGETS = f"https://{WIDGETS}:4439"
_BEHIND_PROXY = 8001


def _site(port: int, base: str) -> str:
    """A demo site on a port of its own, in a process that ends with this one."""
    return asyncio.run(start_origin(port=port, base_url=base, widget_url=_WIDGETS)).url


def _lightkeeper(stack: ExitStack, folder: Path, name: str, site: str, *more: str) -> None:
    here = folder / f"door-{name}"
    here.mkdir()
    port = _BEHIND_PROXY if name == "proxy" else DOORS[name].port
    files = ["--tls-cert", str(folder / "site.pem"), "--tls-key", str(folder / "site.key")]
    tls = files if name in ("tls", "first") else []
    (here / "lightkeeper.toml").write_text("\n".join(('fronts = ["/", "/fa/"]', 'offline = "off"', *more)) + "\n")
    at = ("--config", str(here / "lightkeeper.toml"), "--data", str(here / "data"), "--host", "0.0.0.0")
    command = [sys.executable, "-m", "tests.lab.served", str(folder / "decisions.jsonl"), "serve", "--port", str(port)]
    command += [*at, "--origin", site, "--public-url", DOORS[name].url, *tls]
    ready = Address("127.0.0.1", port)
    stack.enter_context(running(command, log=here / "log", ready=lambda: listens(ready)))


def _nginx(stack: ExitStack, folder: Path, sites: dict[str, str]) -> None:
    tls = f"ssl_certificate {folder}/site.pem; ssl_certificate_key {folder}/site.key;"
    tls += "ssl_protocols TLSv1.2 TLSv1.3;"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    said = "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;"
    said += "proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host;"
    behind, site = Address("127.0.0.1", _BEHIND_PROXY), Address("127.0.0.1", urlsplit(sites["proxy"]).port or 0)
    recipe = nginx_recipe(str(DOORS["proxy"].port), behind, site, folder / "site.pem", folder / "site.key")
    (folder / "recipe.conf").write_text(recipe)
    servers = [
        f"listen {DOORS['origin-tls'].port} ssl; {tls} location / {{ {said} proxy_pass {sites['origin-tls']}; }}",
        f"listen {DOORS['origin-plain'].port}; location / {{ {said} proxy_pass {sites['origin-plain']}; }}",
    ]
    (folder / "nginx.conf").write_text(
        f"daemon off; user root; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;"
        f"events {{ worker_connections 1024; }} http {{ access_log off; {temporary} include {folder}/recipe.conf;"
        "proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffers 32 32k; proxy_buffer_size 32k;"
        + "".join(f"server {{ {server} }}" for server in servers)
        + "}"
    )
    command = ["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
    ready = Address("127.0.0.1", DOORS["origin-plain"].port)
    stack.enter_context(running(command, log=folder / "nginx.log", ready=lambda: listens(ready)))


def main(folder: Path) -> None:
    with ExitStack() as stack:
        sites = {name: _site(9000 + number, door.url) for number, (name, door) in enumerate(DOORS.items())}
        _nginx(stack, folder, sites)
        for name in ("tls", "plain"):
            _lightkeeper(stack, folder, name, sites[name])
        _lightkeeper(stack, folder, "first", sites["first"], 'unknown = "light"')
        told = 'rtt_header = "X-Client-RTT us"'
        _lightkeeper(stack, folder, "proxy", sites["proxy"], 'trusted_proxies = "127.0.0.1"', told)
        print("ready", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
