"""The Light page for a reader of whom nothing is known yet: with a script that measures, and asks for the full page."""

from __future__ import annotations

from functools import lru_cache

from .. import resources
from .csp import amend_policy, source
from .watchdog import compact

# The cookie of ten seconds by which the script asks for the full page.
MEASURED = "lk-u"


def with_upgrade(page: bytes, *, limit: float, critical_bytes: int) -> bytes:
    """A rendered Light page with the script behind it. `limit` in seconds to the full page's text."""
    return b"%b<script data-l=%d data-c=%d>%b</script>" % (page, limit * 1000, critical_bytes, _script())


def upgrade_csp(policy: str) -> str:
    """A Light page's policy under which its script may run, and no other."""
    return amend_policy(policy, script=source(_script()))


@lru_cache
def _script() -> bytes:
    return compact((resources.client() / "page" / "upgrade.js").read_text(encoding="ascii")).encode("ascii")
