"""Whose current streak changes when a round is taken back.

A cancelled round makes no study day (see bot/domain/streaks.py). What it does to everybody's streak
is worked out from sets of members and not by reading a server's years of answers.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from bot.domain.round import State
from bot.store.tables import answers, rounds

_r = rounds.c
_DAY = _r.study_day


@dataclass(frozen=True, slots=True)
class Shift:
    """How many members' current streaks get shorter, and how many longer."""

    shorter: int = 0
    longer: int = 0


def without(conn: sa.Connection, *, round_id: int) -> Shift:
    """Return what cancelling an open or revealed round does to the server's streaks.

    A streak is a run of study days back from the newest; a day counts when it was answered, breaks
    when it was not, and does neither while it is open or is no study day. So a change on one day
    reaches those alone whose run goes on after it, and moves them by what stands before it.
    """
    row = conn.execute(
        sa.select(_r.server_id, _DAY, _r.state).where(_r.id == round_id)
    ).one_or_none()
    if row is None or row.study_day is None:
        return Shift()
    day: date = row.study_day
    alive = sa.and_(
        _r.server_id == row.server_id,
        _r.state.in_((State.OPEN, State.REVEALED)),
        _DAY.is_not(None),
    )
    others = sa.and_(alive, _r.id != round_id)
    days = _days(conn, others)
    after = [one for one, is_open in days.items() if one > day and not is_open]
    closed_before = [one for one, is_open in days.items() if one < day and not is_open]
    nearest = max(closed_before, default=date.min)
    before = [one for one in days if nearest <= one < day]

    by_this = _answered(conn, _r.id == round_id)
    by_others = _answered(conn, others & _DAY.in_([day]))
    ran = _answered(conn, others & _DAY.in_(before))
    going_on = _answered(conn, others & _DAY.in_(after), every=len(after)) if after else None
    is_open = _days(conn, alive)[day]
    stays, stays_open = day in days, days.get(day, False)

    shorter = longer = 0
    for user_id in by_this | by_others | ran:
        if going_on is not None and user_id not in going_on:
            continue
        run = user_id in ran
        was = _state(user_id in by_this | by_others, is_open)
        becomes = _state(user_id in by_others, stays_open) if stays else None
        if was is not becomes and (was or run):
            longer += was is False
            shorter += was is not False
    return Shift(shorter, longer)


def _state(answered: bool, is_open: bool) -> bool | None:
    """Return whether a day counts; None: it neither counts nor breaks."""
    return True if answered else None if is_open else False


def _days(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> dict[date, bool]:
    """Return the study days of some rounds, and whether one of them is still open."""
    rows = conn.execute(
        sa.select(_DAY, sa.func.max(sa.case((_r.state == State.OPEN, 1), else_=0)))
        .where(condition)
        .group_by(_DAY)
    )
    return {row[0]: bool(row[1]) for row in rows}


def _answered(conn: sa.Connection, condition: sa.ColumnElement[bool], every: int = 0) -> set[int]:
    """Return who answered any of some rounds, or on at least `every` many of their study days."""
    query = (
        sa.select(answers.c.user_id)
        .join(rounds, _r.id == answers.c.round_id)
        .where(condition)
        .group_by(answers.c.user_id)
    )
    if every:
        query = query.having(sa.func.count(_DAY.distinct()) >= every)
    return set(conn.scalars(query))
