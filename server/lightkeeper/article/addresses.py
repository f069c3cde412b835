"""What an address means: which query parameters only track a reader, and which name Lightkeeper's own choice."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import escape
from urllib.parse import unquote, urlsplit, urlunsplit

# Names that exist only to follow a reader from a campaign, a network or a share button.
TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|igsh|mc_cid"
    r"|mc_eid"
    r"|_ga|_gl|_hsenc|_hsmi|mkt_tok|oly_anon_id|oly_enc_id|vero_id|wickedid|at_medium|at_campaign|ocid|cmpid|s_cid"
    r"|__twitter_impression|ref_src|ref_url)",
    re.IGNORECASE,
)


def without_tracking(query: str) -> str:
    """The raw query string less its tracking parameters; everything else keeps its bytes and its order."""
    return "&".join(pair for pair in query.split("&") if not TRACKING.fullmatch(pair.partition("=")[0]))


def clean(url: str) -> str:
    """`url` less tracking parameters. What cannot be split comes back as it was."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit(parts._replace(query=without_tracking(parts.query))) if parts.query else url


def host_of(url: str) -> str:
    """The host of an address without `www.`, "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@lru_cache(maxsize=4096)
def has_host(authority: str) -> bool:
    """Whether browsers could go to this host and port: by the URL parser of the sanitiser, which is the standard's."""
    import nh3  # only processes that read pages come here

    return "href" in nh3.clean(f'<a href="http://{escape(authority)}">x</a>', link_rel=None)


def spelling(path: str) -> str:
    """The one spelling of a path and query that servers take for the same: percent-decoded, no slash at the end.

    >>> spelling("/a%2fb/?x=%D8%A2") == spelling("/a/b?x=آ")
    True
    """
    plain, mark, query = path.partition("?")
    return unicodedata.normalize("NFC", f"{unquote(plain).rstrip('/') or '/'}{mark}{unquote(query)}")


def spellings(path: str) -> tuple[str, ...]:
    """The spellings under which `path` may have been withdrawn: its own, and without its query that of the page."""
    whole, plain = spelling(path), spelling(path.partition("?")[0])
    return (whole,) if plain in (whole, "/") else (whole, plain)
