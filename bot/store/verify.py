"""Whether a file is a whole database of the tutor: read from end to end, and never changed."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.store.engine import BUSY_TIMEOUT_MS
from bot.store.errors import is_damage
from bot.store.migrations import REVISIONS

_BEGIN = b"SQLite format 3\0"


def fault(file: Path) -> str | None:
    """Return why the file cannot serve as a database of this program, as the end of a sentence;
    None: it can. Takes about a second for 100 MB. Raises sqlite3.Error as `damage` does.
    """
    return damage(file) or strangeness(file)


def damage(file: Path, *, quick: bool = False) -> str | None:
    """Return what is broken in the file; None: nothing is. `quick` looks at its structure alone,
    in a fraction of the time. Raises sqlite3.Error when it cannot be opened or is locked.
    """
    try:
        with closing(reading(file)) as conn:
            if quick:
                return _damage(conn, "quick_check")
            return _damage(conn, "integrity_check") or _unreadable(conn)
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        return str(error)


def strangeness(file: Path) -> str | None:
    """Return why a whole file is not this program's; None: it is. Raises sqlite3.Error."""
    with closing(reading(file)) as conn:
        if not has_table(conn, "alembic_version"):
            return "it holds nothing of the tutor"
        found = conn.execute("SELECT version_num FROM alembic_version").fetchone()
    version = found[0] if found else "none"
    if version in REVISIONS:
        return None
    return f"its version is {version}, and this program knows up to {REVISIONS[-1]}"


def reading(file: Path) -> sqlite3.Connection:
    """Open a database that must be there, to read it."""
    uri = f"{file.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_MS / 1000)


def is_sqlite(file: Path) -> bool:
    """Return whether the file begins as a SQLite database does."""
    with file.open("rb") as opened:
        return opened.read(len(_BEGIN)) == _BEGIN


def has_table(conn: sqlite3.Connection, name: str) -> bool:
    """Return whether there is such a table."""
    found = conn.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
    return found.fetchone() is not None


def _damage(conn: sqlite3.Connection, check: str) -> str | None:
    found = conn.execute(f"PRAGMA {check}(1)").fetchone()
    if found != ("ok",):
        return " ".join(str(found[0]).split())  # SQLite breaks its lines
    dangling = conn.execute("PRAGMA foreign_key_check").fetchone()
    return f"a row of {dangling[0]} refers to a row that is not there" if dangling else None


def _unreadable(conn: sqlite3.Connection) -> str | None:
    """Read every value: a text whose bytes were overwritten passes all of SQLite's own checks."""
    names = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        try:
            for _ in conn.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - a table's own name
                pass
        except sqlite3.OperationalError as error:
            if not is_damage(error):
                raise
            return f"in the table {name}: {error}"
    return None
