"""What a server set for itself: its zone, its moderators' role, where things are told."""

from bot.domain.calendar import ScheduleRuleError, check_zone
from bot.errors import ModeratorError
from bot.services import audit, reminders
from bot.services.context import Context
from bot.store.queries import servers
from bot.store.queries.servers import Server

__all__ = ["Server", "change", "get"]


async def get(ctx: Context, server_id: int) -> Server:
    """Return the server's settings, the defaults of config.toml where it set none."""
    return await ctx.store.read(
        servers.get, server_id=server_id, default_zone=ctx.settings.server.zone
    )


async def change(
    ctx: Context,
    server_id: int,
    *,
    zone: str | None = None,
    moderator_role_id: int | None = None,
    notice_channel_id: int | None = None,
    audit_channel_id: int | None = None,
    by: int | None = None,
) -> Server:
    """Set what is given and return all of it; an id of 0 clears. `by` is the moderator.

    Raises ModeratorError: rule_bad_zone.
    """
    changes: dict[str, str | int | None] = {}
    if zone is not None:
        try:
            changes["zone"] = check_zone(zone)
        except ScheduleRuleError:
            raise ModeratorError("rule_bad_zone") from None
    if moderator_role_id is not None:
        changes["moderator_role_id"] = moderator_role_id or None
    if notice_channel_id is not None:
        changes["notice_channel_id"] = notice_channel_id or None
    if audit_channel_id is not None:
        changes["audit_channel_id"] = audit_channel_id or None
    changed = await ctx.store.write(
        servers.change,
        server_id=server_id,
        default_zone=ctx.settings.server.zone,
        changes=changes,
        by=by,
        now=ctx.clock(),
    )
    audit.look_again(ctx, server_id)
    reminders.look_again(ctx, server_id)
    return changed
