"""What `/tutor status` and `/tutor settings` show."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import discord

from bot.errors import ModeratorError
from bot.services import links
from bot.services.servers import Server
from bot.services.status import Status
from bot.ui.limits import FIELD
from bot.ui.moderators import pingable
from bot.ui.permissions import TOLD_PERMISSIONS, lacking, missing
from bot.ui.plain import plain
from bot.ui.schedules import name_of, paused
from bot.ui.style import ACCENT, GOOD, WRONG
from bot.ui.texts import say
from bot.ui.texts import status as texts


def embed(locale: object, guild: discord.Guild, status: Status) -> discord.Embed:
    """Return the state of a server: what is missing first, and in red."""
    troubles, fine = _places(locale, guild, status)
    resting = [schedule for schedule, _ in status.schedules if schedule.paused_at is not None]
    made = discord.Embed(
        title=say(locale, texts.TITLE),
        colour=WRONG if troubles or status.late or status.grader == "missing" else GOOD,
    )
    _add(made, locale, "channels", [*troubles, *fine])
    _add(
        made,
        locale,
        "late",
        [
            say(
                locale,
                texts.LATE_POST,
                name=plain(post.schedule) if post.schedule else f"<#{post.channel_id}>",
                when=discord.utils.format_dt(post.due_at, "R"),
            )
            for post in status.late
        ],
    )
    _add(
        made,
        locale,
        "paused",
        [
            say(locale, texts.PAUSED, name=name_of(schedule), since=paused(locale, schedule))
            for schedule in resting
        ],
    )
    running = [pair for pair in status.schedules if pair[0].paused_at is None]
    _add(
        made,
        locale,
        "next",
        [
            say(
                locale,
                texts.NEXT_POST,
                name=name_of(schedule),
                channel=f"<#{schedule.channel_id}>",
                when=discord.utils.format_dt(when, "R"),
            )
            for schedule, when in sorted(running, key=lambda pair: pair[1])
        ]
        or [say(locale, texts.NONE_PLANNED)],
    )
    _add(
        made,
        locale,
        "open",
        [
            say(
                locale,
                texts.OPEN_ROUND,
                link=links.to_message(guild.id, open_.channel_id, open_.message_id),
                when=discord.utils.format_dt(open_.closes_at, "R"),
            )
            for open_ in status.open_rounds
        ]
        or [say(locale, texts.NONE_OPEN)],
    )
    _add(made, locale, "reviews", _reviews(locale, status))
    if status.leaving:
        when = discord.utils.format_dt(status.gone_at, "R")
        _add(made, locale, "reactions", [say(locale, texts.LEAVING, n=status.leaving, when=when)])
    grader = [say(locale, texts.GRADER[status.grader])]
    if status.waiting:
        grader.append(say(locale, texts.WAITING, n=status.waiting))
    _add(made, locale, "grader", grader)
    made.set_footer(text=say(locale, texts.VERSION, version=status.version))
    return made


def settings(
    locale: object, guild: discord.Guild, server: Server, now: datetime, *, saved: bool
) -> discord.Embed:
    """Return a server's settings; `now` is aware."""
    made = discord.Embed(title=say(locale, texts.SETTINGS_TITLE), colour=ACCENT)
    if saved:
        made.description = say(locale, texts.SAVED)
    role, system = server.moderator_role_id, guild.system_channel
    if server.notice_channel_id:
        notices = f"<#{server.notice_channel_id}>"
    elif system:
        notices = say(locale, texts.SYSTEM_CHANNEL, channel=system.mention)
    else:
        notices = say(locale, texts.NO_NOTICES)
    values = {
        "zone": say(
            locale,
            texts.ZONE_NOW,
            zone=server.zone,
            time=f"{now.astimezone(ZoneInfo(server.zone)):%H:%M}",
        ),
        "moderator_role": f"<@&{role}>" if role else say(locale, texts.NO_ROLE),
        "notice_channel": notices,
        "audit_channel": f"<#{server.audit_channel_id}>"
        if server.audit_channel_id
        else say(locale, texts.NO_AUDIT),
    }
    for field, value in values.items():
        name = say(locale, texts.SETTING_FIELDS[field])
        made.add_field(name=name, value=value, inline=False)
    return made


def check_writable(channel: discord.TextChannel) -> None:
    """Raise ModeratorError (permissions_missing) when moderators cannot be told anything there."""
    lacks = lacking(channel, TOLD_PERMISSIONS)
    if lacks:
        raise ModeratorError(
            "permissions_missing", channel=channel.mention, permissions=", ".join(lacks)
        )


def _places(locale: object, guild: discord.Guild, status: Status) -> tuple[list[str], list[str]]:
    """Return what the schedules' channels and roles lack, and what else there is to say of them."""
    troubles: list[str] = []
    fine: list[str] = []
    for schedule, _ in status.schedules:
        name = name_of(schedule)
        channel = guild.get_channel(schedule.channel_id)
        if not isinstance(channel, discord.TextChannel):
            troubles.append(say(locale, texts.CHANNEL_GONE, name=name))
            continue
        lacks = missing(channel, schedule.thread)
        where = channel.mention
        if lacks:
            words = ", ".join(lacks)
            troubles.append(say(locale, texts.LACKING, channel=where, permissions=words))
        else:
            fine.append(say(locale, texts.ALL_THERE, channel=where))
        if schedule.role_id is not None:
            role = guild.get_role(schedule.role_id)
            if role is None:
                troubles.append(say(locale, texts.ROLE_GONE, name=name))
            elif not pingable(role, channel):
                troubles.append(
                    say(
                        locale,
                        texts.ROLE_UNPINGABLE,
                        name=name,
                        role=role.mention,
                        channel=where,
                    )
                )
    if status.server.notice_channel_id is None and guild.system_channel is None:
        fine.append(say(locale, texts.NOTICES_NOWHERE))
    troubles += _told(locale, guild, status.server.notice_channel_id, texts.NOTICES_GONE)
    troubles += _audit(locale, guild, status)
    return list(dict.fromkeys(troubles)), list(dict.fromkeys(fine))


def _audit(locale: object, guild: discord.Guild, status: Status) -> list[str]:
    """Return what keeps entries from being posted in the audit channel."""
    troubles = _told(locale, guild, status.server.audit_channel_id, texts.AUDIT_GONE)
    if troubles and status.unposted:
        troubles.append(say(locale, texts.AUDIT_WAITING, n=status.unposted))
    return troubles


def _told(locale: object, guild: discord.Guild, channel_id: int | None, gone: str) -> list[str]:
    """Return what keeps moderators from being told something in a channel; None: it was not set."""
    if channel_id is None:
        return []
    channel = guild.get_channel(channel_id)
    if not isinstance(channel, discord.TextChannel):
        return [say(locale, gone)]
    lacks = ", ".join(lacking(channel, TOLD_PERMISSIONS))
    if not lacks:
        return []
    return [say(locale, texts.LACKING, channel=channel.mention, permissions=lacks)]


def _reviews(locale: object, status: Status) -> list[str]:
    backlog, server = status.reviews, status.server
    lines = [say(locale, texts.NO_REVIEW_WAITS)]
    if backlog.oldest is not None:
        oldest = discord.utils.format_dt(backlog.oldest, "R")
        lines = [say(locale, texts.REVIEWS_WAIT, n=backlog.ready, oldest=oldest)]
    if backlog.held:
        lines.append(say(locale, texts.REVIEWS_HELD, n=backlog.held))
    if backlog.oldest and not (server.notice_channel_id or server.audit_channel_id):
        lines.append(say(locale, texts.REMINDED_NOWHERE))
    return lines


def _add(made: discord.Embed, locale: object, field: str, lines: Iterable[str]) -> None:
    """Add a field of as many whole lines as fit; none where there is no line."""
    kept: list[str] = []
    rest = list(lines)
    while rest and sum(len(line) + 1 for line in (*kept, rest[0])) <= FIELD - 40:
        kept.append(rest.pop(0))
    if rest:
        kept.append(say(locale, texts.AND_MORE, n=len(rest)))
    if kept:
        made.add_field(name=say(locale, texts.FIELDS[field]), value="\n".join(kept), inline=False)
