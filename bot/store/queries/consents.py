"""Consents: whether a member's reviewed explanations may train the grader, in every server."""

from datetime import datetime

import sqlalchemy as sa

from bot.store.tables import consents
from bot.store.upsert import insert


def given(conn: sa.Connection, *, user_id: int) -> bool:
    """Return whether a member's reviewed explanations may train the grader."""
    found = sa.select(consents.c.user_id).where(consents.c.user_id == user_id)
    return conn.execute(found).first() is not None


def change(conn: sa.Connection, *, user_id: int, agrees: bool, now: datetime) -> None:
    """Note that a member agrees to training, or does no longer. A first consent keeps its time."""
    if agrees:
        new = insert(conn, consents).values(user_id=user_id, given_at=now)
        conn.execute(new.on_conflict_do_nothing(index_elements=[consents.c.user_id]))
    else:
        conn.execute(sa.delete(consents).where(consents.c.user_id == user_id))
