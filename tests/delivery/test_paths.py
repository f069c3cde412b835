"""The operator's path rules, and which paths everybody reads alike."""

from __future__ import annotations

import pytest

from lightkeeper.delivery.paths import PathRules, is_plain


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("/checkout/*", "/checkout/pay?x=1", True),
        ("/checkout/*", "/checkout", True),
        ("/checkout/*", "/checkout/", True),
        ("/checkout/*", "/checkouts", False),
        ("/checkout/*", "/fa/checkout/pay", False),
        ("*/checkout/*", "/fa/checkout/pay", True),
        ("/check%6fut/*", "/checkout/x", True),
        ("/checkout/*", "/%63heckout/x", True),
        ("/Checkout", "/checkout", False),
        ("*.pdf", "/a/b.pdf", True),
        ("*.pdf", "/a/b.pdfx", False),
        ("/a.c", "/abc", False),
        ("/[x]", "/x", False),
        ("/a*z", "/a/b/c/z", True),
        ("/نگار/*", "/%D9%86%DA%AF%D8%A7%D8%B1/x", True),
        ("/*", "/", True),
        ("/?", "/x", False),
    ],
)
def test_a_pattern_covers_what_it_says(pattern: str, path: str, covered: bool) -> None:
    """The whole path, decoded, without the query; `*` is any characters, and a folder's pattern covers the folder."""
    assert PathRules([pattern], ["/*"]).allow(path) is not covered
    assert PathRules([], [pattern]).allow(path) is covered


def test_untouched_wins() -> None:
    """Of two rules the careful one counts."""
    rules = PathRules(["/news/live/*"], ["/news/*", "/fa/*"])
    assert [True, False, True, False] == [rules.allow(path) for path in ("/news/a", "/news/live/a", "/fa/b", "/about")]


def test_without_rules_everything_is_ours() -> None:
    """And with none for Light, nothing is."""
    assert PathRules([], ["/*"]).allow("/any/thing?at=all")
    assert not PathRules([], []).allow("/any/thing")


@pytest.mark.parametrize(
    "path",
    ["/wp-login.php?action=postpass", "/wp-admin", "/wp-admin/edit.php", "/user/login", "/administrator/index.php"],
)
def test_where_people_log_in_is_never_ours(path: str) -> None:
    """Whatever the operator allows."""
    assert not PathRules([], ["/*"]).allow(path)
    assert PathRules([], ["/*"]).leaves(path)


@pytest.mark.parametrize("path", ["/user/anna", "/administrators-resign", "/wp-admins", "/news/user/login"])
def test_stories_with_such_names_are(path: str) -> None:
    """Only the whole path counts."""
    assert PathRules([], ["/*"]).allow(path)


@pytest.mark.parametrize(
    "path", ["/", "/a/b.html", "/a.b/..c/d..", "/%D9%86/x;v=1", "/a?to=//x/../y", "/.well-known/x"]
)
def test_common_paths_are_plain(path: str) -> None:
    """Dots within a name, letters of any script, whatever the query says."""
    assert is_plain(path)


@pytest.mark.parametrize(
    "path",
    ["//x", "/%2fx", "/%2F/x", "/a//b", "/\\x", "/%5cx", "/a/../b", "/a/..", "/%2e%2e/b", "/.%2E/b", "/a/./b", "/a/.",
     "/a/..;/b", "/a%2f..%2fb", "/a%00", "/a%0d%0ab", "/a%7f"],
)  # fmt: skip
def test_what_servers_read_in_two_ways_is_not_plain(path: str) -> None:
    """Such a path passes as it is, and no rule is asked."""
    assert not is_plain(path)
    assert not PathRules([], ["*"]).allow(path)
