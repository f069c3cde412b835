"""A person with a browser, as far as HTTP goes: cookies with paths, forms, redirects followed on request."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

from ..servers import Address, Received

_PATIENCE = 60.0
NAVIGATION = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Upgrade-Insecure-Requests": "1",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
}
SAVE_DATA = {"Save-Data": "on"}
LIGHT = {"Save_Data": "on"}  # the same, for `Visitor.open`
_BOUNDARY = "----visitor7d1c"


@dataclass
class Visitor:
    """Asks `address` for pages of `site` (scheme and host as in links), whoever listens there."""

    address: Address
    site: str
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Received:
        """One request with this person's cookies, on a connection of its own."""
        with contextlib.closing(HTTPConnection(self.address.host, self.address.port, timeout=_PATIENCE)) as client:
            client.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            client.putheader("Host", urlsplit(self.site).netloc)
            for name, value in {**(headers or {}), **self._cookie(path)}.items():
                client.putheader(name, value)
            if body is not None:
                client.putheader("Content-Length", str(len(body)))
            client.endheaders(body)
            answer = Received.read(client.getresponse())
        for line in answer.all("set-cookie"):
            self._keep(line, path)
        return answer

    def open(self, path: str, **headers: str) -> Received:
        """Type an address, or click a link: a navigation."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", path, headers=NAVIGATION | named)

    def follow(self, answer: Received) -> Received:
        """Where a redirect leads, which must be on the site."""
        location = urljoin(self.site, answer.header("location") or "")
        assert location.startswith(f"{self.site}/"), f"{answer.status} leads to {location!r}"
        return self.open(location.removeprefix(self.site))

    def submit(self, path: str, fields: Mapping[str, str], referer: str = "") -> Received:
        """Send a form of the page `referer` (else of `path` itself), as a navigation."""
        page = self.site + (referer or path)
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.site, "Referer": page}
        return self.ask("POST", path, body=urlencode(fields).encode(), headers=NAVIGATION | kind)

    def upload(self, path: str, fields: Mapping[str, str], name: str, file: str, content: bytes) -> Received:
        """Send a form with one file in it."""
        parts = [
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        parts += [f"{head}Content-Type: application/octet-stream\r\n\r\n".encode(), content]
        parts.append(f"\r\n--{_BOUNDARY}--\r\n".encode())
        kind = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}", "Referer": self.site + path}
        return self.ask("POST", path, body=b"".join(parts), headers=NAVIGATION | kind)

    def twin(self, address: Address) -> Visitor:
        """The same person, with the same cookies, at another door."""
        return Visitor(address, self.site, dict(self.cookies))

    def _cookie(self, path: str) -> dict[str, str]:
        pairs = [f"{name}={value}" for (name, at), value in self.cookies.items() if path.startswith(at)]
        return {"Cookie": "; ".join(pairs)} if pairs else {}

    def _keep(self, line: str, path: str) -> None:
        pair, *rest = (part.strip() for part in line.split(";"))
        name, _, value = pair.partition("=")
        attributes = {key.lower(): text for key, _, text in (part.partition("=") for part in rest)}
        at = attributes.get("path") or path.rpartition("/")[0] + "/"
        if attributes.get("max-age") in ("0", "-1") or _is_past(attributes.get("expires", "")):
            self.cookies.pop((name, at), None)
        else:
            self.cookies[name, at] = value


def form(page: bytes, identity: str) -> dict[str, str]:
    """The fields of a form as a browser would send them if nobody filled anything in; no submit buttons."""
    found = html.fromstring(page).get_element_by_id(identity)
    assert isinstance(found, html.FormElement)
    return {name: str(value) for name, value in found.form_values()}


def text(page: bytes) -> str:
    """What a reader sees of a page, blanks made one."""
    return re.sub(r"\s+", " ", html.fromstring(page).text_content())


def _is_past(expires: str) -> bool:
    if not expires:
        return False
    return parsedate_to_datetime(expires.replace("-", " ")).year < 2026
