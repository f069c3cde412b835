"""Migrations: every older folder opens with all that is in it, a newer one is refused, none is left half done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import lightkeeper.store
from lightkeeper.errors import SettingsError
from lightkeeper.store import Store, StoredFront, Story, migrate
from lightkeeper.store.schema import metadata

from .tables import rows

THEN = datetime(2026, 11, 1, 8, tzinfo=UTC)
FRAGMENT = (
    '<article dir="rtl" lang="fa"><header><p class="section">جهان</p><h1>باران</h1><p class="byline">مریم</p></header>'
    '<div class="body"><p>باران بارید.</p></div><footer></footer></article>'
)
STORY = Story("/fa/1", FRAGMENT, "باران", "", "جهان", "fa", THEN, THEN, '"e"', "x")


def first_schema(folder: Path) -> None:
    """A folder as the first version left it, with a story, a front and a removal."""
    config = Config()
    config.set_main_option("script_location", str(Path(lightkeeper.store.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    engine = sa.create_engine(f"sqlite:///{folder}/lightkeeper.sqlite3")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
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
    assert rows(tmp_path, "select version_num from alembic_version") == [("0002",)]


def test_newer_schema_is_refused(tmp_path: Path) -> None:
    """A folder that a later version wrote is refused with a sentence, and not touched."""
    migrate(tmp_path)
    rows(tmp_path, "update alembic_version set version_num = '9999'")
    with pytest.raises(SettingsError, match="newer Lightkeeper"):
        migrate(tmp_path)


def test_unusable_folder_is_refused(tmp_path: Path) -> None:
    """A folder that is a file gives one clear sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be used"):
        migrate(tmp_path / "file")


async def test_schema_and_migrations_agree(tmp_path: Path) -> None:
    """The tables that migrations make are the tables that the queries expect."""
    migrate(tmp_path)
    engine = sa.create_engine(f"sqlite:///{tmp_path}/lightkeeper.sqlite3")
    inspector = sa.inspect(engine)
    for table in metadata.sorted_tables:
        assert {column["name"] for column in inspector.get_columns(table.name)} == set(table.columns.keys())
        assert {index["name"] for index in inspector.get_indexes(table.name)} == {i.name for i in table.indexes}
    engine.dispose()
