"""Answers: one row a member and round, written in one step each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from bot.domain.round import Manner, Round, State
from bot.store.queries import rounds as round_queries
from bot.store.tables import answers, rounds
from bot.store.upsert import insert

_a = answers.c


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of an answer."""

    round: Round
    before: int | None
    """The option that was stored before, from 0."""
    now: int
    """The option that is stored now, from 0."""


def record(
    conn: sa.Connection,
    *,
    message_id: int,
    user_id: int,
    option: int,
    now: datetime,
    counts: Literal["last", "first"],
    unless_since: datetime | None = None,
) -> Recorded | None:
    """Store a member's answer to the open round of a post, in one step.

    With `unless_since` an answer that was stored at that time or later stays: what was read from
    the channel then is older. Returns None where the message is no open round's post or has no
    such option.
    """
    round_ = round_queries.by_message(conn, message_id=message_id)
    if round_ is None or round_.state is not State.OPEN:
        return None
    if option >= len(round_.question.options):
        return None
    before = of_member(conn, round_id=round_.id, user_id=user_id)
    new = insert(conn, answers).values(
        server_id=round_.server_id,
        round_id=round_.id,
        user_id=user_id,
        option=option,
        answered_at=now,
    )
    keys = [_a.round_id, _a.user_id]
    if counts == "first":
        new = new.on_conflict_do_nothing(index_elements=keys)
    else:
        older = None if unless_since is None else _a.answered_at < unless_since
        new = new.on_conflict_do_update(
            index_elements=keys,
            set_={"option": new.excluded.option, "answered_at": new.excluded.answered_at},
            where=older,
        )
    conn.execute(new)
    stored = of_member(conn, round_id=round_.id, user_id=user_id)
    assert stored is not None
    return Recorded(round_, before, stored)


def withdraw(
    conn: sa.Connection,
    *,
    message_id: int,
    user_id: int,
    option: int,
    unless_since: datetime | None = None,
) -> bool:
    """Delete a member's answer if it is still this option, the round is open, and its manner is
    open: in the concealed manner the bot takes reactions away itself.
    """
    open_round = sa.select(rounds.c.id).where(
        rounds.c.message_id == message_id,
        rounds.c.state == State.OPEN,
        rounds.c.manner == Manner.OPEN,
    )
    gone = sa.delete(answers).where(
        _a.round_id.in_(open_round), _a.user_id == user_id, _a.option == option
    )
    if unless_since is not None:
        gone = gone.where(_a.answered_at < unless_since)
    return conn.execute(gone).rowcount == 1


def of_member(conn: sa.Connection, *, round_id: int, user_id: int) -> int | None:
    """Return the option that a member chose, from 0."""
    return conn.scalar(sa.select(_a.option).where(_a.round_id == round_id, _a.user_id == user_id))


def of_round(conn: sa.Connection, *, round_id: int) -> dict[int, int]:
    """Return the option that each member chose, from 0, by member."""
    rows = conn.execute(sa.select(_a.user_id, _a.option).where(_a.round_id == round_id))
    return {row.user_id: row.option for row in rows}
