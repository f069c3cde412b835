"""docs/privacy.md lists every cookie and store that the code can make, and none that it cannot."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TABLE = re.compile(r"^\| (?:cookie|cache|local storage|database) (`[^|]*)\|", re.MULTILINE)


def listed() -> set[str]:
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    return {name for cell in TABLE.findall(text) for name in re.findall(r"`([\w-]+)`", cell)}


def made() -> set[str]:
    """Cookies by their names, `lk-…`, alone between quotes or in front of a value; stores likewise, `lightkeeper…`.

    What only moves an older version's stores makes none.
    """
    files = [path for path in (ROOT / "client").rglob("*.js") if path.name != "migration.js"]
    client = "".join(path.read_text(encoding="utf-8") for path in files)
    server = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "server" / "lightkeeper").rglob("*.py"))
    cookies = {*re.findall(r'(?<!id=)"(lk-[a-z]+)"', server), *re.findall(r"cookie = '(lk-[a-z]+)=", client)}
    prefix = re.search(r'OURS = "([\w-]+)"', client)
    assert prefix
    stores = {*re.findall(r'(?:const \w+ = |open\()"(lightkeeper(?:-[\w-]+\w)?)"', client)}
    return cookies | stores | {prefix[1] + name for name in re.findall(r"\$\{OURS\}(\w+)", client)}


def test_every_cookie_and_store_is_listed_and_no_other() -> None:
    assert made() == listed()


def test_the_text_for_policies_names_the_cookies_of_every_reader() -> None:
    """Those that come without a reader's asking."""
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    policy = text.partition("## For your policy")[2]
    assert {"lk-p", "lk-a", "lk-u", "lk-edition", "lk-close"} <= set(re.findall(r"`(lk-[a-z]+)`", policy))
