"""Copies of the database while the bot runs, and what stands in it, for `tutor db backup|info`.

SQLite's online backup reads a consistent state while others write. A copy counts once it was
checked: until then it has another name, and no older one is removed for it.
"""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from bot.errors import OperatorError
from bot.store.copies import (
    UNCHECKED,
    alone,
    copies,
    made_at,
    name_at,
    newest_good,
    remove_unfinished,
    sync,
)
from bot.store.engine import BUSY_TIMEOUT_MS
from bot.store.errors import in_plain_words, is_damage, parse_url, place
from bot.store.looking import look
from bot.store.migrations import REVISIONS, version
from bot.store.tables import metadata
from bot.store.verify import damage, has_table, strangeness

INDEX = "-shm"
"""The suffix of SQLite's shared index of the log, which it makes anew where it is missing."""
BESIDE = ("-journal", "-wal", INDEX)
"""What SQLite puts beside a database; with another database it would do harm."""


@dataclass(frozen=True, slots=True)
class Info:
    """What `tutor db info` shows."""

    place: str
    """The file, or the URL without its password."""
    size: int | None
    """Bytes, what the log beside the file holds included; None on PostgreSQL."""
    version: str | None
    """The schema's; None: no tables yet."""
    newest: str
    """The version that this program brings it to."""
    rows: dict[str, int]
    """By table, in the order of the schema; empty unless the schema is the newest."""
    last_backup: Path | None
    last_backup_at: datetime | None
    """In UTC."""


async def backup(url: str, folder: Path, keep: int, now: datetime) -> Path:
    """Copy the database into `folder`, check the copy, and return its path.

    `now` (aware) names the file; the newest `keep` copies stay. Raises OperatorError.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise OperatorError(
            f"{place(parsed)} is not copied by the tutor. Use PostgreSQL's own tool: "
            f"pg_dump --format=custom --file=tutor.dump {parsed.database}"
        )
    # In a thread of its own, which the end of the process does not wait for: a copy that is cut off
    # is none.
    thread = ThreadPoolExecutor(1, thread_name_prefix="backup")
    loop = asyncio.get_running_loop()
    try:
        with in_plain_words(parsed):
            return await loop.run_in_executor(thread, _backup, parsed, folder, keep, now)
    finally:
        thread.shutdown(wait=False)


async def info(url: str, folder: Path) -> Info:
    """Return what stands in the database and when it was last copied into `folder`.

    Changes nothing. Raises OperatorError when it cannot be read.
    """
    parsed = parse_url(url)
    size = _size(_existing(parsed)) if parsed.get_backend_name() == "sqlite" else None
    found, rows = await look(parsed, _look)
    last = next(reversed(copies(folder)), None)
    at = made_at(last) if last else None
    return Info(place(parsed), size, found, REVISIONS[-1], rows, last, at)


def _backup(url: sa.URL, folder: Path, keep: int, now: datetime) -> Path:
    source = _existing(url)
    copy = folder / name_at(now)
    try:
        with alone(folder):
            remove_unfinished(folder)
            unchecked = copy.with_suffix(UNCHECKED)
            try:
                duplicate(source, unchecked)
                _require_good(unchecked, source, folder)
                unchecked.replace(copy)
            finally:
                unchecked.unlink(missing_ok=True)
            # Only now that a good one is on the disk may older ones go.
            sync(folder)
            for old in copies(folder)[: -max(keep, 1)]:
                if old != copy:
                    old.unlink()
    except (OSError, sqlite3.Error) as error:
        if is_damage(error):
            raise damaged(source, str(error), folder) from error
        raise OperatorError(
            f"The database {source} could not be copied to {folder}: {error}. Older copies are "
            "untouched. Check that the folder can be written and that the disk has room."
        ) from error
    return copy


def _require_good(copy: Path, source: Path, folder: Path) -> None:
    what = damage(copy)
    if what is not None:
        if damage(source) is not None:
            raise damaged(source, what, folder)
        raise OperatorError(
            f"The copy of {source} in {folder} came out broken ({what}), though the database is "
            "whole. It was not kept; look at the disk that the folder is on."
        )
    what = strangeness(copy)
    if what is not None:
        raise OperatorError(f"The database {source} was not copied: {what}.")


def duplicate(source: Path, target: Path) -> None:
    """Copy a database, what the log beside it holds included, into one file that no process has
    the lease of. Raises OSError or sqlite3.Error.
    """
    for left in (target, *(target.with_name(target.name + suffix) for suffix in BESIDE)):
        left.unlink(missing_ok=True)  # by a process that was killed
    with (
        closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_MS / 1000)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
        # One file and nothing beside it, whichever tool opens it.
        writing.execute("PRAGMA journal_mode=DELETE")
        if has_table(writing, "leases"):
            with writing:
                writing.execute("DELETE FROM leases")
    sync(target)


def damaged(file: Path, what: str, folder: Path) -> OperatorError:
    """Return what an operator is told of a damaged database: what helps, and how."""
    good = newest_good(folder)
    if good is None:
        return OperatorError(
            f"The database {file} is damaged: {what}. There is no good backup of it in {folder}. "
            f"Stop the bot, keep a copy of the file, and try SQLite's own rescue: "
            f"sqlite3 {file} .recover"
        )
    return OperatorError(
        f"The database {file} is damaged: {what}. The newest good backup is of "
        f"{made_at(good):%Y-%m-%d %H:%M} UTC. Stop the bot and put it in place (the damaged file "
        f"is kept beside it): tutor db restore {good}"
    )


def _look(connection: sa.Connection) -> tuple[str | None, dict[str, int]]:
    found = version(connection)
    if found != REVISIONS[-1]:
        return found, {}
    count = sa.func.count()
    return found, {
        table.name: connection.scalar(sa.select(count).select_from(table)) or 0
        for table in metadata.sorted_tables
    }


def _existing(url: sa.URL) -> Path:
    file = Path(url.database or "")
    if not file.exists():
        raise OperatorError(
            f"There is no database {file} yet. Start the bot once, or correct the path in "
            "[database] url."
        )
    return file


def _size(file: Path) -> int:
    beside = file.with_name(f"{file.name}-wal")
    return sum(part.stat().st_size for part in (file, beside) if part.is_file())
