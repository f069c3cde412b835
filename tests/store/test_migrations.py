"""Migrations: every older folder opens with all that is in it, a newer one is refused, none is left half done."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from lightkeeper.errors import NewerStore, SettingsError
from lightkeeper.store import Store, StoredFront, Story, migrate
from lightkeeper.store.schema import VERSION, metadata
from lightkeeper.store.upgrading import configured

from . import older
from .tables import rows

THEN = datetime(2026, 11, 1, 8, tzinfo=UTC)
FRAGMENT = (
    '<article dir="rtl" lang="fa"><header><p class="section">جهان</p><h1>باران</h1><p class="byline">مریم</p></header>'
    '<div class="body"><p>باران بارید.</p></div><footer></footer></article>'
)
STORY = Story("/fa/1", FRAGMENT, "باران", "", "جهان", "fa", THEN, THEN, '"e"', "x")


def first_schema(folder: Path) -> None:
    """A folder as the first version left it, with a story, a front and a removal."""
    engine = sa.create_engine(f"sqlite:///{folder}/lightkeeper.sqlite3")
    with engine.begin() as connection:
        command.upgrade(configured(connection), "0001")
        for statement in (
            f"insert into fragments values ('{STORY.digest}', '{FRAGMENT}')",
            f"insert into stories values ('/fa/1', '{STORY.digest}', 'باران', '', 'جهان', 'fa', {THEN.timestamp()},"
            f" '\"e\"', 'x', {THEN.timestamp()}, 1)",
            f"insert into fronts values ('/', '{{}}', '', '', {THEN.timestamp()})",
            "insert into removals values ('00', 1, 0, 2)",
            "update counters set value = 2",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.parametrize("schema", ["0001", "0002"])
async def test_a_folder_of_an_older_commit_keeps_every_row(tmp_path: Path, schema: str) -> None:
    """As the commits of those days left it, with all that they stored; what was withdrawn or removed stays so."""
    older.unpack(schema, tmp_path)
    before = contents(tmp_path)
    assert {"fragments", "stories", "fronts", "removals", "counters"} <= set(before)
    assert all(before.values())
    migrate(tmp_path)
    after = contents(tmp_path)
    for name, kept in before.items():
        assert kept == [{column: row[column] for column in kept[0]} for row in after[name]]
    store = Store(tmp_path)
    assert await store.index_more(99) == (len(before["stories"]) if schema == "0001" else 0)
    assert [story.address for story in await store.search("corrected", 9)] == ["/s/5"]
    assert (await store.changes(0)).removed == {row["address_digest"] for row in before["removals"]}
    assert len(await store.withdrawn()) == len(before.get("withdrawals", ()))
    story = await store.story("/s/1")
    assert story is not None
    assert story.published.isoformat() == "2026-03-02T01:31:00+03:30"
    assert await store.save(story)
    await store.close()


def contents(folder: Path) -> dict[str, list[dict[str, object]]]:
    """The rows of our own tables, by name, in one order."""
    with closing(sqlite3.connect(folder / "lightkeeper.sqlite3")) as database:
        database.row_factory = sqlite3.Row
        kept = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'"
        names = [str(row["name"]) for row in database.execute(kept) if row["name"] != "alembic_version"]
        return {
            name: sorted((dict(row) for row in database.execute(f'SELECT * FROM "{name}"')), key=repr) for name in names
        }


async def test_a_folder_of_the_first_version_keeps_everything(tmp_path: Path) -> None:
    """Story, front, removal and sequence are there after the upgrade; the story is found once it is in the index."""
    first_schema(tmp_path)
    migrate(tmp_path)
    store = Store(tmp_path)
    assert await store.story("/fa/1") == STORY
    assert await store.front("/") == StoredFront("/", "{}", THEN)
    assert (await store.changes(0)).removed == {"00"}
    assert await store.sequence() == 2
    assert await store.search("باران", 9) == []
    assert (await store.index_more(9), await store.index_more(9)) == (1, 0)
    assert [story.address for story in await store.search("باران", 9)] == ["/fa/1"]
    assert (await store.labelled("author", "مریم", 9))[0] == "مریم"
    await store.close()


def test_a_migration_that_fails_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    """Nothing of a migration stays where its last step did not succeed, and one sentence says so."""
    first_schema(tmp_path)
    rows(tmp_path, "create table search (in_the_way text)")
    with pytest.raises(SettingsError, match="cannot be used"):
        migrate(tmp_path)
    assert rows(tmp_path, "select version_num from alembic_version") == [("0001",)]
    assert rows(tmp_path, "select name from sqlite_master where name in ('views', 'labels')") == []
    assert "number" not in repr(rows(tmp_path, "select sql from sqlite_master where name = 'stories'"))


def test_migrating_twice_keeps_everything(tmp_path: Path) -> None:
    """Opening an existing folder changes nothing in it."""
    migrate(tmp_path)
    migrate(tmp_path)
    assert rows(tmp_path, "select version_num from alembic_version") == [(VERSION,)]


def test_newer_schema_is_refused(tmp_path: Path) -> None:
    """A folder that a later version wrote is refused with a sentence, and not touched."""
    migrate(tmp_path)
    rows(tmp_path, "update alembic_version set version_num = '9999'")
    with pytest.raises(NewerStore, match="newer Lightkeeper"):
        migrate(tmp_path)


def test_unusable_folder_is_refused(tmp_path: Path) -> None:
    """A folder that is a file gives one clear sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be used"):
        migrate(tmp_path / "file")


def test_a_new_folder_is_what_all_migrations_would_have_made(tmp_path: Path) -> None:
    """Columns with their types, keys, defaults and indexes, the search index, and what is in the tables."""
    new, old = tmp_path / "new", tmp_path / "old"
    migrate(new)
    old.mkdir()
    engine = sa.create_engine(f"sqlite:///{old}/lightkeeper.sqlite3")
    with engine.begin() as connection:
        command.upgrade(configured(connection), "head")
        assert ScriptDirectory.from_config(configured(connection)).get_current_head() == VERSION
    engine.dispose()
    assert described(new) == described(old)
    assert set(metadata.tables) < set(described(new))


def described(folder: Path) -> dict[str, object]:
    """Each table: its columns, foreign keys, indexes with their columns, and rows; of a virtual one its statement."""
    with closing(sqlite3.connect(folder / "lightkeeper.sqlite3")) as database:

        def ask(question: str) -> list[tuple[object, ...]]:
            return database.execute(question).fetchall()

        tables: dict[str, object] = {}
        for name, statement in ask("SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
            if str(statement).startswith("CREATE VIRTUAL"):
                tables[str(name)] = statement
                continue
            # Columns by name: an upgrade adds new ones at the end.
            columns = sorted(row[1:] for row in ask(f'PRAGMA table_info("{name}")'))
            indexes = sorted((row[1], row[2]) for row in ask(f'PRAGMA index_list("{name}")') if row[3] == "c")
            parts = [ask(f'PRAGMA index_info("{index}")') for index, _ in indexes]
            members = [[column for _, _, column in part] for part in parts]
            tables[str(name)] = (
                columns,
                ask(f'PRAGMA foreign_key_list("{name}")'),
                indexes,
                members,
                ask(f'SELECT * FROM "{name}"'),
            )
        return tables


def test_a_start_without_migrations_loads_no_alembic(tmp_path: Path) -> None:
    """Neither for a new folder nor for one of this version."""
    program = (
        "import sys, pathlib\nfrom lightkeeper.store import migrate\n"
        "for _ in range(2): migrate(pathlib.Path(sys.argv[1]))\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == 0
