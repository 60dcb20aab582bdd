"""Answers: one row a member and round, written in one step each."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from bot.domain.round import Manner, Round, State
from bot.store.queries import rounds as round_queries
from bot.store.tables import answers, rounds
from bot.store.upsert import insert

_a = answers.c


class Held(NamedTuple):
    """A member's answer as it is stored."""

    option: int
    """From 0."""
    answered_at: datetime
    """In UTC."""
    processed: frozenset[int]
    """Options whose reactions were dealt with and were not seen to go: after a crash they may still
    stand, and are no newer answer then.
    """


class Recorded(NamedTuple):
    """What became of an answer."""

    round: Round
    user_id: int
    now: int
    """The option that is stored now, from 0."""
    processed: frozenset[int]
    """As in `Held`."""


class Chosen(NamedTuple):
    """A reaction of a member to a post."""

    message_id: int
    user_id: int
    option: int
    """From 0."""
    now: datetime
    """In UTC."""
    counts: Literal["last", "first"]


def record_all(conn: sa.Connection, chosen: Sequence[Chosen]) -> list[Recorded | None]:
    """`record` what members chose, in its order, as it comes in a burst: each round and each answer
    is read once, and written once.
    """
    messages = {one.message_id for one in chosen}
    open_rounds = {
        round_.message_id: round_
        for round_ in round_queries.by_messages(conn, message_ids=messages)
        if round_.state is State.OPEN
    }
    keys = {
        (open_rounds[one.message_id].id, one.user_id)
        for one in chosen
        if one.message_id in open_rounds
    }
    held = _of_members(conn, keys)
    before = dict(held)
    became: list[Recorded | None] = []
    for one in chosen:
        round_ = open_rounds.get(one.message_id)
        if round_ is None or one.option >= len(round_.question.options):
            became.append(None)
            continue
        key = (round_.id, one.user_id)
        held[key] = new = _chosen(held.get(key), one.option, one.now, one.counts)
        became.append(Recorded(round_, one.user_id, new.option, new.processed))
    servers = {round_.id: round_.server_id for round_ in open_rounds.values()}
    _store(
        conn,
        [
            (servers[round_id], round_id, user_id, new)
            for (round_id, user_id), new in held.items()
            if new != before.get((round_id, user_id))
        ],
    )
    return became


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
        return Recorded(round_, user_id, held.option, held.processed)
    if held and standing is not None:
        held = held._replace(processed=held.processed.intersection(standing))
    new = _chosen(held, option, now, counts)
    _store(conn, [(round_.server_id, round_.id, user_id, new)])
    return Recorded(round_, user_id, new.option, new.processed)


def _chosen(
    held: Held | None, option: int, now: datetime, counts: Literal["last", "first"]
) -> Held:
    """Return what is to be stored when a member who has `held` chooses an option."""
    if held is None:
        return Held(option, now, frozenset({option}))
    processed = held.processed | {option}
    if counts == "first":
        return held._replace(processed=processed)
    return Held(option, now, processed)


def _store(conn: sa.Connection, new: Sequence[tuple[int, int, int, Held]]) -> None:
    """Store answers: (server, round, member, answer)."""
    if not new:
        return
    upsert = insert(conn, answers)
    changed = {name: upsert.excluded[name] for name in ("option", "answered_at", "processed")}
    conn.execute(
        upsert.on_conflict_do_update(index_elements=[_a.round_id, _a.user_id], set_=changed),
        [
            {
                "server_id": server_id,
                "round_id": round_id,
                "user_id": user_id,
                "option": held.option,
                "answered_at": held.answered_at,
                "processed": sorted(held.processed),
            }
            for server_id, round_id, user_id, held in new
        ],
    )


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


def _of_members(
    conn: sa.Connection, keys: Collection[tuple[int, int]]
) -> dict[tuple[int, int], Held]:
    """Return the answers of these (round, member)."""
    if not keys:
        return {}
    members: dict[int, list[int]] = {}
    for round_id, user_id in keys:
        members.setdefault(round_id, []).append(user_id)
    query = sa.select(_a.user_id, _a.option, _a.answered_at, _a.processed)
    return {
        (round_id, user_id): Held(option, answered_at, frozenset(processed))
        for round_id, users in members.items()
        for user_id, option, answered_at, processed in conn.execute(
            query.where(_a.round_id == round_id, _a.user_id.in_(users))
        ).all()
    }


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
