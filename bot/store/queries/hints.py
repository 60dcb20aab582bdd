"""Hints that members took. `take` decides and writes in one transaction."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.hints import Offer, offer
from bot.domain.round import Round, State
from bot.store.queries import rounds
from bot.store.tables import answers, explanations, hints


@dataclass(frozen=True, slots=True)
class Shelf:
    """A member's hints in a round: those that were taken, and the next."""

    round: Round
    taken: int
    """How many levels were taken, 0 to 3."""
    offer: Offer


def look(
    conn: sa.Connection, *, round_id: int, user_id: int, now: datetime, wait_seconds: int
) -> Shelf | None:
    """Return the member's hints in a round, or None when there is no such round."""
    round_ = rounds.get(conn, round_id=round_id)
    if round_ is None:
        return None
    taken_at = _taken_at(conn, round_id, user_id)
    next_ = offer(
        taken_at,
        _worked_at(conn, round_id, user_id),
        now,
        levels=len(round_.question.hints),
        difficulty=round_.question.difficulty,
        wait_seconds=wait_seconds,
    )
    return Shelf(round_, len(taken_at), next_)


def take(
    conn: sa.Connection,
    *,
    round_id: int,
    server_id: int,
    user_id: int,
    level: int,
    now: datetime,
    wait_seconds: int,
) -> Shelf | None:
    """Take `level` where it is the next one, is ready, and the round is open; else change nothing.

    Returns the member's hints as they stand then, so that a second click on the same level finds
    it taken; None when there is no such round.
    """
    found = look(conn, round_id=round_id, user_id=user_id, now=now, wait_seconds=wait_seconds)
    if found is None or found.round.server_id != server_id or found.round.state != State.OPEN:
        return found
    if found.offer.level != level or not found.offer.ready:
        return found
    # The primary key (round, member, level) holds even where two processes write at once.
    conn.execute(
        sa.insert(hints).values(
            server_id=server_id,
            round_id=round_id,
            user_id=user_id,
            level=level,
            cost=found.offer.cost,
            taken_at=now,
        )
    )
    return look(conn, round_id=round_id, user_id=user_id, now=now, wait_seconds=wait_seconds)


def _taken_at(conn: sa.Connection, round_id: int, user_id: int) -> list[datetime]:
    return list(
        conn.execute(
            sa.select(hints.c.taken_at)
            .where(hints.c.round_id == round_id, hints.c.user_id == user_id)
            .order_by(hints.c.level)
        ).scalars()
    )


def _worked_at(conn: sa.Connection, round_id: int, user_id: int) -> datetime | None:
    """Return when the member last answered or explained in the round."""
    times = (
        conn.execute(
            sa.select(column).where(table.c.round_id == round_id, table.c.user_id == user_id)
        ).scalars()
        for table, column in (
            (answers, answers.c.answered_at),
            (explanations, explanations.c.submitted_at),
        )
    )
    return max((time for found in times for time in found), default=None)
