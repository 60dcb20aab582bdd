"""A backup put into the database's place, whole or not at all, and what was there kept aside.

From the rename of the copy to `.restoring-<time>` on, the restore is decided: whoever opens the
database next (`finish`) completes it. Until then nothing of the database is touched. So a process
that is killed at any point leaves the old database, or leads to the new one.
"""

import asyncio
import fcntl
import glob
import os
import sqlite3
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.errors import OperatorError
from bot.store.backup import BESIDE, INDEX, damaged, duplicate
from bot.store.copies import alone, newest_good, sync
from bot.store.errors import parse_url, place
from bot.store.verify import damage, fault, is_sqlite

_INCOMING = "incoming"
_DECIDED = "restoring-"
_ASIDE = "replaced-"
_OPEN_MARK = 128
"""The byte of SQLite's shared index that every process with the database open has a read
lock on: 'DMS' in SQLite's os_unix.c.
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What `tutor db restore` did."""

    database: Path
    backup: Path
    aside: Path | None
    """Where the database lies that was there before; None: there was none."""


async def restore(url: str, folder: Path, backup: Path | None, now: datetime) -> Restored:
    """Put a backup (the newest good one of `folder` when None) into the database's place.

    `now` (aware) names the file that is kept aside. No process may run on the database: who holds
    its lease is for the caller to ask. Raises OperatorError; then nothing was changed.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise OperatorError(
            f"{place(parsed)} is not restored by the tutor. Use PostgreSQL's own tool: "
            f"pg_restore --clean --dbname={parsed.database} tutor.dump"
        )
    return await asyncio.to_thread(_restore, Path(place(parsed)), folder, backup, now)


async def require_whole(url: str, folder: Path) -> None:
    """Finish a restore that was interrupted, then look whether the database is whole: at start.
    PostgreSQL looks after its own.

    Raises OperatorError that names the newest good backup in `folder`.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        await asyncio.to_thread(_require_whole, parsed, folder)


def finish(file: Path, folder: Path) -> None:
    """Complete a restore of the database `file` that was decided and interrupted, if there is one.
    Raises OSError.
    """
    if _decided(file):
        with alone(folder):
            _finish(file)


def _restore(file: Path, folder: Path, backup: Path | None, now: datetime) -> Restored:
    try:
        with alone(folder):
            _finish(file)
            chosen = _good(backup, folder, file)
            _require_closed(file)
            file.parent.mkdir(parents=True, exist_ok=True)
            incoming = _beside(file, _INCOMING)
            try:
                duplicate(chosen, incoming)
                what = fault(incoming)
                if what is not None:
                    raise OperatorError(
                        f"The copy of {chosen} to {incoming} came out broken ({what}). Nothing was "
                        "changed; look at the disk that the database is on."
                    )
                _require_closed(file)
                stamp = _stamp(file, now)
                existed = file.exists()
                if existed:
                    _belong_alike(incoming, file)
                incoming.replace(_beside(file, _DECIDED + stamp))
            finally:
                incoming.unlink(missing_ok=True)
            _finish(file)
    except (OSError, sqlite3.Error) as error:
        raise OperatorError(
            f"The backup could not be put in the place of {file}: {error}. Check that its folder "
            f"and {folder} can be written and that the disk has room, then run it again."
        ) from error
    return Restored(file, chosen, _beside(file, _ASIDE + stamp) if existed else None)


def _good(backup: Path | None, folder: Path, file: Path) -> Path:
    newest = newest_good(folder)
    instead = f"The newest good one is {newest}." if newest else f"{folder} has no good one."
    if backup is None:
        if newest is None:
            raise OperatorError(
                f"There is no good backup in {folder}. Name a file: tutor db restore FILE"
            )
        return newest
    if not backup.is_file():
        raise OperatorError(f"There is no backup {backup}. {instead}")
    if file.exists() and backup.samefile(file):
        raise OperatorError(f"{backup} is the database itself, not a backup. {instead}")
    what = fault(backup)
    if what is not None:
        raise OperatorError(f"{backup} cannot be restored: {what}. {instead}")
    return backup


def _require_closed(file: Path) -> None:
    """Raise OperatorError when a process has the database open, damaged or not."""
    index = file.with_name(file.name + INDEX)
    if not index.exists():
        return
    with index.open("r+b") as handle:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _OPEN_MARK)
        except (BlockingIOError, PermissionError):  # systems differ
            raise OperatorError(
                f"Another process has the database {file} open. Stop the bot, and close every tool "
                "that looks into the file, then run it again. Nothing was changed."
            ) from None


def _belong_alike(incoming: Path, file: Path) -> None:
    """Let the user that runs the bot use the new file as the old one, whoever restores it."""
    old = file.stat()
    if os.geteuid() == 0:
        os.chown(incoming, old.st_uid, old.st_gid)
    incoming.chmod(stat.S_IMODE(old.st_mode))


def _stamp(file: Path, now: datetime) -> str:
    """Return a time that no file kept aside has in its name."""
    time = stamp = now.astimezone(UTC).strftime("%Y%m%d-%H%M%S")
    number = 1
    while _beside(file, _ASIDE + stamp).exists():
        number += 1
        stamp = f"{time}-{number}"
    return stamp


def _finish(file: Path) -> None:
    for incoming in _decided(file):
        sync(file.parent)
        stamp = incoming.name.removeprefix(f"{file.name}.{_DECIDED}")
        aside = _beside(file, _ASIDE + stamp)
        # Each step may have been done before the interruption. With its log the file kept aside
        # is a database still; the new one must not find that log.
        if file.exists() and not aside.exists():
            file.replace(aside)
        for suffix in BESIDE:
            left = file.with_name(file.name + suffix)
            if left.exists() and left.stat().st_size and suffix != INDEX:
                left.replace(aside.with_name(aside.name + suffix))
            left.unlink(missing_ok=True)
        incoming.replace(file)
        sync(file.parent)


def _decided(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{glob.escape(file.name)}.{_DECIDED}*"))


def _beside(file: Path, what: str) -> Path:
    return file.with_name(f"{file.name}.{what}")


def _require_whole(url: sa.URL, folder: Path) -> None:
    file = Path(place(url))
    try:
        finish(file, folder)
    except OSError as error:
        raise OperatorError(
            f"A restore of {file} was interrupted and cannot be completed: {error}. Let the user "
            f"that runs the bot write to {file.parent} and {folder}."
        ) from error
    if not file.is_file():
        return
    try:
        what = damage(file, quick=True) if file.stat().st_size else "it is empty"
    except sqlite3.Error:
        return  # locked, or not to be opened: opening it says so
    # A file that never was a database is told otherwise, and an empty one is made one.
    if what is not None and (is_sqlite(file) or newest_good(folder)):
        raise damaged(file, what, folder)
