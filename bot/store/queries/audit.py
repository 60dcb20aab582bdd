"""What moderators did: noted in the transaction of the action itself, posted after it.

An entry never changes. Only where and when it was posted is written later, and who did it is
forgotten with the rest of a member's data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, cast

import sqlalchemy as sa

from bot.domain.round import State
from bot.store.tables import audit, rounds, servers

Fields: TypeAlias = dict[str, Any]
"""Values that JSON has, by the names of what they are: {'open_minutes': 60}."""

SECRET = frozenset({"key", "explanation", "decision"})
"""Fields that give an answer away, as a moderator's word on an explanation does: told once the
entry's round was revealed."""

_a = audit.c
_ENTRY = sa.select(
    audit,
    rounds.c.state,
    rounds.c.revealed_at,
    rounds.c.channel_id.label("post_channel_id"),
    rounds.c.message_id,
).join(rounds, rounds.c.id == _a.round_id, isouter=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """One action of a moderator, as it may be told now."""

    id: int
    server_id: int
    done_by: int
    """The moderator's user id; 0: forgotten."""
    done_at: datetime
    """UTC."""
    action: str
    """The command without its slash: 'schedule pause'."""
    subject: str
    """The name of what it was done to; may be empty."""
    before: Fields
    after: Fields
    withheld: bool
    """Whether something of it is told only after the reveal of its round."""
    post: tuple[int, int] | None
    """Channel and message of its round's post."""
    unsent: bool
    """Whether its round was given up before it was posted."""
    channel_id: int | None
    """Where it is posted; None: nowhere."""
    posted_at: datetime | None
    """UTC; None: not yet."""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page of a server's entries, the newest first."""

    entries: tuple[Entry, ...]
    page: int
    """From 0; the last page when a later one was asked for."""
    pages: int
    """At least 1."""


def note(
    conn: sa.Connection,
    *,
    server_id: int,
    by: int | None,
    action: str,
    now: datetime,
    subject: str = "",
    round_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    channel_id: int | None = None,
) -> None:
    """Note what the moderator `by` did; None: the bot itself did it, and nothing is noted.

    Call it inside the write that does it. `before` and `after` hold values that JSON has: only
    what changed, never a member's id or text, and of a question that may be asked neither the key
    nor its texts (the names of the fields that changed will do). It is posted in `channel_id`, or
    in the server's audit channel of this moment where none is given. Have the waking task look
    afterwards (`Context.wake`).
    """
    if by is None:
        return
    if channel_id is None:
        channel_id = conn.scalar(
            sa.select(servers.c.audit_channel_id).where(servers.c.server_id == server_id)
        )
    conn.execute(
        sa.insert(audit).values(
            server_id=server_id,
            done_by=by,
            done_at=now,
            action=action,
            subject=subject,
            round_id=round_id,
            before=dict(before or {}),
            after=dict(after or {}),
            channel_id=channel_id,
        )
    )


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Fields, Fields]:
    """Return of both only the fields whose values differ, or that one of them lacks."""

    def only(one: Mapping[str, Any], other: Mapping[str, Any]) -> Fields:
        return {name: value for name, value in one.items() if other.get(name, ...) != value}

    return only(before, after), only(after, before)


def told(fields: Any, revealed_at: object) -> Fields:
    """Return what may be told of an entry's fields; `revealed_at` is that of its round."""
    known = cast(Fields, fields) if isinstance(fields, dict) else {}
    if revealed_at is not None:
        return known
    return {name: value for name, value in known.items() if name not in SECRET}


def page(conn: sa.Connection, *, server_id: int, number: int, size: int) -> EntryPage:
    """Return a page (`number` from 0) of a server's entries."""
    count = sa.select(sa.func.count()).select_from(audit).where(_a.server_id == server_id)
    pages = max(1, -(-(conn.scalar(count) or 0) // size))
    shown = min(number, pages - 1)
    rows = conn.execute(
        _ENTRY.where(_a.server_id == server_id)
        .order_by(_a.id.desc())
        .limit(size)
        .offset(shown * size)
    )
    return EntryPage(tuple(_entry(row) for row in rows.mappings()), shown, pages)


def waiting_servers(conn: sa.Connection, *, since: datetime) -> list[int]:
    """Return the servers with an entry of `since` (UTC) or later that waits to be posted."""
    return list(conn.scalars(sa.select(_a.server_id).where(*_waits(since)).distinct()))


def unposted(
    conn: sa.Connection, *, server_id: int, since: datetime, limit: int = 25
) -> list[Entry]:
    """Return a server's entries that wait to be posted, the oldest first."""
    waits = _ENTRY.where(_a.server_id == server_id, *_waits(since))
    return [_entry(row) for row in conn.execute(waits.order_by(_a.id).limit(limit)).mappings()]


def count_unposted(conn: sa.Connection, *, server_id: int, since: datetime) -> int:
    """Return how many entries of a server wait to be posted."""
    count = sa.select(sa.func.count()).select_from(audit)
    return conn.scalar(count.where(_a.server_id == server_id, *_waits(since))) or 0


def posted(conn: sa.Connection, *, entry_id: int, now: datetime) -> None:
    """Note that an entry stands in its channel; the first time stays."""
    conn.execute(
        sa.update(audit).where(_a.id == entry_id, _a.posted_at.is_(None)).values(posted_at=now)
    )


def redirect(conn: sa.Connection, *, server_id: int, channel_id: int) -> None:
    """Have the entries that still wait posted in another channel."""
    conn.execute(
        sa.update(audit)
        .where(_a.server_id == server_id, _a.posted_at.is_(None), _a.channel_id.is_not(None))
        .values(channel_id=channel_id)
    )


def _waits(since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return _a.posted_at.is_(None), _a.channel_id.is_not(None), _a.done_at >= since


def _entry(row: sa.RowMapping) -> Entry:
    before, after = (told(row[fields], row["revealed_at"]) for fields in ("before", "after"))
    has_post = row["message_id"] is not None
    return Entry(
        id=row["id"],
        server_id=row["server_id"],
        done_by=row["done_by"],
        done_at=row["done_at"],
        action=row["action"],
        subject=row["subject"],
        before=before,
        after=after,
        withheld=(before, after) != (row["before"], row["after"]),
        post=(row["post_channel_id"], row["message_id"]) if has_post else None,
        unsent=row["state"] == State.SKIPPED,
        channel_id=row["channel_id"],
        posted_at=row["posted_at"],
    )
