"""Who is asking, as far as it can be believed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.delivery.forwarded import Forwarding, Reader
from lightkeeper.errors import SettingsError
from lightkeeper.settings import load


def forwarding(*trusted: str, public: str = "https://www.paper.example") -> Forwarding:
    return Forwarding(load(origin="http://cms.internal", public_url=public, trusted_proxies=trusted))


def scope(peer: str, *headers: tuple[str, str]) -> dict[str, Any]:
    return {"client": (peer, 1), "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers]}


def told(rules: Forwarding, request: dict[str, Any]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in rules.apply(request, request["headers"])}


def test_an_unknown_peer_is_the_reader_whatever_it_says() -> None:
    """Its claims are replaced by our own account."""
    request = scope("198.51.100.7", ("x-forwarded-for", "6.6.6.6"), ("x-forwarded-proto", "http"), ("accept", "*/*"))
    assert Reader("198.51.100.7", "https") == forwarding("10.0.0.0/8").reader(request)
    assert {
        "accept": "*/*",
        "forwarded": 'for=198.51.100.7;host="www.paper.example";proto=https',
        "x-forwarded-for": "198.51.100.7",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "www.paper.example",
        "x-forwarded-port": "443",
        "x-real-ip": "198.51.100.7",
    } == told(forwarding("10.0.0.0/8"), request)


@pytest.mark.parametrize("peer", ["10.1.2.3", "2001:db8::7", "::ffff:10.1.2.3"])
def test_trusted_peers_are_addresses_and_networks_of_both_families(peer: str) -> None:
    """An IPv4 peer of a socket that listens on IPv6 counts as IPv4."""
    rules = forwarding("10.0.0.0/8", "2001:db8::7")
    assert "198.51.100.7" == rules.reader(scope(peer, ("x-forwarded-for", "198.51.100.7"))).address


def test_the_reader_is_the_nearest_address_that_is_no_trusted_proxy() -> None:
    """What the reader itself put in front of it is not passed on as if it were known."""
    request = scope("10.0.0.1", ("x-forwarded-for", "6.6.6.6, 198.51.100.7, 10.0.0.9"), ("x-forwarded-proto", "http"))
    rules = forwarding("10.0.0.0/8")
    assert Reader("198.51.100.7", "http", ("10.0.0.9", "10.0.0.1"), believed=True) == rules.reader(request)
    assert "198.51.100.7, 10.0.0.9, 10.0.0.1" == told(rules, request)["x-forwarded-for"]
    assert "80" == told(rules, request)["x-forwarded-port"]


@pytest.mark.parametrize(
    ("claim", "address"),
    [
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("6.6.6.6, unknown, 198.51.100.7", "198.51.100.7"),
        ("6.6.6.6, _hidden", "10.0.0.1"),
        ("", "10.0.0.1"),
        ("1" * 9000, "10.0.0.1"),
        (", ".join(["10.0.0.2"] * 5000), "10.0.0.2"),
    ],
)
def test_claims_of_every_shape(claim: str, address: str) -> None:
    """Ports and brackets come off; behind something that is no address nothing is believed."""
    reader = forwarding("10.0.0.0/8").reader(scope("10.0.0.1", ("x-forwarded-for", claim)))
    assert address == reader.address
    assert len(reader.proxies) <= 16


def test_forwarded_is_read_where_nothing_else_is_said() -> None:
    """X-Forwarded-For goes first: proxies that set it often pass a reader's own Forwarded through."""
    standard = ("forwarded", 'for="[2001:db8::1]:80";proto=http, for=10.0.0.2')
    rules = forwarding("10.0.0.0/8")
    assert Reader("2001:db8::1", "http", ("10.0.0.2", "10.0.0.1"), believed=True) == rules.reader(
        scope("10.0.0.1", standard)
    )
    both = scope("10.0.0.1", ("forwarded", "for=6.6.6.6"), ("x-forwarded-for", "198.51.100.7"))
    assert "198.51.100.7" == rules.reader(both).address
    assert "6.6.6.6" not in told(rules, both)["forwarded"]
    assert 'for="[2001:db8::1]"' in told(rules, scope("10.0.0.1", standard))["forwarded"]


def test_the_host_is_the_operators_to_say() -> None:
    """Even a trusted proxy may hand on an X-Forwarded-Host that a reader made up."""
    request = scope("10.0.0.1", ("x-forwarded-host", "evil.example"), ("x-forwarded-port", "8443"))
    seen = told(forwarding("10.0.0.1", public="https://www.paper.example:8000"), request)
    assert ("www.paper.example:8000", "8000") == (seen["x-forwarded-host"], seen["x-forwarded-port"])


def test_a_socket_without_an_address_tells_nothing() -> None:
    """A peer on a Unix socket is not an address."""
    rules = forwarding("10.0.0.0/8")
    request = {"client": None, "headers": [(b"x-real-ip", b"6.6.6.6")]}
    assert Reader("", "https") == rules.reader(request)
    seen = told(rules, request)
    assert 'for=unknown;host="www.paper.example";proto=https' == seen["forwarded"]
    assert not {"x-forwarded-for", "x-real-ip"} & set(seen)


def test_a_wrong_network_is_said_in_one_sentence() -> None:
    """At start, not at the first request."""
    with pytest.raises(SettingsError, match=r"trusted_proxies: 'proxy\.local' is no address"):
        forwarding("proxy.local")


@given(st.lists(st.tuples(st.sampled_from(["x-forwarded-for", "forwarded", "x-forwarded-proto", "x-real-ip"]),
                          st.text(st.characters(max_codepoint=255))), max_size=4))  # fmt: skip
def test_no_claim_breaks_a_line_or_the_server(claims: list[tuple[str, str]]) -> None:
    """What goes to the origin is addresses and our own words."""
    for value in told(forwarding("10.0.0.0/8"), scope("10.0.0.1", *claims)).values():
        assert value.isascii()
        assert value.isprintable()
