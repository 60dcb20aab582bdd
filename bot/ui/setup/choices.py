"""What a moderator chose or typed in a step of the set-up, taken into it if it can be used."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, TypeAlias

from bot.domain.round import Manner
from bot.errors import ModeratorError
from bot.services import drafts
from bot.services import setup as services
from bot.services.drafts import CLEAR
from bot.services.setup import Setup
from bot.ui.choices import MOST, best_zones
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.moderators import check_place, require_manager

Change: TypeAlias = Callable[[Setup], dict[str, Any]]
"""From the set-up as it stands to fields of its wish."""

_READ: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "channel": lambda values: {"channel_id": int(values[0])},
    "ping": lambda values: {"role_id": int(values[0]) if values else 0},
    "zone": lambda values: {"zone": values[0]},
    "time": lambda values: {"time": values[0]},
    "days": lambda values: {"days": ",".join(values)},
    "manner": lambda values: {"manner": Manner(values[0])},
}
"""From what was chosen in a select to fields of the wish."""


async def chosen(
    interaction: Interaction,
    setup: Setup,
    what: str,
    values: list[str],
    offered: Collection[str],
) -> Setup:
    """Return the set-up with what was chosen in a select that offered these values. Raises
    MemberError and ModeratorError when it cannot be used; then everything stays as it was.
    """
    match what:
        case "moderators":
            return _moderators(interaction, setup, values)
        case "banks":
            change = await _banks(interaction, values, offered)
            return await _wished(interaction, setup, change)
        case _:
            return await _wished(interaction, setup, lambda _: _READ[what](values))


async def typed(interaction: Interaction, setup: Setup, what: str, text: str) -> Setup:
    """The same for what was typed: a city, or a time of the day."""
    if what == "city":
        return await _city(interaction, setup, text)
    return await _wished(interaction, setup, lambda _: {"time": text})


def found(interaction: Interaction, id_: int) -> Setup:
    """Return the person's set-up. Raises ModeratorError: setup_over."""
    return services.find(context_of(interaction), server_of(interaction), interaction.user.id, id_)


def _moderators(interaction: Interaction, setup: Setup, values: list[str]) -> Setup:
    require_manager(interaction)
    role_id = int(values[0]) if values else 0
    if interaction.guild and role_id == interaction.guild.default_role.id:
        raise ModeratorError("role_everyone")
    return services.keep(context_of(interaction), replace(setup, moderator_role_id=role_id))


async def _banks(interaction: Interaction, values: list[str], offered: Collection[str]) -> Change:
    """Return how the choice in one list changes the banks: those of the other lists stay."""
    there = await drafts.banks(context_of(interaction), server_of(interaction))

    def change(setup: Setup) -> dict[str, Any]:
        others = [
            name for name in services.banks_chosen(setup) if name in there and name not in offered
        ]
        return {"banks": ", ".join([*others, *values]) or CLEAR}

    return change


async def _wished(interaction: Interaction, setup: Setup, change: Change) -> Setup:
    """Return the set-up with a choice that can be used, kept. Raises ModeratorError."""
    tried = replace(setup, wish=replace(setup.wish, **change(setup)))
    check_place(interaction, await services.plan(context_of(interaction), tried))
    # As it stands now: another choice may have been taken meanwhile.
    latest = found(interaction, setup.id)
    changed = replace(latest, wish=replace(latest.wish, **change(latest)), zones=())
    return services.keep(context_of(interaction), changed)


async def _city(interaction: Interaction, setup: Setup, text: str) -> Setup:
    """Return the set-up with the zone that was meant, or with those to choose from."""
    fitting = best_zones(text) if text else []
    if not fitting:
        raise ModeratorError("rule_bad_zone")
    plain = "_".join(text.casefold().split())
    meant = [zone for zone in fitting if plain in (zone.casefold(), zone.casefold().split("/")[-1])]
    if len(fitting) == 1 or len(meant) == 1:
        zone = (meant or fitting)[0]
        return await _wished(interaction, setup, lambda _: {"zone": zone})
    return services.keep(context_of(interaction), replace(setup, zones=tuple(fitting[:MOST])))
