"""Contexts on a database file of their own, and what service tests put into them."""

import asyncio
import hashlib
import random
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from threading import Thread
from typing import Any, cast

import sqlalchemy as sa

from bot.domain.question import Bank, Question
from bot.domain.round import Manner, Round, State
from bot.grading.service import GraderService
from bot.services import regrading
from bot.services.context import Context
from bot.services.regrading import Effect
from bot.settings import DatabaseSettings, Settings
from bot.store import Store
from bot.store import tables as t
from bot.store.migrations import upgrade
from tests.support import postgres
from tests.support.fakes import FakeGrader, FixedClock, RecordingPublisher
from tests.support.questions import a_bank, a_question

SERVER = 1001
CHANNEL = 2001
ALICE = 3001
BOB = 3002
CARLA = 3003
MONA = 4001
"""A moderator."""


def settings_in(folder: Path, **sections: Any) -> Settings:
    """The defaults, with the database in `folder`, or on the PostgreSQL server that TEST_DATABASE
    names. `sections` are whole sections of settings.
    """
    url = postgres.url_for(folder) or f"sqlite+aiosqlite:///{folder / 'tutor.db'}"
    database = DatabaseSettings(url=url, backups=folder / "backups", backup_every_hours=0)
    return Settings(**{"database": database} | sections)


def place_database(folder: Path) -> None:
    """Put an empty database of the newest version into `folder`/tutor.db, unless there is one: a
    copy takes a tenth of the time that its migrations take.
    """
    file = folder / "tutor.db"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_migrated())


def place(settings: Settings, folder: Path) -> None:
    """Put an empty database of the newest version where these settings want it, unless there is
    one.
    """
    if settings.database.url.startswith("sqlite"):
        place_database(folder)
    else:
        postgres.place(settings.database.url)


@cache
def _migrated() -> bytes:
    """An empty database of the newest version, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tutor.db"
        work = partial(asyncio.run, upgrade(sa.make_url(f"sqlite+aiosqlite:///{file}")))
        # In a thread, since the test's own loop is running in this one.
        thread = Thread(target=work)
        thread.start()
        thread.join()
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.read_bytes()


@asynccontextmanager
async def open_context(folder: Path, **sections: Any) -> AsyncIterator[Context]:
    """A context on `folder`/tutor.db, with every stand-in of tests.support.fakes."""
    settings = settings_in(folder, **sections)
    place(settings, folder)
    store = await Store.open(settings.database.url)
    context = Context(
        settings=settings,
        store=store,
        clock=FixedClock(),
        random=random.Random(0),
        publisher=RecordingPublisher(),
        grader=cast(GraderService, FakeGrader()),
    )
    try:
        yield context
        await context.finish()
    finally:
        await store.close()


def clock_of(context: Context) -> FixedClock:
    """The context's clock, to be moved."""
    assert isinstance(context.clock, FixedClock)
    return context.clock


def publisher_of(context: Context) -> RecordingPublisher:
    """The context's Discord."""
    assert isinstance(context.publisher, RecordingPublisher)
    return context.publisher


def grader_of(context: Context) -> FakeGrader:
    """The context's grader."""
    grader: object = context.grader
    assert isinstance(grader, FakeGrader)
    return grader


def rows(connection: sa.Connection, table: sa.Table, **where: Any) -> list[dict[str, Any]]:
    """Every row of a table with these values: `await context.store.read(rows, t.answers)`."""
    query = sa.select(table).where(*(table.c[name] == value for name, value in where.items()))
    return [dict(row) for row in connection.execute(query).mappings()]


async def add_questions(context: Context, *banks: Bank) -> dict[str, int]:
    """Put banks into the store as they are and return the questions' row ids by their id."""
    return await context.store.write(_insert_banks, banks or (a_bank(),))


async def add_open_round(
    context: Context,
    question: Question | None = None,
    *,
    server_id: int = SERVER,
    channel_id: int = CHANNEL,
    bank: str = "testing",
    schedule_id: int | None = None,
    local_date: date | None = None,
    manner: Manner = Manner.CONCEALED,
    open_minutes: int = 1200,
    thread: bool = False,
    **columns: Any,
) -> Round:
    """Put an open round with its post into the store and the publisher, past all services.

    `columns` are further columns of the table `rounds`, such as `state` or `study_day`.
    """
    question = question or a_question()
    ids = await add_questions(context, a_bank(question, name=bank))
    publisher = publisher_of(context)
    now = context.clock()
    values: dict[str, Any] = {
        "server_id": server_id,
        "channel_id": channel_id,
        "schedule_id": schedule_id,
        "local_date": local_date,
        "due_at": now,
        "state": State.OPEN.value,
        "manner": manner.value,
        "open_minutes": open_minutes,
        "thread": thread,
        "question_id": ids[question.id],
        "study_day": now.date(),
        "opened_at": now,
        "closes_at": now + timedelta(minutes=open_minutes),
    } | columns
    round_id = await context.store.write(_insert_round, values)
    message_id = 9_000_000 + round_id
    await context.store.write(_set_message, round_id, message_id)
    opened = Round(
        id=round_id,
        message_id=message_id,
        bank=bank,
        bank_title="Testing",
        question=question,
        role_id=values.get("role_id"),
        revealed_at=values.get("revealed_at"),
        late=values.get("late", False),
        state=State(values["state"]),
        manner=manner,
        **{
            name: values[name]
            for name in (
                "server_id",
                "channel_id",
                "schedule_id",
                "local_date",
                "due_at",
                "open_minutes",
                "thread",
                "question_id",
                "opened_at",
                "closes_at",
            )
        },
    )
    publisher.posts[message_id] = opened
    return opened


async def regrade(
    context: Context, round_id: int, key: str | None = None, *, server_id: int = SERVER
) -> Effect:
    """Give a round another key, or cancel it, as a moderator who has seen what that does."""
    effect = await regrading.look(context, server_id, round_id, key)
    effect, done = await regrading.apply(
        context, server_id, round_id, key, mark=effect.mark, by=MONA
    )
    assert done
    return effect


def _insert_banks(connection: sa.Connection, banks: tuple[Bank, ...]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for bank in banks:
        for question in bank.questions:
            content = question.model_dump(mode="json")
            values = {
                "server_id": t.SHIPPED,
                "bank": bank.name,
                "bank_title": bank.title,
                "slug": question.id,
                "digest": hashlib.sha256(question.model_dump_json().encode()).hexdigest(),
                "topic": question.topic,
                "difficulty": question.difficulty,
                "content": content,
            }
            known = connection.execute(
                sa.select(t.questions.c.id).filter_by(
                    **{name: values[name] for name in ("server_id", "bank", "slug", "digest")}
                )
            ).scalar()
            if known is None:
                inserted = connection.execute(t.questions.insert().values(values))
                assert inserted.inserted_primary_key is not None
                known = inserted.inserted_primary_key[0]
            ids[question.id] = known
    return ids


def _insert_round(connection: sa.Connection, values: dict[str, Any]) -> int:
    inserted = connection.execute(t.rounds.insert().values(values))
    assert inserted.inserted_primary_key is not None
    return inserted.inserted_primary_key[0]


def _set_message(connection: sa.Connection, round_id: int, message_id: int) -> None:
    connection.execute(
        t.rounds.update().where(t.rounds.c.id == round_id).values(message_id=message_id)
    )
