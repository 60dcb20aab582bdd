"""Opening, reading and closing, and how the connections are set."""

import asyncio
import sqlite3

import pytest
import sqlalchemy as sa

from bot.store import Store
from bot.store.queries import meta as q
from bot.store.tables import answers


def pragma(conn: sa.Connection, name: str) -> object:
    return conn.exec_driver_sql(f"PRAGMA {name}").scalar()


async def test_how_the_connections_are_set(store):
    writing = {
        name: await store.write(pragma, name)
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    assert writing == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }
    assert await store.read(pragma, "query_only") == 1
    assert await store.read(pragma, "busy_timeout") == 5000


async def test_a_change_holds_the_write_lock_from_its_begin(store, path):
    def look_from_outside(_: sa.Connection) -> str:
        other = sqlite3.connect(path, timeout=0)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            return str(error)
        finally:
            other.close()
        return "free"

    assert await store.write(look_from_outside) == "database is locked"


async def test_foreign_keys_hold(store):
    def answer_no_round(conn: sa.Connection) -> None:
        row = {"server_id": 1, "round_id": 9, "user_id": 1, "option": 0, "answered_at": None}
        conn.execute(sa.insert(answers).values(row))

    with pytest.raises(sa.exc.IntegrityError):
        await store.write(answer_no_round)


async def test_a_query_that_only_reads_cannot_write(store):
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        await store.read(q.put, key="a", value="b")


async def test_reads_run_beside_each_other_and_survive_cancelling(store):
    await store.write(q.put, key="a", value="b")
    tasks = [asyncio.create_task(store.read(q.get, key="a")) for _ in range(40)]
    for _ in range(5):
        await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    assert await asyncio.gather(*tasks[1::2]) == ["b"] * 20
    assert await store.read(q.get, key="a") == "b"


async def test_a_read_sees_one_state(store, path):
    def look_twice(conn: sa.Connection) -> tuple[str | None, str | None]:
        before = q.get(conn, key="a")
        other = sqlite3.connect(path)
        other.execute("INSERT INTO meta VALUES ('a', 'late')")
        other.commit()
        other.close()
        return before, q.get(conn, key="a")

    assert await store.read(look_twice) == (None, None)
    assert await store.read(q.get, key="a") == "late"


async def test_closing_leaves_one_file(store, path):
    await store.write(q.put, key="a", value="b")
    await store.close()
    assert [file.name for file in path.parent.iterdir()] == ["tutor.db"]


async def test_it_is_there_after_a_restart(store, url):
    await store.write(q.put, key="a", value="b")
    await store.close()
    again = await Store.open(url)
    assert await again.read(q.get, key="a") == "b"
    await again.close()
