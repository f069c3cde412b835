"""A real WordPress with a database of its own, in a temporary folder on a free port; gone when the block ends.

Knows nothing of Lightkeeper. Debian's packages are only read: the code is copied, the database listens on a socket in
the folder, PHP's own server answers. `python -m tests.origins.wordpress [THEME]` starts one to look at.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..servers import Address
from .processes import free_address, listens, running

THEMES = ("twentytwentyone", "twentytwentythree")
_PACKAGE = Path("/usr/share/wordpress")
_FILES = Path(__file__).parent / "site"
_PHP = (
    *("-d", "opcache.enable_cli=1"),
    *("-d", "upload_max_filesize=64M"),
    *("-d", "post_max_size=64M"),
    *("-d", "memory_limit=256M"),
    *("-d", "sendmail_path=/bin/true"),
    *("-d", "display_errors=stderr"),
)


@dataclass(frozen=True, slots=True)
class WordPress:
    """`url` is the site's address as WordPress knows it; `address` is where it listens."""

    url: str
    address: Address
    user: str
    password: str
    theme: str


@contextmanager
def wordpress(
    theme: str = THEMES[0],
    *,
    url: str = "",
    posts: Sequence[Mapping[str, object]] = (),
    title: str = "The Paper",
) -> Iterator[WordPress]:
    """Run a site with these `posts`, which are arguments of `wp_insert_post`. Without `url` it has its own address."""
    address = free_address()
    site = WordPress(url or address.url, address, "editor", secrets.token_hex(12), theme)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="origin-", ignore_cleanup_errors=True)))
        root = _copied(folder)
        environment = os.environ | {
            "ORIGIN_SOCKET": str(folder / "db.sock"),
            "ORIGIN_SECRET": site.password,
            "ORIGIN_SITE": site.url,
            "ORIGIN_ROOT": str(root),
            "PHP_CLI_SERVER_WORKERS": "4",
        }
        stack.enter_context(_database(folder))
        plan = {"title": title, "user": site.user, "password": site.password, "theme": theme, "posts": posts}
        _set_up(json.dumps(plan), environment)
        stack.enter_context(_php(site, root, folder, environment))
        yield site


def _copied(folder: Path) -> Path:
    """The package's files in a folder that may be written to: PHP finds WordPress by the real path of its files."""
    if not (_PACKAGE / "wp-settings.php").is_file():
        raise RuntimeError("WordPress is not installed: tests/origins/install.sh does that")
    root = folder / "site"
    shutil.copytree(_PACKAGE, root, ignore=shutil.ignore_patterns(".htaccess", "readme.html"))
    shutil.copy(_FILES / "wp-config.php", root)
    for name in ("mu-plugins", "uploads"):
        (root / "wp-content" / name).mkdir()
    shutil.copy(_FILES / "plugin.php", root / "wp-content" / "mu-plugins")
    return root


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    """MariaDB without accounts and without a port: whoever may open the socket in this folder may do everything."""
    data, path = folder / "db", folder / "db.sock"
    data.mkdir()
    options = {
        "datadir": data,
        "socket": path,
        "pid-file": folder / "db.pid",
        "user": _account(),
        "innodb-flush-log-at-trx-commit": 0,
        "innodb-buffer-pool-size": "32M",
        "innodb-log-file-size": "8M",
    }
    switches = ("--skip-networking", "--skip-grant-tables", "--skip-log-bin", "--skip-name-resolve")
    command = ["mariadbd", "--no-defaults", *switches, *(f"--{name}={value}" for name, value in options.items())]
    with running(command, log=folder / "db.log", ready=lambda: listens(path)):
        client = ("mariadb", "--no-defaults", f"--socket={path}")
        subprocess.run([*client, "-e", "CREATE DATABASE wordpress CHARACTER SET utf8mb4"], check=True)
        yield


def _set_up(plan: str, environment: Mapping[str, str]) -> None:
    command = ["php", *_PHP, str(_FILES / "setup.php")]
    done = subprocess.run(command, input=plan, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr.strip():
        raise RuntimeError(f"the site could not be made: {done.stderr}{done.stdout}")


@contextmanager
def _php(site: WordPress, root: Path, folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    command = ["php", *_PHP, "-q", "-S", site.address.authority, "-t", str(root), str(_FILES / "router.php")]
    log = folder / "php.log"
    with running(command, log=log, ready=lambda: listens(site.address), environment=environment):
        yield


def _account() -> str:
    """MariaDB refuses to run as root unless it is told to."""
    return os.environ.get("USER", "root") if os.getuid() else "root"


def main(theme: str = THEMES[0]) -> None:
    with wordpress(theme) as site:
        print(f"{site.url}/wp-admin/  {site.user}  {site.password}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    main(*sys.argv[1:])
