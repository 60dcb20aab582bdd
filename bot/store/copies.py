"""The folder of backups: which copies are there, which is good, and who may change it."""

import fcntl
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.store.verify import fault

_FORMAT = "tutor-%Y%m%d-%H%M%S.db"
_NAMES = "tutor-????????-??????.db"
"""Sorts by age; nothing else in the folder is ever removed."""
UNCHECKED = ".unchecked"
"""The suffix of a copy that is being made."""
_LOCK = ".lock"


def name_at(now: datetime) -> str:
    """Return the file name of a copy made at `now` (aware)."""
    return now.astimezone(UTC).strftime(_FORMAT)


def made_at(copy: Path) -> datetime:
    """Return when a copy was made, in UTC, to the second."""
    return datetime.strptime(copy.name, _FORMAT).replace(tzinfo=UTC)


def copies(folder: Path) -> list[Path]:
    """Return the copies, oldest first."""
    return sorted(copy for copy in folder.glob(_NAMES) if _has_time(copy))


def newest_good(folder: Path) -> Path | None:
    """Return the newest copy that is whole and of a version that this program knows."""
    return next((copy for copy in reversed(copies(folder)) if _is_good(copy)), None)


def remove_unfinished(folder: Path) -> None:
    """Remove what a process that was killed has left of a copy. Needs `alone`."""
    for left in folder.glob(f"{_NAMES.removesuffix('.db')}{UNCHECKED}*"):
        left.unlink()


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """Make the folder, and change it with no other process doing so; waits for one that does. The
    lock goes with the process, however that ends. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / _LOCK
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    except PermissionError:  # made by another user, such as root; a local lock needs no more
        handle = os.open(lock, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on the disk before anything else happens."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_good(copy: Path) -> bool:
    try:
        return fault(copy) is None
    except sqlite3.Error:  # it cannot be opened
        return False


def _has_time(copy: Path) -> bool:
    try:
        made_at(copy)
    except ValueError:  # somebody else's file
        return False
    return True
