"""Copies of the database, and what is told of it."""

import asyncio
import fcntl
import os
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.store import Store
from bot.store.backup import backup, duplicate, info
from bot.store.copies import alone, newest_good
from bot.store.migrations import REVISIONS
from bot.store.queries import meta as q
from bot.store.verify import fault

NOBODY = 65534
NOON = datetime(2025, 5, 5, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


def names(folder):
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


async def test_a_copy_opens_and_holds_everything(store, url, folder):
    await store.write(q.put, key="a", value="b")
    copy = await backup(url, folder, 7, NOON)
    assert names(folder) == ["tutor-20250505-120000.db"]
    restored = await Store.open(f"sqlite+aiosqlite:///{copy}")
    assert await restored.read(q.get, key="a") == "b"
    await restored.close()


async def test_a_copy_is_whole_while_the_bot_writes(store, url, folder):
    async def write_on() -> None:
        for number in range(200):
            await store.write(q.put, key=str(number), value="x" * 500)

    writing = asyncio.create_task(write_on())
    copies = [await backup(url, folder, 9, NOON + timedelta(seconds=n)) for n in range(3)]
    await writing
    for copy in copies:
        with sqlite3.connect(copy) as conn:
            keys = {int(key) for (key,) in conn.execute("SELECT key FROM meta")}
        conn.close()
        assert keys == set(range(len(keys)))


async def test_the_newest_are_kept_and_nothing_else_is_touched(store, url, folder):
    folder.mkdir()
    (folder / "mine.db").write_text("not the tutor's")
    for day in range(4):
        await backup(url, folder, 2, NOON + timedelta(days=day))
    assert names(folder) == ["mine.db", "tutor-20250507-120000.db", "tutor-20250508-120000.db"]
    await backup(url, folder, 0, NOON + timedelta(days=9))
    assert names(folder) == ["mine.db", "tutor-20250514-120000.db"]


async def test_a_copy_made_after_the_clock_was_set_back_is_not_removed(store, url, folder):
    await backup(url, folder, 1, NOON)
    copy = await backup(url, folder, 1, NOON - timedelta(days=9))
    assert copy.exists()


async def test_a_damaged_database_is_told_and_costs_no_older_copy(store, url, path, folder):
    await store.write(q.put, key="a", value="x" * 300_000)
    await backup(url, folder, 1, NOON)
    await store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(size - 8192))
    with pytest.raises(OperatorError, match="damaged"):
        await backup(url, folder, 1, NOON + timedelta(days=1))
    assert names(folder) == ["tutor-20250505-120000.db"]


async def test_copies_made_at_once_are_one(store, url, folder):
    made = await asyncio.gather(*(backup(url, folder, 7, NOON) for _ in range(4)))
    assert names(folder) == ["tutor-20250505-120000.db"]
    assert {copy.name for copy in made} == set(names(folder))
    assert fault(made[0]) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_a_lock_that_another_user_made_is_used():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        with alone(folder):  # as root
            pass
        os.seteuid(NOBODY)
        try:
            with (
                alone(folder),
                (folder / ".lock").open() as other,
                pytest.raises(BlockingIOError),
            ):
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.seteuid(0)


async def test_a_copy_that_came_out_broken_is_not_kept_and_costs_no_older_one(
    store, url, folder, monkeypatch
):
    await store.write(q.put, key="a", value="x" * 300_000)
    await backup(url, folder, 1, NOON)
    monkeypatch.setattr("bot.store.backup.duplicate", duplicate_to_a_bad_disk)
    with pytest.raises(OperatorError, match=r"came out broken .* the database is whole"):
        await backup(url, folder, 1, NOON + timedelta(days=1))
    assert names(folder) == ["tutor-20250505-120000.db"]


def duplicate_to_a_bad_disk(source, target):
    duplicate(source, target)
    target.write_bytes(target.read_bytes()[:50_000])


async def test_a_rotten_copy_never_leaves_the_folder_without_a_good_one(store, url, folder):
    await backup(url, folder, 2, NOON)
    rotten = await backup(url, folder, 2, NOON + timedelta(days=1))
    rotten.write_bytes(b"\0" * 9000)
    assert newest_good(folder).name == "tutor-20250505-120000.db"
    new = await backup(url, folder, 2, NOON + timedelta(days=2))
    assert newest_good(folder) == new


async def test_a_folder_that_cannot_be_written(store, url, folder):
    folder.write_text("in the way")
    with pytest.raises(OperatorError, match=r"could not be copied to .*backups.*untouched"):
        await backup(url, folder, 1, NOON)


async def test_what_is_told_of_a_database(store, url, path, folder):
    before = await info(url, folder)
    assert (before.last_backup, before.last_backup_at) == (None, None)
    await store.write(q.put, key="a", value="b")
    copy = await backup(url, folder, 7, NOON)
    told = await info(url, folder)
    assert told.place == str(path)
    assert told.size is not None
    assert told.size > 50_000
    assert told.version == told.newest == REVISIONS[-1]
    assert told.rows["meta"] == 1
    assert told.rows["answers"] == 0
    assert (told.last_backup, told.last_backup_at) == (copy, NOON)


async def test_looking_makes_no_database(url, path, folder):
    for look in (info(url, folder), backup(url, folder, 1, NOON)):
        with pytest.raises(OperatorError, match=r"no database .* yet"):
            await look
    assert not path.parent.exists()


async def test_an_empty_file_has_no_version(url, path, folder):
    path.parent.mkdir()
    path.touch()
    told = await info(url, folder)
    assert (told.version, told.rows) == (None, {})


async def test_postgresql_has_its_own_tool(folder):
    with pytest.raises(OperatorError, match="pg_dump") as raised:
        await backup("postgresql+asyncpg://tutor:secret@db/tutor", folder, 1, NOON)
    assert "secret" not in str(raised.value)
