"""Explanations and their grades. What is decided (attempts, states, once) is decided in here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.question import Verdict
from bot.domain.round import Round, State
from bot.store.queries import results, rounds
from bot.store.tables import appeals, explanations, grades, reviews
from bot.store.tables import rounds as rounds_table
from bot.store.upsert import insert

_e, _g, _r, _a = explanations.c, grades.c, reviews.c, appeals.c
_GRADED = (
    explanations.join(grades, _g.explanation_id == _e.id)
    .join(rounds_table, rounds_table.c.id == _e.round_id)
    .outerjoin(reviews, _r.explanation_id == _e.id)
)
_REVIEW_UNTOLD = (
    _r.explanation_id.is_not(None) & _r.told_at.is_(None) & (rounds_table.c.state == State.REVEALED)
)
"""A review is told after the reveal: a moderator's word would as good as name the key."""


@dataclass(frozen=True, slots=True)
class StoredGrade:
    """A row of `grades`; `label` is a Verdict's value."""

    label: str
    score: float
    confidence: float
    needs_review: bool
    flags: list[str]
    key_points: list[dict[str, Any]]
    """`{text, state, score, quote}` each; grades of before quotes were kept have none."""
    model: str


@dataclass(frozen=True, slots=True)
class Stored:
    """An explanation with its round and, once there is one, its grade."""

    id: int
    round: Round
    user_id: int
    attempt: int
    """From 1."""
    text: str
    grade: StoredGrade | None
    decision: str | None = None
    """A Decision's value, once a moderator decided."""
    appealed: bool = False


@dataclass(frozen=True, slots=True)
class Attempts:
    """What a member has used of a round's attempts."""

    round: Round
    used: int
    stored_id: int | None = None
    """Of the explanation that `submit` stored; None where it stored nothing."""


def attempts(conn: sa.Connection, *, round_id: int, user_id: int) -> Attempts | None:
    """Return how many explanations a member gave; None where there is no such round."""
    round_ = rounds.get(conn, round_id=round_id)
    if round_ is None:
        return None
    used = conn.scalar(
        sa.select(sa.func.count()).where(_e.round_id == round_id, _e.user_id == user_id)
    )
    return Attempts(round_, used or 0)


def submit(
    conn: sa.Connection,
    *,
    round_id: int,
    server_id: int,
    user_id: int,
    text: str,
    allowed: int,
    now: datetime,
) -> Attempts | None:
    """Store an explanation if the round of this server is open, its question has something to
    grade it by, and an attempt is left; else change nothing. Returns the attempts as they stand
    then.
    """
    found = attempts(conn, round_id=round_id, user_id=user_id)
    if found is None or found.round.server_id != server_id:
        return None
    if found.round.state is not State.OPEN or found.used >= allowed:
        return found
    if not found.round.question.references:
        return found
    # UNIQUE(round, member, attempt) holds even where two processes write at once.
    stored = conn.execute(
        sa.insert(explanations).values(
            server_id=server_id,
            round_id=round_id,
            user_id=user_id,
            attempt=found.used + 1,
            text=text,
            submitted_at=now,
        )
    )
    assert stored.inserted_primary_key is not None
    return Attempts(found.round, found.used + 1, stored.inserted_primary_key[0])


def get(conn: sa.Connection, *, explanation_id: int) -> Stored | None:
    """Return an explanation; None where it was deleted."""
    found = _many(conn, _e.id == explanation_id)
    return found[0] if found else None


def of_member(conn: sa.Connection, *, round_id: int, user_id: int) -> list[Stored]:
    """Return a member's explanations of a round, first to last."""
    return _many(conn, (_e.round_id == round_id) & (_e.user_id == user_id))


def pending(conn: sa.Connection) -> list[int]:
    """Return the ids of all explanations without a grade, oldest first."""
    return list(
        conn.scalars(
            sa.select(_e.id)
            .outerjoin(grades, _g.explanation_id == _e.id)
            .where(_g.explanation_id.is_(None))
            .order_by(_e.id)
        )
    )


def untold(conn: sa.Connection, *, server_id: int, user_id: int) -> list[int]:
    """Return the ids of a member's explanations whose grade, or review, they were never shown."""
    return _graded_ids(
        conn,
        (_e.server_id == server_id)
        & (_e.user_id == user_id)
        & (_e.told_at.is_(None) | _REVIEW_UNTOLD),
    )


def is_untold(conn: sa.Connection, *, explanation_id: int) -> bool:
    """Return whether a grade, or its review, was never shown to its member."""
    return bool(
        _graded_ids(conn, (_e.id == explanation_id) & (_e.told_at.is_(None) | _REVIEW_UNTOLD))
    )


def untold_since(conn: sa.Connection, *, since: datetime) -> list[int]:
    """Return the ids of all explanations that were graded at `since` (UTC) or later, or reviewed,
    or revealed with a review, and whose member was never shown that; oldest first.
    """
    reviewed = (_r.decided_at >= since) | (rounds_table.c.revealed_at >= since)
    return _graded_ids(
        conn,
        (_e.told_at.is_(None) & (_g.graded_at >= since)) | (_REVIEW_UNTOLD & reviewed),
    )


def reviewed_untold(conn: sa.Connection, *, round_id: int) -> list[int]:
    """Return the ids of a revealed round's explanations whose review was never shown."""
    return _graded_ids(conn, (_e.round_id == round_id) & _REVIEW_UNTOLD)


def store_grade(
    conn: sa.Connection, *, explanation_id: int, grade: StoredGrade, now: datetime
) -> bool:
    """Store a grade, once, and work out the member's points again if the reveal was before it.

    Returns False where there is a grade already, or the explanation was deleted meanwhile.
    """
    row = conn.execute(
        sa.select(_e.server_id, _e.round_id, _e.user_id).where(_e.id == explanation_id)
    ).one_or_none()
    if row is None:
        return False
    new = insert(conn, grades).values(
        explanation_id=explanation_id,
        server_id=row.server_id,
        label=Verdict(grade.label).value,
        score=grade.score,
        confidence=grade.confidence,
        needs_review=grade.needs_review,
        flags=grade.flags,
        key_points=grade.key_points,
        model=grade.model,
        graded_at=now,
    )
    done = conn.execute(new.on_conflict_do_nothing(index_elements=[_g.explanation_id]))
    if done.rowcount != 1:
        return False
    results.settle(conn, round_id=row.round_id, user_id=row.user_id)
    return True


def told(conn: sa.Connection, *, explanation_id: int, review: bool, now: datetime) -> None:
    """Note that the member was shown the grade, and with `review` the moderator's word on it; the
    first time stays.
    """
    shown = [(explanations, _e.id, _e.told_at)]
    if review:
        shown.append((reviews, _r.explanation_id, _r.told_at))
    for table, id_, told_at in shown:
        conn.execute(
            sa.update(table).where(id_ == explanation_id, told_at.is_(None)).values(told_at=now)
        )


def _graded_ids(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[int]:
    return list(
        conn.scalars(sa.select(_e.id).select_from(_GRADED).where(condition).order_by(_e.id))
    )


def _many(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Stored]:
    rows = conn.execute(
        sa.select(
            _e.id,
            _e.round_id,
            _e.user_id,
            _e.attempt,
            _e.text,
            grades,
            _r.decision,
            _a.explanation_id.label("appealed"),
        )
        .outerjoin(grades, _g.explanation_id == _e.id)
        .outerjoin(reviews, _r.explanation_id == _e.id)
        .outerjoin(appeals, _a.explanation_id == _e.id)
        .where(condition)
        .order_by(_e.attempt)
    ).all()
    found: list[Stored] = []
    for row in rows:
        round_ = rounds.get(conn, round_id=row.round_id)
        assert round_ is not None  # the foreign key, and every round with members has a question
        found.append(
            Stored(
                id=row.id,
                round=round_,
                user_id=row.user_id,
                attempt=row.attempt,
                text=row.text,
                grade=_grade(row),
                decision=row.decision,
                appealed=row.appealed is not None,
            )
        )
    return found


def _grade(row: sa.Row[Any]) -> StoredGrade | None:
    if row.label is None:
        return None
    return StoredGrade(
        label=row.label,
        score=row.score,
        confidence=row.confidence,
        needs_review=row.needs_review,
        flags=row.flags,
        key_points=row.key_points,
        model=row.model,
    )
