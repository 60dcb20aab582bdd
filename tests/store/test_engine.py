"""Connections of SQLite beside other processes."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store.engine import BUSY_TIMEOUT_MS, configure_sqlite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tutor.sqlite"


def connect_beside(path: Path, other: sqlite3.Connection) -> sa.Engine:
    """Return an engine whose connections see `other` commit whenever they begin to wait for it."""

    class Cursor(sqlite3.Cursor):
        def execute(self, statement: str, *parameters: object) -> sqlite3.Cursor:
            if statement == "BEGIN IMMEDIATE":
                other.execute("COMMIT")
            return super().execute(statement, *parameters)

    class Connection(sqlite3.Connection):
        def cursor(self) -> sqlite3.Cursor:
            return super().cursor(Cursor)

    return sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(path, factory=Connection))


def test_the_switch_to_wal_waits_for_another_process_that_writes(path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE rows (number INTEGER)")
    other.execute("BEGIN IMMEDIATE")
    engine = connect_beside(path, other)
    configure_sqlite(engine, "BEGIN", "journal_mode=WAL")
    with engine.connect() as conn:
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert conn.exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_TIMEOUT_MS
    other.close()


def test_a_file_that_is_no_database_is_not_tried_again(path):
    path.write_bytes(b"no database at all" * 100)
    engine = sa.create_engine(f"sqlite:///{path}")
    configure_sqlite(engine, "BEGIN", "journal_mode=WAL")
    with pytest.raises(sa.exc.DatabaseError, match="not a database"), engine.connect():
        pass
