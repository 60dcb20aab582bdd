"""The tree of slash commands: what holds for each before it runs, and where its errors go."""

from typing import Any

import discord
from discord import app_commands

from bot.errors import MemberError
from bot.ui import options
from bot.ui.context import context_of
from bot.ui.errors import report
from bot.ui.turns import take_turn


class Tree(app_commands.CommandTree[Any]):
    """The slash commands, under the one error policy. While the bot is stopping it refuses them."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Return whether the command is to run; have the bot's end wait for it.

        It is not while the bot is stopping, when its options are not what Discord should have let
        through, or when the member has very much under way.
        """
        context = context_of(interaction)
        context.count_in()
        is_command = interaction.type is discord.InteractionType.application_command
        try:
            if not take_turn(interaction):
                return False
            if is_command and context.stopping:
                raise MemberError("stopping")
            if is_command and not options.fit(interaction):
                raise MemberError("command_unfit")
        except MemberError as error:
            if is_command:  # what is offered while somebody types has no place for words
                await report(interaction, error)
            return False
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person; see `bot.ui.errors`."""
        await report(interaction, error)
