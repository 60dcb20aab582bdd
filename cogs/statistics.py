"""`/stats`: how the questions do that were asked in a server."""

from discord import app_commands
from discord.ext import commands

from bot.services import items
from bot.ui import items as ui
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.moderators import for_moderators
from bot.ui.texts import items as texts


class Statistics(commands.Cog):
    """Item statistics. Every command answers privately, moderators only."""

    group = app_commands.Group(name="stats", description=texts.GROUP)

    @group.command(name="question", description=texts.QUESTION)
    @app_commands.describe(question=texts.OPTION)
    @app_commands.autocomplete(question=ui.names)
    @for_moderators
    async def question(self, interaction: Interaction, question: str) -> None:
        """Show one question's figures."""
        found = await items.statistics(context_of(interaction), server_of(interaction), question)
        await ui.show(interaction, found)

    @group.command(name="look-at", description=texts.LOOK_AT)
    @for_moderators
    async def look_at(self, interaction: Interaction) -> None:
        """List the questions to look at."""
        found = await items.look_at(context_of(interaction), server_of(interaction))
        await interaction.followup.send(embed=ui.list_of(interaction.locale, found))


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Statistics())
