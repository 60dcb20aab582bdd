"""Wordings that moderators accepted and had remembered.

They stay the member's: the text is read from the explanation, and goes with it.
"""

from typing import Any

import sqlalchemy as sa

from bot.store.tables import explanations, questions, reviews, rounds

MOST = 200
"""The newest ones of a question. The grader compares a text with the nearest few of them."""
_MEANING = ("prompt", "code", "options", "answer")
"""While these stay as they were, what explained the key still does; hints may change meanwhile."""


def remembered(conn: sa.Connection, *, round_id: int) -> tuple[str, ...]:
    """Return the wordings for a round's question, newest first, without repetitions.

    Only those that this server's moderators accepted: a shipped bank is everybody's, and nobody
    grades in another server.
    """
    asked = conn.execute(
        sa.select(rounds.c.server_id.label("asked_in"), questions)
        .join(questions, questions.c.id == rounds.c.question_id)
        .where(rounds.c.id == round_id)
    ).one_or_none()
    if asked is None:
        return ()
    versions = conn.execute(
        sa.select(questions.c.id, questions.c.content).where(
            questions.c.server_id == asked.server_id,
            questions.c.bank == asked.bank,
            questions.c.slug == asked.slug,
        )
    )
    same = [row.id for row in versions if _meaning(row.content) == _meaning(asked.content)]
    texts = conn.scalars(
        sa.select(explanations.c.text)
        .join(reviews, reviews.c.explanation_id == explanations.c.id)
        .join(rounds, rounds.c.id == explanations.c.round_id)
        .where(
            reviews.c.remembered,
            rounds.c.server_id == asked.asked_in,
            rounds.c.question_id.in_(same),
        )
        .order_by(reviews.c.decided_at.desc(), explanations.c.id.desc())
        .limit(MOST)
    )
    return tuple(dict.fromkeys(texts))


def _meaning(content: dict[str, Any]) -> list[Any]:
    return [content.get(name) for name in _MEANING]
