"""Everything of a member: counted and deleted, over all servers; `exports` writes it out.

`COVERED` names every table that knows a member, and a test compares it with the tables: whoever
adds one says here how it is exported and deleted.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.domain.round import Manner, State
from bot.store.tables import (
    answers,
    appeals,
    audit,
    consents,
    drafts,
    explanations,
    grades,
    hints,
    results,
    review_skips,
    reviews,
    rounds,
    schedules,
)

OWNED = (answers, hints, explanations, results, review_skips, consents, drafts)
"""Tables whose rows belong to the member in `user_id`: they go."""

OF_EXPLANATIONS = (grades, appeals, reviews)
"""Tables whose rows go with the member's explanation."""

COVERED: frozenset[sa.Table] = frozenset({*OWNED, *OF_EXPLANATIONS, schedules, audit})
"""Besides those: in `schedules` and `audit` the member who made one, or did something as a
moderator, is forgotten, because the row itself is the server's, and in `reviews` the moderator who
decided one is, because it is the explaining member's.
"""

FORGOTTEN = 0
"""Stands for a member whose data was deleted."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows of a member there are, by what they are."""

    answers: int
    hints: int
    explanations: int
    grades: int
    results: int
    drafts: int
    schedules: int
    audit: int
    servers: int
    """Servers in which there is any of it."""
    appeals: int = 0
    reviews: int = 0
    """Of the member's explanations."""
    decided: int = 0
    """Reviews of others' explanations that the member decided."""
    skips: int = 0
    consents: int = 0
    """1: their reviewed explanations may train the grader. It holds for no server of its own."""

    @property
    def nothing(self) -> bool:
        """Whether nothing at all is kept."""
        return self.servers == 0 and self.consents == 0


def count(conn: sa.Connection, *, user_id: int) -> Kept:
    """Return how much of a member is kept."""
    found = _rows_of(user_id)
    counts = {
        name: conn.scalar(sa.select(sa.func.count()).select_from(table).where(theirs)) or 0
        for name, (table, theirs) in found.items()
    }
    everywhere = sa.union(
        *(
            sa.select(table.c.server_id).where(theirs)
            for table, theirs in found.values()
            if "server_id" in table.c
        )
    ).subquery()
    servers = conn.scalar(sa.select(sa.func.count()).select_from(everywhere)) or 0
    return Kept(**counts, servers=servers)


def delete(conn: sa.Connection, *, user_id: int) -> Kept:
    """Delete everything of a member, and return how much it was. Rounds keep their tally."""
    kept = count(conn, user_id=user_id)
    for table in OF_EXPLANATIONS:  # found through their explanations
        conn.execute(sa.delete(table).where(_explained(table, user_id)))
    for table in OWNED:
        conn.execute(sa.delete(table).where(owned(table, user_id)))
    for column in (schedules.c.created_by, reviews.c.decided_by, audit.c.done_by):
        made = sa.update(column.table).where(column == user_id)
        conn.execute(made.values({column: FORGOTTEN}))
    return kept


def standing_answers(conn: sa.Connection, *, user_id: int) -> list[tuple[int, list[int]]]:
    """Return a member's (round id, options) whose reactions may stand under open posts."""
    rows = conn.execute(
        sa.select(rounds.c.id, rounds.c.manner, answers.c.option, answers.c.processed)
        .join(answers, answers.c.round_id == rounds.c.id)
        .where(answers.c.user_id == user_id, rounds.c.state == State.OPEN)
        .order_by(rounds.c.id)
    )
    found = [
        (
            row.id,
            sorted({*row.processed} | ({row.option} if row.manner == Manner.OPEN else set[int]())),
        )
        for row in rows
    ]
    return [(id_, options) for id_, options in found if options]


def owned(table: sa.Table, user_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a row of one of `OWNED` is the member's."""
    return table.c.user_id == user_id


def _explained(table: sa.Table, user_id: int) -> sa.ColumnElement[bool]:
    texts = sa.select(explanations.c.id).where(explanations.c.user_id == user_id)
    return table.c.explanation_id.in_(texts)


def _rows_of(user_id: int) -> dict[str, tuple[sa.Table, sa.ColumnElement[bool]]]:
    """Return which rows are a member's, by the name that `Kept` has for them."""
    found = {table.name: (table, owned(table, user_id)) for table in OWNED}
    found["skips"] = found.pop(review_skips.name)
    found |= {table.name: (table, _explained(table, user_id)) for table in OF_EXPLANATIONS}
    return found | {
        "schedules": (schedules, schedules.c.created_by == user_id),
        "decided": (reviews, reviews.c.decided_by == user_id),
        "audit": (audit, audit.c.done_by == user_id),
    }
