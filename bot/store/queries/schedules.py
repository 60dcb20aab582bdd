"""Schedules: rows to `Schedule`, and every change that a moderator makes.

A change deletes the schedule's planned round in the same transaction; the waking task plans it
anew. Rounds that are being sent, open or over stay as they are.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, cast

import sqlalchemy as sa

from bot.domain.round import Manner, State
from bot.domain.schedule import Plan, Schedule
from bot.errors import ModeratorError
from bot.store.queries import audit, servers
from bot.store.tables import rounds, schedules

_t = schedules.c
MOST = 25
"""Schedules of a server: as many as an embed has fields."""

_ALIVE = _t.deleted_at.is_(None)


def active(conn: sa.Connection) -> list[Schedule]:
    """Return every server's schedules that run: neither paused nor deleted."""
    return _many(conn, _t.paused_at.is_(None))


def of_server(conn: sa.Connection, *, server_id: int) -> list[Schedule]:
    """Return a server's schedules by name, paused ones too."""
    return _many(conn, _t.server_id == server_id)


def get(conn: sa.Connection, *, schedule_id: int) -> Schedule | None:
    """Return a schedule that is not deleted."""
    found = _many(conn, _t.id == schedule_id)
    return found[0] if found else None


def by_name(conn: sa.Connection, *, server_id: int, name: str) -> Schedule | None:
    """Return the server's schedule of that name, whatever the case of its letters."""
    found = _many(conn, (_t.server_id == server_id) & (sa.func.lower(_t.name) == name.lower()))
    return found[0] if found else None


def create(
    conn: sa.Connection,
    *,
    plan: Plan,
    server_id: int,
    created_by: int,
    now: datetime,
    default_zone: str,
) -> tuple[Schedule, bool]:
    """Insert a schedule; return it, and whether its zone became the server's.

    Raises ModeratorError: schedule_name_taken, schedules_full.
    """
    if by_name(conn, server_id=server_id, name=plan.name):
        raise ModeratorError("schedule_name_taken")
    if len(of_server(conn, server_id=server_id)) >= MOST:
        raise ModeratorError("schedules_full", most=MOST)
    row = _row(plan) | {"server_id": server_id, "created_by": created_by}
    row |= {"created_at": now, "active_since": now}
    new_id = conn.execute(sa.insert(schedules).values(row).returning(_t.id)).scalar_one()
    zone_set = servers.zone_by_first_schedule(
        conn, server_id=server_id, zone=plan.zone, default_zone=default_zone
    )
    made = _one(conn, new_id)
    _note(
        conn,
        made,
        "create",
        created_by,
        now,
        after=_row(plan) | ({"server_zone": plan.zone} if zone_set else {}),
    )
    return made, zone_set


def change(
    conn: sa.Connection,
    *,
    schedule_id: int,
    changes: Mapping[str, Any],
    now: datetime,
    by: int | None = None,
) -> Schedule:
    """Set the named fields of the plan and return the schedule as it is now; `by` is the
    moderator.

    Raises ModeratorError: schedule_unknown, schedule_name_taken.
    """
    old = _one(conn, schedule_id)
    if "name" in changes:
        same = by_name(conn, server_id=old.server_id, name=changes["name"])
        if same and same.id != schedule_id:
            raise ModeratorError("schedule_name_taken")
    values = {key: _plain(value) for key, value in changes.items()} | {"active_since": now}
    conn.execute(sa.update(schedules).where(_t.id == schedule_id).values(values))
    _forget_planned(conn, schedule_id)
    new = _one(conn, schedule_id)
    before, after = audit.differing(_plan(old), _plan(new))
    _note(conn, old, "edit", by, now, before, after)
    return new


def pause(
    conn: sa.Connection, *, schedule_id: int, reason: str, now: datetime, by: int | None = None
) -> bool:
    """Pause a schedule; False when it does not run (paused already, or gone). `by` is the
    moderator; None: the bot does it.
    """
    old = get(conn, schedule_id=schedule_id)
    paused = conn.execute(
        sa.update(schedules)
        .where(_t.id == schedule_id, _ALIVE, _t.paused_at.is_(None))
        .values(paused_at=now, pause_reason=reason)
    )
    _forget_planned(conn, schedule_id)
    if paused.rowcount == 1 and old is not None:
        _note(conn, old, "pause", by, now, after={"pause_reason": reason} if reason else None)
    return paused.rowcount == 1


def resume(conn: sa.Connection, *, schedule_id: int, now: datetime, by: int | None = None) -> bool:
    """Let a paused schedule run again; False when it is not paused. `by` is the moderator."""
    old = get(conn, schedule_id=schedule_id)
    resumed = conn.execute(
        sa.update(schedules)
        .where(_t.id == schedule_id, _ALIVE, _t.paused_at.is_not(None))
        .values(paused_at=None, pause_reason="", active_since=now)
    )
    if resumed.rowcount == 1 and old is not None:
        reason = {"pause_reason": old.pause_reason} if old.pause_reason else None
        _note(conn, old, "resume", by, now, before=reason)
    return resumed.rowcount == 1


def delete(conn: sa.Connection, *, schedule_id: int, now: datetime, by: int | None = None) -> bool:
    """Delete a schedule; its row stays, because rounds refer to it. False when it was gone. `by`
    is the moderator.
    """
    old = get(conn, schedule_id=schedule_id)
    deleted = conn.execute(
        sa.update(schedules).where(_t.id == schedule_id, _ALIVE).values(deleted_at=now)
    )
    _forget_planned(conn, schedule_id)
    if deleted.rowcount == 1 and old is not None:
        _note(conn, old, "delete", by, now, before=_plan(old))
    return deleted.rowcount == 1


def dates_used(conn: sa.Connection, *, schedule_id: int, since: date) -> set[date]:
    """Return the local dates from `since` on whose round is past planning."""
    return set(
        conn.scalars(
            sa.select(rounds.c.local_date).where(
                rounds.c.schedule_id == schedule_id,
                rounds.c.local_date >= since,
                rounds.c.state != State.PLANNED,
            )
        )
    )


def _one(conn: sa.Connection, schedule_id: int) -> Schedule:
    found = get(conn, schedule_id=schedule_id)
    if found is None:
        raise ModeratorError("schedule_unknown")
    return found


def _many(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Schedule]:
    rows = conn.execute(
        sa.select(schedules).where(_ALIVE, condition).order_by(_t.server_id, _t.name, _t.id)
    )
    return [_schedule(dict(row)) for row in rows.mappings()]


def _schedule(values: dict[str, Any]) -> Schedule:
    del values["deleted_at"]
    values["banks"], values["topics"] = tuple(values["banks"]), tuple(values["topics"])
    values["manner"] = Manner(values["manner"])
    return Schedule(**values)


def _note(
    conn: sa.Connection,
    schedule: Schedule,
    action: str,
    by: int | None,
    now: datetime,
    before: audit.Fields | None = None,
    after: audit.Fields | None = None,
) -> None:
    audit.note(
        conn,
        server_id=schedule.server_id,
        by=by,
        action=f"schedule {action}",
        subject=schedule.name,
        now=now,
        before=before,
        after=after,
    )


def _plan(schedule: Schedule) -> audit.Fields:
    """Return what a moderator chose of a schedule."""
    return {field.name: _plain(getattr(schedule, field.name)) for field in fields(Plan)}


def _row(plan: Plan) -> dict[str, Any]:
    return {key: _plain(value) for key, value in asdict(plan).items()}


def _plain(value: Any) -> Any:
    return list(cast(tuple[str, ...], value)) if isinstance(value, tuple) else value


def _forget_planned(conn: sa.Connection, schedule_id: int) -> None:
    conn.execute(
        sa.delete(rounds).where(
            rounds.c.schedule_id == schedule_id, rounds.c.state == State.PLANNED
        )
    )
