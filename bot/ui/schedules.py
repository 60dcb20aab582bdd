"""Schedules in Discord: what `/schedule` answers, and the button that deletes."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import discord

from bot.domain import durations
from bot.domain.calendar import describe
from bot.domain.schedule import Schedule
from bot.services import schedules
from bot.services.schedules import Outlook
from bot.ui.buttons import IdButton
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.limits import FIELD, cut
from bot.ui.moderators import require
from bot.ui.plain import plain
from bot.ui.style import ACCENT, MUTED
from bot.ui.texts import say
from bot.ui.texts import schedules as texts


def made(
    locale: object, schedule: Schedule, outlook: Outlook, *, zone_set: bool, new: bool
) -> discord.Embed:
    """Return what a new or changed schedule comes to: its next posts and its questions."""
    lines = [
        say(
            locale,
            texts.CREATED if new else texts.CHANGED,
            name=name_of(schedule),
            channel=_channel(schedule),
        )
    ]
    if zone_set:
        lines.append(say(locale, texts.ZONE_SET, zone=schedule.zone))
    if schedule.paused_at is not None:
        lines.append(say(locale, texts.STILL_PAUSED))
    embed = preview(locale, schedule, outlook)
    embed.description = "\n".join(lines)
    return embed


def preview(locale: object, schedule: Schedule, outlook: Outlook) -> discord.Embed:
    """Return the dates of the next posts and how long the questions last, but no question."""
    embed = _embed(schedule)
    if schedule.paused_at is not None:
        embed.description = say(locale, texts.IF_RESUMED)
    _add(embed, locale, "upcoming", _posts(locale, schedule, outlook))
    _add(embed, locale, "questions", _questions(locale, outlook))
    return embed


def details(locale: object, schedule: Schedule, outlook: Outlook) -> discord.Embed:
    """Return everything about a schedule."""
    embed = _embed(schedule)
    if schedule.paused_at is not None:
        _add(embed, locale, "paused", paused(locale, schedule))
    role = f"<@&{schedule.role_id}>" if schedule.role_id else say(locale, texts.NOBODY)
    difficulty = say(
        locale, texts.DIFFICULTY, least=schedule.difficulty_min, most=schedule.difficulty_max
    )
    short = {
        "channel": _channel(schedule),
        "when": _when(locale, schedule, texts.WHEN),
        "banks": ", ".join(schedule.banks) or say(locale, texts.ALL_BANKS),
        "topics": ", ".join(schedule.topics) or say(locale, texts.ALL_TOPICS),
        "difficulty": difficulty,
        "open_for": durations.spell(schedule.open_minutes),
        "manner": say(locale, texts.MANNER[schedule.manner]),
        "role": role,
        "thread": say(locale, texts.YES if schedule.thread else texts.NO),
        "catch_up": durations.spell(schedule.catch_up_minutes),
    }
    for field, value in short.items():
        _add(embed, locale, field, value, inline=True)
    _add(embed, locale, "upcoming", _posts(locale, schedule, outlook))
    _add(embed, locale, "questions", _questions(locale, outlook))
    return embed


def listing(locale: object, found: Sequence[tuple[Schedule, datetime]]) -> discord.Embed:
    """Return the server's schedules, each with its next post."""
    embed = discord.Embed(title=say(locale, texts.LIST_TITLE), colour=ACCENT)
    if not found:
        embed.description = say(locale, texts.NONE_YET)
    for schedule, next_post in found:
        if schedule.paused_at is None:
            last = say(locale, texts.NEXT, when=discord.utils.format_dt(next_post, "R"))
        else:
            last = paused(locale, schedule)
        line = _when(locale, schedule, texts.LIST_LINE)
        value = cut(f"{line}\n{last}", FIELD)
        embed.add_field(name=name_of(schedule), value=value, inline=False)
    return embed


def paused(locale: object, schedule: Schedule) -> str:
    """Return since when a paused schedule rests, and why."""
    assert schedule.paused_at is not None
    when = discord.utils.format_dt(schedule.paused_at, "R")
    reason = schedule.pause_reason
    if not reason:
        return say(locale, texts.PAUSED_NO_REASON, when=when)
    known = texts.REASONS.get(reason)
    words = say(locale, known) if known else plain(reason)
    return say(locale, texts.PAUSED_SHORT, when=when, reason=words)


def name_of(schedule: Schedule) -> str:
    """Return a schedule's name for a sentence, its own asterisks and the like as they are typed."""
    return plain(schedule.name)


def delete_view(locale: object, schedule: Schedule) -> discord.ui.View:
    """Return the button that a deletion waits for."""
    view = discord.ui.View(timeout=None)
    view.add_item(DeleteScheduleButton(schedule.id, say(locale, texts.DELETE_BUTTON)))
    return view


class DeleteScheduleButton(
    IdButton, what="delete-schedule", label=texts.DELETE_BUTTON, style=discord.ButtonStyle.danger
):
    """In the private question whether to delete: deletes the schedule."""

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Delete, and say so in place of the question."""
        await interaction.response.defer()
        await require(interaction)
        deleted = await schedules.delete(
            context_of(interaction), server_of(interaction), self.id_, interaction.user.id
        )
        message = say(interaction.locale, texts.DELETED, name=name_of(deleted))
        await interaction.edit_original_response(content=message, view=None)


def days(locale: object, cron: str) -> str:
    """Return the days of a cron line in words, or the line where they are not weekdays alone."""
    weekdays = describe(cron).weekdays
    if weekdays is None:
        return say(locale, texts.CRON, cron=cron)
    named = {
        tuple(range(7)): texts.DAILY,
        tuple(range(5)): texts.WEEKDAYS,
        (5, 6): texts.WEEKEND,
    }.get(weekdays)
    if named:
        return say(locale, named)
    return ", ".join(say(locale, texts.DAY_NAMES[day]) for day in weekdays)


def _when(locale: object, schedule: Schedule, text: str) -> str:
    at = describe(schedule.cron).at
    return say(
        locale,
        text,
        channel=_channel(schedule),
        days=days(locale, schedule.cron),
        time=f"{at:%H:%M}",
        zone=schedule.zone,
    )


def _posts(locale: object, schedule: Schedule, outlook: Outlook) -> str:
    zone = ZoneInfo(schedule.zone)
    return "\n".join(
        say(
            locale,
            texts.POST_AT,
            when=discord.utils.format_dt(due_at, "F"),
            time=f"{due_at.astimezone(zone):%H:%M}",
            zone=schedule.zone,
        )
        for due_at in outlook.upcoming
    )


def _questions(locale: object, outlook: Outlook) -> str:
    stock = outlook.stock
    first = say(locale, texts.STOCK, n=stock.fitting, unused=stock.unused)
    if stock.unused == 0:
        return f"{first} {say(locale, texts.REPEATS)}" if stock.fitting else first
    if outlook.new_until is None:
        return f"{first} {say(locale, texts.LAST_FOR_YEARS)}"
    when = discord.utils.format_dt(outlook.new_until, "D")
    return f"{first} {say(locale, texts.LASTS, when=when)}"


def _embed(schedule: Schedule) -> discord.Embed:
    return discord.Embed(
        title=name_of(schedule), colour=ACCENT if schedule.paused_at is None else MUTED
    )


def _add(
    embed: discord.Embed, locale: object, field: str, value: str, *, inline: bool = False
) -> None:
    name = say(locale, texts.FIELDS[field])
    embed.add_field(name=name, value=cut(value, FIELD), inline=inline)


def _channel(schedule: Schedule) -> str:
    return f"<#{schedule.channel_id}>"
