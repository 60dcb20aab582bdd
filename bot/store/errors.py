"""What can go wrong with a database, in words: the one place that turns a driver's error into an
OperatorError that says what happened, why, and what to do. Errors that it does not know are bugs.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec

import sqlalchemy as sa
from sqlalchemy import exc

from bot.errors import ConfigurationError, OperatorError

_MESSAGES = {
    sqlite3.SQLITE_BUSY: (
        "The database {place} is locked: another process holds it, such as a second bot or a tool "
        "that edits databases. The change was not stored. End that process and try again."
    ),
    sqlite3.SQLITE_FULL: (
        "The database {place} cannot grow: the disk is full. The change was not stored. Free some "
        "space; the bot needs no restart."
    ),
    sqlite3.SQLITE_READONLY: (
        "The database {place} cannot be written: the file, its folder or the disk is read-only. "
        "Let the user that runs the bot write to the file and its folder."
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The database {place} cannot be opened: it is a folder, or the user that runs the bot may "
        "not read and write the file and its folder. Correct the path in [database] url, or the "
        "permissions."
    ),
    sqlite3.SQLITE_NOTADB: (
        "The file {place} is no SQLite database. Correct the path in [database] url, or put the "
        "newest good backup in its place: tutor db restore"
    ),
    sqlite3.SQLITE_CORRUPT: (
        "The database {place} is damaged. Stop the bot and put the newest good backup in its "
        "place; the damaged file is kept beside it: tutor db restore"
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk failed while the database {place} was used. The change was not stored. Look at "
        "the system's log for the disk's errors; the bot needs no restart once it works again."
    ),
}
_SAME = {
    sqlite3.SQLITE_LOCKED: sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_PERM: sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_AUTH: sqlite3.SQLITE_CANTOPEN,
}
_EXTENDED_BITS = 0xFF
"""SQLite's extended codes carry the primary one in their lowest byte."""

_UNREADABLE = "Could not decode to UTF-8"
"""Python's sqlite3 says so, without a code, of a text whose bytes were overwritten in the file."""

_RETRYABLE_SQLSTATES = {"40001", "40P01"}
"""PostgreSQL: serialization failure, deadlock detected."""

_SERVERS_CLASSES = ("08", "28", "3D", "53", "57")
"""PostgreSQL: connection, authorization, no such database, out of resources, shutting down."""


def place(url: sa.URL) -> str:
    """Return how messages call the database: the file's path, or the URL without the password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    return url.render_as_string(hide_password=True)


def may_pass(error: BaseException) -> bool:
    """Return whether the same transaction may succeed when it is tried again."""
    if _sqlite_code(error) == sqlite3.SQLITE_BUSY:
        return True
    return _sqlstate(error) in _RETRYABLE_SQLSTATES


def is_damage(error: BaseException) -> bool:
    """Return whether the file itself is at fault: it is damaged, or no database."""
    return _sqlite_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def plain(error: BaseException, url: sa.URL) -> OperatorError | None:
    """Return the error in an operator's words, or None when it is not an operator's to mend."""
    message = _MESSAGES.get(_sqlite_code(error) or 0)
    if message is not None:
        return OperatorError(message.format(place=place(url)))
    if isinstance(error, exc.TimeoutError):
        return OperatorError(
            f"The database {place(url)} took too long: all its connections were in use. "
            "Look at what else the machine is doing, and whether its disk is slow."
        )
    if url.get_backend_name() != "sqlite" and _is_servers(error):
        reason = str(error.orig if isinstance(error, exc.DBAPIError) else error).split(">: ")[-1]
        return OperatorError(
            f"The database {place(url)} cannot be used: {reason}. Nothing was stored. Check that "
            "its server runs, and the host, port, user, password and name in [database] url."
        )
    return None


@contextmanager
def in_plain_words(url: sa.URL, *, reading: bool = False) -> Generator[None]:
    """Raise OperatorError for what an operator can mend; let everything else pass.

    `reading`: a query of `Store.read` that tries to write is a bug, not a read-only disk.
    """
    try:
        yield
    except (exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
        known = plain(error, url)
        if known is None or (reading and _sqlite_code(error) == sqlite3.SQLITE_READONLY):
            raise
        raise known from error


def parse_url(text: str) -> sa.URL:
    """Read `[database] url`. Raises ConfigurationError when it is none, or is not supported."""
    try:
        url = sa.make_url(text)
    except exc.ArgumentError:
        url = None
    if url is None or url.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise ConfigurationError(
            "[database] url must begin with sqlite+aiosqlite:// or postgresql+asyncpg://. "
            "Example: sqlite+aiosqlite:///data/tutor.db"
        )
    file = url.database or ""
    if url.drivername == "sqlite+aiosqlite" and (
        file in ("", ":memory:") or file.startswith("file:") or url.query
    ):
        raise ConfigurationError(
            "[database] url must name a file, by its path and nothing more; a database in memory "
            "would lose what members did. Example: sqlite+aiosqlite:///data/tutor.db"
        )
    return url


def require_driver(url: sa.URL) -> None:
    """Raise ConfigurationError when the extra that brings PostgreSQL's driver is missing."""
    if url.get_backend_name() == "postgresql" and find_spec("asyncpg") is None:
        raise ConfigurationError(
            "[database] url asks for PostgreSQL, whose driver is not installed. Install it: "
            "pip install 'tutor-bot[postgres]'"
        )


def _is_servers(error: BaseException) -> bool:
    """Return whether PostgreSQL's server, or the way to it, is at fault."""
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OSError) or _sqlstate(error).startswith(_SERVERS_CLASSES)


def _sqlstate(error: BaseException) -> str:
    original = error.orig if isinstance(error, exc.DBAPIError) else error
    return str(getattr(original, "sqlstate", None) or "")


def _sqlite_code(error: BaseException) -> int | None:
    """Return SQLite's primary result code, with the codes that mean the same made one."""
    original = error.orig if isinstance(error, exc.DBAPIError) else error
    if str(original).startswith(_UNREADABLE):
        return sqlite3.SQLITE_CORRUPT
    code = getattr(original, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    return _SAME.get(code & _EXTENDED_BITS, code & _EXTENDED_BITS)
