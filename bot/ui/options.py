"""Options of commands: what Discord has promised to have checked, checked again. A program that
speaks to Discord in a member's name may send anything.
"""

from typing import Any

import discord
from discord import app_commands

from bot.ui.context import Interaction

LONGEST = 6000
"""Characters of a text option, by Discord's limits."""
_GROUPS = (1, 2)
"""Discord's types of options that hold the options of a subcommand."""
_TYPES: dict[discord.AppCommandOptionType, tuple[type, ...]] = {
    discord.AppCommandOptionType.string: (str,),
    discord.AppCommandOptionType.integer: (int,),
    discord.AppCommandOptionType.number: (int, float),
    discord.AppCommandOptionType.boolean: (bool,),
}


def fit(interaction: Interaction) -> bool:
    """Return whether the options of a command are what the command asks for: type, range, choices.
    A command that is not known has none here; discord.py says so.
    """
    command = interaction.command
    if not isinstance(command, app_commands.Command):
        return True
    data: Any = interaction.data
    options: list[dict[str, Any]] = data.get("options", [])
    while options and options[0].get("type") in _GROUPS:
        options = options[0].get("options", [])
    given = {option["name"]: option.get("value") for option in options}
    sent = {id_ for kind in data.get("resolved", {}).values() for id_ in kind}
    return all(
        _fits(parameter, given[parameter.display_name], sent)
        for parameter in command.parameters
        if parameter.display_name in given
    )


def _fits(parameter: app_commands.Parameter, value: Any, sent: set[str]) -> bool:
    """`sent` holds the ids of the members, roles, channels and files that Discord sent along."""
    wanted = _TYPES.get(parameter.type)
    if wanted is None:
        return value in sent
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        return False
    if parameter.choices and not parameter.autocomplete:
        return value in [choice.value for choice in parameter.choices]
    if isinstance(value, bool):
        return True
    size = len(value) if isinstance(value, str) else value
    if isinstance(value, str) and size > LONGEST:
        return False
    least, most = parameter.min_value, parameter.max_value
    return (least is None or size >= least) and (most is None or size <= most)
