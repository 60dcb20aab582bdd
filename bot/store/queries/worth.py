"""What explanations are worth: by the grader, unless a moderator said otherwise."""

import sqlalchemy as sa

from bot.domain.question import Verdict
from bot.domain.review import Decision
from bot.store.tables import explanations, grades, reviews

GRADED = explanations.join(grades, grades.c.explanation_id == explanations.c.id).outerjoin(
    reviews, reviews.c.explanation_id == explanations.c.id
)
"""Explanations with their grade and, where there is one, their review."""

SHARE: sa.ColumnElement[float] = sa.case(
    {decision.value: decision.share for decision in Decision},
    value=reviews.c.decision,
    else_=sa.case((grades.c.label == Verdict.CORRECT, grades.c.score), else_=0.0),
)
"""0..1, of `GRADED`: what `bot.domain.scoring.points` takes."""
SCORE: sa.ColumnElement[float] = sa.case(
    {decision.value: decision.share for decision in Decision},
    value=reviews.c.decision,
    else_=grades.c.score,
)
"""0..1, of `GRADED`: how good it is, also of those that are not correct."""
ACCEPTED: sa.ColumnElement[bool] = sa.or_(
    reviews.c.decision == Decision.ACCEPTED,
    sa.and_(reviews.c.decision.is_(None), grades.c.label == Verdict.CORRECT),
)
"""Of `GRADED`: whether it counts as correct."""
