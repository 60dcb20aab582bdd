"""What each server set for itself."""

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.queries import audit
from bot.store.tables import schedules, servers
from bot.store.upsert import insert

_s = servers.c


@dataclass(frozen=True, slots=True)
class Server:
    """A server's own settings."""

    server_id: int
    zone: str
    """IANA zone of the study day."""
    moderator_role_id: int | None
    """Whoever has this role may do what moderators may; None: Manage Server alone decides."""
    notice_channel_id: int | None
    """Where moderators are told of trouble; None: the server's system channel."""
    audit_channel_id: int | None = None
    """Where moderators' actions are told; None: nowhere."""


def get(conn: sa.Connection, *, server_id: int, default_zone: str) -> Server:
    """Return a server's settings, the defaults where it set none."""
    row = conn.execute(sa.select(servers).where(_s.server_id == server_id)).mappings().first()
    return Server(**row) if row else Server(server_id, default_zone, None, None)


def zone(conn: sa.Connection, *, server_id: int, default: str) -> str:
    """Return the IANA zone of a server's study day."""
    return conn.scalar(sa.select(_s.zone).where(_s.server_id == server_id)) or default


def change(
    conn: sa.Connection,
    *,
    server_id: int,
    default_zone: str,
    changes: dict[str, str | int | None],
    by: int | None = None,
    now: datetime | None = None,
) -> Server:
    """Set some of a server's settings and return all of them. `by` is the moderator who does it,
    `now` (UTC) when.

    The entry that tells where entries go stands in the new channel, or in the one that was taken
    back; those that wait go to the new one.
    """
    old = get(conn, server_id=server_id, default_zone=default_zone)
    new = insert(conn, servers).values({"server_id": server_id, "zone": default_zone} | changes)
    if changes:
        new = new.on_conflict_do_update(index_elements=[_s.server_id], set_=changes)
    else:
        new = new.on_conflict_do_nothing()
    conn.execute(new)
    changed = get(conn, server_id=server_id, default_zone=default_zone)
    before, after = audit.differing(asdict(old), asdict(changed))
    if "audit_channel_id" in after and changed.audit_channel_id:
        audit.redirect(conn, server_id=server_id, channel_id=changed.audit_channel_id)
    if by is not None and now is not None and after:
        audit.note(
            conn,
            server_id=server_id,
            by=by,
            action="tutor settings",
            now=now,
            before=before,
            after=after,
            channel_id=changed.audit_channel_id or old.audit_channel_id,
        )
    return changed


def zone_by_first_schedule(
    conn: sa.Connection, *, server_id: int, zone: str, default_zone: str
) -> bool:
    """Give a server the zone of its first schedule, unless its moderators chose one before.

    Call it after the schedule was inserted, in the same transaction. True when the zone was set.
    """
    count = sa.select(sa.func.count()).where(schedules.c.server_id == server_id)
    chosen = get(conn, server_id=server_id, default_zone=default_zone).zone
    if conn.scalar(count) != 1 or chosen not in (default_zone, zone):
        return False
    change(conn, server_id=server_id, default_zone=default_zone, changes={"zone": zone})
    return True
