"""Results: what a round came to and what each member earned by it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.question import Question
from bot.domain.round import Round, State, Tally
from bot.domain.scoring import points
from bot.store.queries import answers as answer_queries
from bot.store.queries import audit, worth
from bot.store.queries import rounds as round_queries
from bot.store.tables import explanations, hints, results, rounds
from bot.store.upsert import insert


@dataclass(frozen=True, slots=True)
class Earned:
    """What a member earned by a round."""

    right: bool
    points: int


def reveal(
    conn: sa.Connection, *, round_id: int, now: datetime, by: int | None = None
) -> Tally | None:
    """Close an open round: count it, give every member their points, and return the tally. `by` is
    the moderator who did it before its time; None: its time was up.

    None when the round is not open any more.
    """
    round_ = round_queries.get(conn, round_id=round_id)
    if round_ is None:
        return None
    chosen = answer_queries.of_round(conn, round_id=round_id)
    explained = _explained(conn, round_id)
    counts = Counter(chosen.values())
    tally = Tally(
        chosen=tuple(counts[index] for index in range(len(round_.question.options))),
        right=counts[round_.question.key],
        explained=len(explained),
    )
    if not round_queries.reveal(conn, round_id=round_id, now=now, tally=tally):
        return None
    _write(conn, round_, earned(conn, round_id=round_id, question=round_.question))
    audit.note(
        conn,
        server_id=round_.server_id,
        by=by,
        action="quiz close",
        now=now,
        round_id=round_id,
        after={"answers": tally.answered, "right": tally.right},
    )
    return tally


def settle(conn: sa.Connection, *, round_id: int, user_id: int) -> None:
    """Work out a member's points again, after a grade or a review that came in late.

    Nothing happens before the reveal.
    """
    round_ = round_queries.get(conn, round_id=round_id)
    if round_ is not None and round_.state is State.REVEALED:
        _write(
            conn, round_, earned(conn, round_id=round_id, question=round_.question, only=user_id)
        )


def earned(
    conn: sa.Connection, *, round_id: int, question: Question, only: int | None = None
) -> dict[int, Earned]:
    """Work out what every member (or `only` this one) earns by a round if this is its question,
    from answers, hints, graded explanations and their reviews alone.
    """
    chosen = answer_queries.of_round(conn, round_id=round_id)
    members: Collection[int] = chosen.keys() | _explained(conn, round_id)
    hint_count = _by_member(
        conn, hints.c.user_id, sa.func.count(), hints.c.round_id == round_id, hints
    )
    best = _by_member(
        conn,
        explanations.c.user_id,
        sa.func.max(worth.SHARE),
        explanations.c.round_id == round_id,
        worth.GRADED,
    )
    found: dict[int, Earned] = {}
    for user_id in members if only is None else [only]:
        right = chosen.get(user_id) == question.key
        earned_points = points(
            question.difficulty,
            right=right,
            hints=int(hint_count.get(user_id, 0)),
            explanation=best.get(user_id, 0.0),
        )
        found[user_id] = Earned(right, earned_points)
    return found


def of_round(conn: sa.Connection, *, round_id: int) -> dict[int, Earned]:
    """Return what members have earned by a round, as it is stored."""
    query = sa.select(results.c.user_id, results.c.right, results.c.points)
    rows = conn.execute(query.where(results.c.round_id == round_id))
    return {row[0]: Earned(row[1], row[2]) for row in rows}


def settle_all(conn: sa.Connection, *, round_id: int) -> None:
    """Work out a revealed round's tally and everybody's points again. Who was counted at the
    reveal and is gone since stays in the tally.
    """
    round_ = round_queries.get(conn, round_id=round_id)
    tally = round_queries.tally(conn, round_id=round_id)
    assert round_ is not None
    assert tally is not None
    counted = replace(tally, right=tally.chosen[round_.question.key])
    conn.execute(sa.update(rounds).where(rounds.c.id == round_id).values(tally=asdict(counted)))
    _write(conn, round_, earned(conn, round_id=round_id, question=round_.question))


def take_back(conn: sa.Connection, *, round_id: int) -> None:
    """Nobody has earned anything by this round any more."""
    conn.execute(sa.delete(results).where(results.c.round_id == round_id))


def best_of_day(conn: sa.Connection, *, round_id: int, limit: int = 3) -> list[tuple[int, int]]:
    """Return who earned most on a round's study day in its server, as (user id, points)."""
    day = sa.select(rounds.c.server_id, rounds.c.study_day).where(rounds.c.id == round_id).cte()
    total = sa.func.sum(results.c.points)
    rows = conn.execute(
        sa.select(results.c.user_id, total)
        .join(rounds, rounds.c.id == results.c.round_id)
        .join(
            day, (day.c.server_id == rounds.c.server_id) & (day.c.study_day == rounds.c.study_day)
        )
        .group_by(results.c.user_id)
        .having(total > 0)
        .order_by(total.desc(), results.c.user_id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def _write(conn: sa.Connection, round_: Round, found: dict[int, Earned]) -> None:
    for user_id, one in found.items():
        new = insert(conn, results).values(
            server_id=round_.server_id,
            round_id=round_.id,
            user_id=user_id,
            right=one.right,
            points=one.points,
        )
        conn.execute(
            new.on_conflict_do_update(
                index_elements=[results.c.round_id, results.c.user_id],
                set_={"right": new.excluded.right, "points": new.excluded.points},
            )
        )


def _explained(conn: sa.Connection, round_id: int) -> set[int]:
    query = sa.select(explanations.c.user_id).where(explanations.c.round_id == round_id)
    return set(conn.scalars(query.distinct()))


def _by_member(
    conn: sa.Connection,
    member: sa.ColumnElement[int],
    figure: sa.ColumnElement[Any],
    condition: sa.ColumnElement[bool],
    of: sa.FromClause,
) -> dict[int, float]:
    rows = conn.execute(sa.select(member, figure).select_from(of).where(condition).group_by(member))
    return {row[0]: row[1] for row in rows}
