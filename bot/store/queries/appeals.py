"""Appeals: a member's request for a review, once a grade."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from bot.domain.round import State
from bot.store.tables import appeals, explanations, grades, reviews, rounds

_e, _g, _r, _a = explanations.c, grades.c, reviews.c, appeals.c


class Appealed(StrEnum):
    """What became of an appeal."""

    STORED = "stored"
    GONE = "gone"
    """There is no such explanation of this member, or it has no grade."""
    AGAIN = "again"
    DECIDED = "decided"
    CANCELLED = "cancelled"


def appeal(
    conn: sa.Connection, *, explanation_id: int, user_id: int, reason: str, now: datetime
) -> Appealed:
    """Store a member's appeal of a grade of theirs, once, unless a moderator decided already."""
    may = may_appeal(conn, explanation_id=explanation_id, user_id=user_id)
    if may is Appealed.STORED:
        server = sa.select(_e.server_id).where(_e.id == explanation_id).scalar_subquery()
        conn.execute(
            sa.insert(appeals).values(
                explanation_id=explanation_id, server_id=server, reason=reason, appealed_at=now
            )
        )
    return may


def may_appeal(conn: sa.Connection, *, explanation_id: int, user_id: int) -> Appealed:
    """Return what would become of an appeal."""
    row = conn.execute(
        sa.select(rounds.c.state, _r.decision, _a.appealed_at)
        .select_from(explanations)
        .join(grades, _g.explanation_id == _e.id)
        .join(rounds, rounds.c.id == _e.round_id)
        .outerjoin(reviews, _r.explanation_id == _e.id)
        .outerjoin(appeals, _a.explanation_id == _e.id)
        .where(_e.id == explanation_id, _e.user_id == user_id)
    ).one_or_none()
    if row is None:
        return Appealed.GONE
    if row.appealed_at is not None:
        return Appealed.AGAIN
    if row.state == State.CANCELLED:
        return Appealed.CANCELLED
    return Appealed.STORED if row.decision is None else Appealed.DECIDED
