"""The lease on the database: taken, renewed and given back by the process that runs on it."""

from datetime import datetime

import sqlalchemy as sa

from bot.store.lease import Holder, Lease
from bot.store.tables import leases
from bot.store.upsert import insert

BOT = "bot"
"""What is leased: to be the bot of this database."""


def current(conn: sa.Connection) -> Lease | None:
    """Return the lease that was taken last, expired or not; None: it was given back. A database
    from before leases has none.
    """
    if not sa.inspect(conn).has_table(leases.name):
        return None
    row = conn.execute(sa.select(leases).where(leases.c.name == BOT)).one_or_none()
    if row is None:
        return None
    holder = Holder(row.host, row.machine, row.process, row.began)
    return Lease(holder, row.taken_at, row.expires_at)


def take(
    conn: sa.Connection,
    *,
    holder: Holder,
    now: datetime,
    until: datetime,
    dead: Holder | None = None,
) -> Lease | None:
    """Take the lease until `until` and return None; or return the lease of the one that has it.

    Taken over is what has expired, and what `dead` holds: a process that is known to be gone.
    """
    found = current(conn)
    if found is not None and found.expires_at > now and found.holder not in (holder, dead):
        return found
    values = {
        "host": holder.host,
        "machine": holder.machine,
        "process": holder.process,
        "began": holder.began,
        "taken_at": now,
        "expires_at": until,
    }
    new = insert(conn, leases).values(name=BOT, **values)
    conn.execute(new.on_conflict_do_update(index_elements=[leases.c.name], set_=values))
    return None


def renew(conn: sa.Connection, *, holder: Holder, until: datetime) -> bool:
    """Hold the lease until `until`; False: it is another's by now."""
    renewed = conn.execute(sa.update(leases).where(*_of(holder)).values(expires_at=until))
    return renewed.rowcount == 1


def release(conn: sa.Connection, *, holder: Holder) -> None:
    """Give the lease back; another's stays."""
    conn.execute(sa.delete(leases).where(*_of(holder)))


def _of(holder: Holder) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        leases.c.name == BOT,
        leases.c.machine == holder.machine,
        leases.c.process == holder.process,
        leases.c.began == holder.began,
    )
