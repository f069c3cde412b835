"""The budget of a Light page: the demo's stories, as the service sends them."""

from __future__ import annotations

from random import Random

import brotli
import pytest

from lightkeeper.editions.light import render_article
from tests.editions.samples import article, context, p
from tests.sizes.__main__ import percentile, weigh_all
from tests.sizes.added import PIECES, added
from tests.sizes.sets import demo_sets
from tests.sizes.wire import wire_size

MEDIAN, FIRST_FLIGHT = 3_500, 14_000
ADDED = 1_500


def test_the_demos_stories_fit_their_budget() -> None:
    """Headers included, in brotli: the median story, and TCP's first flight for all of them."""
    weighed = [weigh_all(sources) for _, sources in demo_sets()]
    sizes = sorted(weight.wire for weights, _ in weighed for weight in weights)
    assert [refused for _, refused in weighed] == [[], []]
    assert len(sizes) >= 24
    assert percentile(sizes, 50) <= MEDIAN
    assert percentile(sizes, 100) <= FIRST_FLIGHT


@pytest.mark.parametrize("piece", PIECES)
def test_the_demos_full_pages_grow_by_little(piece: int) -> None:
    """Head, body and tail together, in brotli as they are sent, in every story of either language."""
    costs = [added(source, piece) for _, sources in demo_sets() for source in sources]
    assert len(costs) >= 24
    assert min(costs) > 0
    assert max(costs) <= ADDED


def test_a_longer_page_shows_its_first_screens_from_the_first_flight() -> None:
    """The order of the bytes is the order of reading: head and style are small, the text follows at once."""
    chance = Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(4000)]
    body = tuple(p(f"Paragraph {number}. {' '.join(chance.choices(words, k=60))}") for number in range(300))
    page = brotli.compress(render_article(article(body=body), context()).encode(), quality=11)
    first = brotli.Decompressor().process(page[: FIRST_FLIGHT - 700])
    assert len(page) > 2 * FIRST_FLIGHT
    assert b"Paragraph 20." in first


def test_the_wire_carries_status_headers_and_body() -> None:
    answer = b"HTTP/1.1 200 OK\r\nvary: x\r\ndate: Tue, 05 Mar 2024 14:30:00 GMT\r\n\r\nbody"
    assert wire_size(b"body", [(b"vary", b"x")]) == len(answer)


def test_percentiles_are_by_nearest_rank() -> None:
    sizes = list(range(1, 201))
    assert [percentile(sizes, share) for share in (50, 95, 99, 100)] == [100, 190, 198, 200]
    assert percentile([7], 50) == 7
