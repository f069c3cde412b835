"""Content Security Policies: ours is let in, nothing else is, nothing breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.editions import csp

S, T = "'sha256-ours'", "'sha256-style'"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        # allowed already: a hash would switch 'unsafe-inline' off
        ("script-src 'self' 'unsafe-inline'", "script-src 'self' 'unsafe-inline'"),
        ("default-src 'unsafe-inline'; img-src *", "default-src 'unsafe-inline'; img-src *"),
        ("script-src 'none'; script-src-elem 'unsafe-inline'", "script-src 'none'; script-src-elem 'unsafe-inline'"),
        ("img-src 'self'; frame-ancestors 'none'", "img-src 'self'; frame-ancestors 'none'"),
        ("upgrade-insecure-requests", "upgrade-insecure-requests"),
        ("", ""),
        # switched off by a nonce, a hash or strict-dynamic: one hash more
        ("script-src 'unsafe-inline' 'nonce-a'", f"script-src 'unsafe-inline' 'nonce-a' {S}"),
        ("script-src 'unsafe-inline' 'sha256-b='", f"script-src 'unsafe-inline' 'sha256-b=' {S}"),
        (
            "script-src 'strict-dynamic' 'unsafe-inline' https:",
            f"script-src 'strict-dynamic' 'unsafe-inline' https: {S}",
        ),
        # forbidden
        ("script-src 'self'", f"script-src 'self' {S}"),
        ("Script-Src  https://a.example", f"Script-Src https://a.example {S}"),
        ("script-src 'none'", f"script-src {S}"),
        ("script-src 'NONE'; img-src 'none'", f"script-src {S}; img-src 'none'"),
        ("script-src", f"script-src {S}"),
        ("script-src 'self'; script-src-elem 'self'", f"script-src 'self'; script-src-elem 'self' {S}"),
        ("script-src 'self'; script-src *", f"script-src 'self' {S}; script-src *"),
        # by the default: a directive of its own
        ("default-src 'self'", f"default-src 'self'; script-src 'self' {S}"),
        ("default-src 'none';", f"default-src 'none'; script-src {S}"),
        (
            "default-src 'self'; script-src-attr 'none'",
            f"default-src 'self'; script-src-attr 'none'; script-src 'self' {S}",
        ),
    ],
)
def test_a_script_is_let_through_where_it_must_be(policy: str, expected: str) -> None:
    """The directive that rules inline scripts gets the hash, and only where inline is forbidden."""
    assert csp.amend(policy, script=S) == expected


def test_styles_have_rules_of_their_own() -> None:
    """A style follows style-src-elem, style-src, default-src in the same way."""
    assert csp.amend("style-src 'self'; script-src 'unsafe-inline'", script=S, style=T) == (
        f"style-src 'self' {T}; script-src 'unsafe-inline'"
    )
    assert csp.amend("default-src 'none'", script=S, style=T) == f"default-src 'none'; script-src {S}; style-src {T}"


def test_each_of_several_policies_is_amended() -> None:
    """Joined by commas, all of them are in force."""
    assert csp.amend("script-src 'self', default-src a.example", script=S) == (
        f"script-src 'self' {S}, default-src a.example; script-src a.example {S}"
    )


@pytest.mark.parametrize(
    ("policy", "barred"),
    [
        ("sandbox", True),
        ("default-src 'self'; Sandbox allow-scripts", True),
        ("img-src *, require-trusted-types-for 'script'", True),
        ("trusted-types default", False),
        ("script-src sandbox", False),
    ],
)
def test_sandboxed_pages_and_trusted_types_are_left_alone(policy: str, barred: bool) -> None:
    assert csp.bars_injection([policy]) == barred


_WORDS = st.sampled_from(
    ("script-src", "style-src", "default-src", "img-src", "'self'", "'none'", "'unsafe-inline'", "'nonce-x'", ";", ",")
)


@given(st.lists(_WORDS, max_size=12).map(" ".join))
def test_amending_only_ever_adds_our_hash(policy: str) -> None:
    """No source but ours appears, twice amended is once amended, and other directives keep their sources."""
    amended = csp.amend(policy, script=S, style=T)
    assert set(amended.replace(";", " ").replace(",", " ").split()) <= {
        *policy.replace(";", " ").replace(",", " ").split(),
        S,
        T,
        "script-src",
        "style-src",
    }
    assert csp.amend(amended, script=S, style=T) == amended


def test_the_hash_is_that_of_the_standard() -> None:
    """The example of CSP level 3, section 2.3.1."""
    assert csp.source(b"doSomething();") == "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"
