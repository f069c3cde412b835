"""A static site behind a real nginx: a private instance in a temporary folder, on a free port."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ..servers import Address
from .processes import free_address, listens, running

_CONFIGURATION = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  types {{
    text/html html; text/css css; text/javascript js; image/png png; application/pdf pdf; application/rss+xml rss;
  }}
  default_type application/octet-stream;
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  gzip on;
  gzip_types text/css text/javascript;
  gzip_min_length 200;
  server {{
    listen {address};
    root {root};
    index index.html;
    {rules}
  }}
}}
"""


@contextmanager
def nginx(root: Path, *, rules: str = "") -> Iterator[Address]:
    """Serve the files of `root`; `rules` are more lines of the server's configuration."""
    address = free_address()
    with TemporaryDirectory(prefix="nginx-") as name:
        folder = Path(name)
        user = "" if os.getuid() else "user root;"
        lines = _CONFIGURATION.format(user=user, folder=folder, address=address.authority, root=root, rules=rules)
        (folder / "nginx.conf").write_text(lines, encoding="utf-8")
        command = ["/usr/sbin/nginx", "-p", name, "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
        with running(command, log=folder / "out.log", ready=lambda: listens(address)):
            yield address
