"""What may be kept: public pages at public addresses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lightkeeper.source.page import Page
from lightkeeper.source.storable import directives, locked, public_address, why_not


def page(url: str = "https://www.paper.example/x", status: int = 200, body: bytes = b"", **headers: str) -> Page:
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Page(url, status, lines, body, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "path",
    ["/", "/news/x?p=12", "/?s=token", "/search?q=key", "/a?state=ohio", "/preview-of-the-season/", "/?page=2&lang=fa"],
)
def test_public_addresses(path: str) -> None:
    """Query strings count as part of the address, whatever their values say."""
    assert public_address(path)


@pytest.mark.parametrize(
    "path",
    [
        "/?p=12&preview=true",
        "/x?preview_id=1&preview_nonce=2",
        "/x?access_token=a",
        "/x?a=1;TOKEN=b",
        "/reset?key=abc",
        "/x;jsessionid=1",
        "/p/0f5bbd0e-2a1c-4d1e-9a55-2b1f7c3e9d10/",
        "/x?customize_changeset_uuid=1",
        "/preview/x",
        "/x/?unapproved=2&moderation-hash=0f5bbd0e",
        "/wp-login.php?action=logout&_wpnonce=0f5bbd0e",
    ],
)
def test_addresses_with_a_secret_or_of_a_preview_are_one_persons(path: str) -> None:
    """They must neither be fetched for others nor stored."""
    assert not public_address(path)


def test_why_a_page_is_not_stored() -> None:
    """Each refusal has a code; a plain public page has none."""
    assert "" == why_not(page(cache_control="public, max-age=60", set_cookie="a=1", vary="Cookie"))
    assert "private" == why_not(page(cache_control="max-age=0, Private"))
    assert "private" == why_not(page(cache_control='no-cache="Set-Cookie", no-store'))
    assert "varies" == why_not(page(vary="*"))
    assert "status" == why_not(page(status=203))
    assert "address" == why_not(page("https://www.paper.example/x?token=a"))


def test_a_post_behind_a_password_is_locked() -> None:
    """The form tells, however it is written; a story about such a form does not."""
    assert locked(page(body=b'<form><input size="20" name="post_password" type="password"></form>'))
    assert locked(page(body=b"<INPUT type=password NAME = post_password>"))
    assert not locked(page(body=b"<p>&lt;input name=post_password&gt; and <input name=post_passwords></p>"))


def test_cache_control_is_read_as_rfc_9111_writes_it() -> None:
    """Names in any case, quoted values with commas, the first of doubles, rubbish ignored."""
    assert {"max-age": "60", "private": "a, b", "no-store": "", "x": 'q"'} == directives(
        'Max-Age=60, private="a, b",, no-store, max-age=1, x="q\\"", ='
    )
    assert {} == directives("")
