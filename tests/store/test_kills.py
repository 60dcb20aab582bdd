"""Backups and restores that are killed: at every line of theirs, and in the middle of writing."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.store import Store
from bot.store.backup import backup
from bot.store.copies import copies
from bot.store.queries import meta as q
from bot.store.restore import require_whole, restore
from bot.store.verify import fault
from tests.support.killing import killed_after_bytes, killed_at_line

NOON = datetime(2025, 5, 5, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
FILES = ("bot/store/backup.py", "bot/store/copies.py", "bot/store/restore.py")
BYTES = (0, 4_096, 30_000, 100_000, 160_000)
"""Of about 180,000."""

KILLED_BOT = """
import os, signal, sqlite3, sys
conn = sqlite3.connect(sys.argv[1])
conn.execute("PRAGMA journal_mode=WAL")
conn.execute("UPDATE meta SET value = 'newest' WHERE key = 'a'")
conn.commit()
os.kill(os.getpid(), signal.SIGKILL)
"""


def value(file: Path) -> str:
    with closing(sqlite3.connect(file)) as conn:
        return conn.execute("SELECT value FROM meta WHERE key = 'a'").fetchone()[0]


class Place:
    """A database whose newest change is in its log, left by a killed bot; one good backup."""

    def __init__(self, folder: Path) -> None:
        self.path, self.backups = folder / "data" / "tutor.db", folder / "backups"
        self.url = f"sqlite+aiosqlite:///{self.path}"

    async def fill(self) -> None:
        store = await Store.open(self.url)
        await store.write(q.put, key="a", value="old")
        await store.write(q.put, key="b", value="x" * 40_000)
        await store.close()
        await backup(self.url, self.backups, 1, NOON)
        self.kill_bot()
        assert self.path.with_name("tutor.db-wal").stat().st_size > 0

    def kill_bot(self) -> None:
        done = subprocess.run([sys.executable, "-c", KILLED_BOT, str(self.path)], check=False)
        assert done.returncode == -9

    def copied(self, folder: Path) -> "Place":
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(self.path.parent.parent, folder)
        return Place(folder)


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    made = Place(tmp_path / "template")
    await made.fill()
    return made


def every_kill(place: Place, folder: Path, *work: object) -> Iterator[Place]:
    """Yield a copy of the place after each kill of the work on it; `work` is called with the
    place's url and folder, and what follows.
    """
    act, *more = work
    for number in count(1):
        found = place.copied(folder)
        if not killed_at_line(number, FILES, act, found.url, found.backups, *more):
            assert number > 20, "the lines were not seen"
            break
        yield found
    for size in BYTES:
        found = place.copied(folder)
        assert killed_after_bytes(size, act, found.url, found.backups, *more)
        yield found


@pytest.mark.timeout(600)
async def test_a_killed_backup_costs_nothing_and_the_next_one_tidies_up(tmp_path, place):
    seen = set()
    for found in every_kill(place, tmp_path / "work", backup, 1, LATER):
        kept = copies(found.backups)
        assert kept
        assert [fault(copy) for copy in kept] == [None] * len(kept)
        assert fault(found.path) is None
        assert value(found.path) == "newest"
        seen.add(tuple(value(copy) for copy in kept))
        again = await backup(found.url, found.backups, 1, LATER + timedelta(days=1))
        assert [file.name for file in found.backups.iterdir() if file.name != ".lock"] == [
            again.name
        ]
        assert value(again) == "newest"
    assert seen == {("old",), ("old", "newest"), ("newest",)}


@pytest.mark.timeout(600)
async def test_a_killed_restore_leaves_the_old_database_or_the_new_one(tmp_path, place):
    seen = []
    for found in every_kill(place, tmp_path / "work", restore, None, LATER):
        (copy,) = copies(found.backups)
        assert fault(copy) is None
        await require_whole(found.url, found.backups)  # as a start does
        assert fault(found.path) is None
        present = value(found.path)
        asides = [
            value(file)
            for file in found.path.parent.glob("*.replaced-*")
            if not file.name.endswith(("-wal", "-shm"))
        ]
        assert (present, asides) in [("newest", []), ("old", ["newest"])]
        seen.append(present)
        done = await restore(found.url, found.backups, copy, LATER + timedelta(days=1))
        assert value(found.path) == "old"
        assert value(done.aside) == present
        left = [file.name for file in found.path.parent.iterdir()]
        assert not [name for name in left if "incoming" in name or "restoring" in name]
    in_lines = seen[: -len(BYTES)]
    assert in_lines == sorted(in_lines), "once it is restored it stays so"
    assert {"newest", "old"} == set(in_lines)
