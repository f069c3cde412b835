"""What tests of our own failures share: how we are set up, a site, and which edition an answer is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from lightkeeper.settings import Settings, load

from ..servers import Received
from .service import PUBLIC, Site, page

DATABASE = "lightkeeper.sqlite3"


def settings(url: str, folder: str, **values: Any) -> Settings:
    return load(**{"origin": url, "public_url": PUBLIC, "publication": "The Paper", "data": folder, "fronts": "/",
                   "fresh": "0", "revalidate_wait": "5", **values})  # fmt: skip


def site_of(*paths: str) -> Site:
    site = Site()
    for path in paths:
        site.put(path, page(), ETag='"v1"')
    return site


def is_full(answer: Received) -> bool:
    return answer.status == 200 and b"All rights" in answer.body and b"first boats went out" in answer.body


def is_light(answer: Received) -> bool:
    return answer.status == 200 and b"All rights" not in answer.body and b"first boats went out" in answer.body


def overwrite(database: Path) -> None:
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.write(os.urandom(size))
    for suffix in ("-wal", "-shm"):
        database.with_name(DATABASE + suffix).write_bytes(os.urandom(40_000))
