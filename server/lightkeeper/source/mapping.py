"""The origin's own address, where it shows in an answer, becomes the address that readers use.

What counts as the origin's address: its host (and port), with http, https or no scheme. An address with another port is
another service on the same machine and stays. Where both ports are the default ones, `http://host` and `https://host`
are the same site. The public host with the origin's port counts as well: a server that is told the public host adds the
port on which it listens, and no reader can go there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443}


def authority(url: str) -> str:
    """Host and port of `url` as they stand in a Host header: ASCII, lower case, without a default port."""
    parts = urlsplit(url)
    host = ascii_host(parts.hostname or "")
    port = parts.port
    name = f"[{host}]" if ":" in host else host
    return name if port is None or port == _PORTS.get(parts.scheme) else f"{name}:{port}"


def ascii_host(host: str) -> str:
    """A host name as DNS and TLS know it; what IDNA does not allow stays as it is."""
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host.lower()


class UrlMap:
    """Maps one URL; what does not name the origin's address comes back as it was.

    >>> UrlMap("http://cms.internal:8080", "https://www.paper.example")("http://cms.internal:8080/a?b#c")
    'https://www.paper.example/a?b#c'
    """

    def __init__(self, origin: str, public: str) -> None:
        self.origin, self.public = origin, public
        self._host = ascii_host(urlsplit(public).hostname or "")
        self._own = ascii_host(urlsplit(origin).hostname or "")
        self._authority = authority(public)
        self._scheme = urlsplit(public).scheme
        spellings = _spellings(urlsplit(origin), urlsplit(public))
        self._pattern = re.compile(
            rf"(?P<lead>[\x00-\x20]*)(?P<scheme>https?:)?//(?:{spellings})(?=[/?#]|$)", re.IGNORECASE
        )
        self.needed = origin != public

    def __call__(self, url: str) -> str:
        match = self._pattern.match(url) if self.needed else None
        if match is None:
            return url
        scheme = f"{self._scheme}:" if match["scheme"] else ""
        return f"{match['lead']}{scheme}//{self._authority}{url[match.end() :]}"

    def link(self, value: str) -> str:
        """A `Link` header (RFC 8288): each `<URL>` and each `anchor`."""
        value = re.sub(r"(?<=<)[^<>]*(?=>)", lambda match: self(match[0]), value)
        return re.sub(r'(?<=anchor=")[^"]*(?=")', lambda match: self(match[0]), value, flags=re.IGNORECASE)

    def refresh(self, value: str) -> str:
        """A `Refresh` header: `5; url=http://…`, the address bare or in quotes."""
        return re.sub(
            r"""(?i)(^\s*[\d.]+\s*[;,\s]\s*(?:url\s*=\s*)?["']?)(.+)$""",
            lambda match: match[1] + self(match[2]),
            value,
            count=1,
        )

    def cookie(self, value: str) -> str:
        """A `Set-Cookie` header: a Domain of the origin's that does not cover the public host makes way for host-only.

        Browsers refuse such a cookie outright; host-only is the narrowest scope that works.
        """
        if not self.needed:
            return value
        return "".join(part for part in re.findall(r"^[^;]*|;[^;]*", value) if not self._foreign_domain(part))

    def _foreign_domain(self, part: str) -> bool:
        name, _, domain = part.removeprefix(";").partition("=")
        if not part.startswith(";") or name.strip().lower() != "domain":
            return False
        domain = ascii_host(domain.strip().lstrip("."))
        return _covers(domain, self._own) and not _covers(domain, self._host)


def _spellings(origin: SplitResult, public: SplitResult) -> str:
    """A pattern of the ways to write the origin's host and port."""
    port = origin.port or _PORTS[origin.scheme]
    if port == _PORTS[origin.scheme]:
        return f"(?:{_names(origin)})(?::80|:443)?"
    told = f"|{_names(public)}" if port != (public.port or _PORTS[public.scheme]) else ""
    return f"(?:{_names(origin)}{told}):{port}"


def _names(url: SplitResult) -> str:
    host = url.hostname or ""
    return "|".join(re.escape(f"[{name}]" if ":" in name else name) for name in {host, ascii_host(host)})


def _covers(domain: str, host: str) -> bool:
    """Domain-match of RFC 6265 5.1.3, for names that are no addresses by themselves."""
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def mapped(headers: Iterable[tuple[bytes, bytes]], urls: UrlMap) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with the origin's address mapped where a browser acts on it; order and doubles stay."""
    kinds: dict[bytes, Callable[[str], str]] = {
        b"location": urls,
        b"content-location": urls,
        b"access-control-allow-origin": urls,
        b"x-pingback": urls,
        b"sourcemap": urls,
        b"link": urls.link,
        b"refresh": urls.refresh,
        b"set-cookie": urls.cookie,
    }
    if not urls.needed:
        return list(headers)
    return [
        (key, kinds[key.lower()](value.decode("latin-1")).encode("latin-1") if key.lower() in kinds else value)
        for key, value in headers
    ]
