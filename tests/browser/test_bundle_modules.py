"""The worker's reading of bundles, in a real browser: what is signed opens, byte for byte; what is not is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from lightkeeper.bundles import issuing
from lightkeeper.bundles.heads import read_head, split_manifest
from lightkeeper.bundles.lists import SHELL, STORY, read_list
from lightkeeper.bundles.stories import compose
from lightkeeper.publishing.keyring import Keyring
from lightkeeper.resources import client

from .. import servers
from ..bundles.desk import BEGIN, ROOTS, desk, secret, story
from ..servers import Line
from .drivers import chromium

pytestmark = pytest.mark.browser

NAME = "fa-latest"
WORDS = "هر بامداد پیش از روشنایی روز \u6c34 طناب‌ها را می‌شمارند. " * 40
MODULES = """
const [bytes, formats, trust, packs, composing] = await Promise.all(
  ["bytes", "formats", "trust", "packs", "compose"].map((name) => import(`/worker/${name}.js`)));
const name = "fa-latest";
const file = async (path) => new Uint8Array(await (await fetch(`/_lk/${path}`)).arrayBuffer());
const refusal = async (work) => { try { await work(); return "accepted" } catch (error) { return error.message } };
"""


@dataclass
class Host:
    """A static host with the worker's modules and the files of a newsroom; of a pack, `cut` bytes in each answer.

    A short answer ends as a proxy ends it that lost its own connection: whole to the browser, which then hands over all
    that came. Of what breaks off, a busy browser may drop what it has not handed over yet, however often it is asked.
    """

    files: dict[str, bytes]
    cut: int = 0
    sent: dict[str, list[int]] = field(default_factory=dict)

    def __call__(self, request: servers.Request, line: Line) -> None:
        path = request.target.decode()
        ranged = next((value for name, value in request.headers if name.lower() == b"range"), b"")
        begin = int(ranged[6:-1]) if ranged else 0
        kind = "text/javascript" if path.endswith(".js") else "text/html"
        body = b"<!doctype html><title>Reader</title>" if path == "/" else self.files.get(path)
        if body is None:
            line.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        else:
            status = "206 Partial Content" if begin else "200 OK"
            shown = body[begin:][: self.cut if self.cut and path.endswith(".pack") else None]
            head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(shown)}\r\n\r\n".encode()
            self.sent.setdefault(path, []).append(len(shown))
            line.send(head + shown)
        line.close()


async def newsroom(folder: Path) -> dict[str, bytes]:
    """What is served after ten stories and one more: two states, and keys after a rotation and a revocation."""
    async with desk(folder) as work:
        await work.save(*(story(number, language="fa", words=WORDS) for number in range(10)))
        await work.publish()
        before = work.get(f"b/{NAME}/head")
        work.clock.pass_(600)
        await work.save(story(11, language="fa", words=WORDS))
        await work.publish()
        files = {
            f"/_lk/{path.relative_to(work.served)}": path.read_bytes()
            for path in work.served.glob("?/**/*")
            if path.is_file() and path.suffix != ".br"
        }
        files["/_lk/before"] = before
        files |= {f"{path}.size": str(len(data)).encode() for path, data in files.items() if path.endswith(".pack")}
        ring, now = Keyring(folder / "keys"), int(BEGIN.timestamp())
        life = 365 * 86_400
        files["/_lk/revoked"] = issuing.revoke(ring.keys(), ROOTS[0], secret("online 2"), now + 900, life).write()
        others = (secret("root c"), secret("root d"))
        foreign = issuing.first("https://other.example", others, secret("online 3"), now)
        files["/_lk/foreign"] = foreign.write()
    return files | {f"/worker/{path.name}": path.read_bytes() for path in (client() / "worker").glob("*.js")}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return asyncio.run(newsroom(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def window(files: dict[str, bytes]) -> Iterator[Page]:
    """After the files: Playwright's own event loop runs in this thread from here on."""
    assert files
    with chromium() as browser:
        yield browser.new_page()


@contextmanager
def opened(window: Page, host: Host) -> Iterator[Page]:
    with servers.origin(host) as door:
        host.files["/worker/config.js"] = b"self.LIGHTKEEPER = {};\n" + host.files["/worker/config.js"]
        window.goto(door.url + "/")
        yield window


def run(window: Page, script: str) -> Any:
    return window.evaluate(f"async () => {{ {MODULES} {script} }}")


def test_a_story_is_composed_as_the_server_does(window: Page, files: dict[str, bytes]) -> None:
    """From keys, head and a pack that breaks off every 5,000 bytes: every page, and at most one record again a cut."""
    host = Host(dict(files), cut=5_000)
    listed = read_list(split_manifest(files[f"/_lk/b/{NAME}/manifest"])[1])
    shell, *_ = (files[f"/_lk/o/{each.digest.hex()}"] for each in listed.entries if each.kind == SHELL)
    head = read_head(files[f"/_lk/b/{NAME}/head"])
    full = f"/_lk/b/{NAME}/0-{head.base}.pack"
    with opened(window, host):
        told = run(
            window,
            """
            const pinned = await trust.pin(await file("b/keys"));
            const accepted = await trust.accept(pinned, await file("b/keys"), await file(`b/${name}/head`), name);
            const manifest = await file(`b/${name}/manifest`);
            const list = formats.readList(manifest.subarray(-accepted.head.size));
            const objects = {};
            const { base, sequence } = accepted.head;
            const spans = base === sequence ? [`0-${base}`] : [`0-${base}`, `${base}-${sequence}`];
            for (const path of spans.map((span) => `b/${name}/${span}.pack`)) {
              const size = Number(bytes.text(await file(`${path}.size`)));
              const course = { at: 0, end: size };
              await packs.readPack(path, course, async (records) => {
                for (const [, data] of records) {
                  objects[await bytes.hash(data)] = data;
                  course.at += 5 + data.length;
                }
              });
            }
            const shell = composing.openShell(objects[list.entries.find(({ kind }) => kind === 2).name]);
            const stories = list.entries.filter(({ kind }) => kind === 1);
            const pages = stories.map((one) => composing.compose(shell, objects[one.name]));
            return { pages, policy: await composing.policyOf(shell.template) };
            """,
        )
    expected = [
        compose(shell, files[f"/_lk/o/{each.digest.hex()}"]).decode() for each in listed.entries if each.kind == STORY
    ]
    assert told["pages"] == expected
    assert len(expected) == 11
    assert told["policy"].startswith("default-src 'none';style-src 'sha256-")
    assert len(files[full]) > 5 * host.cut
    record = max(entry.size for entry in listed.entries) + 5
    cuts = len(host.sent[full]) - 1
    assert cuts > 5
    assert sum(host.sent[full]) <= len(files[full]) + cuts * record


def test_the_limit_follows_the_readers_own_answers(window: Page, files: dict[str, bytes]) -> None:
    """Three times the usual time, never above the operator's limit; after a failure less patience until an answer."""
    with opened(window, Host(dict(files))):
        told = run(
            window,
            """
            const [patience, config, database] = await Promise.all(
              ["patience", "config", "database"].map((name) => import(`/worker/${name}.js`)));
            config.config.limit = 5_000;
            const limits = [await patience.patience()];
            await database.create();
            limits.push(await patience.patience());
            for (const took of [800, 1_600, 100, 30_000]) {
              await patience.noteAnswer(took);
              limits.push(await patience.patience());
            }
            patience.noteFailure();
            limits.push(await patience.patience());
            for (let count = 0; count < 30; count += 1) await patience.noteAnswer(count < 2 ? 900 : 100);
            limits.push(await patience.patience());
            config.config.limit = 1_000;
            limits.push(await patience.patience());
            return limits;
            """,
        )
    assert told == [5_000, 5_000, 2_400, 3_000, 2_325, 5_000, 1_500, 1_500, 1_000]


@pytest.mark.parametrize(
    ("keys", "head", "change", "reason"),
    [
        ("b/keys", "b/fa-latest/head", "", "accepted"),
        ("b/keys", "b/fa-latest/head", "head[40] ^= 1", "altered"),
        ("b/keys", "before", "", "rollback"),
        ("b/keys", "b/fa-latest-20/head", "", "other bundle"),
        ("foreign", "b/fa-latest/head", "", "foreign"),
        ("revoked", "b/fa-latest/head", "", "other key"),
    ],
)
def test_only_what_is_to_be_believed_is(
    window: Page, files: dict[str, bytes], keys: str, head: str, change: str, reason: str
) -> None:
    """Altered, old, another bundle's, another publication's and revoked heads are refused, each for its reason."""
    with opened(window, Host(dict(files))):
        told = run(
            window,
            f"""
            const pinned = await trust.pin(await file("b/keys"));
            const known = await trust.accept(pinned, await file("b/keys"), await file(`b/${{name}}/head`), name);
            const [keys, head] = [await file({json.dumps(keys)}), await file({json.dumps(head)})];
            {change};
            return refusal(() => trust.accept(known.trust, keys, head, name));
            """,
        )
    assert told == reason
