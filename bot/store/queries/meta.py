"""The process's own notes: values by key, such as the hash of the synced commands."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store.tables import meta
from bot.store.upsert import insert

LATEST_TIME = "latest_time"


def get(conn: sa.Connection, *, key: str) -> str | None:
    """Return the note, or None where there is none."""
    return conn.scalar(sa.select(meta.c.value).where(meta.c.key == key))


def put(conn: sa.Connection, *, key: str, value: str | None) -> None:
    """Keep a note; None takes it away."""
    if value is None:
        conn.execute(sa.delete(meta).where(meta.c.key == key))
        return
    new = insert(conn, meta).values(key=key, value=value)
    conn.execute(new.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": value}))


def note_time(conn: sa.Connection, *, now: datetime) -> timedelta:
    """Note that it is `now` (aware), and return how far that lies before the time noted last.

    More than zero: the machine's clock was set back. It is told once, since `now` is noted either
    way.
    """
    before = get(conn, key=LATEST_TIME)
    put(conn, key=LATEST_TIME, value=now.isoformat())
    if before is None:
        return timedelta(0)
    return max(datetime.fromisoformat(before) - now, timedelta(0))
