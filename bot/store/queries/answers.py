"""Answers: one row a member and round, written in one step each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from bot.domain.round import Manner, Round, State
from bot.store.queries import rounds as round_queries
from bot.store.tables import answers, rounds
from bot.store.upsert import insert

_a = answers.c


@dataclass(frozen=True, slots=True)
class Held:
    """A member's answer as it is stored."""

    option: int
    """From 0."""
    answered_at: datetime
    """In UTC."""
    processed: frozenset[int]
    """Options whose reactions were dealt with and were not seen to go: after a crash they may still
    stand, and are no newer answer then.
    """


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of an answer."""

    round: Round
    now: int
    """The option that is stored now, from 0."""
    processed: frozenset[int]
    """As in `Held`."""


def record(
    conn: sa.Connection,
    *,
    message_id: int,
    user_id: int,
    option: int,
    now: datetime,
    counts: Literal["last", "first"],
    standing: Collection[int] | None = None,
    unless_since: datetime | None = None,
) -> Recorded | None:
    """Store a member's answer to the open round of a post, in one step, and that its reaction and
    those before it were dealt with.

    Where it was read from the channel, `standing` is what the member's reactions were, and an
    answer that was stored at `unless_since` or later stays as it is: what was read then is older.
    Returns None where the message is no open round's post or has no such option.
    """
    round_ = round_queries.by_message(conn, message_id=message_id)
    if round_ is None or round_.state is not State.OPEN:
        return None
    if option >= len(round_.question.options):
        return None
    held = of_member(conn, round_id=round_.id, user_id=user_id)
    if held and unless_since is not None and held.answered_at >= unless_since:
        return Recorded(round_, held.option, held.processed)
    processed = held.processed if held else frozenset[int]()
    if standing is not None:
        processed = processed.intersection(standing)
    processed |= {option}
    kept = held if held and counts == "first" else Held(option, now, processed)
    new = insert(conn, answers).values(
        server_id=round_.server_id,
        round_id=round_.id,
        user_id=user_id,
        option=kept.option,
        answered_at=kept.answered_at,
        processed=sorted(processed),
    )
    changed = {name: new.excluded[name] for name in ("option", "answered_at", "processed")}
    conn.execute(new.on_conflict_do_update(index_elements=[_a.round_id, _a.user_id], set_=changed))
    return Recorded(round_, kept.option, processed)


def gone(
    conn: sa.Connection,
    *,
    message_id: int,
    user_id: int,
    options: Collection[int],
    by_bot: bool = False,
    unless_since: datetime | None = None,
) -> None:
    """Note that a member's reactions to these options are gone; nothing, once the round is over.

    In the open manner the answer goes with its reaction, unless that was taken away by the bot:
    then the member chose it again meanwhile. In the concealed manner it never does. With
    `unless_since` an answer that was stored at that time or later stays as it is.
    """
    row = conn.execute(
        sa.select(answers, rounds.c.manner)
        .join(rounds, rounds.c.id == _a.round_id)
        .where(
            rounds.c.message_id == message_id,
            rounds.c.state == State.OPEN,
            _a.user_id == user_id,
        )
    ).first()
    if row is None or (unless_since is not None and row.answered_at >= unless_since):
        return
    held = _held(row)
    here = sa.and_(_a.round_id == row.round_id, _a.user_id == user_id)
    stays = {held.option} if row.manner == Manner.OPEN else set[int]()
    if not by_bot and not stays.isdisjoint(options):
        conn.execute(sa.delete(answers).where(here))
        return
    left = held.processed.difference(options) | (held.processed & stays)
    if left != held.processed:
        conn.execute(sa.update(answers).where(here).values(processed=sorted(left)))


def of_member(conn: sa.Connection, *, round_id: int, user_id: int) -> Held | None:
    """Return a member's answer."""
    query = sa.select(_a.option, _a.answered_at, _a.processed)
    row = conn.execute(query.where(_a.round_id == round_id, _a.user_id == user_id)).first()
    return _held(row) if row else None


def held_in(conn: sa.Connection, *, round_id: int) -> dict[int, Held]:
    """Return every answer of a round, by member."""
    query = sa.select(_a.user_id, _a.option, _a.answered_at, _a.processed)
    rows = conn.execute(query.where(_a.round_id == round_id))
    return {row.user_id: _held(row) for row in rows}


def of_round(conn: sa.Connection, *, round_id: int) -> dict[int, int]:
    """Return the option that each member chose, from 0, by member."""
    rows = conn.execute(sa.select(_a.user_id, _a.option).where(_a.round_id == round_id))
    return {row.user_id: row.option for row in rows}


def _held(row: Any) -> Held:
    return Held(row.option, row.answered_at, frozenset(row.processed))
