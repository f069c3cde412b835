"""The page that tells one reader, and nobody else, what was noticed of their connection and what follows from it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from ..resources import client
from .dates import format_number
from .markup import attribute, line
from .shell import LightContext, Shell
from .styles import light_csp, minify
from .words import Words, direction, words

# The reason of a decision, where it is not a prediction: what a reader is told.
_WHY = {
    "choice": "why_choice",
    "save-data": "why_save_data",
    "failed": "why_failed",
    "slow-receipt": "why_slow",
    "held": "why_held",
    "trial": "why_trial",
    "receipt": "why_receipt",
    "first": "why_first",
    "measured": "why_measured",
}
_ARRIVAL = {
    "fast": "why_receipt",
    "slow": "why_slow",
    "failed": "why_failed",
    "held": "why_held",
    "shown": "why_held",
    "trial": "why_trial",
}


@dataclass(frozen=True, slots=True)
class Noticed:
    """`edition`, `reason`, `predicted` (seconds) as in a decision; `finding` as of a receipt; `choice` "" for none.

    `rtt` is in seconds, `rate` in bits per second; None is not known.
    """

    edition: str
    reason: str
    predicted: float | None
    choice: str
    saving: bool
    finding: str
    rtt: float | None
    rate: float | None


def render_connection(noticed: Noticed, context: LightContext) -> str:
    """The whole document; it needs no script."""
    say = words(context.language)
    shell = Shell(context, "", say.language, direction(say.language))
    got = say.connection_full if noticed.edition == "full" else say.connection_light
    seen = "".join(f"<li>{line(sentence)}" for sentence in _seen(noticed, say))
    main = (
        f"<h1>{line(say.connection)}</h1><p>{line(say.connection_private)}</p>"
        f"<div id=now role=note><b>{line(got)}</b><p>{line(_why(noticed, say))}</p></div>"
        f"<h2>{line(say.seen)}</h2><ul>{seen}</ul>"
        f"<h2>{line(say.choose)}</h2><p>{line(say.choose_text)}</p>{_ways(noticed.choice, shell)}"
    )
    return shell.page(say.connection, main, head=f"<style>{_css()}</style>")


def connection_csp() -> str:
    return light_csp().replace("style-src ", f"style-src '{_hash()}' ")


def _why(noticed: Noticed, say: Words) -> str:
    if name := _WHY.get(noticed.reason):
        return str(getattr(say, name))
    if noticed.predicted is None:
        return say.why_unknown
    return say.why_predicted.replace("{seconds}", format_number(max(1, round(noticed.predicted)), say.language))


def _seen(noticed: Noticed, say: Words) -> tuple[str, ...]:
    saving = say.why_save_data if noticed.saving else say.seen_saving
    distance = "" if noticed.rtt is None else f"{format_number(round(noticed.rtt * 1000), say.language)} ms"
    speed = "" if noticed.rate is None else f"{format_number(round(noticed.rate / 1000), say.language)} kbit/s"
    return (
        str(getattr(say, _ARRIVAL.get(noticed.finding, "seen_arrival"))),
        saving,
        say.seen_distance.replace("{value}", _isolated(distance) or say.seen_nothing),
        say.seen_speed.replace("{value}", _isolated(speed) or say.seen_nothing),
    )


def _isolated(value: str) -> str:
    """A number with a Latin unit keeps its order in a line from right to left (Unicode Bidirectional Algorithm)."""
    return f"\u2068{value}\u2069" if value else ""


def _ways(choice: str, shell: Shell) -> str:
    say, site = shell.words, shell.context.site
    ways = (("full", say.full), ("light", say.always), ("auto", say.automatic))
    chosen, other = "button aria-current=true", '"button other"'
    links = "".join(
        f"<a class={chosen if edition == (choice or 'auto') else other}"
        f"{attribute('href', site.choose(edition, site.connection))}>{line(name)}</a>"
        for edition, name in ways
    )
    return f"<p class=ways>{links}</p>"


@lru_cache
def _css() -> str:
    return minify((client() / "offline" / "offline.css").read_text(encoding="ascii"))


@lru_cache
def _hash() -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(_css().encode("ascii")).digest()).decode("ascii")
