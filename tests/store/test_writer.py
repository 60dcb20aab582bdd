"""Writing: everything that was told to be stored is, and nothing harms its neighbours."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import MemberError, OperatorError
from bot.store import Store, engine, writer
from bot.store.queries import meta as q
from bot.store.tables import meta


def increment(conn: sa.Connection, *, key: str) -> int:
    number = int(q.get(conn, key=key) or 0) + 1
    q.put(conn, key=key, value=str(number))
    return number


def refuse(conn: sa.Connection) -> None:
    q.put(conn, key="refused", value="x")
    raise MemberError("too_late")


def count_commits(store: Store) -> list[str]:
    commits: list[str] = []
    sa.event.listen(store._transactions._engine, "commit", lambda _: commits.append("commit"))
    return commits


def keys(conn: sa.Connection) -> set[str]:
    return set(conn.scalars(sa.select(meta.c.key)))


async def test_what_a_change_returns_comes_back_and_is_read_at_once(store):
    assert await store.write(increment, key="n") == 1
    assert await store.read(q.get, key="n") == "1"


async def test_no_update_is_lost(store):
    async def member() -> None:
        for _ in range(20):
            await store.write(increment, key="n")

    await asyncio.gather(*(member() for _ in range(8)))
    assert await store.read(q.get, key="n") == "160"


async def test_no_update_is_lost_between_two_processes(store, url):
    other = await Store.open(url)

    async def member(one: Store) -> None:
        for _ in range(10):
            await one.write(increment, key="n")

    await asyncio.gather(*(member(one) for one in (store, other) for _ in range(4)))
    await other.close()
    assert await store.read(q.get, key="n") == "80"


async def test_changes_that_wait_are_committed_together_and_in_order(store):
    commits = count_commits(store)
    numbers = await asyncio.gather(*(store.write(increment, key="n") for _ in range(100)))
    assert numbers == list(range(1, 101))
    assert len(commits) == 1


async def test_a_batch_has_a_limit(store, monkeypatch):
    monkeypatch.setattr(writer, "LARGEST_BATCH", 10)
    commits = count_commits(store)
    await asyncio.gather(*(store.write(increment, key="n") for _ in range(25)))
    assert len(commits) == 3


def add_up(conn: sa.Connection, amounts: Sequence[int]) -> list[int]:
    """Add to a number; a negative amount is a bug, and none is an order to break everything."""
    calls.append(len(amounts))
    sums: list[int] = []
    for amount in amounts:
        if amount < 0:
            raise ValueError(amount)
        if not amount:
            conn.exec_driver_sql("ROLLBACK")
            conn.exec_driver_sql("SELECT * FROM nowhere")
        sums.append(int(q.get(conn, key="n") or 0) + amount)
        q.put(conn, key="n", value=str(sums[-1]))
    return sums


calls: list[int] = []


async def test_things_that_wait_for_the_same_change_go_together(store):
    calls.clear()
    futures = [store.write_together(add_up, amount) for amount in (1, 2, 3)]
    between = asyncio.create_task(store.write(increment, key="n"))
    await asyncio.sleep(0)
    later = [store.write_together(add_up, amount) for amount in (10, 20)]
    assert (len(set(futures)), len(set(later)), futures[0] is later[0]) == (1, 1, False)
    assert await asyncio.gather(futures[0], between, later[0]) == [[1, 3, 6], 7, [17, 37]]
    assert calls == [3, 2]


async def test_things_that_go_together_have_the_batch_s_limit(store, monkeypatch):
    monkeypatch.setattr(writer, "LARGEST_BATCH", 10)
    calls.clear()
    commits = count_commits(store)
    futures = dict.fromkeys(store.write_together(add_up, 1) for _ in range(25))
    numbers = [one for some in await asyncio.gather(*futures) for one in some]
    assert numbers == list(range(1, 26))
    assert (calls, len(commits)) == ([10, 10, 5], 3)


@pytest.mark.parametrize(("bad", "kind"), [(-1, ValueError), (0, sa.exc.OperationalError)])
async def test_one_of_those_that_go_together_harms_no_other(store, bad, kind):
    first = asyncio.create_task(store.write(increment, key="n"))
    await asyncio.sleep(0)
    third = [store.write_together(add_up, amount) for amount in (10, bad, 20)][-1]
    last = store.write_together(lambda conn, _: [increment(conn, key="n")], None)
    outcomes = await asyncio.gather(first, third, last)
    assert outcomes == [1, [11, outcomes[1][1], 31], [32]]
    assert isinstance(outcomes[1][1], kind)
    assert await store.read(q.get, key="n") == "32"


async def test_a_change_that_fails_harms_no_other(store):
    outcomes = await asyncio.gather(
        store.write(q.put, key="a", value="1"),
        store.write(refuse),
        store.write(lambda conn: conn.execute(sa.insert(meta).values(key="a", value="2"))),
        store.write(q.put, key="b", value="1"),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes] == [
        type(None),
        MemberError,
        sa.exc.IntegrityError,
        type(None),
    ]
    assert await store.read(keys) == {"a", "b"}


async def test_a_change_alone_that_fails_leaves_nothing(store):
    with pytest.raises(MemberError):
        await store.write(refuse)
    assert await store.read(keys) == set()


async def test_a_change_that_breaks_the_transaction_harms_no_other(store):
    """A driver's error undoes the whole transaction: the others are then done one by one."""

    def broken(conn: sa.Connection) -> None:
        conn.exec_driver_sql("ROLLBACK")
        conn.exec_driver_sql("SELECT * FROM nowhere")

    first, second, third = await asyncio.gather(
        store.write(increment, key="n"),
        store.write(broken),
        store.write(increment, key="n"),
        return_exceptions=True,
    )
    assert (first, third) == (1, 2)
    assert isinstance(second, sa.exc.OperationalError)
    assert await store.read(q.get, key="n") == "2"
    assert await store.write(increment, key="n") == 3


async def test_a_commit_that_fails_is_told_to_every_caller(store):
    def fail(_: sa.Connection) -> None:
        raise OSError("the cable was pulled")

    sa.event.listen(store._transactions._engine, "commit", fail)
    outcomes = await asyncio.gather(
        *(store.write(increment, key="n") for _ in range(5)), return_exceptions=True
    )
    assert [str(one) for one in outcomes] == ["the cable was pulled"] * 5
    sa.event.remove(store._transactions._engine, "commit", fail)
    assert await store.write(increment, key="n") == 1


async def test_a_caller_that_gives_up_harms_no_other(store):
    leaving = asyncio.create_task(store.write(increment, key="n"))
    staying = asyncio.create_task(store.write(increment, key="n"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 2
    assert leaving.cancelled()


async def test_stopping_commits_what_waits_and_refuses_the_rest(store, url):
    waiting = [asyncio.create_task(store.write(increment, key="n")) for _ in range(300)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    with pytest.raises(OperatorError, match="stopping"):
        await store.write(increment, key="n")
    await closing
    assert sorted(await asyncio.gather(*waiting)) == list(range(1, 301))
    await store.close()
    again = await Store.open(url)
    assert await again.read(q.get, key="n") == "300"
    await again.close()


async def test_whoever_gives_up_waiting_for_the_end_does_not_cut_it_short(store):
    waiting = asyncio.create_task(store.write(increment, key="n"))
    await asyncio.sleep(0)
    stopping = asyncio.create_task(store._writer.stop())
    await asyncio.sleep(0)
    stopping.cancel()
    assert await waiting == 1


async def test_nobody_hangs_when_the_writing_task_dies(store):
    waiting = [asyncio.create_task(store.write(increment, key="n")) for _ in range(3)]
    await asyncio.sleep(0)
    store._writer._task.cancel()
    for outcome in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(outcome, OperatorError)
    with pytest.raises(OperatorError):
        await store.write(increment, key="n")
    with pytest.raises(asyncio.CancelledError):
        await store._writer.stop()
    store._writer._task = None


async def test_a_lock_that_passes_is_waited_for(url, path, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 1)
    store = await Store.open(url)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    attempts: list[object] = []
    run = store._transactions.run

    async def run_and_release(work):
        attempts.append(work)
        if len(attempts) == 3:
            other.rollback()
        return await run(work)

    monkeypatch.setattr(store._transactions, "run", run_and_release)
    assert await store.write(increment, key="n") == 1
    assert len(attempts) == 3
    other.close()
    await store.close()


async def test_a_lock_that_stays_is_told_and_nothing_is_lost_later(url, path, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 1)
    monkeypatch.setattr(writer, "LOCK_PATIENCE_S", 0)
    store = await Store.open(url)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    outcomes = await asyncio.gather(
        *(store.write(increment, key="n") for _ in range(3)), return_exceptions=True
    )
    for outcome in outcomes:
        assert isinstance(outcome, OperatorError)
        assert f"{path} is locked" in str(outcome)
    assert await store.read(q.get, key="n") is None, "reading goes on beside the lock"
    other.rollback()
    assert await store.write(increment, key="n") == 1
    other.close()
    await store.close()


async def test_after_a_full_disk_it_writes_again_without_a_restart(store):
    def fill(conn: sa.Connection) -> None:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
        q.put(conn, key="huge", value="x" * 1_000_000)

    first, full, last = await asyncio.gather(
        store.write(increment, key="n"),
        store.write(fill),
        store.write(increment, key="n"),
        return_exceptions=True,
    )
    assert isinstance(full, OperatorError)
    assert "the disk is full" in str(full)
    assert (first, last) == (1, 2)
    assert await store.read(keys) == {"n"}
    await store.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count=1000000"))
    await store.write(q.put, key="huge", value="x" * 1_000_000)
    assert await store.read(keys) == {"n", "huge"}


async def test_what_was_told_survives_kill_9(path, url):
    program = f"""
import asyncio, os, signal
from bot.store import Store
from bot.store.queries import meta

async def main():
    store = await Store.open({url!r})
    await asyncio.gather(*(store.write(meta.put, key=str(n), value="x") for n in range(50)))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    root = Path(__file__).parents[2]
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], cwd=root, check=False
    )
    assert done.returncode == -signal.SIGKILL
    store = await Store.open(url)
    assert len(await store.read(keys)) == 50
    await store.close()
