"""The origin's own address, wherever it shows, becomes the public one, and no other address does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.source.mapping import UrlMap, authority, mapped

INNER = UrlMap("http://cms.internal:8080", "https://www.paper.example")
SAME_HOST = UrlMap("http://www.paper.example", "https://www.paper.example")
ADDRESS = UrlMap("http://[::1]:8080", "http://localhost:8000")


@pytest.mark.parametrize(
    ("urls", "before", "after"),
    [
        (INNER, "http://cms.internal:8080", "https://www.paper.example"),
        (INNER, "http://cms.internal:8080/a?b=http://cms.internal:8080/#c", "https://www.paper.example/a?b=http://cms.internal:8080/#c"),
        (INNER, "HTTPS://CMS.Internal:8080?x", "https://www.paper.example?x"),
        (INNER, "http://www.paper.example:8080/a/", "https://www.paper.example/a/"),
        (INNER, "//cms.internal:8080/a", "//www.paper.example/a"),
        (INNER, " \n http://cms.internal:8080/a ", " \n https://www.paper.example/a "),
        (SAME_HOST, "http://www.paper.example/a", "https://www.paper.example/a"),
        (SAME_HOST, "http://www.paper.example:80/a", "https://www.paper.example/a"),
        (SAME_HOST, "https://www.paper.example:443/a", "https://www.paper.example/a"),
        (ADDRESS, "http://[::1]:8080/a", "http://localhost:8000/a"),
        (UrlMap("http://پیک.example", "https://x.example"), "http://xn--3ib0gqe.example/a", "https://x.example/a"),
        (UrlMap("http://پیک.example", "https://x.example"), "http://پیک.example/a", "https://x.example/a"),
    ],
)  # fmt: skip
def test_an_address_on_the_origin_is_mapped(urls: UrlMap, before: str, after: str) -> None:
    """Scheme and host change, the rest stays to the byte, and mapping twice changes nothing more."""
    assert after == urls(before)
    assert after == urls(after)


@pytest.mark.parametrize(
    "url",
    [
        "/a", "a/b", "?x", "#y", "", "mailto:x@cms.internal:8080", "javascript:location='//cms.internal:8080/'",
        "http://cms.internal/a", "http://cms.internal:80801/", "http://cms.internal:8080.evil.example/",
        "http://cms.internal.evil.example:8080/", "http://notcms.internal:8080/", "http://user@cms.internal:8080/",
        "http://cms.internal:8080@evil.example/", "http:/cms.internal:8080/", "ftp://cms.internal:8080/", "http://[bad",
        "https://cdn.example/?u=http://cms.internal:8080/",
    ],
)  # fmt: skip
def test_every_other_address_stays(url: str) -> None:
    """Another port is another service; what merely looks alike is somebody else's."""
    assert url == INNER(url)


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    """Nothing in a page can make the mapping fail, and without the origin's name nothing changes."""
    for function in (INNER, INNER.link, INNER.refresh, INNER.cookie):
        assert isinstance(function(text), str)
    assert text == INNER(text)
    assert text == SAME_HOST.cookie(text)


def test_nothing_is_touched_where_both_addresses_are_one() -> None:
    """A site that keeps its name behind Lightkeeper needs no mapping."""
    same = UrlMap("https://www.paper.example", "https://www.paper.example")
    headers = [(b"Location", b"http://www.paper.example/"), (b"Set-Cookie", b"a=1; Domain=www.paper.example")]
    assert headers == mapped(headers, same)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a=1; Domain=cms.internal; Path=/; HttpOnly", "a=1; Path=/; HttpOnly"),
        ("a=1; domain=.internal;Secure", "a=1;Secure"),
        ("a=1; Domain=.paper.example; Path=/", "a=1; Domain=.paper.example; Path=/"),
        ("a=1; Domain=www.paper.example", "a=1; Domain=www.paper.example"),
        ("a=1; Domain=other.example", "a=1; Domain=other.example"),
        ("domain=cms.internal; Path=/", "domain=cms.internal; Path=/"),
        ("a=domain=cms.internal", "a=domain=cms.internal"),
        ("a=1; Domain=", "a=1; Domain="),
        ("a=1", "a=1"),
    ],
)
def test_a_cookie_for_the_origins_host_becomes_host_only(before: str, after: str) -> None:
    """Browsers would refuse it at the public address; a Domain that covers the public host stays."""
    assert after == INNER.cookie(before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("5; url=http://cms.internal:8080/a", "5; url=https://www.paper.example/a"),
        ("0;URL='http://cms.internal:8080/a'", "0;URL='https://www.paper.example/a'"),
        ("3, http://cms.internal:8080/a", "3, https://www.paper.example/a"),
        ("5", "5"),
        ("5; url=/a", "5; url=/a"),
    ],
)
def test_refresh(before: str, after: str) -> None:
    """All the spellings that browsers understand."""
    assert after == INNER.refresh(before)


def test_link() -> None:
    """Each target and each anchor, and nothing in between."""
    own = "http://cms.internal:8080"
    before = f'<{own}/a>; rel="next"; title="{own}", <//cms.internal:8080/b>; anchor="{own}/c"'
    after = f'<https://www.paper.example/a>; rel="next"; title="{own}", <//www.paper.example/b>; anchor="https://www.paper.example/c"'
    assert after == INNER.link(before)


def test_bytes_that_are_no_ascii_pass_through_headers() -> None:
    """A raw UTF-8 Location keeps its bytes."""
    before = "http://cms.internal:8080/ایران".encode()
    assert [(b"Location", "https://www.paper.example/ایران".encode())] == mapped([(b"Location", before)], INNER)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.paper.example:443", "www.paper.example"),
        ("http://www.paper.example:443", "www.paper.example:443"),
        ("http://[2001:db8::1]:80", "[2001:db8::1]"),
        ("http://پیک.example:8080", "xn--3ib0gqe.example:8080"),
    ],
)
def test_authority(url: str, expected: str) -> None:
    """A Host header: ASCII, and without the scheme's own port."""
    assert expected == authority(url)
