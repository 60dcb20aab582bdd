"""From an interaction to what the services need."""

from typing import Any, Protocol, TypeAlias, cast

import discord
from discord import app_commands

from bot.services.context import Context

Interaction: TypeAlias = discord.Interaction[Any]


class HasContext(Protocol):
    """A Discord client that carries the services' context."""

    context: Context


def context_of(interaction: Interaction) -> Context:
    """Return the context of the client that received the interaction."""
    return cast(HasContext, interaction.client).context


def server_of(interaction: Interaction) -> int:
    """Return the id of the server: most commands and buttons of the bot live in servers only.

    Raises app_commands.NoPrivateMessage where there is none.
    """
    if interaction.guild_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id
