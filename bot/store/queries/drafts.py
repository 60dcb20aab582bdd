"""What moderators wrote or uploaded and have not saved yet: theirs alone, kept for two weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from bot.domain.question import Question
from bot.errors import ModeratorError
from bot.store.queries import audit, own_banks, questions
from bot.store.queries.own_banks import Changed
from bot.store.tables import drafts

KEPT = timedelta(days=14)

Kind: TypeAlias = Literal["question", "import"]

_c = drafts.c


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft's row."""

    id: int
    server_id: int
    user_id: int
    kind: Kind
    question_id: int | None
    """The question that it is to replace; None: it is a new one."""
    bank: str
    bank_title: str
    content: list[dict[str, Any]]
    """Values of questions; of one where `kind` is question."""


def begin(
    conn: sa.Connection,
    *,
    server_id: int,
    user_id: int,
    kind: Kind,
    question_id: int | None,
    bank: str,
    bank_title: str,
    content: Sequence[dict[str, Any]],
    now: datetime,
) -> Draft:
    """Keep a draft in the place of the member's earlier one of the same kind and question."""
    conn.execute(sa.delete(drafts).where(_c.kept_at < now - KEPT))
    conn.execute(
        sa.delete(drafts).where(
            _c.server_id == server_id,
            _c.user_id == user_id,
            _c.kind == kind,
            _c.question_id.is_(None) if question_id is None else _c.question_id == question_id,
        )
    )
    inserted = conn.execute(
        sa.insert(drafts).values(
            server_id=server_id,
            user_id=user_id,
            kind=kind,
            question_id=question_id,
            bank=bank,
            bank_title=bank_title,
            content=[*content],
            kept_at=now,
        )
    )
    assert inserted.inserted_primary_key is not None
    draft_id: int = inserted.inserted_primary_key[0]
    return Draft(draft_id, server_id, user_id, kind, question_id, bank, bank_title, [*content])


def get(conn: sa.Connection, *, server_id: int, user_id: int, draft_id: int) -> Draft | None:
    """Return a member's draft in a server; None: there is no such one, or it is another's."""
    return _one(conn, server_id, user_id, _c.id == draft_id)


def unsaved(
    conn: sa.Connection, *, server_id: int, user_id: int, question_id: int | None
) -> Draft | None:
    """Return a member's draft of a question: of the one that it is to replace, or of a new one."""
    return _one(
        conn,
        server_id,
        user_id,
        _c.kind == "question",
        _c.question_id.is_(None) if question_id is None else _c.question_id == question_id,
    )


def change(
    conn: sa.Connection,
    *,
    server_id: int,
    user_id: int,
    draft_id: int,
    values: dict[str, Any],
    now: datetime,
) -> Draft | None:
    """Write into a draft of a question, key by key, and return it; None: it is gone."""
    found = get(conn, server_id=server_id, user_id=user_id, draft_id=draft_id)
    if found is None or found.kind != "question":
        return None
    content = [found.content[0] | values]
    conn.execute(sa.update(drafts).where(_c.id == draft_id).values(content=content, kept_at=now))
    return get(conn, server_id=server_id, user_id=user_id, draft_id=draft_id)


def drop(conn: sa.Connection, *, server_id: int, user_id: int, draft_id: int) -> bool:
    """Delete a member's draft; False: it was gone."""
    gone = conn.execute(
        sa.delete(drafts).where(_c.id == draft_id, _c.server_id == server_id, _c.user_id == user_id)
    )
    return gone.rowcount > 0


def save(
    conn: sa.Connection,
    *,
    server_id: int,
    user_id: int,
    draft_id: int,
    question: Question,
    now: datetime,
) -> Changed:
    """Make a member's draft a question of the server's bank, in one change.

    Raises ModeratorError: draft_gone, and as `own_banks.add` and `replace`.
    """
    draft = _taken(conn, server_id, user_id, draft_id, "question")
    if draft.question_id is not None:
        return own_banks.replace(
            conn,
            server_id=server_id,
            question_id=draft.question_id,
            question=question,
            now=now,
            by=user_id,
        )
    (added,) = own_banks.add(
        conn,
        server_id=server_id,
        bank=draft.bank,
        bank_title=draft.bank_title,
        new=[question],
    )
    audit.note(
        conn,
        server_id=server_id,
        by=user_id,
        action="question add",
        now=now,
        subject=question.id,
        after={"bank": draft.bank_title},
    )
    return Changed(None, questions.get(conn, question_id=added))


def bring_in(
    conn: sa.Connection,
    *,
    server_id: int,
    user_id: int,
    draft_id: int,
    new: Sequence[Question],
    now: datetime,
) -> list[int]:
    """Make all of a member's import questions of the server's bank, in one change, and return the
    ids of their rows. Raises ModeratorError: draft_gone, and as `own_banks.add`.
    """
    draft = _taken(conn, server_id, user_id, draft_id, "import")
    added = own_banks.add(
        conn, server_id=server_id, bank=draft.bank, bank_title=draft.bank_title, new=new
    )
    audit.note(
        conn,
        server_id=server_id,
        by=user_id,
        action="bank import",
        now=now,
        subject=draft.bank_title,
        after={"questions": len(added)},
    )
    return added


def _taken(conn: sa.Connection, server_id: int, user_id: int, draft_id: int, kind: Kind) -> Draft:
    """Take a draft away and return it: whoever comes second finds none."""
    key = {"server_id": server_id, "user_id": user_id, "draft_id": draft_id}
    draft = get(conn, **key)
    if draft is None or draft.kind != kind:
        raise ModeratorError("draft_gone")
    drop(conn, **key)
    return draft


def _one(
    conn: sa.Connection, server_id: int, user_id: int, *where: sa.ColumnElement[bool]
) -> Draft | None:
    row = conn.execute(
        sa.select(drafts)
        .where(_c.server_id == server_id, _c.user_id == user_id, *where)
        .order_by(_c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Draft(
        row.id,
        row.server_id,
        row.user_id,
        row.kind,
        row.question_id,
        row.bank,
        row.bank_title,
        row.content,
    )
