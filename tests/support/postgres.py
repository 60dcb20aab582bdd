"""PostgreSQL for tests: a server of their own, where its programs and driver are installed, or one
that somebody names.
"""

import asyncio
import atexit
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.migrations import upgrade

_SERVER_USER = "postgres"
"""Whom Debian's package makes; the server refuses to run as root."""


def missing() -> str:
    """Return what keeps a server from being started here; empty: nothing does."""
    if find_spec("asyncpg") is None:
        return "asyncpg is not installed: pip install 'tutor-bot[postgres]'"
    lacking = [name for name in ("initdb", "pg_ctl") if shutil.which(name) is None]
    return f"PostgreSQL is not installed: there is no {lacking[0]}" if lacking else ""


@contextmanager
def running_server() -> Iterator[str]:
    """Start an empty server that listens on a socket in its own folder, and yield the URL of its
    database; it is gone at the end.
    """
    user = _SERVER_USER if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="tutor-pg-") as name:
        if user:
            shutil.chown(name, user)
        data = Path(name) / "data"

        def call(*command: str) -> None:
            subprocess.run(
                command, user=user, cwd=name, check=True, stdout=subprocess.DEVNULL, timeout=60
            )

        call("initdb", "--pgdata", str(data), "--username", "tutor", "--auth", "trust", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{name}' -c fsync=off"
        call("pg_ctl", "start", "-w", "-D", str(data), "-o", options, "-l", str(data / "log"))
        try:
            yield f"postgresql+asyncpg://tutor@/postgres?host={name}"
        finally:
            call("pg_ctl", "stop", "-w", "-D", str(data), "-m", "immediate")


VARIABLE = "TEST_DATABASE"
"""Names the server, as postgresql+asyncpg://…, on which contexts have their databases instead of
in files. It does not begin with TUTOR_: those variables are settings.
"""
of_a_file = pytest.mark.skipif(
    VARIABLE in os.environ, reason="it is about a database in a file of its own"
)
"""Marks what cannot be played on that server."""
_NAME = f"tutor_test_{os.getpid()}"
_made: set[str] = set()


def url_for(folder: Path) -> str:
    """Return the URL of the database that belongs to a folder on the chosen server; '' where none
    is chosen.
    """
    server = os.environ.get(VARIABLE)
    if not server:
        return ""
    name = f"{_NAME}_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def place(url: str) -> None:
    """Make the database of this URL, of the newest version, unless this process made it before."""
    name = str(sa.make_url(url).database)
    if name in _made:
        return
    if not _made:
        _run(_sql(f"CREATE DATABASE {_NAME}"))
        _made.add(_NAME)
        atexit.register(_drop)
        _run(upgrade(sa.make_url(url).set(database=_NAME)))
    _run(_sql(f"CREATE DATABASE {name} TEMPLATE {_NAME}"))
    _made.add(name)


def _drop() -> None:
    _run(_sql(*(f"DROP DATABASE {name} WITH (FORCE)" for name in _made)))


async def _sql(*statements: str) -> None:
    engine = create_async_engine(
        os.environ[VARIABLE], isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    async with engine.connect() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)
    await engine.dispose()


def _run(work: Coroutine[Any, Any, None]) -> None:
    # In a thread, since a test's own loop may be running in this one.
    thread = Thread(target=asyncio.run, args=(work,))
    thread.start()
    thread.join()
