"""Reviews: which grades wait for a moderator and why, and decisions (the first wins)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.question import Verdict
from bot.domain.review import Decision, Why
from bot.domain.round import State
from bot.store.queries import audit, results
from bot.store.tables import (
    answers,
    appeals,
    explanations,
    grades,
    hints,
    questions,
    review_skips,
    reviews,
    rounds,
)
from bot.store.tables import results as results_table
from bot.store.upsert import insert

_e, _g, _r, _a = explanations.c, grades.c, reviews.c, appeals.c


@dataclass(frozen=True, slots=True)
class Waiting:
    """A grade that waits for a moderator."""

    explanation_id: int
    question_id: int
    user_id: int
    bank: str
    bank_title: str
    whys: tuple[Why, ...]
    """Why it waits; at least one."""
    reason: str
    """The appeal's; empty without one."""
    since: datetime
    """UTC."""
    ready_at: datetime | None
    """From when on (UTC) it waits for moderators who play, too: from the reveal on if that came
    later. None: its round still takes answers.
    """

    @property
    def is_open(self) -> bool:
        """Return whether its round still takes answers."""
        return self.ready_at is None


@dataclass(frozen=True, slots=True)
class Review:
    """A decision as it stands. Times are in UTC."""

    decision: Decision
    remembered: bool
    decided_by: int
    """The moderator; 0: forgotten."""
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of an attempt to decide."""

    review: Review
    """The one that stands: the new one, or an earlier one of somebody else."""
    is_new: bool
    points_before: int | None
    """The member's points in the round; None before the reveal."""
    points_after: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A decided review, for figures."""

    bank: str
    bank_title: str
    agrees: bool
    """Whether grader and moderator say the same: that it is correct, or that it is not."""
    since: datetime
    """UTC, when it came to wait."""
    decided_at: datetime


def waiting(conn: sa.Connection, *, server_id: int, refused: Collection[str]) -> list[Waiting]:
    """Return all that waits in a server: appeals first, then the oldest.

    A text that was `refused` by a flag of the grader's waits only where it was appealed: there is
    nothing in it to disagree about.
    """
    other, their_grade, their_review = explanations.alias(), grades.alias(), reviews.alias()
    same = (other.c.round_id == _e.round_id) & (other.c.user_id == _e.user_id)
    accepted = sa.case(
        (their_review.c.decision == Decision.REJECTED, sa.false()),
        (their_review.c.decision.is_not(None), sa.true()),
        else_=their_grade.c.label == Verdict.CORRECT,
    )
    any_accepted = (
        sa.select(other.c.id)
        .join(their_grade, their_grade.c.explanation_id == other.c.id)
        .outerjoin(their_review, their_review.c.explanation_id == other.c.id)
        .where(same, accepted)
    )
    later = sa.select(other.c.id).where(same, other.c.attempt > _e.attempt)
    # There are results from the reveal on, when the member's choice is final; and of several texts
    # it is the last one that says what the member came to.
    # The label comes first: it spares most texts the look at their member's others.
    disagrees = (
        results_table.c.right
        & (_g.label != Verdict.CORRECT)
        & ~any_accepted.exists()
        & ~later.exists()
    )
    disagreeing = sa.case((disagrees, sa.true()), else_=sa.false()).label("disagrees")
    rows = conn.execute(
        _rows(disagreeing).where(
            _e.server_id == server_id,
            _r.explanation_id.is_(None),
            rounds.c.state.in_((State.OPEN, State.REVEALED)),
            _g.needs_review | _a.explanation_id.is_not(None) | disagrees,
        )
    )
    found = [one for row in rows if (one := _waiting(row, refused))]
    return sorted(
        found, key=lambda one: (Why.APPEALED not in one.whys, one.since, one.explanation_id)
    )


def played(conn: sa.Connection, *, server_id: int, user_id: int) -> set[int]:
    """Return the questions of open rounds that a person takes part in: they may not see the key,
    wherever else the same question was asked.
    """
    found: set[int] = set()
    for table in (answers, hints, explanations):
        found |= set(
            conn.scalars(
                sa.select(rounds.c.question_id)
                .join(rounds, rounds.c.id == table.c.round_id)
                .where(
                    table.c.server_id == server_id,
                    table.c.user_id == user_id,
                    rounds.c.state == State.OPEN,
                )
            )
        )
    return found


def skipped(conn: sa.Connection, *, server_id: int, user_id: int) -> dict[int, datetime]:
    """Return which explanations a moderator skipped, and when (UTC)."""
    found = conn.execute(
        sa.select(review_skips.c.explanation_id, review_skips.c.skipped_at).where(
            review_skips.c.server_id == server_id, review_skips.c.user_id == user_id
        )
    )
    return {row[0]: row[1] for row in found}


def skip(
    conn: sa.Connection, *, explanation_id: int, server_id: int, user_id: int, now: datetime
) -> None:
    """Put a grade behind the rest for a moderator. One that is decided or deleted is left alone."""
    there = (
        sa.select(_e.id)
        .outerjoin(reviews, _r.explanation_id == _e.id)
        .where(_e.id == explanation_id, _e.server_id == server_id, _r.explanation_id.is_(None))
    )
    if conn.execute(there).first() is None:
        return
    new = insert(conn, review_skips).values(
        explanation_id=explanation_id, server_id=server_id, user_id=user_id, skipped_at=now
    )
    conn.execute(
        new.on_conflict_do_update(
            index_elements=[review_skips.c.explanation_id, review_skips.c.user_id],
            set_={"skipped_at": now},
        )
    )


def decide(
    conn: sa.Connection,
    *,
    explanation_id: int,
    server_id: int,
    moderator_id: int,
    decision: Decision,
    remember: bool,
    now: datetime,
) -> Decided | None:
    """Store a decision unless there is one, and work out the member's points again if the reveal
    was before it; the reveal itself counts what is stored by then. With `remember` the grader knows
    the wording from now on.

    Returns None where the server has no such graded explanation.
    """
    row = conn.execute(
        sa.select(_e.round_id, _e.user_id)
        .join(grades, _g.explanation_id == _e.id)
        .where(_e.id == explanation_id, _e.server_id == server_id)
    ).one_or_none()
    if row is None:
        return None
    before = _points(conn, row.round_id, row.user_id)
    new = insert(conn, reviews).values(
        explanation_id=explanation_id,
        server_id=server_id,
        decision=decision.value,
        remembered=remember,
        decided_by=moderator_id,
        decided_at=now,
    )
    done = conn.execute(new.on_conflict_do_nothing(index_elements=[_r.explanation_id]))
    if done.rowcount == 1:
        conn.execute(sa.delete(review_skips).where(review_skips.c.explanation_id == explanation_id))
        results.settle(conn, round_id=row.round_id, user_id=row.user_id)
        audit.note(
            conn,
            server_id=server_id,
            by=moderator_id,
            action="review next",
            now=now,
            round_id=row.round_id,
            after={"decision": decision.value, "remembered": remember},
        )
    stands = conn.execute(sa.select(reviews).where(_r.explanation_id == explanation_id)).one()
    return Decided(
        review=Review(
            Decision(stands.decision), stands.remembered, stands.decided_by, stands.decided_at
        ),
        is_new=done.rowcount == 1,
        points_before=before,
        points_after=_points(conn, row.round_id, row.user_id),
    )


def judged(conn: sa.Connection, *, server_id: int) -> list[Judged]:
    """Return every decided review of a server."""
    rows = conn.execute(
        _rows(sa.false().label("disagrees")).where(
            _e.server_id == server_id, _r.explanation_id.is_not(None)
        )
    )
    return [
        Judged(
            bank=row.bank,
            bank_title=row.bank_title,
            agrees=(row.label == Verdict.CORRECT) == (row.decision == Decision.ACCEPTED),
            since=min(_since(row), row.decided_at),
            decided_at=row.decided_at,
        )
        for row in rows
    ]


def _rows(disagrees: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """Select graded explanations with all that says why, and since when, they wait."""
    return (
        sa.select(
            _e.id,
            _e.user_id,
            rounds.c.question_id,
            rounds.c.state,
            rounds.c.revealed_at,
            questions.c.bank,
            questions.c.bank_title,
            _g.label,
            _g.needs_review,
            _g.flags,
            _g.graded_at,
            _a.reason,
            _a.appealed_at,
            _r.decision,
            _r.decided_at,
            disagrees,
        )
        .select_from(explanations)
        .join(grades, _g.explanation_id == _e.id)
        .join(rounds, rounds.c.id == _e.round_id)
        .join(questions, questions.c.id == rounds.c.question_id)
        .outerjoin(appeals, _a.explanation_id == _e.id)
        .outerjoin(reviews, _r.explanation_id == _e.id)
        .outerjoin(
            results_table,
            (results_table.c.round_id == _e.round_id) & (results_table.c.user_id == _e.user_id),
        )
    )


def _waiting(row: sa.Row[*tuple[Any, ...]], refused: Collection[str]) -> Waiting | None:
    holds = {
        Why.APPEALED: row.appealed_at is not None,
        Why.UNSURE: row.needs_review,
        Why.DISAGREES: row.disagrees and not set(refused) & set(row.flags),
    }
    whys = tuple(why for why, does in holds.items() if does)
    if not whys:
        return None
    since = _since(row)
    return Waiting(
        explanation_id=row.id,
        question_id=row.question_id,
        user_id=row.user_id,
        bank=row.bank,
        bank_title=row.bank_title,
        whys=whys,
        reason=row.reason or "",
        since=since,
        ready_at=None if row.state == State.OPEN else max(since, row.revealed_at or since),
    )


def _since(row: sa.Row[*tuple[Any, ...]]) -> datetime:
    """Return when a grade first gave a reason to look at it."""
    if row.needs_review:
        return row.graded_at
    if row.appealed_at is not None:
        return row.appealed_at
    return max(row.graded_at, row.revealed_at or row.graded_at)


def _points(conn: sa.Connection, round_id: int, user_id: int) -> int | None:
    return conn.scalar(
        sa.select(results_table.c.points).where(
            results_table.c.round_id == round_id, results_table.c.user_id == user_id
        )
    )
