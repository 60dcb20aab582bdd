"""A backup in the database's place: verified, whole or not at all, and nothing is thrown away."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.store import Store
from bot.store.backup import backup, duplicate
from bot.store.queries import meta as q
from bot.store.restore import require_whole, restore

NOBODY = 65534
NOON = datetime(2025, 5, 5, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


async def put(url: str, **values: str) -> None:
    store = await Store.open(url)
    for key, value in values.items():
        await store.write(q.put, key=key, value=value)
    await store.close()


async def kept(url: str) -> dict[str, str]:
    store = await Store.open(url)
    rows = await store.read(lambda conn: conn.exec_driver_sql("SELECT key, value FROM meta").all())
    await store.close()
    return dict(rows)


def scramble(file: Path) -> None:
    content = file.read_bytes()
    third = len(content) // 3
    middle = random.Random(5).randbytes(third)
    file.write_bytes(content[:third] + middle + content[2 * third :])


async def test_the_newest_backup_takes_the_place_and_the_database_is_kept(url, path, folder):
    await put(url, a="first")
    await backup(url, folder, 7, NOON)
    await put(url, a="second")
    newest = await backup(url, folder, 7, NOON + timedelta(days=1))
    await put(url, a="third")
    done = await restore(url, folder, None, NOON + timedelta(days=2))
    assert (done.database, done.backup) == (path, newest)
    assert await kept(url) == {"a": "second"}
    assert done.aside == path.with_name("tutor.db.replaced-20250507-120000")
    assert await kept(f"sqlite+aiosqlite:///{done.aside}") == {"a": "third"}
    assert newest.exists()


async def test_a_named_backup_takes_the_place_and_a_restore_is_undone(url, folder):
    await put(url, a="first")
    first = await backup(url, folder, 7, NOON)
    await put(url, a="second")
    await backup(url, folder, 7, NOON + timedelta(days=1))
    done = await restore(url, folder, first, NOON)
    assert await kept(url) == {"a": "first"}
    await restore(url, folder, done.aside, NOON)
    assert await kept(url) == {"a": "second"}


async def test_it_belongs_to_whom_it_belonged(url, path, folder):
    await put(url, a="first")
    await backup(url, folder, 7, NOON)
    mine = (os.geteuid(), os.getegid())
    owner = (NOBODY, NOBODY) if os.geteuid() == 0 else mine
    os.chown(path, *owner)
    path.chmod(0o640)
    await restore(url, folder, None, NOON)
    found = path.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (*owner, 0o640)


async def test_two_restores_in_a_second_keep_both_databases(url, path, folder):
    await put(url, a="first")
    await backup(url, folder, 7, NOON)
    await put(url, a="second")
    one = await restore(url, folder, None, NOON)
    await put(url, a="third")
    two = await restore(url, folder, None, NOON)
    assert await kept(f"sqlite+aiosqlite:///{one.aside}") == {"a": "second"}
    assert await kept(f"sqlite+aiosqlite:///{two.aside}") == {"a": "third"}


async def test_what_a_killed_bot_left_in_its_log_is_kept_too(url, path, folder):
    await put(url, a="old")
    await backup(url, folder, 7, NOON)
    kill_while_writing(path)
    assert path.with_name("tutor.db-wal").stat().st_size
    done = await restore(url, folder, None, NOON)
    assert await kept(url) == {"a": "old"}
    assert await kept(f"sqlite+aiosqlite:///{done.aside}") == {"a": "in the log"}


KILLED = """
import os, signal, sqlite3, sys
conn = sqlite3.connect(sys.argv[1])
conn.execute("PRAGMA journal_mode=WAL")
conn.execute("UPDATE meta SET value = 'in the log'")
conn.commit()
os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_while_writing(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -9


async def test_a_database_that_is_gone_comes_back(url, path, folder):
    await put(url, a="first")
    await backup(url, folder, 7, NOON)
    path.unlink()
    done = await restore(url, folder, None, NOON)
    assert done.aside is None
    assert await kept(url) == {"a": "first"}


async def test_a_damaged_database_is_replaced_and_kept(url, path, folder):
    await put(url, a="x" * 300_000)
    await backup(url, folder, 7, NOON)
    scramble(path)
    broken = path.read_bytes()
    done = await restore(url, folder, None, NOON)
    assert await kept(url) == {"a": "x" * 300_000}
    assert done.aside.read_bytes() == broken


async def test_a_broken_backup_is_passed_over_and_refused_by_name(url, path, folder):
    await put(url, a="first" * 50_000)
    good = await backup(url, folder, 7, NOON)
    broken = await backup(url, folder, 7, NOON + timedelta(days=1))
    scramble(broken)
    before = path.read_bytes()
    with pytest.raises(OperatorError) as raised:
        await restore(url, folder, broken, NOON)
    assert str(raised.value).startswith(f"{broken} cannot be restored: ")
    assert str(raised.value).endswith(f"The newest good one is {good}.")
    assert path.read_bytes() == before
    assert (await restore(url, folder, None, NOON)).backup == good


def with_text_overwritten(file: Path) -> str:
    content = file.read_bytes()
    assert b"first" in content
    file.write_bytes(content.replace(b"first", b"\xff\xff\xff\xff\xff"))
    return "in the table meta: Could not decode"


def with_a_row_that_refers_to_nothing(file: Path) -> str:
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute("INSERT INTO answers VALUES (1, 99, 3, 0, 0, '[]')")
    return "a row of answers refers to a row that is not there"


def with_a_newer_version(file: Path) -> str:
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute("UPDATE alembic_version SET version_num = '9000'")
    return "its version is 9000, and this program knows up to "


def with_nothing_of_ours(file: Path) -> str:
    file.unlink()
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute("CREATE TABLE recipes (name TEXT)")
    return "it holds nothing of the tutor"


def with_half_of_it_lost(file: Path) -> str:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    return ""


def with_something_else(file: Path) -> str:
    file.write_text("Dear diary, " * 100)
    return "file is not a database"


SPOILT = (
    with_text_overwritten,
    with_a_row_that_refers_to_nothing,
    with_a_newer_version,
    with_nothing_of_ours,
    with_half_of_it_lost,
    with_something_else,
)


@pytest.mark.parametrize("spoil", SPOILT)
async def test_whatever_is_wrong_with_a_backup_is_told(url, folder, spoil):
    await put(url, a="first")
    copy = await backup(url, folder, 7, NOON)
    what = spoil(copy)
    with pytest.raises(OperatorError) as raised:
        await restore(url, folder, copy, NOON)
    assert f"{copy} cannot be restored: {what}" in str(raised.value)
    assert str(raised.value).endswith(f"{folder} has no good one.")
    with pytest.raises(OperatorError, match="There is no good backup in"):
        await restore(url, folder, None, NOON)
    assert await kept(url) == {"a": "first"}


@pytest.mark.parametrize("spoil", [*SPOILT[:2], with_half_of_it_lost])
async def test_no_bad_copy_is_made_of_a_bad_database(url, path, folder, spoil):
    await put(url, a="first")
    good = await backup(url, folder, 1, NOON)
    spoil(path)
    with pytest.raises(OperatorError) as raised:
        await backup(url, folder, 1, NOON + timedelta(days=1))
    assert f"The database {path} is damaged: " in str(raised.value)
    assert "of 2025-05-05 12:00 UTC. Stop the bot" in str(raised.value)
    assert str(raised.value).endswith(f"tutor db restore {good}")
    assert [file.name for file in folder.glob("tutor-*")] == [good.name]


async def test_no_copy_is_made_of_a_newer_program_s_database(url, path, folder):
    await put(url, a="first")
    with_a_newer_version(path)
    with pytest.raises(OperatorError, match="was not copied: its version is 9000"):
        await backup(url, folder, 1, NOON)
    assert list(folder.glob("tutor-*")) == []


async def test_a_copy_that_comes_out_broken_changes_nothing(url, path, folder, monkeypatch):
    await put(url, a="first")
    await backup(url, folder, 1, NOON)
    await put(url, a="second")

    def duplicate_to_a_bad_disk(source: Path, target: Path) -> None:
        duplicate(source, target)
        target.write_bytes(target.read_bytes()[:50_000])

    monkeypatch.setattr("bot.store.restore.duplicate", duplicate_to_a_bad_disk)
    with pytest.raises(OperatorError, match=r"came out broken .*Nothing was changed"):
        await restore(url, folder, None, NOON)
    assert [file.name for file in path.parent.iterdir()] == ["tutor.db"]
    assert await kept(url) == {"a": "second"}


async def test_a_file_that_is_none(url, path, folder):
    await put(url, a="first")
    copy = await backup(url, folder, 7, NOON)
    with pytest.raises(OperatorError, match=f"There is no backup .*nowhere. .* is {copy}"):
        await restore(url, folder, folder / "nowhere", NOON)
    with pytest.raises(OperatorError, match="is the database itself, not a backup"):
        await restore(url, folder, path, NOON)


HOLDS = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1])
conn.execute("PRAGMA journal_mode=WAL")
conn.execute("SELECT * FROM meta").fetchall()
print("open", flush=True)
input()
"""


@contextmanager
def held_open(path: Path) -> Iterator[None]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLDS, str(path)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout.readline() == "open\n"
        yield
        holder.communicate("\n")


@pytest.mark.parametrize("damaged", [False, True])
async def test_a_database_that_a_process_has_open_is_left_alone(url, path, folder, damaged):
    await put(url, a="x" * 300_000)
    await backup(url, folder, 7, NOON)
    with held_open(path):
        if damaged:
            scramble(path)
        before = path.read_bytes()
        with pytest.raises(OperatorError, match=f"Another process has the database {path} open"):
            await restore(url, folder, None, NOON)
        assert path.read_bytes() == before
    await restore(url, folder, None, NOON)
    assert await kept(url) == {"a": "x" * 300_000}


async def test_a_folder_that_cannot_be_written(url, path, folder):
    await put(url, a="first")
    folder.write_text("in the way")
    with pytest.raises(OperatorError, match=r"could not be put in the place of .*tutor\.db"):
        await restore(url, folder, None, NOON)


async def test_postgresql_has_its_own_tool(folder):
    with pytest.raises(OperatorError, match="pg_restore") as raised:
        await restore("postgresql+asyncpg://tutor:secret@db/tutor", folder, None, NOON)
    assert "secret" not in str(raised.value)


# --- At start


async def test_a_whole_database_or_none_or_another_kind_is_let_pass(url, path, folder):
    await require_whole(url, folder)
    assert not path.exists()
    await put(url, a="first")
    await require_whole(url, folder)
    await require_whole("postgresql+asyncpg://tutor:secret@db/tutor", folder)


@pytest.mark.parametrize("spoil", [with_half_of_it_lost, with_a_row_that_refers_to_nothing])
async def test_a_damaged_database_is_found_and_the_newest_good_backup_named(
    url, path, folder, spoil
):
    await put(url, a="first")
    good = await backup(url, folder, 7, NOON)
    scramble(await backup(url, folder, 7, NOON + timedelta(days=1)))
    spoil(path)
    with pytest.raises(OperatorError) as raised:
        await require_whole(url, folder)
    assert str(raised.value).startswith(f"The database {path} is damaged: ")
    assert str(raised.value).endswith(
        "The newest good backup is of 2025-05-05 12:00 UTC. Stop the bot and put it in place (the "
        f"damaged file is kept beside it): tutor db restore {good}"
    )


@pytest.mark.parametrize("content", [b"", b"\0" * 9000, b"Dear diary, " * 100])
async def test_a_file_that_is_no_database_any_more_is_found(url, path, folder, content):
    await put(url, a="first")
    good = await backup(url, folder, 7, NOON)
    path.write_bytes(content)
    with pytest.raises(OperatorError, match=f"is damaged: .* tutor db restore {good}"):
        await require_whole(url, folder)


@pytest.mark.parametrize("content", [b"", b"Dear diary, " * 100])
async def test_a_file_that_never_was_a_database_is_left_to_the_opening(url, path, folder, content):
    path.parent.mkdir()
    path.write_bytes(content)
    await require_whole(url, folder)


async def test_without_a_good_backup_sqlite_s_own_rescue_is_named(url, path, folder):
    await put(url, a="first")
    with_half_of_it_lost(path)
    with pytest.raises(OperatorError) as raised:
        await require_whole(url, folder)
    assert f"There is no good backup of it in {folder}." in str(raised.value)
    assert str(raised.value).endswith(f"sqlite3 {path} .recover")


async def test_a_locked_database_is_left_to_the_opening(url, path, folder, monkeypatch):
    await put(url, a="first")
    monkeypatch.setattr("bot.store.verify.BUSY_TIMEOUT_MS", 1)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        await require_whole(url, folder)
