"""Rounds: rows to `Round`, and every step from planned to revealed, each guarded by its state."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.calendar import Occurrence
from bot.domain.question import Question
from bot.domain.round import Manner, Round, State, Tally
from bot.domain.schedule import Schedule
from bot.store.queries import audit
from bot.store.tables import questions, rounds, schedules
from bot.store.upsert import insert

ASKED_CATCH_UP_MINUTES = 15
"""How late a question that a moderator asked for by /quiz now may still be posted."""

_r = rounds.c
_ROUND = sa.select(rounds, questions.c.bank, questions.c.bank_title, questions.c.content).join(
    questions, questions.c.id == _r.question_id
)


@dataclass(frozen=True, slots=True)
class Due:
    """A step that is due for a round: its post, its reveal, or the showing of its reveal."""

    id: int
    server_id: int
    schedule_id: int | None
    channel_id: int
    state: State
    at: datetime
    """UTC."""
    catch_up: timedelta
    """How late a post may be."""


def get(conn: sa.Connection, *, round_id: int) -> Round | None:
    """Return a round that has its question, whatever its state; None where there is none."""
    return _one(conn, _r.id == round_id)


def by_message(conn: sa.Connection, *, message_id: int) -> Round | None:
    """Return the round whose post is this message."""
    return _one(conn, _r.message_id == message_id)


def by_messages(conn: sa.Connection, *, message_ids: Collection[int]) -> list[Round]:
    """Return the rounds whose posts are these messages."""
    return _many(conn, _r.message_id.in_(message_ids))


def newest_open(conn: sa.Connection, *, channel_id: int) -> Round | None:
    """Return the open round of a channel that opened last."""
    return _one(conn, (_r.channel_id == channel_id) & (_r.state == State.OPEN))


def all_open(conn: sa.Connection) -> list[Round]:
    """Return every server's open rounds, oldest first."""
    return _many(conn, _r.state == State.OPEN)


def latest_due(conn: sa.Connection) -> dict[int, datetime]:
    """Return the latest due time that was ever planned, by schedule."""
    rows = conn.execute(
        sa.select(_r.schedule_id, sa.func.max(_r.due_at, type_=_r.due_at.type))
        .where(_r.schedule_id.is_not(None))
        .group_by(_r.schedule_id)
    )
    return {row[0]: row[1] for row in rows}


def planned(conn: sa.Connection) -> set[int]:
    """Return the schedules that have a planned round."""
    return set(conn.scalars(sa.select(_r.schedule_id).where(_r.state == State.PLANNED)))


def plan(
    conn: sa.Connection, *, schedule: Schedule, occurrence: Occurrence, missed: str = ""
) -> bool | None:
    """Plan a schedule's round for an occurrence; one that was `missed` (why) is skipped at once.

    False when that occurrence has one already; None when the schedule was changed since it was
    read.
    """
    unchanged = sa.select(schedules.c.id).where(
        schedules.c.id == schedule.id,
        schedules.c.active_since == schedule.active_since,
        schedules.c.paused_at.is_(None),
        schedules.c.deleted_at.is_(None),
    )
    if conn.execute(unchanged).first() is None:
        return None
    values = {
        "server_id": schedule.server_id,
        "schedule_id": schedule.id,
        "local_date": occurrence.local_date,
        "due_at": occurrence.due_at,
        "state": State.SKIPPED if missed else State.PLANNED,
        "note": missed,
        "channel_id": schedule.channel_id,
        "manner": schedule.manner,
        "open_minutes": schedule.open_minutes,
        "role_id": schedule.role_id,
        "thread": schedule.thread,
    }
    done = conn.execute(insert(conn, rounds).values(values).on_conflict_do_nothing())
    return done.rowcount == 1


def ask_now(
    conn: sa.Connection,
    *,
    server_id: int,
    channel_id: int,
    question_id: int,
    now: datetime,
    manner: Manner,
    open_minutes: int,
    thread: bool,
    role_id: int | None,
    by: int | None = None,
) -> Round:
    """Insert a round outside every schedule, ready to be sent, and return it; `by` is the
    moderator who asked for it.
    """
    round_id = conn.execute(
        sa.insert(rounds)
        .values(
            server_id=server_id,
            channel_id=channel_id,
            question_id=question_id,
            due_at=now,
            state=State.SENDING,
            manner=manner,
            open_minutes=open_minutes,
            thread=thread,
            role_id=role_id,
        )
        .returning(_r.id)
    ).scalar_one()
    audit.note(
        conn,
        server_id=server_id,
        by=by,
        action="quiz now",
        now=now,
        round_id=round_id,
        after={
            "channel_id": channel_id,
            "open_minutes": open_minutes,
            "manner": manner,
            "thread": thread,
            "role_id": role_id,
        },
    )
    return _known(conn, round_id)


def due(conn: sa.Connection, *, now: datetime) -> list[Due]:
    """Return every step that is due at `now` (UTC), the oldest first."""
    return [step for step in _steps(conn) if step.at <= now]


def next_due(conn: sa.Connection, *, now: datetime) -> datetime | None:
    """Return when the next step after `now` is due (UTC); None: nothing is planned."""
    return next((step.at for step in _steps(conn) if step.at > now), None)


def _steps(conn: sa.Connection) -> list[Due]:
    at = sa.case(
        (_r.state == State.OPEN, _r.closes_at),
        else_=_r.due_at,
    )
    rows = conn.execute(
        sa.select(
            _r.id,
            _r.server_id,
            _r.schedule_id,
            _r.channel_id,
            _r.state,
            sa.type_coerce(at, _r.due_at.type).label("at"),
            sa.func.coalesce(schedules.c.catch_up_minutes, ASKED_CATCH_UP_MINUTES).label(
                "catch_up_minutes"
            ),
        )
        .join(schedules, schedules.c.id == _r.schedule_id, isouter=True)
        .where(
            _r.state.in_((State.PLANNED, State.SENDING, State.OPEN))
            | (_r.state.in_((State.REVEALED, State.CANCELLED)) & _r.shown_at.is_(None))
        )
        .order_by("at", _r.id)
    )
    return [
        Due(
            id=row.id,
            server_id=row.server_id,
            schedule_id=row.schedule_id,
            channel_id=row.channel_id,
            state=State(row.state),
            at=row.at,
            catch_up=timedelta(minutes=row.catch_up_minutes),
        )
        for row in rows
    ]


def claim(conn: sa.Connection, *, round_id: int, question_id: int, late: bool) -> Round | None:
    """Take a planned round for sending, with its question; None when it is not planned any more."""
    moved = _move(conn, round_id, State.PLANNED, State.SENDING, question_id=question_id, late=late)
    return get(conn, round_id=round_id) if moved else None


def skip(conn: sa.Connection, *, round_id: int, note: str) -> bool:
    """Give up a round that was not posted in time."""
    return _move(conn, round_id, State.PLANNED, State.SKIPPED, note=note) or _move(
        conn, round_id, State.SENDING, State.SKIPPED, note=note
    )


def opened(
    conn: sa.Connection, *, round_id: int, message_id: int, now: datetime, study_day: date
) -> Round:
    """Note that a round's post stands in its channel, and return the round."""
    minutes = conn.scalar(sa.select(_r.open_minutes).where(_r.id == round_id))
    _move(
        conn,
        round_id,
        State.SENDING,
        State.OPEN,
        message_id=message_id,
        opened_at=now,
        closes_at=now + timedelta(minutes=minutes or 0),
        study_day=study_day,
    )
    return _known(conn, round_id)


def cancel(conn: sa.Connection, *, round_id: int) -> bool:
    """Cancel an open or a revealed round; False when it is neither. Its outcome is to be shown."""
    values = {"shown_at": None, "tally": sa.null()}
    return any(
        _move(conn, round_id, before, State.CANCELLED, **values)
        for before in (State.OPEN, State.REVEALED)
    )


def reveal(conn: sa.Connection, *, round_id: int, now: datetime, tally: Tally) -> bool:
    """Close an open round for answers and keep what it came to."""
    return _move(conn, round_id, State.OPEN, State.REVEALED, revealed_at=now, tally=asdict(tally))


def shown(
    conn: sa.Connection, *, round_id: int, now: datetime, thread_id: int | None, note: str = ""
) -> None:
    """Note that the outcome stands in the channel (or why it never will). A thread that was opened
    before stays known.
    """
    known = {"thread_id": thread_id, "note": note}
    values = {"shown_at": now} | {name: value for name, value in known.items() if value}
    conn.execute(sa.update(rounds).where(_r.id == round_id).values(values))


def is_shown(conn: sa.Connection, *, round_id: int) -> bool:
    """Return whether the round's outcome stands in the channel."""
    return conn.scalar(sa.select(_r.shown_at).where(_r.id == round_id)) is not None


def tally(conn: sa.Connection, *, round_id: int) -> Tally | None:
    """Return what a revealed round came to; None before the reveal."""
    kept = conn.scalar(sa.select(_r.tally).where(_r.id == round_id))
    return None if kept is None else Tally(**kept | {"chosen": tuple(kept["chosen"])})


def _move(conn: sa.Connection, round_id: int, before: State, after: State, **values: Any) -> bool:
    done = conn.execute(
        sa.update(rounds).where(_r.id == round_id, _r.state == before).values(state=after, **values)
    )
    return done.rowcount == 1


def _known(conn: sa.Connection, round_id: int) -> Round:
    round_ = get(conn, round_id=round_id)
    assert round_ is not None
    return round_


def _one(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> Round | None:
    found = _many(conn, condition)
    return found[-1] if found else None


def _many(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Round]:
    rows = conn.execute(_ROUND.where(condition).order_by(_r.opened_at, _r.id))
    return [_round(dict(row)) for row in rows.mappings()]


def _round(row: dict[str, Any]) -> Round:
    row["question"] = Question.model_validate(row.pop("content"))
    row["state"], row["manner"] = State(row["state"]), Manner(row["manner"])
    return Round(**{name: row[name] for name in Round.__slots__})
