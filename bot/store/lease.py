"""Who runs on the database: at most one process does, and holds the lease, a row with an expiry.

A process that is killed cannot give its lease back. It expires by itself; and where the killed
process was on this machine, that it is gone can be seen at once.
"""

import os
import platform
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from bot.errors import OperatorError
from bot.store.errors import place

_GONE = frozenset("ZXx")
"""States in /proc/<pid>/stat of a process that has ended and was not waited for by its parent."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A process, known from every other one there is or was."""

    host: str
    """The machine's name, for people."""
    machine: str
    """The machine since it was started, and its space of process ids: containers have their own."""
    process: int
    """The process id."""
    began: str
    """When the process began, in the machine's own count: ids are used again. Empty: not known."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A row of `leases`."""

    holder: Holder
    taken_at: datetime
    """In UTC, as is the next."""
    expires_at: datetime


def this_process() -> Holder:
    """Return the process that asks."""
    return holder_of(os.getpid())


def holder_of(process: int) -> Holder:
    """Return a process that lives on this machine, by its id."""
    return Holder(platform.node(), _machine(), process, _state(process)[1])


def is_running(holder: Holder) -> bool | None:
    """Return whether a process lives; None: it cannot be seen from here."""
    if holder.machine != _machine():
        return None
    try:
        os.kill(holder.process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    state, began = _state(holder.process)
    # Where a living process's state is hidden from other users, that it lives must do.
    return not state or (state not in _GONE and began == holder.began)


def taken(lease: Lease, url: sa.URL) -> OperatorError:
    """Return what a second process is told."""
    holder = lease.holder
    return OperatorError(
        f"Another tutor runs on the database {place(url)}: process {holder.process} on "
        f"{holder.host or 'an unnamed machine'}, since {lease.taken_at:%Y-%m-%d %H:%M} UTC. Two "
        "would post and answer side by side. End that one first, or name another database in "
        "[database] url."
    )


def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # no Linux: the name must do
        return platform.node()


def _state(process: int) -> tuple[str, str]:
    """Return a process's state and when it began; empty where the machine does not tell."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return "", ""
    # The program's name stands in parentheses and may hold spaces; state and begin are the third
    # and the 22nd value (proc(5)).
    values = stat.rpartition(")")[2].split()
    return values[0], values[19]
