"""Engines, and how a transaction runs on each. On SQLite one connection writes, in a thread of its
own, and a pool of others only reads.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
"""How long SQLite waits for another process's lock before it says 'database is locked'."""

_READERS = 4
_SWITCHES = 20
"""Times that the journal's mode is tried to be switched beside others that begin to write."""


class Transactions(Protocol):
    """Runs work in one transaction after the other."""

    async def run(self, work: Callable[[sa.Connection], T]) -> T:
        """Begin, run `work`, commit, and return what it returned; roll back when it raises."""
        ...

    async def dispose(self) -> None:
        """Close the connection; nothing runs afterwards."""
        ...


def transactions(url: sa.URL) -> Transactions:
    """Return the writer's transactions: each takes the write lock as it begins."""
    return _InThread(url) if url.get_backend_name() == "sqlite" else _InLoop(url)


def reader_engine(url: sa.URL) -> AsyncEngine:
    """Return the engine for reads; on SQLite its connections refuse to write."""
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True)
    engine = create_async_engine(url, pool_size=_READERS, max_overflow=0)
    configure_sqlite(engine.sync_engine, "BEGIN", "query_only=ON")
    return engine


def configure_sqlite(engine: sa.Engine, begin: str, *pragmas: str) -> None:
    """Let the engine's connections wait for locks, begin with `begin`, and set the pragmas."""

    def configure(connection: Any, _record: Any) -> None:
        # The driver's own habit is to begin late, and never before a SELECT: two that read and
        # then write lose one of the updates. So it is told not to begin at all (None), and `begin`
        # is sent below, where SQLAlchemy believes that a transaction has begun.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", *pragmas):
            _set(cursor, pragma)
        cursor.close()

    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", start)


def _set(cursor: Any, pragma: str) -> None:
    """Set a pragma, in turn with other processes: SQLite does not wait for a lock when it switches
    to WAL beside one that has begun to write, but it does wait to begin.
    """
    for left in reversed(range(_SWITCHES)):
        try:
            cursor.execute(f"PRAGMA {pragma}")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or not left:
                raise
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("COMMIT")


class _InThread:
    """SQLite in one thread of its own, by the plain driver: a batch is one hop to the thread, where
    the asyncio driver makes several hops a statement.
    """

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa.create_engine(url.set(drivername="sqlite"), pool_size=1, max_overflow=0)
        # synchronous=FULL: NORMAL may lose the last commits on power loss, and members were told
        # that they are stored.
        configure_sqlite(
            self._engine,
            "BEGIN IMMEDIATE",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        )
        self._thread = ThreadPoolExecutor(1, "store-writer")

    async def run(self, work: Callable[[sa.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)

    def _run(self, work: Callable[[sa.Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    async def dispose(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()


class _InLoop:
    """PostgreSQL. Several processes may write: SERIALIZABLE lets each change decide as if alone,
    and the writer tries again what PostgreSQL refuses for it.
    """

    def __init__(self, url: sa.URL) -> None:
        self._engine = create_async_engine(
            url, pool_size=1, max_overflow=0, pool_pre_ping=True, isolation_level="SERIALIZABLE"
        )

    async def run(self, work: Callable[[sa.Connection], T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def dispose(self) -> None:
        await self._engine.dispose()
