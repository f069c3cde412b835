"""A misbehaving site, Lightkeeper in front of it, and a real nginx or Caddy in front of both, by our own recipes."""

from __future__ import annotations

import contextlib
import os
import random
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..origins.processes import listens, running
from ..servers import Address

ROOT = Path(__file__).parent.parent.parent
RECIPES = ROOT / "docs" / "recipes"
_TLS = ROOT / "tests" / "source" / "tls"


def free_address() -> Address:
    """A port below those that the system hands out, so that nobody's connection takes it before we listen."""
    while True:
        address = Address("127.0.0.1", random.randrange(20_000, 32_000))
        with contextlib.suppress(OSError), socket.create_server((address.host, address.port)):
            return address


@contextmanager
def misbehaving() -> Iterator[Address]:
    command = [sys.executable, "-m", "tests.deploy.origin", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Address("127.0.0.1", int(process.stdout.readline()))
        finally:
            process.kill()


def arguments(site: Address, folder: Path) -> tuple[str, ...]:
    """How Lightkeeper is started for the recipes."""
    config = folder / "lightkeeper.toml"
    # What goes out whole must not depend on how busy this machine is: the site takes up to 50 ms over a page by itself.
    config.write_text(
        'trusted_proxies = "127.0.0.1"\nrtt_header = "X-Client-RTT us"\nfronts = []\nfresh = 60.0\n'
        "stored_after = 2.0\nwhole_within = 10.0\n"
    )
    data = ("--data", str(folder / "data"))
    return ("--config", str(config), "--origin", site.url, "--public-url", "https://www.paper.example", *data)


def nginx_recipe(listen: str, lightkeeper: Address, site: Address, certificate: Path, key: Path) -> str:
    """`docs/recipes/nginx.conf` for these two and this certificate, listening there."""
    recipe = _with_ports((RECIPES / "nginx.conf").read_text(), lightkeeper, site)
    recipe = _replaced(recipe, "listen 443", f"listen {listen}")
    recipe = _replaced(recipe, "/etc/ssl/www.example.org.pem", str(certificate))
    return _replaced(recipe, "/etc/ssl/www.example.org.key", str(key))


@contextmanager
def nginx(folder: Path, lightkeeper: Address, site: Address) -> Iterator[Address]:
    """A private nginx with `docs/recipes/nginx.conf`."""
    front = free_address()
    recipe = nginx_recipe(front.authority, lightkeeper, site, _TLS / "site.pem", _TLS / "site.key")
    (folder / "recipe.conf").write_text(_impatient(recipe))
    config = folder / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    config.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; {_user()}"
        f"events {{ worker_connections 1024; }} http {{ access_log off; {temporary} include {folder}/recipe.conf; }}"
    )
    command = ["/usr/sbin/nginx", "-c", str(config), "-p", str(folder), "-e", str(folder / "error.log")]
    with running(command, log=folder / "nginx.log", ready=lambda: listens(front)):
        yield front


@contextmanager
def caddy(folder: Path, lightkeeper: Address, site: Address) -> Iterator[Address]:
    """A private Caddy with `docs/recipes/Caddyfile`."""
    front = free_address()
    recipe = _impatient(_with_ports((RECIPES / "Caddyfile").read_text(), lightkeeper, site))
    tls = f"\n\ttls {_TLS / 'site.pem'} {_TLS / 'site.key'}\n"
    recipe = re.sub(r"(?m)^www\.example\.org \{\n", f"https://www.paper.example:{front.port} {{{tls}", recipe)
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + recipe)
    command = ["/usr/bin/caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    environment = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with running(command, log=folder / "caddy.log", ready=lambda: listens(front), environment=environment):
        yield front


def _with_ports(recipe: str, lightkeeper: Address, site: Address) -> str:
    return _replaced(_replaced(recipe, "127.0.0.1:8000", lightkeeper.authority), "127.0.0.1:8080", site.authority)


def _impatient(recipe: str) -> str:
    """With less patience for a hung Lightkeeper than readers may need."""
    return _replaced(recipe, " 12s", " 4s")


def _replaced(text: str, old: str, new: str) -> str:
    assert old in text, f"the recipe does not say {old}"
    return text.replace(old, new)


def _user() -> str:
    """As root, nginx would give up its rights to read the certificate's folder."""
    return "user root;" if os.getuid() == 0 else ""
