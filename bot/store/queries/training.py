"""Reviewed explanations as training data, of members who agreed to it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.domain.question import Question
from bot.domain.review import Decision
from bot.domain.round import State
from bot.store.tables import consents, explanations, questions, reviews, rounds


@dataclass(frozen=True, slots=True)
class Lesson:
    """An explanation with a moderator's word. It says neither whose nor from where."""

    question_id: str
    """Bank, id and the beginning of the digest: a question that was changed is another one."""
    question: Question
    text: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Lessons:
    """What may train the grader, and how much may not."""

    given: list[Lesson]
    """By question and text, so that their order tells no times."""
    withheld: int
    """Reviews of members who did not agree."""


def lessons(conn: sa.Connection) -> Lessons:
    """Return the reviewed explanations of revealed rounds, in every server."""
    found = (
        sa.select(
            explanations.c.text,
            reviews.c.decision,
            consents.c.user_id.is_not(None).label("agreed"),
            questions,
        )
        .select_from(reviews)
        .join(explanations, explanations.c.id == reviews.c.explanation_id)
        .join(rounds, rounds.c.id == explanations.c.round_id)
        .join(questions, questions.c.id == rounds.c.question_id)
        .outerjoin(consents, consents.c.user_id == explanations.c.user_id)
        .where(rounds.c.state == State.REVEALED)
    )
    rows = conn.execute(found).all()
    given = [_lesson(row) for row in rows if row.agreed]
    given.sort(key=lambda one: (one.question_id, one.text, one.decision))
    return Lessons(given, len(rows) - len(given))


def _lesson(row: sa.Row[*tuple[Any, ...]]) -> Lesson:
    return Lesson(
        question_id=f"{row.bank}/{row.slug}/{row.digest[:8]}",
        question=Question.model_validate(row.content),
        text=row.text,
        decision=Decision(row.decision),
    )
