"""Engines. SQLite gets one connection that writes and a pool of others that only read."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

BUSY_TIMEOUT_MS = 5_000
"""How long SQLite waits for another process's lock before it says 'database is locked'."""


def writer_engine(url: sa.URL) -> AsyncEngine:
    """Return the engine whose transactions take the write lock at their first statement."""
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_size=1, max_overflow=0)
    # synchronous=FULL: NORMAL may lose the last commits on power loss, and members were told
    # that they are stored.
    engine = create_async_engine(url, poolclass=StaticPool)
    _on_sqlite(engine, begin="BEGIN IMMEDIATE", pragmas=("synchronous=FULL",))
    return engine


def reader_engine(url: sa.URL) -> AsyncEngine:
    """Return the engine for reads; on SQLite its connections refuse to write."""
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url)
    engine = create_async_engine(url, pool_size=2, max_overflow=0)
    _on_sqlite(engine, begin="BEGIN", pragmas=("query_only=ON",))
    return engine


def _on_sqlite(engine: AsyncEngine, *, begin: str, pragmas: tuple[str, ...]) -> None:
    @_listen(engine, "connect")
    def _configure(dbapi_connection: Any, _record: Any) -> None:
        # SQLAlchemy begins transactions itself (below): the driver's own habit is to begin late.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        common = (f"busy_timeout={BUSY_TIMEOUT_MS}", "journal_mode=WAL", "foreign_keys=ON")
        for pragma in (*common, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @_listen(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)


def _listen(
    engine: AsyncEngine, event: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def register(listener: Callable[..., None]) -> Callable[..., None]:
        sa.event.listen(engine.sync_engine, event, listener)
        return listener

    return register
