"""Everything of a member, over all servers, as plain values that JSON has."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.question import LETTERS
from bot.domain.round import State
from bot.store.queries.audit import told
from bot.store.queries.privacy import owned
from bot.store.tables import (
    answers,
    appeals,
    audit,
    consents,
    drafts,
    explanations,
    grades,
    hints,
    questions,
    results,
    review_skips,
    reviews,
    rounds,
    schedules,
)

Row = dict[str, Any]


def of_member(conn: sa.Connection, *, user_id: int) -> dict[str, list[Row]]:
    """Return everything of a member as plain values, oldest first: ids as text (they are too large
    for JSON's numbers), times in ISO 8601 and UTC.

    Of a round that is still open, a grade tells the covered key points only, as it did in Discord,
    and of a review nothing.
    """
    return {
        "answers": _rows(conn, answers, answers.c.answered_at, user_id, _answer),
        "hints": _rows(conn, hints, hints.c.taken_at, user_id, _hint),
        "explanations": _rows(
            conn, explanations, explanations.c.submitted_at, user_id, _explanation
        ),
        "points": _rows(conn, results, rounds.c.revealed_at, user_id, _result),
        "drafts": _drafts(conn, user_id),
        "schedules_made": _made(conn, user_id),
        "reviews_decided": _plain(conn, reviews, reviews.c.decided_by == user_id, "decided_at"),
        "reviews_skipped": _plain(conn, review_skips, owned(review_skips, user_id), "skipped_at"),
        "training_consent": _plain(conn, consents, owned(consents, user_id), "given_at"),
        "moderator_actions": _done(conn, user_id),
    }


def _rows(
    conn: sa.Connection,
    table: sa.Table,
    order: sa.ColumnElement[Any],
    user_id: int,
    describe: Callable[[sa.RowMapping], Row],
) -> list[Row]:
    query = (
        sa.select(table, rounds, questions.c.bank, questions.c.content, grades, appeals, reviews)
        .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
        .select_from(table)
        .join(rounds, rounds.c.id == table.c.round_id)
        .join(questions, questions.c.id == rounds.c.question_id, isouter=True)
        .join(grades, _of_explanation(table, grades), isouter=True)
        .join(appeals, _of_explanation(table, appeals), isouter=True)
        .join(reviews, _of_explanation(table, reviews), isouter=True)
        .where(owned(table, user_id))
        .order_by(order, rounds.c.id)
    )
    return [_round(row) | describe(row) for row in conn.execute(query).mappings()]


def _of_explanation(table: sa.Table, about: sa.Table) -> sa.ColumnElement[bool]:
    if table is explanations:
        return about.c.explanation_id == explanations.c.id
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
        "appeal": _appeal(row),
        "review": _review(row),
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


def _appeal(row: sa.RowMapping) -> Row | None:
    if row[appeals.c.explanation_id] is None:
        return None
    return {
        "reason": row[appeals.c.reason],
        "appealed_at": _time(row[appeals.c.appealed_at]),
    }


def _review(row: sa.RowMapping) -> Row | None:
    """Return a moderator's word, from the reveal on; who it was is theirs."""
    if row[reviews.c.explanation_id] is None or row[rounds.c.state] != State.REVEALED:
        return None
    return {
        "decision": row[reviews.c.decision],
        "remembered": row[reviews.c.remembered],
        "decided_at": _time(row[reviews.c.decided_at]),
        "told_at": _time(row[reviews.c.told_at]),
    }


def _result(row: sa.RowMapping) -> Row:
    return {"right": row[results.c.right], "points": row[results.c.points]}


def _drafts(conn: sa.Connection, user_id: int) -> list[Row]:
    kept = sa.select(drafts).where(owned(drafts, user_id)).order_by(drafts.c.id)
    return [
        {
            "server_id": str(row["server_id"]),
            "kind": row["kind"],
            "bank": row["bank_title"],
            "questions": row["content"],
            "kept_at": _time(row["kept_at"]),
        }
        for row in conn.execute(kept).mappings()
    ]


def _made(conn: sa.Connection, user_id: int) -> list[Row]:
    mine = schedules.c.created_by == user_id
    made = sa.select(schedules).where(mine).order_by(schedules.c.id)
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


def _plain(
    conn: sa.Connection, table: sa.Table, mine: sa.ColumnElement[bool], at: str
) -> list[Row]:
    """Return where and when a member did something, and what: never whose explanation it was."""
    found = conn.execute(sa.select(table).where(mine).order_by(table.c[at])).mappings()
    shown: list[Row] = []
    for row in found:
        told: Row = {"server_id": str(row["server_id"])} if "server_id" in row else {}
        if "decision" in row:
            told["decision"] = row["decision"]
        shown.append(told | {at: _time(row[at])})
    return shown


def _done(conn: sa.Connection, user_id: int) -> list[Row]:
    """Return what a moderator did, without what an open round does not tell yet."""
    done = (
        sa.select(audit, rounds.c.revealed_at)
        .join(rounds, rounds.c.id == audit.c.round_id, isouter=True)
        .where(audit.c.done_by == user_id)
        .order_by(audit.c.id)
    )
    return [
        {
            "server_id": str(row["server_id"]),
            "action": row["action"],
            "subject": row["subject"],
            "round": row["round_id"],
            "before": _ids_as_text(told(row["before"], row["revealed_at"])),
            "after": _ids_as_text(told(row["after"], row["revealed_at"])),
            "done_at": _time(row["done_at"]),
        }
        for row in conn.execute(done).mappings()
    ]


def _ids_as_text(fields: Row) -> Row:
    return {
        name: str(value) if name.endswith("_id") and value is not None else value
        for name, value in fields.items()
    }


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")
