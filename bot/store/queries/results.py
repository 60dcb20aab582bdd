"""Results: what a round came to and what each member earned by it."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.round import Round, State, Tally
from bot.domain.scoring import points
from bot.store.queries import answers as answer_queries
from bot.store.queries import rounds as round_queries
from bot.store.queries import worth
from bot.store.tables import explanations, hints, results, rounds
from bot.store.upsert import insert


def reveal(conn: sa.Connection, *, round_id: int, now: datetime) -> Tally | None:
    """Close an open round: count it, give every member their points, and return the tally.

    None when the round is not open any more.
    """
    round_ = round_queries.get(conn, round_id=round_id)
    if round_ is None:
        return None
    chosen = answer_queries.of_round(conn, round_id=round_id)
    explained = set(
        conn.scalars(
            sa.select(explanations.c.user_id).where(explanations.c.round_id == round_id).distinct()
        )
    )
    counts = Counter(chosen.values())
    tally = Tally(
        chosen=tuple(counts[index] for index in range(len(round_.question.options))),
        right=counts[round_.question.key],
        explained=len(explained),
    )
    if not round_queries.reveal(conn, round_id=round_id, now=now, tally=tally):
        return None
    _write_results(conn, round_, chosen.keys() | explained)
    return tally


def settle(conn: sa.Connection, *, round_id: int, user_id: int) -> None:
    """Work out a member's points again, after a grade or a review that came in late.

    Nothing happens before the reveal.
    """
    round_ = round_queries.get(conn, round_id=round_id)
    if round_ is not None and round_.state is State.REVEALED:
        _write_results(conn, round_, {user_id})


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


def _write_results(conn: sa.Connection, round_: Round, members: Iterable[int]) -> None:
    chosen = answer_queries.of_round(conn, round_id=round_.id)
    hint_count = _by_member(
        conn, hints.c.user_id, sa.func.count(), hints.c.round_id == round_.id, hints
    )
    best = _by_member(
        conn,
        explanations.c.user_id,
        sa.func.max(worth.SHARE),
        explanations.c.round_id == round_.id,
        worth.GRADED,
    )
    for user_id in members:
        right = chosen.get(user_id) == round_.question.key
        new = insert(conn, results).values(
            server_id=round_.server_id,
            round_id=round_.id,
            user_id=user_id,
            right=right,
            points=points(
                round_.question.difficulty,
                right=right,
                hints=int(hint_count.get(user_id, 0)),
                explanation=best.get(user_id, 0.0),
            ),
        )
        conn.execute(
            new.on_conflict_do_update(
                index_elements=[results.c.round_id, results.c.user_id],
                set_={"right": new.excluded.right, "points": new.excluded.points},
            )
        )


def _by_member(
    conn: sa.Connection,
    member: sa.ColumnElement[int],
    figure: sa.ColumnElement[Any],
    condition: sa.ColumnElement[bool],
    of: sa.FromClause,
) -> dict[int, float]:
    rows = conn.execute(sa.select(member, figure).select_from(of).where(condition).group_by(member))
    return {row[0]: row[1] for row in rows}
