"""What the newsroom does and asks: withdrawals, tombstones, daily views. Inside a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ..article.addresses import spelling, spellings
from . import writing
from .rows import Views, digest
from .schema import TOMBSTONE, fronts, removals, stories, views, withdrawals


async def is_withdrawn(connection: AsyncConnection, address: str) -> bool:
    names = [digest(found) for found in spellings(address)]
    query = sa.select(withdrawals.c.address_digest).where(withdrawals.c.address_digest.in_(names))
    return (await connection.execute(query)).first() is not None


async def withdrawn(connection: AsyncConnection) -> frozenset[str]:
    return frozenset(str(name) for (name,) in await connection.execute(sa.select(withdrawals.c.address_digest)))


async def removed(connection: AsyncConnection, addresses: Collection[str]) -> set[str]:
    hashes = {digest(address): address for address in addresses}
    query = sa.select(removals.c.address_digest).where(removals.c.address_digest.in_(list(hashes)))
    gone = {hashes[name] for (name,) in await connection.execute(query)}
    banned = await withdrawn(connection)
    return gone | {address for address in addresses if any(digest(found) in banned for found in spellings(address))}


async def tombstones(connection: AsyncConnection) -> frozenset[str]:
    query = sa.select(removals.c.address_digest).where(removals.c.times >= TOMBSTONE)
    return frozenset(str(name) for (name,) in await connection.execute(query))


async def withdraw(connection: AsyncConnection, address: str, seen: datetime) -> None:
    """From here on nothing under `address` is stored or served; what is stored goes with `purge`."""
    row: dict[str, object] = {"address_digest": digest(spelling(address)), "seen": seen.timestamp()}
    await writing.put(connection, withdrawals, row)
    await _bury(connection, address, seen)


async def stored_as(connection: AsyncConnection, address: str) -> list[str]:
    """Every stored address that is another way to write `address`, or that adds a query to it."""
    wanted = spelling(address)
    found: set[str] = set()
    for column in (stories.c.address, fronts.c.address):
        found |= {name for (name,) in await connection.execute(sa.select(column)) if wanted in spellings(name)}
    return sorted(found)


async def purge(connection: AsyncConnection, addresses: Collection[str], seen: datetime) -> None:
    """Delete every trace of them but their hashes."""
    for address in addresses:
        await writing.delete(connection, address)
        await connection.execute(sa.delete(fronts).where(fronts.c.address == address))
        await _bury(connection, address, seen)


async def _bury(connection: AsyncConnection, address: str, seen: datetime) -> None:
    row: dict[str, object] = {"address_digest": digest(address), "times": TOMBSTONE, "seen": seen.timestamp()}
    await writing.put(connection, removals, row | {"sequence": await writing.advance(connection)})


async def restore(connection: AsyncConnection, address: str) -> bool:
    mine = withdrawals.c.address_digest == digest(spelling(address))
    gone = await connection.execute(sa.delete(withdrawals).where(mine))
    if gone.rowcount:
        await connection.execute(sa.delete(removals).where(removals.c.address_digest == digest(address)))
        await writing.advance(connection)
    return bool(gone.rowcount)


async def add_views(connection: AsyncConnection, counted: list[Views]) -> None:
    known = sa.select(stories.c.address).where(stories.c.address.in_({item.address for item in counted}))
    stored = {str(address) for (address,) in await connection.execute(known)}
    for item in counted:
        if item.address not in stored:
            continue
        same = sa.and_(views.c.day == item.day, views.c.address == item.address, views.c.edition == item.edition)
        more = sa.update(views).where(same).values(count=views.c.count + item.count)
        if not (await connection.execute(more)).rowcount:
            row = {"day": item.day, "address": item.address, "edition": item.edition, "count": item.count}
            await connection.execute(sa.insert(views).values(row))


async def views_since(connection: AsyncConnection, since: str) -> list[Views]:
    query = sa.select(views).where(views.c.day >= since).order_by(views.c.day, views.c.count.desc(), views.c.address)
    return [
        Views(row["day"], row["address"], row["edition"], row["count"])
        for row in (await connection.execute(query)).mappings()
    ]
