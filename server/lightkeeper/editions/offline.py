"""The pages of saved reading: what a reader agrees to, and what the worker shows when there is no network.

Every word of both is here; `client/offline` and `client/worker` only fill in what they find on the device.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.units import format_unit

from ..article.model import Headline, Link
from ..resources import client
from .dates import format_number
from .markup import attribute, isolated, line
from .notice import render_notice
from .shell import LightContext, Shell
from .styles import light_csp, minify
from .words import direction, words

_OUTCOMES = ("removed", "interrupted", "full", "refused", "failed")


@dataclass(frozen=True, slots=True)
class Choice:
    """How much a reader may keep: a bundle, how many stories it has, and their bytes on the device."""

    bundle: str
    stories: int
    size: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What is kept on a yes: the latest stories, as many as the choice `chosen` has unless the reader takes another.

    Without a choice nothing is offered; what is kept already can be looked at and removed. `others` are (language,
    address) of other offers, `automatic` where the operator keeps stories without a question, so that a reader's no
    must be remembered.
    """

    language: str
    stories: tuple[Headline, ...]
    choices: tuple[Choice, ...] = ()
    chosen: int = 0
    others: tuple[tuple[str, str], ...] = ()
    automatic: bool = False


def render_consent(offer: Offer, context: LightContext) -> str:
    """The page on which a reader says yes or no; the act itself needs the script, which shows what holds now."""
    say, shell = words(offer.language), _shell(offer.language, context)
    about = ""
    if offer.choices:
        size = _size(offer.choices[offer.chosen].size, say.language)
        about = f"<h2>{line(say.offline_size)}</h2><p>{_filled(say.offline_size_text, size=size)}</p>"
    mode = " data-mode=auto" if offer.automatic else ""
    main = (
        f"<h1>{line(say.keep)}</h1><p>{_filled(say.offline_lead, publication=context.site.publication)}</p>"
        f"<div id=now role=status{attribute('data-language', offer.language)}{mode}>{_now(shell, offer)}</div>"
        f"<h2>{line(say.offline_what)}</h2><p>{line(say.offline_what_text)}</p>{_listed(offer, shell)}"
        f"{about}<h2>{line(say.offline_how)}</h2><p>{line(say.offline_how_text)}</p>"
    )
    head = f"<style>{_css('offline')}</style><script src=/_lk/offline.js defer></script>"
    return shell.page(say.keep, main, head=head, nav=_others(offer))


def render_screen(language: str, context: LightContext) -> str:
    """All that the worker shows by itself in a language: the list of saved stories, and the note on a saved copy.

    Blocks are `<!--name-->…<!--/name-->`, values `{{name}}`; the worker knows the blocks note, with late in it,
    missing and story.
    """
    say, shell = words(language), _shell(language, context)
    manage = f"{context.site.prefix}/-/offline?language={language}"
    note = line(say.stale).replace("{date}", "{{date}}")
    again = f'<a href="{{{{url}}}}">{line(say.retry)}</a>'
    main = (
        f"<!--note--><p role=note{shell.own}>{note} {again}</p>{_late(shell, again)}<!--/note-->"
        f"<!--missing--><p role=note>{line(say.offline_missing)} {again}</p><!--/missing-->"
        f"<h1>{line(say.offline_saved)}</h1><p>{line(say.offline_checked).replace('{age}', '{{checked}}')}</p>"
        '<ul class=saved><!--story--><li lang="{{language}}" dir="{{direction}}"><a href="{{url}}">{{title}}'
        "<small>{{age}}</small></a><!--/story--></ul>"
        f"<p class=none>{line(say.offline_none)}</p>"
    )
    nav = f"<nav><ul><li><a{attribute('href', manage)}>{line(say.offline_manage)}</a></ul></nav>"
    return shell.page(say.offline_saved, main, head=f"<style>{_css('saved')}</style>", nav=nav)


def _late(shell: Shell, again: str) -> str:
    """Where the page may still come: two more notes, and the script that shows one of the three."""
    say = shell.words
    loading = line(say.offline_loading).replace("{date}", "{{date}}")
    hidden = f"<p role=note aria-live=polite hidden{shell.own}>"
    wait = f"<label><input type=checkbox> {line(say.offline_wait)}</label>"
    return (
        f"<!--late-->{hidden}{loading}<br>{wait}<br>{again}</p>"
        f'{hidden}<a href="{{{{url}}}}">{line(say.offline_come)}</a></p><script>{_script()}</script><!--/late-->'
    )


def render_absent(language: str, context: LightContext) -> str:
    """What the server says at the address of the saved stories, which only a device can answer."""
    say = words(language)
    manage = Link(f"{context.site.prefix}/-/offline?language={language}", say.keep)
    return render_notice(say.offline_saved, say.offline_none, context, (manage,))


def consent_csp() -> str:
    """The policy of both pages: the two inline styles, and from the same origin scripts, worker and questions."""
    policy = light_csp().replace("style-src ", f"style-src '{_hash()}' ")
    return f"{policy};script-src 'self';connect-src 'self';worker-src 'self'"


def _shell(language: str, context: LightContext) -> Shell:
    found = words(language).language
    return Shell(context, "", found, direction(found))


def _now(shell: Shell, offer: Offer) -> str:
    """Every state that the box can be in. The script shows what holds; without it, the first one stands."""
    say, prefix = shell.words, shell.context.site.prefix
    keep = f'<button type=button data-when="ask another failed change" hidden>{line(say.keep)}</button>'
    return (
        f"<p data-when=script>{line(say.offline_script)}</p>"
        + _state("unsupported", say.offline_unsupported)
        + _state("ask", say.offline_none)
        + "".join(_state(name, getattr(say, f"offline_{name}")) for name in _OUTCOMES)
        + _state("kept", say.offline_kept)
        + _choices(shell, offer)
        + _state("working", say.offline_working)
        + "<progress data-when=working value=0 hidden></progress>"
        + (keep if offer.choices else "")
        + f'<button type=button data-when="interrupted full refused" hidden>{line(say.retry)}</button>'
        + f"<a class=button data-when=kept hidden href={prefix}/-/saved>{line(say.offline_read)}</a>"
        + f"<details data-when=kept hidden><summary>{line(say.offline_stay)}</summary>"
        + f"<p>{line(say.offline_stay_text)}</p><div id=stay></div></details>"
        + f"<button type=button value=remove data-when=kept hidden>{line(say.offline_remove)}</button>"
    )


def _choices(shell: Shell, offer: Offer) -> str:
    """How much to keep, each with its size; told without a script, too, for it is known before anything is fetched."""
    say = shell.words
    rows = []
    for place, choice in enumerate(offer.choices):
        count, size = format_number(choice.stories, say.language), _size(choice.size, say.language)
        checked = " checked" if place == offer.chosen else ""
        rows.append(
            f"<label><input type=radio name=bundle value={choice.bundle}{checked}>"
            f"{_filled(say.offline_offer, count=count, size=size)}</label>"
        )
    shown = '<fieldset data-when="ask another failed kept change interrupted full refused" hidden>'
    return f"{shown}{''.join(rows)}</fieldset>" if rows else ""


def _state(name: str, sentence: str) -> str:
    return f"<p data-when={name}{attribute('data-text', sentence)} hidden></p>"


def _listed(offer: Offer, shell: Shell) -> str:
    stories = "".join(f"<li>{isolated(story.title, shell.direction)}" for story in offer.stories)
    title = line(shell.words.latest)
    return f"<details><summary>{title}</summary><ul>{stories}</ul></details>" if stories else ""


def _others(offer: Offer) -> str:
    """The same page for the publication's other languages, each in its own words."""
    links = "".join(
        f"<li lang={language} dir={direction(language)}><a{attribute('href', address)}>"
        f"{line(_name(language))}: {line(words(language).keep)}</a>"
        for language, address in offer.others
    )
    return f"<nav><ul>{links}</ul></nav>" if links else ""


def _name(language: str) -> str:
    """What a language calls itself."""
    try:
        return Locale.parse(language.split("-")[0]).language_name or language
    except (ValueError, UnknownLocaleError):
        return language


def _filled(sentence: str, **values: str) -> str:
    for name, value in values.items():
        sentence = sentence.replace(f"{{{name}}}", value)
    return line(sentence)


def _size(count: int, language: str) -> str:
    """`51 kilobytes`; Babel does not know the unit in every language."""
    written = format_unit(-(-count // 1000), "digital-kilobyte", "long", locale=language).replace(
        "digital-kilobyte", "kB"
    )
    digits = "".join(format_number(digit, language) for digit in range(10))
    return written.translate(str.maketrans("0123456789", digits))


@lru_cache
def _script() -> str:
    """The worker allows it by its hash, which it makes of what stands before the next `<`."""
    return (client() / "built" / "late.js").read_text(encoding="ascii").strip()


@lru_cache
def _css(name: str) -> str:
    return minify((client() / "offline" / f"{name}.css").read_text(encoding="ascii"))


@lru_cache
def _hash() -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(_css("offline").encode("ascii")).digest()).decode("ascii")
