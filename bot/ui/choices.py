"""What Discord offers while a moderator types an option: best matches first, at most 25.

Everybody else is offered nothing: what a server has set up is its moderators' business.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from discord import app_commands

from bot.domain.calendar import zones
from bot.services import drafts, regrading, schedules, servers
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.moderators import allowed
from bot.ui.plain import visible
from bot.ui.texts import moderators as round_texts
from bot.ui.texts import say
from bot.ui.texts import schedules as texts

MOST = 25
LONGEST = 100
"""Discord's limits: choices, and characters of each."""

COMMON_ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "Europe/Istanbul",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/Sao_Paulo",
    "Africa/Lagos",
    "Africa/Cairo",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Jakarta",
    "Asia/Shanghai",
    "Asia/Manila",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Etc/UTC",
)
"""Offered to who has not typed anything yet."""


async def schedule_names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer the server's schedules."""
    if not await allowed(interaction):
        return []
    found = await schedules.of_server(context_of(interaction), server_of(interaction))
    return fitting(best(current, [schedule.name for schedule in found]))


async def zone_names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer IANA zones with the time that it is there."""
    if not await allowed(interaction):
        return []
    context = context_of(interaction)
    if current.strip():
        found = best_zones(current)
    else:
        own = (await servers.get(context, server_of(interaction))).zone
        found = list(dict.fromkeys((own, *COMMON_ZONES)))
    now = context.clock()
    return [
        app_commands.Choice(
            name=say(
                interaction.locale,
                texts.ZONE_CHOICE,
                zone=zone,
                time=f"{now.astimezone(ZoneInfo(zone)):%H:%M}",
            ),
            value=zone,
        )
        for zone in found[:MOST]
    ]


async def bank_names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer banks; what stands before the last comma is kept."""
    if not await allowed(interaction):
        return []
    known = await drafts.banks(context_of(interaction), server_of(interaction))
    return fitting(completions(current, list(known)))


async def topic_names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer topics; what stands before the last comma is kept."""
    if not await allowed(interaction):
        return []
    known = await drafts.topics(context_of(interaction), server_of(interaction))
    return fitting(completions(current, known))


async def posts(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer the questions that were posted last, as everybody saw them; the value is the post's id.

    What else is typed or pasted (a link) is left as it is.
    """
    if not await allowed(interaction):
        return []
    found = await regrading.recent(context_of(interaction), server_of(interaction))
    typed, locale = current.strip().casefold(), interaction.locale
    named: list[app_commands.Choice[str]] = []
    for round_ in found:
        assert round_.opened_at is not None
        name = say(
            locale,
            round_texts.POST_CHOICE,
            day=f"{round_.opened_at:%Y-%m-%d}",
            state=say(locale, round_texts.STATES[round_.state]),
            question=" ".join(round_.question.prompt.split()),
        )
        if typed in name.casefold():
            short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
            named.append(app_commands.Choice(name=short, value=str(round_.message_id)))
    return named[:MOST]


def best(typed: str, names: Iterable[str]) -> list[str]:
    """Return the names that contain what was typed, those that begin with it first."""
    plain = typed.strip().casefold()
    found = [name for name in names if plain in name.casefold()]
    return sorted(found, key=lambda name: not name.casefold().startswith(plain))


def best_zones(typed: str) -> list[str]:
    """Return the zones that match: a city that begins so first, then a whole name, then the rest;
    names without a region (old aliases such as 'Eire') last.
    """
    plain = "_".join(typed.casefold().split())

    def rank(zone: str) -> tuple[bool, bool, bool, int]:
        name = zone.casefold()
        city = name.rpartition("/")[2]
        return ("/" not in name, not city.startswith(plain), not name.startswith(plain), len(name))

    return sorted((zone for zone in zones() if plain in zone.casefold()), key=rank)


def completions(typed: str, names: Iterable[str]) -> list[str]:
    """Return comma-separated lists: what was typed, its last part completed."""
    head, comma, last = typed.rpartition(",")
    kept = [part.strip() for part in head.split(",") if part.strip()] if comma else []
    chosen = {part.casefold() for part in kept}
    found = [name for name in best(last, names) if name.casefold() not in chosen]
    return [", ".join((*kept, name)) for name in found]


def fitting(names: Iterable[str]) -> list[app_commands.Choice[str]]:
    """Return the names as choices, as many as Discord takes."""
    short = [name for name in names if len(name) <= LONGEST]
    return [app_commands.Choice(name=visible(name) or "-", value=name) for name in short[:MOST]]
