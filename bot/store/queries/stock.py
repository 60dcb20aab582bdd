"""What there is to ask: the banks and topics a server can choose from, and how long they last."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.store.tables import SHIPPED, questions, rounds

_q = questions.c


@dataclass(frozen=True, slots=True)
class Stock:
    """How many questions fit, and how many of them were never asked in a channel."""

    fitting: int
    unused: int


def banks(conn: sa.Connection, *, server_id: int) -> dict[str, str]:
    """Return the titles of the banks that a server can use, by name."""
    rows = conn.execute(
        sa.select(_q.bank, sa.func.min(_q.bank_title))
        .where(*_usable(server_id))
        .group_by(_q.bank)
        .order_by(_q.bank)
    )
    return {row[0]: row[1] for row in rows}


def topics(conn: sa.Connection, *, server_id: int) -> list[str]:
    """Return the topics of the banks that a server can use."""
    found = conn.scalars(
        sa.select(_q.topic).where(*_usable(server_id)).distinct().order_by(_q.topic)
    )
    return list(found)


def stock(
    conn: sa.Connection,
    *,
    server_id: int,
    channel_id: int,
    banks: Sequence[str],
    topics: Sequence[str],
    difficulty_min: int,
    difficulty_max: int,
) -> Stock:
    """Count the questions that fit. Empty `banks` or `topics` stand for all of them."""
    fits = [*_usable(server_id), _q.difficulty.between(difficulty_min, difficulty_max)]
    if banks:
        fits.append(_q.bank.in_(banks))
    if topics:
        fits.append(_q.topic.in_(topics))
    # A question that was corrected since is the same question: its id in the bank stays.
    asked = questions.alias("asked")
    used = (
        sa.exists()
        .where(rounds.c.channel_id == channel_id, rounds.c.question_id == asked.c.id)
        .where(asked.c.bank == _q.bank, asked.c.slug == _q.slug)
        .where(asked.c.server_id == _q.server_id)
        .correlate(questions)
    )
    fitting, unused = conn.execute(
        sa.select(sa.func.count(), sa.func.count().filter(~used)).where(*fits)
    ).one()
    return Stock(fitting, unused)


def _usable(server_id: int) -> list[sa.ColumnElement[bool]]:
    return [_q.server_id.in_((SHIPPED, server_id)), _q.retired_at.is_(None)]
