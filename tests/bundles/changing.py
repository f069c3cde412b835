"""A publisher in a process of its own that always has something to publish, to be killed: `… changing DATA`."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from lightkeeper.publishing.publisher import Publisher
from lightkeeper.settings import load
from lightkeeper.store import Store

from .desk import PUBLICATION, story


async def main(data: Path) -> None:
    settings = load(origin=PUBLICATION, publication="The Lantern", data=str(data))
    store = Store(settings.data)
    publisher = Publisher(settings, store, lambda _: True)
    await publisher.once()
    print("publishing", flush=True)
    while True:
        await store.save(story(int(time.time() * 1000) % 97, words=f"At {time.time()}."))
        await publisher.once()
        await publisher.finish()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
