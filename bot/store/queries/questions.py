"""Questions as rounds refer to them: kept in step with the banks, and chosen for a channel.

A question whose content changes gets a new row (its digest differs) and the old one is retired, so
that past rounds keep what was asked. For 'was it asked before' all rows of a bank and slug count as
one question. Graded examples are no part of what was asked: members never see them, and the grader
wants the newest ones for open rounds too, so they are replaced in the row.
"""

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from bot.domain.question import Bank, Question
from bot.domain.round import State
from bot.store.tables import SHIPPED, questions, rounds

POSTED = (State.SENDING, State.OPEN, State.REVEALED, State.CANCELLED)
"""States of rounds whose question members have seen, or may see any moment."""

_KEY = (questions.c.server_id, questions.c.bank, questions.c.slug)
_Key: TypeAlias = tuple[int, str, str]
"""What a question is known by, whatever its content."""


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A question's row."""

    id: int
    server_id: int
    """The server whose bank it is; 0 for the shipped ones."""
    bank: str
    bank_title: str
    question: Question


@dataclass(frozen=True, slots=True)
class BankListing:
    """A bank as moderators choose it."""

    name: str
    title: str
    questions: int
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stock:
    """How many questions fit, and how many of them were never asked in a channel."""

    fitting: int
    unused: int


@dataclass(frozen=True, slots=True)
class Synced:
    """How many questions a sync added, brought back and retired."""

    added: int = 0
    returned: int = 0
    retired: int = 0


def digest(question: Question) -> str:
    """Return the SHA-256 of what members see of a question. A field that is added to questions
    later, with a default, does not change it.
    """
    content = question.model_dump(mode="json", exclude_defaults=True, exclude={"examples"})
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def sync(
    conn: sa.Connection, *, banks: Sequence[Bank], now: datetime, server_id: int = SHIPPED
) -> Synced:
    """Make the questions that may be asked those of `banks`, for the server that owns them."""
    stored = {
        (row.bank, row.slug, row.digest): row
        for row in conn.execute(sa.select(questions).where(questions.c.server_id == server_id))
    }
    wanted = {
        (bank.name, question.id, digest(question)): (bank, question)
        for bank in banks
        for question in bank.questions
    }
    new = [
        {
            "server_id": server_id,
            "bank": bank.name,
            "bank_title": bank.title,
            "slug": question.id,
            "digest": key[2],
            "topic": question.topic,
            "difficulty": question.difficulty,
            "content": question.model_dump(mode="json"),
        }
        for key, (bank, question) in wanted.items()
        if key not in stored
    ]
    back = [row.id for key, row in stored.items() if key in wanted and row.retired_at is not None]
    gone = [row.id for key, row in stored.items() if key not in wanted and row.retired_at is None]
    if new:
        conn.execute(sa.insert(questions), new)
    for key, (_, question) in wanted.items():
        if key in stored:
            _replace_examples(conn, stored[key], question)
    _retire(conn, back, None)
    _retire(conn, gone, now)
    for bank in banks:
        conn.execute(
            sa.update(questions)
            .where(
                questions.c.server_id == server_id,
                questions.c.bank == bank.name,
                questions.c.bank_title != bank.title,
                questions.c.retired_at.is_(None),
            )
            .values(bank_title=bank.title)
        )
    return Synced(len(new), len(back), len(gone))


def get(conn: sa.Connection, *, question_id: int) -> StoredQuestion | None:
    """Return a question, retired or not."""
    row = conn.execute(sa.select(questions).where(questions.c.id == question_id)).one_or_none()
    if row is None:
        return None
    content = Question.model_validate(row.content)
    return StoredQuestion(row.id, row.server_id, row.bank, row.bank_title, content)


def choose(
    conn: sa.Connection,
    *,
    server_id: int,
    channel_id: int,
    banks: Collection[str],
    topics: Collection[str],
    difficulty_min: int,
    difficulty_max: int,
    random: random.Random,
) -> int | None:
    """Return the id of the question to ask next in a channel; None when none fits.

    Questions never asked in the channel come first, in random order; when all that fit were, the
    one asked longest ago. One that is open anywhere in the server comes only where nothing else
    fits: its reveal would give this round away. No banks, or no topics, means every one.
    """
    asked = _asked_at(conn, server_id, channel_id)
    fitting = _fitting(conn, server_id, banks, topics, difficulty_min, difficulty_max)
    held = _open_in(conn, server_id)
    free = {question_id: key for question_id, key in fitting.items() if key not in held}
    by_time: defaultdict[datetime | None, list[int]] = defaultdict(list)
    for question_id, key in (free or fitting).items():
        by_time[asked.get(key)].append(question_id)
    if not by_time:
        return None
    first = None if None in by_time else min(at for at in by_time if at is not None)
    return random.choice(by_time[first])


def sample(
    conn: sa.Connection,
    *,
    server_id: int,
    channel_id: int,
    banks: Collection[str],
    topics: Collection[str],
    difficulty_min: int,
    difficulty_max: int,
    random: random.Random,
) -> StoredQuestion | None:
    """Return a question to show how a post looks: one that was asked in the channel before, where
    there is one, so that nobody sees the next ones early; never one that is open in the server.
    """
    fitting = _fitting(conn, server_id, banks, topics, difficulty_min, difficulty_max)
    held, asked = _open_in(conn, server_id), _asked_at(conn, server_id, channel_id)
    free = [question_id for question_id, key in fitting.items() if key not in held]
    known = [question_id for question_id in free if fitting[question_id] in asked]
    return get(conn, question_id=random.choice(known or free)) if free else None


def stock(
    conn: sa.Connection,
    *,
    server_id: int,
    channel_id: int,
    banks: Collection[str],
    topics: Collection[str],
    difficulty_min: int,
    difficulty_max: int,
) -> Stock:
    """Count what `choose` could choose from."""
    keys = _fitting(conn, server_id, banks, topics, difficulty_min, difficulty_max).values()
    asked = _asked_at(conn, server_id, channel_id)
    return Stock(len(keys), sum(key not in asked for key in keys))


def listing(conn: sa.Connection, *, server_id: int) -> list[BankListing]:
    """Return the banks that a server can use, by title, with their topics in alphabetical order."""
    rows = conn.execute(
        sa.select(questions.c.bank, questions.c.bank_title, questions.c.topic, sa.func.count())
        .where(questions.c.server_id.in_((SHIPPED, server_id)), questions.c.retired_at.is_(None))
        .group_by(questions.c.bank, questions.c.bank_title, questions.c.topic)
        .order_by(questions.c.bank, questions.c.topic)
    )
    found: dict[str, BankListing] = {}
    for name, title, topic, count in rows:
        known = found.get(name, BankListing(name, title, 0, ()))
        topics = dict.fromkeys((*known.topics, topic))
        found[name] = BankListing(name, known.title, known.questions + count, tuple(topics))
    return sorted(found.values(), key=lambda bank: bank.title.casefold())


def is_open(conn: sa.Connection, *, server_id: int, stored: StoredQuestion) -> bool:
    """Return whether members of a server may answer a question right now."""
    key = (stored.server_id, stored.bank, stored.question.id)
    return key in _open_in(conn, server_id)


def _fitting(
    conn: sa.Connection,
    server_id: int,
    banks: Collection[str],
    topics: Collection[str],
    difficulty_min: int,
    difficulty_max: int,
) -> dict[int, _Key]:
    """Return what each question that fits is known by, by its row's id, in order of the ids."""
    fits = [
        questions.c.server_id.in_((SHIPPED, server_id)),
        questions.c.retired_at.is_(None),
        questions.c.difficulty.between(difficulty_min, difficulty_max),
    ]
    if banks:
        fits.append(questions.c.bank.in_(banks))
    if topics:
        fits.append(questions.c.topic.in_(topics))
    rows = conn.execute(sa.select(questions.c.id, *_KEY).where(*fits).order_by(questions.c.id))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _asked_at(conn: sa.Connection, server_id: int, channel_id: int) -> dict[_Key, datetime]:
    """Return when each question was last asked in a channel."""
    at = sa.func.max(sa.func.coalesce(rounds.c.opened_at, rounds.c.due_at))
    rows = conn.execute(
        sa.select(*_KEY, at)
        .join(rounds, rounds.c.question_id == questions.c.id)
        .where(
            rounds.c.server_id == server_id,
            rounds.c.channel_id == channel_id,
            rounds.c.state.in_(POSTED),
        )
        .group_by(*_KEY)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _open_in(conn: sa.Connection, server_id: int) -> set[_Key]:
    """Return the questions whose key members of a server may not learn yet."""
    rows = conn.execute(
        sa.select(*_KEY)
        .join(rounds, rounds.c.question_id == questions.c.id)
        .where(rounds.c.server_id == server_id, rounds.c.state.in_((State.SENDING, State.OPEN)))
    )
    return {(row[0], row[1], row[2]) for row in rows}


def _replace_examples(conn: sa.Connection, row: sa.Row[Any], question: Question) -> None:
    examples = [example.model_dump(mode="json") for example in question.examples]
    if row.content.get("examples", []) != examples:
        content = {**row.content, "examples": examples}
        conn.execute(sa.update(questions).where(questions.c.id == row.id).values(content=content))


def _retire(conn: sa.Connection, ids: Iterable[int], at: datetime | None) -> None:
    for question_id in ids:
        conn.execute(
            sa.update(questions).where(questions.c.id == question_id).values(retired_at=at)
        )
