"""A PostgreSQL server of the tests' own, where its programs and driver are installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

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
