"""What each step of the set-up shows: its words and what can be chosen."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from math import ceil
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import discord

from bot.domain.calendar import WEEKDAYS, describe, parse_days, parse_time
from bot.errors import MemberError, ModeratorError
from bot.services import setup as services
from bot.services.setup import STEPS, Look, Setup, Step
from bot.store.queries.questions import BankListing
from bot.ui import schedules
from bot.ui.choices import COMMON_ZONES, LONGEST, MOST
from bot.ui.errors import sentence
from bot.ui.style import ACCENT, WRONG
from bot.ui.texts import say
from bot.ui.texts import schedules as schedule_texts
from bot.ui.texts import setup as texts

Select: TypeAlias = (
    discord.ui.Select[Any] | discord.ui.ChannelSelect[Any] | discord.ui.RoleSelect[Any]
)

LISTS = 4
"""Lists of banks at most: a message has five rows, and the buttons need one."""


def step_embed(
    locale: object,
    setup: Setup,
    *,
    manager: bool,
    banks: Sequence[BankListing],
    problem: MemberError | ModeratorError | None,
) -> discord.Embed:
    """Return the words of a step; `problem` is why the last choice could not be taken."""
    embed = discord.Embed(title=_title(locale, setup), colour=WRONG if problem else ACCENT)
    lines = [say(locale, texts.ABOUT[setup.step])] if setup.step is not Step.LOOK else []
    if setup.step is Step.ROLES and not manager:
        lines.append(say(locale, texts.NOT_A_MANAGER))
    if setup.step is Step.ZONE and setup.zones:
        lines.append(say(locale, texts.ZONES_FOUND, n=len(setup.zones)))
        if len(setup.zones) >= MOST:
            lines.append(say(locale, texts.ZONES_MORE))
    if setup.step is Step.BANKS and len(banks) > LISTS * MOST:
        lines.append(say(locale, texts.MORE_BANKS, n=len(banks) - LISTS * MOST))
    if problem:
        lines.append(say(locale, texts.PROBLEM, reason=sentence(locale, problem)))
    embed.description = "\n\n".join(lines)
    return embed


def look_embed(locale: object, setup: Setup, look: Look) -> discord.Embed:
    """Return what the set-up would come to."""
    embed = schedules.details(locale, look.schedule, look.outlook)
    channel = f"<#{look.schedule.channel_id}>"
    embed.title = _title(locale, setup)
    embed.description = say(locale, texts.ABOUT[Step.LOOK], channel=channel)
    if setup.moderator_role_id is not None:
        role = setup.moderator_role_id
        value = f"<@&{role}>" if role else say(locale, texts.NO_MODERATORS)
        embed.add_field(name=say(locale, texts.MODERATORS), value=value, inline=False)
    return embed


def selects(
    locale: object,
    setup: Setup,
    *,
    manager: bool,
    moderator_role_id: int | None,
    banks: Sequence[BankListing],
    now: datetime,
) -> list[Select]:
    """Return what can be chosen in a step, what is chosen already marked. `moderator_role_id` is
    the server's role as it stands, `now` is aware.
    """
    wish = setup.wish
    match setup.step:
        case Step.CHANNEL:
            return [
                discord.ui.ChannelSelect(
                    channel_types=[discord.ChannelType.text],
                    default_values=_marked("channel", wish.channel_id),
                    **_common(locale, setup, "channel"),
                )
            ]
        case Step.ROLES:
            if setup.moderator_role_id is not None:
                moderator_role_id = setup.moderator_role_id
            chosen = {"ping": wish.role_id, "moderators": moderator_role_id}
            return [
                discord.ui.RoleSelect(
                    min_values=0,
                    default_values=_marked("role", role_id),
                    **_common(locale, setup, what),
                )
                for what, role_id in chosen.items()
                if what == "ping" or manager
            ]
        case Step.ZONE:
            return [_options(locale, setup, "zone", _zones(locale, setup, now))]
        case Step.TIME:
            return [
                _options(locale, setup, "time", _times(setup)),
                _options(locale, setup, "days", _days(locale, setup), many=True),
            ]
        case Step.BANKS:
            return [*_banks(locale, setup, banks)]
        case Step.MANNER:
            options = [
                discord.SelectOption(
                    label=say(locale, text), value=manner, default=manner == wish.manner
                )
                for manner, text in schedule_texts.MANNERS.items()
            ]
            return [_options(locale, setup, "manner", options)]
        case Step.LOOK:
            return []


def _title(locale: object, setup: Setup) -> str:
    name = say(locale, texts.NAMES[setup.step])
    number = STEPS.index(setup.step) + 1
    return say(locale, texts.TITLE, step=number, steps=len(STEPS), name=name)


def _zones(locale: object, setup: Setup, now: datetime) -> list[discord.SelectOption]:
    chosen = setup.wish.zone
    names: Iterable[str] = setup.zones or dict.fromkeys((chosen or "Etc/UTC", *COMMON_ZONES))
    return [
        discord.SelectOption(
            label=say(
                locale,
                schedule_texts.ZONE_CHOICE,
                zone=zone,
                time=f"{now.astimezone(ZoneInfo(zone)):%H:%M}",
            ),
            value=zone,
            default=zone == chosen,
        )
        for zone in [*names][:MOST]
    ]


def _times(setup: Setup) -> list[discord.SelectOption]:
    chosen = f"{parse_time(setup.wish.time or ''):%H:%M}"
    times = sorted({chosen, *(f"{hour:02}:00" for hour in range(24))})
    return [discord.SelectOption(label=time, value=time, default=time == chosen) for time in times]


def _days(locale: object, setup: Setup) -> list[discord.SelectOption]:
    chosen = describe(parse_days(setup.wish.days or "daily", "00:00")).weekdays or ()
    return [
        discord.SelectOption(
            label=say(locale, name), value=WEEKDAYS[day].lower(), default=day in chosen
        )
        for day, name in enumerate(texts.DAYS)
    ]


def _banks(
    locale: object, setup: Setup, banks: Sequence[BankListing]
) -> Iterator[discord.ui.Select[Any]]:
    """Yield as many lists of about the same length as the banks need."""
    chosen = services.banks_chosen(setup)
    banks = banks[: LISTS * MOST]
    lists = ceil(len(banks) / MOST)
    for number in range(lists):
        shown = banks[number * len(banks) // lists : (number + 1) * len(banks) // lists]
        options = [
            discord.SelectOption(
                label=bank.title,
                value=bank.name,
                description=say(locale, texts.BANK_SIZE, n=bank.questions),
                default=bank.name in chosen,
            )
            for bank in shown
        ]
        select = _options(locale, setup, "banks", options, many=True, least=0)
        if lists > 1:
            select.custom_id = f"tutor:setup:banks{number}:{setup.id}"
            first, last = shown[0].title, shown[-1].title
            select.placeholder = say(locale, texts.BANKS_FROM, first=first, last=last)[:LONGEST]
        yield select


def _options(
    locale: object,
    setup: Setup,
    what: str,
    options: list[discord.SelectOption],
    *,
    many: bool = False,
    least: int = 1,
) -> discord.ui.Select[Any]:
    return discord.ui.Select(
        options=options,
        min_values=least,
        max_values=len(options) if many else 1,
        **_common(locale, setup, what),
    )


def _common(locale: object, setup: Setup, what: str) -> dict[str, Any]:
    placeholder = say(locale, texts.CHOOSE[what])
    return {"custom_id": f"tutor:setup:{what}:{setup.id}", "placeholder": placeholder}


def _marked(kind: str, id_: int | None) -> list[discord.SelectDefaultValue]:
    if not id_:
        return []
    return [discord.SelectDefaultValue(id=id_, type=discord.SelectDefaultValueType[kind])]
