"""What stands open, and what is overdue, in one server."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.round import State
from bot.store.tables import rounds, schedules

_r = rounds.c


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that takes answers. Times are in UTC."""

    channel_id: int
    message_id: int
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Late:
    """A post that should be there and is not."""

    schedule: str | None
    """None: it was asked for by /quiz now."""
    channel_id: int
    due_at: datetime
    """UTC."""


def open_rounds(conn: sa.Connection, *, server_id: int) -> list[OpenRound]:
    """Return the server's open rounds, the one that closes first at the front."""
    rows = conn.execute(
        sa.select(_r.channel_id, _r.message_id, _r.closes_at)
        .where(_r.server_id == server_id, _r.state == State.OPEN)
        .order_by(_r.closes_at, _r.id)
    )
    return [OpenRound(*row) for row in rows]


def late(conn: sa.Connection, *, server_id: int, now: datetime) -> list[Late]:
    """Return the posts that were due at `now` or before and are not in their channel yet."""
    rows = conn.execute(
        sa.select(schedules.c.name, _r.channel_id, _r.due_at)
        .join(schedules, schedules.c.id == _r.schedule_id, isouter=True)
        .where(
            _r.server_id == server_id,
            _r.state.in_((State.PLANNED, State.SENDING)),
            _r.due_at <= now,
        )
        .order_by(_r.due_at, _r.id)
    )
    return [Late(*row) for row in rows]
