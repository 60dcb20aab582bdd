"""Copies of the database while the bot runs, and what stands in it, for `tutor db backup|info`.

SQLite's online backup reads a consistent state while others write. A copy counts once it was
checked: until then it has another name, and no older one is removed for it.
"""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.errors import OperatorError
from bot.store.engine import BUSY_TIMEOUT_MS
from bot.store.errors import in_plain_words, is_damage, parse_url, place
from bot.store.looking import look
from bot.store.migrations import REVISIONS, version
from bot.store.tables import metadata

_FORMAT = "tutor-%Y%m%d-%H%M%S.db"
_NAMES = "tutor-????????-??????.db"
"""Sorts by age; nothing else in the folder is ever removed."""


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
    with in_plain_words(parsed):
        return await asyncio.to_thread(_backup, parsed, folder, keep, now.astimezone(UTC))


async def info(url: str, folder: Path) -> Info:
    """Return what stands in the database and when it was last copied into `folder`.

    Changes nothing. Raises OperatorError when it cannot be read.
    """
    parsed = parse_url(url)
    size = _size(_existing(parsed)) if parsed.get_backend_name() == "sqlite" else None
    found, rows = await look(parsed, _look)
    copies = _copies(folder)
    last = copies[-1] if copies else None
    at = datetime.strptime(last.name, _FORMAT).replace(tzinfo=UTC) if last else None
    return Info(place(parsed), size, found, REVISIONS[-1], rows, last, at)


def _backup(url: sa.URL, folder: Path, keep: int, now: datetime) -> Path:
    source = _existing(url)
    copy = folder / now.strftime(_FORMAT)
    unchecked = copy.with_suffix(".unchecked")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _copy(source, unchecked)
            unchecked.replace(copy)
        finally:
            unchecked.unlink(missing_ok=True)
        for old in _copies(folder)[: -max(keep, 1)]:
            if old != copy:
                old.unlink()
    except (OSError, sqlite3.Error) as error:
        if is_damage(error):
            raise
        raise OperatorError(
            f"The database {source} could not be copied to {folder}: {error}. Older copies are "
            "untouched. Check that the folder can be written and that the disk has room."
        ) from error
    return copy


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_MS / 1000)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
        # One file and nothing beside it, whichever tool opens it.
        writing.execute("PRAGMA journal_mode=DELETE")
        found = [row[0] for row in writing.execute("PRAGMA integrity_check")]
    if found != ["ok"]:
        raise OperatorError(
            f"The database {source} is damaged, so no copy was kept: {found[0]}. Stop the bot, "
            "keep the file, and put the newest good backup in its place."
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


def _copies(folder: Path) -> list[Path]:
    """Return the copies, oldest first."""
    return sorted(folder.glob(_NAMES))
