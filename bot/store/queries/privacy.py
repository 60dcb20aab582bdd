"""Everything of a member: counted, exported, deleted; over all servers.

`COVERED` names every table that knows a member, and a test compares it with the tables: whoever
adds one says here how it is exported and deleted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.question import LETTERS
from bot.domain.round import Manner, State
from bot.store.tables import (
    answers,
    explanations,
    grades,
    hints,
    questions,
    results,
    rounds,
    schedules,
)

Row = dict[str, Any]

OWNED = (answers, hints, explanations, results)
"""Tables whose rows belong to the member in `user_id`: they go."""

COVERED: frozenset[sa.Table] = frozenset({*OWNED, grades, schedules})
"""Besides those: `grades` go with their explanation, and in `schedules` the member who made one is
forgotten, because the schedule itself is the server's.
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
    schedules: int
    servers: int
    """Servers in which there is any of it."""

    @property
    def nothing(self) -> bool:
        """Whether nothing at all is kept."""
        return self.servers == 0


def count(conn: sa.Connection, *, user_id: int) -> Kept:
    """Return how much of a member is kept."""
    counts = {table.name: _count(conn, table, _of(table, user_id)) for table in COVERED}
    everywhere = sa.union(
        *(sa.select(table.c.server_id).where(_of(table, user_id)) for table in COVERED)
    ).subquery()
    servers = conn.scalar(sa.select(sa.func.count()).select_from(everywhere)) or 0
    return Kept(**counts, servers=servers)


def delete(conn: sa.Connection, *, user_id: int) -> Kept:
    """Delete everything of a member, and return how much it was. Rounds keep their tally."""
    kept = count(conn, user_id=user_id)
    for table in (grades, *OWNED):  # grades are found through their explanations
        conn.execute(sa.delete(table).where(_of(table, user_id)))
    made = _of(schedules, user_id)
    conn.execute(sa.update(schedules).where(made).values(created_by=FORGOTTEN))
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


def export(conn: sa.Connection, *, user_id: int) -> dict[str, list[Row]]:
    """Return everything of a member as plain values, oldest first: ids as text (they are too large
    for JSON's numbers), times in ISO 8601 and UTC.

    Of a round that is still open, a grade tells the covered key points only, as it did in Discord.
    """
    return {
        "answers": _rows(conn, answers, answers.c.answered_at, user_id, _answer),
        "hints": _rows(conn, hints, hints.c.taken_at, user_id, _hint),
        "explanations": _rows(
            conn, explanations, explanations.c.submitted_at, user_id, _explanation
        ),
        "points": _rows(conn, results, rounds.c.revealed_at, user_id, _result),
        "schedules_made": _made(conn, user_id),
    }


def _of(table: sa.Table, user_id: int) -> sa.ColumnElement[bool]:
    if table is grades:
        texts = sa.select(explanations.c.id).where(explanations.c.user_id == user_id)
        return grades.c.explanation_id.in_(texts)
    return (schedules.c.created_by if table is schedules else table.c.user_id) == user_id


def _count(conn: sa.Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    return conn.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0


def _rows(
    conn: sa.Connection,
    table: sa.Table,
    order: sa.ColumnElement[Any],
    user_id: int,
    describe: Callable[[sa.RowMapping], Row],
) -> list[Row]:
    query = (
        sa.select(table, rounds, questions.c.bank, questions.c.content, grades)
        .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
        .select_from(table)
        .join(rounds, rounds.c.id == table.c.round_id)
        .join(questions, questions.c.id == rounds.c.question_id, isouter=True)
        .join(grades, _grade_of(table), isouter=True)
        .where(_of(table, user_id))
        .order_by(order, rounds.c.id)
    )
    return [_round(row) | describe(row) for row in conn.execute(query).mappings()]


def _grade_of(table: sa.Table) -> sa.ColumnElement[bool]:
    if table is explanations:
        return grades.c.explanation_id == explanations.c.id
    return sa.false()


def _round(row: sa.RowMapping) -> Row:
    return {
        "server_id": str(row[rounds.c.server_id]),
        "channel_id": str(row[rounds.c.channel_id]),
        "round": row[rounds.c.id],
        "bank": row[questions.c.bank],
        "question": _content(row).get("prompt"),
        "opened_at": _time(row[rounds.c.opened_at]),
        "revealed_at": _time(row[rounds.c.revealed_at]),
    }


def _content(row: sa.RowMapping) -> Row:
    return row[questions.c.content] or {}


def _answer(row: sa.RowMapping) -> Row:
    option: int = row[answers.c.option]
    texts: list[str] = _content(row).get("options", [])
    return {
        "option": LETTERS[option],
        "option_text": texts[option] if option < len(texts) else None,
        "answered_at": _time(row[answers.c.answered_at]),
    }


def _hint(row: sa.RowMapping) -> Row:
    return {
        "level": row[hints.c.level],
        "cost": row[hints.c.cost],
        "taken_at": _time(row[hints.c.taken_at]),
    }


def _explanation(row: sa.RowMapping) -> Row:
    graded = row[grades.c.explanation_id] is not None
    return {
        "attempt": row[explanations.c.attempt],
        "text": row[explanations.c.text],
        "submitted_at": _time(row[explanations.c.submitted_at]),
        "told_at": _time(row[explanations.c.told_at]),
        "grade": _grade(row) if graded else None,
    }


def _grade(row: sa.RowMapping) -> Row:
    points: list[Row] = row[grades.c.key_points]
    if row[rounds.c.state] == State.OPEN:
        points = [point for point in points if point.get("state") == "covered"]
    names = ("label", "score", "confidence", "needs_review", "flags", "model")
    return {name: row[grades.c[name]] for name in names} | {
        "key_points": points,
        "graded_at": _time(row[grades.c.graded_at]),
    }


def _result(row: sa.RowMapping) -> Row:
    return {"right": row[results.c.right], "points": row[results.c.points]}


def _made(conn: sa.Connection, user_id: int) -> list[Row]:
    made = sa.select(schedules).where(_of(schedules, user_id)).order_by(schedules.c.id)
    return [
        {
            "server_id": str(row["server_id"]),
            "channel_id": str(row["channel_id"]),
            "name": row["name"],
            "created_at": _time(row["created_at"]),
            "deleted_at": _time(row["deleted_at"]),
        }
        for row in conn.execute(made).mappings()
    ]


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")
