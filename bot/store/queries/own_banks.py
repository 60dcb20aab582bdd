"""A server's own banks: their questions come, change, rest and return; no row is ever deleted.

A changed question gets a new row and its old one is retired, as with the shipped banks, so that
past rounds keep what was asked. Whatever is decided (is it still there, is the id free, is there
room) is decided in the write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.question import Question
from bot.errors import ModeratorError
from bot.store.queries import audit
from bot.store.queries.questions import StoredQuestion, digest
from bot.store.tables import SHIPPED, questions

MOST = 2_000
"""Questions that a server's own banks may have together, retired ones aside. An import is held
against all of them."""

_c = questions.c


@dataclass(frozen=True, slots=True)
class Listed:
    """A question as it is found and chosen, without its key."""

    id: int
    bank: str
    bank_title: str
    slug: str
    prompt: str
    topic: str
    difficulty: int
    shipped: bool
    retired: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """A question's row as it was fetched. A few hundred of them take longer to read than the event
    loop may be kept waiting, so `read` belongs in a thread.
    """

    id: int
    server_id: int
    bank: str
    bank_title: str
    content: str
    """JSON."""

    def read(self) -> StoredQuestion:
        """Return the question."""
        content = Question.model_validate_json(self.content)
        return StoredQuestion(self.id, self.server_id, self.bank, self.bank_title, content)


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change to a bank did: the question before and after; None: it was not there."""

    before: StoredQuestion | None
    after: StoredQuestion | None


def visible(conn: sa.Connection, *, server_id: int) -> list[Listed]:
    """Return every question that a server can be asked, and the newest row of each of its own that
    are retired; its own banks first, then by title and age.
    """
    rows = conn.execute(
        sa.select(
            _c.id,
            _c.server_id,
            _c.bank,
            _c.bank_title,
            _c.slug,
            _c.content["prompt"].as_string(),
            _c.topic,
            _c.difficulty,
            _c.retired_at,
        )
        .where(
            sa.or_(
                _c.server_id == server_id,
                sa.and_(_c.server_id == SHIPPED, _c.retired_at.is_(None)),
            )
        )
        .order_by(_c.server_id.desc(), _c.bank_title, _c.bank, _c.id)
    ).all()
    newest: dict[tuple[int, str, str], Any] = {}
    for row in rows:
        key = (row.server_id, row.bank, row.slug)
        if key not in newest or _age(row) > _age(newest[key]):
            newest[key] = row
    return [
        Listed(
            id=row[0],
            bank=row[2],
            bank_title=row[3],
            slug=row[4],
            prompt=row[5],
            topic=row[6],
            difficulty=row[7],
            shipped=row[1] == SHIPPED,
            retired=row[8] is not None,
        )
        for row in newest.values()
    ]


def contents(conn: sa.Connection, *, server_id: int, bank: str | None = None) -> list[Unread]:
    """Return the questions that a server can be asked, or those of one bank, with all they hold."""
    where: list[sa.ColumnElement[bool]] = [
        _c.server_id.in_((SHIPPED, server_id)),
        _c.retired_at.is_(None),
    ]
    if bank is not None:
        where.append(_c.bank == bank)
    text = sa.cast(_c.content, sa.Text)
    rows = conn.execute(
        sa.select(_c.id, _c.server_id, _c.bank, _c.bank_title, text).where(*where).order_by(_c.id)
    )
    return [Unread(*row) for row in rows]


def banks(conn: sa.Connection, *, server_id: int) -> dict[str, str]:
    """Return the titles of one server's (or SHIPPED's) banks by name, also of retired ones."""
    rows = conn.execute(
        sa.select(_c.bank, _c.bank_title)
        .where(_c.server_id == server_id)
        .order_by(_c.retired_at.is_(None), _c.id)
    )
    return {row[0]: row[1] for row in rows}


def ids(conn: sa.Connection, *, server_id: int) -> set[str]:
    """Return every question id that a server may not give again, those of the shipped included."""
    return set(
        conn.scalars(sa.select(_c.slug).where(_c.server_id.in_((SHIPPED, server_id))).distinct())
    )


def add(
    conn: sa.Connection,
    *,
    server_id: int,
    bank: str,
    bank_title: str,
    new: Sequence[Question],
) -> list[int]:
    """Add questions to a server's bank and return the ids of their rows, in order; all or none.

    Raises ModeratorError: question_id_taken, bank_full.
    """
    taken = ids(conn, server_id=server_id)
    for question in new:
        if question.id in taken:
            raise ModeratorError("question_id_taken", id=question.id)
        taken.add(question.id)
    if _active(conn, server_id) + len(new) > MOST:
        raise ModeratorError("bank_full", most=MOST)
    return [_insert(conn, server_id, bank, bank_title, question) for question in new]


def replace(
    conn: sa.Connection,
    *,
    server_id: int,
    question_id: int,
    question: Question,
    now: datetime,
    by: int,
) -> Changed:
    """Put a question in the place of the server's row, which is retired. One that was there before
    comes back as the row that it was.

    Raises ModeratorError: question_gone, nothing_to_change.
    """
    before = _own(conn, server_id, question_id)
    if before is None or before.retired_at is not None:
        raise ModeratorError("question_gone")
    question = question.model_copy(update={"id": before.slug})
    if before.digest == digest(question):
        raise ModeratorError("nothing_to_change")
    known = conn.scalar(
        sa.select(_c.id).where(
            _c.server_id == server_id,
            _c.bank == before.bank,
            _c.slug == before.slug,
            _c.digest == digest(question),
        )
    )
    _set_retired(conn, question_id, now)
    if known is None:
        known = _insert(conn, server_id, before.bank, before.bank_title, question)
    else:
        _set_retired(conn, known, None)
    done = Changed(_stored(before), _stored(_own(conn, server_id, known)))
    old, new = (one.question.model_dump(mode="json") for one in (done.before, done.after) if one)
    changed = [name for name in new if new[name] != old[name]]
    _note(conn, before, "question edit", now, by, {"changed": changed})
    return done


def retire(
    conn: sa.Connection, *, server_id: int, question_id: int, now: datetime, by: int
) -> Changed:
    """Have a server's question not be asked any more. Raises ModeratorError: question_retired,
    question_gone.
    """
    row = _own(conn, server_id, question_id)
    if row is None:
        raise ModeratorError("question_gone")
    if row.retired_at is not None:
        raise ModeratorError("question_retired")
    _set_retired(conn, question_id, now)
    _note(conn, row, "question retire", now, by)
    return Changed(_stored(row), None)


def restore(
    conn: sa.Connection, *, server_id: int, question_id: int, now: datetime, by: int
) -> Changed:
    """Have a server's retired question be asked again.

    Raises ModeratorError: question_not_retired where it, or a newer one in its place, is asked;
    question_gone, bank_full.
    """
    row = _own(conn, server_id, question_id)
    if row is None:
        raise ModeratorError("question_gone")
    same = (_c.server_id == server_id, _c.bank == row.bank, _c.slug == row.slug)
    if conn.scalar(sa.select(_c.id).where(*same, _c.retired_at.is_(None)).limit(1)) is not None:
        raise ModeratorError("question_not_retired")
    if _active(conn, server_id) >= MOST:
        raise ModeratorError("bank_full", most=MOST)
    _set_retired(conn, question_id, None)
    _note(conn, row, "question restore", now, by)
    return Changed(None, _stored(row))


def _note(
    conn: sa.Connection,
    row: Any,
    action: str,
    now: datetime,
    by: int,
    after: dict[str, Any] | None = None,
) -> None:
    audit.note(
        conn,
        server_id=row.server_id,
        by=by,
        action=action,
        now=now,
        subject=row.slug,
        after={"bank": row.bank_title} | (after or {}),
    )


def _age(row: Any) -> tuple[bool, datetime | int, int]:
    """Order rows of one question: the one that is asked last, before it the last retired."""
    retired: datetime | None = row.retired_at
    return (retired is None, row.id if retired is None else retired, row.id)


def _own(conn: sa.Connection, server_id: int, question_id: int) -> Any:
    if server_id == SHIPPED:
        return None
    return conn.execute(
        sa.select(questions).where(_c.id == question_id, _c.server_id == server_id)
    ).one_or_none()


def _active(conn: sa.Connection, server_id: int) -> int:
    count = sa.select(sa.func.count()).where(_c.server_id == server_id, _c.retired_at.is_(None))
    return conn.scalar(count) or 0


def _insert(
    conn: sa.Connection, server_id: int, bank: str, bank_title: str, question: Question
) -> int:
    inserted = conn.execute(
        sa.insert(questions).values(
            server_id=server_id,
            bank=bank,
            bank_title=bank_title,
            slug=question.id,
            digest=digest(question),
            topic=question.topic,
            difficulty=question.difficulty,
            content=question.model_dump(mode="json"),
        )
    )
    assert inserted.inserted_primary_key is not None
    return inserted.inserted_primary_key[0]


def _set_retired(conn: sa.Connection, question_id: int, at: datetime | None) -> None:
    conn.execute(sa.update(questions).where(_c.id == question_id).values(retired_at=at))


def _stored(row: Any) -> StoredQuestion:
    content = Question.model_validate(row.content)
    return StoredQuestion(row.id, row.server_id, row.bank, row.bank_title, content)
