"""A database's troubles, each as the person who runs the bot reads it: what, why, what to do."""

import os
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import ConfigurationError, OperatorError
from bot.store import Store, engine, errors
from bot.store.queries import meta as q

POSTGRES = sa.make_url("postgresql+asyncpg://tutor:secret@db.example/tutor")
NOBODY = 65534


@contextmanager
def plain_user() -> Iterator[None]:
    """Root may write everything, so be somebody else meanwhile."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter (pytest's own are private)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


async def opening_says(url: str) -> str:
    with pytest.raises(OperatorError) as raised:
        await Store.open(url)
    return str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "tutor.db",
        "",
        "mysql://here/there",
        "sqlite:///tutor.db",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite+aiosqlite:///file:tutor.db?mode=memory&uri=true",
        "sqlite+aiosqlite:///tutor.db?timeout=3",
    ],
)
async def test_a_url_that_is_not_supported(url):
    with pytest.raises(ConfigurationError, match=r"\[database\] url .* Example: sqlite\+aiosqlite"):
        await Store.open(url)


async def test_a_file_that_is_no_database(url, path):
    path.parent.mkdir()
    path.write_text("Dear diary, " * 100)
    assert await opening_says(url) == (
        f"The file {path} is no SQLite database. Correct the path in [database] url, or put the "
        "newest good backup in its place: tutor db restore"
    )
    assert path.read_text().startswith("Dear diary")


async def test_another_programs_database(url, path):
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    assert "belongs to another program" in await opening_says(url)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    other.close()


async def test_a_database_from_a_newer_version(store, url, path):
    await store.close()
    with sqlite3.connect(path) as other:
        other.execute("UPDATE alembic_version SET version_num = '9000'")
    other.close()
    message = await opening_says(url)
    assert "is from a newer version of the tutor (its version is 9000" in message
    assert "Install that version or a later one" in message


async def test_a_folder_in_the_files_place(url, path):
    path.mkdir(parents=True)
    assert f"{path} cannot be opened" in await opening_says(url)


async def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    message = await opening_says(f"sqlite+aiosqlite:///{tmp_path}/file/below/tutor.db")
    assert f"The folder {tmp_path}/file/below for the database cannot be made: Not a dir" in message


async def test_a_read_only_file(folder):
    path = folder / "tutor.db"
    store = await Store.open(f"sqlite+aiosqlite:///{path}")
    await store.close()
    path.chmod(0o444)
    folder.chmod(0o555)
    with plain_user():
        message = await opening_says(f"sqlite+aiosqlite:///{path}")
    assert f"The database {path} cannot be written: the file, its folder or the disk" in message
    assert "Let the user that runs the bot write" in message


async def test_a_folder_without_permission(folder):
    folder.chmod(0o555)
    with plain_user():
        message = await opening_says(f"sqlite+aiosqlite:///{folder}/tutor.db")
        below = await opening_says(f"sqlite+aiosqlite:///{folder}/below/tutor.db")
    assert f"{folder}/tutor.db cannot be opened" in message
    assert "cannot be made: Permission denied" in below


async def test_it_turns_read_only_while_the_bot_runs(store):
    await store.write(lambda conn: conn.exec_driver_sql("PRAGMA query_only=ON"))
    with pytest.raises(OperatorError, match="cannot be written"):
        await store.write(q.put, key="a", value="b")
    store._transactions._engine.dispose()  # the next connection may write again
    await store.write(q.put, key="a", value="b")
    assert await store.read(q.get, key="a") == "b"


async def test_locked_while_opening(store, url, path, monkeypatch):
    await store.close()
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 1)
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    assert f"{path} is locked: another process holds it" in await opening_says(url)
    other.close()


def overwrite_pages(content: bytes) -> bytes:
    """A third of the file, structure and all."""
    third = len(content) // 3
    return content[:third] + random.Random(5).randbytes(third) + content[2 * third :]


def overwrite_text(content: bytes) -> bytes:
    """Texts only: SQLite itself notices nothing, Python cannot read them."""
    return content.replace(b"x" * 1000, b"x" * 500 + b"\xff" * 500)


async def read_all(url: str) -> None:
    """Open the database and read it: the damage may be where the one or the other meets it."""
    again = await Store.open(url)
    try:
        await again.read(lambda conn: conn.exec_driver_sql("SELECT * FROM meta").all())
    finally:
        await again.close()


@pytest.mark.parametrize("overwrite", [overwrite_pages, overwrite_text])
async def test_a_damaged_file(store, url, path, overwrite):
    for number in range(300):
        await store.write(q.put, key=str(number), value="x" * 1000)
    await store.close()
    path.write_bytes(overwrite(path.read_bytes()))
    with pytest.raises(OperatorError, match=r"damaged.*tutor db restore"):
        await read_all(url)


def driver_error(code: int) -> sa.exc.DBAPIError:
    original = sqlite3.OperationalError("as the driver says it")
    original.sqlite_errorcode = code
    return sa.exc.OperationalError("SELECT 1", {}, original)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (sqlite3.SQLITE_BUSY, "locked"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "locked"),
        (sqlite3.SQLITE_LOCKED, "locked"),
        (sqlite3.SQLITE_FULL, "disk is full"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "read-only"),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, "cannot be opened"),
        (sqlite3.SQLITE_PERM, "cannot be opened"),
        (sqlite3.SQLITE_IOERR_FSYNC, "disk failed"),
        (sqlite3.SQLITE_CORRUPT_VTAB, "damaged"),
        (sqlite3.SQLITE_NOTADB, "no SQLite database"),
    ],
)
def test_every_code_of_sqlite_that_an_operator_can_mend(code, word):
    message = str(errors.plain(driver_error(code), sa.make_url("sqlite+aiosqlite:///data/x.db")))
    assert word in message
    assert "data/x.db" in message


def test_a_bug_stays_a_bug():
    url = sa.make_url("sqlite+aiosqlite:///x.db")
    assert errors.plain(driver_error(sqlite3.SQLITE_ERROR), url) is None
    assert errors.plain(ValueError("a bug"), url) is None
    assert errors.plain(OSError("not the database's"), url) is None


def postgres_error(sqlstate: str) -> sa.exc.DBAPIError:
    original = Exception("as the server says it")
    original.sqlstate = sqlstate
    return sa.exc.DBAPIError("UPDATE x", {}, original)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, "as the server says it"),
        postgres_error("28P01"),
        postgres_error("3D000"),
        postgres_error("53100"),
        sa.exc.DBAPIError("", {}, Exception("as the server says it"), connection_invalidated=True),
    ],
)
def test_postgresql_out_of_reach_is_told_without_the_password(error):
    message = str(errors.plain(error, POSTGRES))
    assert "db.example/tutor cannot be used: " in message
    assert "as the server says it" in message
    assert "secret" not in message


def test_a_bug_on_postgresql_stays_a_bug():
    assert errors.plain(postgres_error("42P01"), POSTGRES) is None


def test_postgresql_may_refuse_a_transaction_for_another_ones_sake():
    assert errors.may_pass(postgres_error("40001"))
    assert not errors.may_pass(postgres_error("23505"))


async def test_the_driver_for_postgresql_is_an_extra(monkeypatch):
    monkeypatch.setattr(errors, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"pip install 'tutor-bot\[postgres\]'"):
        await Store.open("postgresql+asyncpg://tutor@db.example/tutor")


def test_waiting_too_long_for_a_connection():
    message = str(errors.plain(sa.exc.TimeoutError(), sa.make_url("sqlite+aiosqlite:///x.db")))
    assert "took too long" in message
