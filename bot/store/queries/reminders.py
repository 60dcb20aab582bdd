"""Reminders that reviews wait: one post a server and day, noted before it is sent and after.

A server has one row: its latest reminder. A day is one of the server's study days.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from bot.store.queries import reviews
from bot.store.tables import review_reminders, servers
from bot.store.upsert import insert

LOOKED_FOR = timedelta(days=1)
"""So long one that was begun may be looked for; an older one is given up, as its channel is long
to read.
"""

_m = review_reminders.c
_CHANNEL = sa.func.coalesce(servers.c.notice_channel_id, servers.c.audit_channel_id)


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a server's moderators are told of the reviews that wait. Times are in UTC."""

    server_id: int
    local_date: date
    """The study day on which it is posted."""
    channel_id: int
    begun_at: datetime
    """When it was to be posted first; what comes to wait later is new."""
    waiting: int
    """How many wait, without those of open questions; 0: none any more."""
    oldest_at: datetime | None
    """Since when the oldest of them waits; None where none does."""
    message_id: int | None = None
    """Its post; None: it may not stand yet."""


def listening(conn: sa.Connection) -> dict[int, str]:
    """Return the servers that named a channel for what moderators are told, with the IANA zone of
    their study day.
    """
    rows = conn.execute(sa.select(servers.c.server_id, servers.c.zone).where(_CHANNEL.is_not(None)))
    return {row.server_id: row.zone for row in rows}


def look(
    conn: sa.Connection, *, server_id: int, today: date, now: datetime, refused: Collection[str]
) -> Reminder | None:
    """Return what is to be done: a reminder to post, or one that stands (it has a `message_id`) and
    says something else than it should. None: nothing.

    Posted is what was not told yet, at most once a day; until then the standing post is kept true.
    `today` is the server's study day; `refused` is as in `reviews.waiting`.
    """
    channel_id = conn.scalar(sa.select(_CHANNEL).where(servers.c.server_id == server_id))
    last = _last(conn, server_id)
    ready = [
        (one.ready_at, one.since)
        for one in reviews.waiting(conn, server_id=server_id, refused=refused)
        if one.ready_at is not None
    ]
    oldest = min((since for _, since in ready), default=None)
    posted = last if last and last.message_id is not None else None
    fresh = [at for at, _ in ready if posted is None or at > posted.begun_at]
    if channel_id and fresh and not (posted and posted.local_date >= today):
        # One that was begun may stand in the channel already: it is looked for by its time.
        again = last is not None and posted is None and now - last.begun_at < LOOKED_FOR
        begun_at = last.begun_at if last and again else now
        return Reminder(server_id, today, channel_id, begun_at, len(ready), oldest)
    if posted and (len(ready), oldest) != (posted.waiting, posted.oldest_at):
        return replace(posted, waiting=len(ready), oldest_at=oldest)
    return None


def begin(conn: sa.Connection, *, reminder: Reminder) -> bool:
    """Note a reminder that is about to be posted; False, and nothing is noted, where the server has
    one of that day.
    """
    last = _last(conn, reminder.server_id)
    if last and last.message_id is not None and last.local_date >= reminder.local_date:
        return False
    _keep(conn, reminder)
    return True


def stands(conn: sa.Connection, *, reminder: Reminder) -> None:
    """Note that a reminder stands in its channel as it is here."""
    _keep(conn, reminder)


def _last(conn: sa.Connection, server_id: int) -> Reminder | None:
    row = conn.execute(sa.select(review_reminders).where(_m.server_id == server_id)).mappings()
    return next((Reminder(**one) for one in row), None)


def _keep(conn: sa.Connection, reminder: Reminder) -> None:
    values = asdict(reminder)
    new = insert(conn, review_reminders).values(values)
    del values["server_id"]
    conn.execute(new.on_conflict_do_update(index_elements=[_m.server_id], set_=values))
