"""The whole examination, in the order in which things depend on each other."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ..editions.site import Site
from ..settings import Settings
from ..source.mapping import UrlMap
from ..source.origin import Origin
from ..source.pool import Pool
from . import machine, site
from .finding import Finding


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Findings as they come up. Nothing is stored, neither here nor at the site."""
    for finding in machine.settings(settings):
        yield finding
    yield machine.volume(settings.data)
    origin, pool = Origin(settings), Pool(1, settings.extract_timeout)
    try:
        async for finding in _site(settings, origin, pool):
            yield finding
    finally:
        await pool.close()
        await origin.aclose()


async def _site(settings: Settings, origin: Origin, pool: Pool) -> AsyncIterator[Finding]:
    front, reached = await site.reach(origin, settings)
    for finding in reached:
        yield finding
    if front is None:
        return
    yield machine.clock(front)
    yield site.caches(front)
    async for finding in site.workers(origin, settings, front):
        yield finding
    yield site.policy(settings, front)
    where = Site(settings.name, settings.site, settings.light_prefix)
    read, findings = await site.stories(pool, origin, where, UrlMap(settings.origin, settings.site), settings, front)
    for finding in findings:
        yield finding
    if read:
        for finding in await site.weights(origin, where, *read[0]):
            yield finding
