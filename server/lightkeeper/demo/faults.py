"""What can go wrong with a full page, chosen per request by `?fault=`. Holds no state.

hang-…         the page names an asset that is never answered
fail-…         the page names an asset that is answered 503
slow-pictures  every picture takes eight seconds
broken-script  a script that throws
third-party-fail  what comes from the second host fails
truncate…      the HTML ends half-way: by a cut chunked stream, short of its Content-Length, or as if it were whole
stall          half of the HTML, then silence
"""

from __future__ import annotations

SLOW = 8.0  # seconds

ASSET_FAULTS = {
    "hang-css": ("/assets/site.css", "/_demo/hang/site.css"),
    "hang-import": ("@import url(/assets/theme.css)", "@import url(/_demo/hang/theme.css)"),
    "hang-head-script": ("/assets/support.js", "/_demo/hang/support.js"),
    "hang-font": ("/fonts/", "/_demo/hang/fonts/"),
    "fail-css": ("/assets/site.css", "/_demo/fail/site.css"),
    "fail-script": ("/assets/support.js", "/_demo/fail/support.js"),
    "slow-pictures": ("/pictures/", "/_demo/slow/pictures/"),
    "broken-script": ("/assets/support.js", "/_demo/broken/support.js"),
}
BODY_FAULTS = ("truncate", "truncate-length", "truncate-clean", "stall")
FAULTS = (*ASSET_FAULTS, "hang-body-script", "third-party-fail", *BODY_FAULTS)

_TEXT = '<div class="story-body">'
BROKEN_SCRIPT = b'"use strict";throw new Error("The demo was asked for a broken script.");\n'


def spoil(html: str, fault: str, widgets: str) -> str:
    """The page with its addresses changed as the fault says; for other faults the page as it is."""
    if fault == "third-party-fail":
        return html.replace(f'="{widgets}/', f'="{widgets}/_demo/fail/')
    if fault == "hang-body-script":  # between the headline and the text, where an old widget would stand
        return html.replace(_TEXT, f'<script src="/_demo/hang/widget.js"></script>\n{_TEXT}', 1)
    old, new = ASSET_FAULTS.get(fault, ("", ""))
    return html.replace(old, new) if old else html
