"""Every file of the newspaper's own hosts that is no page: sheets, scripts, fonts, pictures, downloads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import ballast, font, pictures

STYLES = ("framework", "icons", "theme", "site")
BLOCKING_SCRIPTS = ("consent", "support")
DEFERRED_SCRIPTS = ("site", *ballast.BUNDLES)

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff": font.MEDIA_TYPE,
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
}
_PICTURE = re.compile(r"([a-z]{1,20})-(\d{1,9})-(\d{2,4})\.png")


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    media_type: str


class Assets:
    """`find` answers with the file at a path such as `/assets/site.css`, or None."""

    def __init__(self, files: Path) -> None:
        self._kept = {f"/assets/{path.name}": path for path in sorted((files / "assets").glob("*"))}

    def find(self, path: str) -> Asset | None:
        folder, _, name = path[1:].partition("/")
        body = self._body(path, folder, name)
        if body is None:
            return None
        return Asset(body, _MEDIA_TYPES.get(f".{name.rpartition('.')[2]}", "application/octet-stream"))

    def _body(self, path: str, folder: str, name: str) -> bytes | None:
        if path in self._kept:
            return self._kept[path].read_bytes()
        if folder == "assets":
            text = ballast.file(name)
            return text.encode() if text else None
        if folder == "fonts":
            face = name.removesuffix(".woff")
            return font.woff(face) if face in font.FACES else None
        if folder == "pictures":
            return _picture(name)
        return report() if path == "/files/report.pdf" else None


def _picture(name: str) -> bytes | None:
    found = _PICTURE.fullmatch(name)
    if not found or int(found[3]) not in pictures.WIDTHS:
        return None
    return pictures.draw(found[1], int(found[2]), int(found[3]))


@cache
def report() -> bytes:
    """The annual report: one page of PDF 1.4."""
    words = (
        b"BT /F1 24 Tf 72 720 Td (The Lantern: annual report) Tj 0 -36 Td /F1 12 Tf (Four in ten readers pay.) Tj ET"
    )
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(words), words),
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, count = len(body), len(objects) + 1
    body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    return body + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
