"""`/review`: moderators decide on grades. The button that appeals is in bot/ui/appeals.py."""

from discord import app_commands
from discord.ext import commands

from bot.ui import appeals
from bot.ui import reviews as ui
from bot.ui.context import Interaction
from bot.ui.errors import guarded
from bot.ui.moderators import for_moderators
from bot.ui.texts import reviews as texts


class Reviews(commands.Cog):
    """The moderators' commands, which answer privately, and what comes from members' appeals."""

    group = app_commands.Group(name="review", description=texts.REVIEW)

    @group.command(name="next", description=texts.NEXT)
    @app_commands.describe(include_open=texts.NEXT_OPEN)
    @app_commands.rename(include_open="open")
    @for_moderators
    async def next(self, interaction: Interaction, include_open: bool = False) -> None:
        """Show the next grade that needs a moderator."""
        await ui.show_next(interaction, include_open)

    @group.command(name="stats", description=texts.STATS)
    @for_moderators
    async def stats(self, interaction: Interaction) -> None:
        """Show how reviews go."""
        await ui.show_stats(interaction)

    @commands.Cog.listener()
    @guarded
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take what a member wrote into the appeal's modal."""
        await appeals.submitted(interaction)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Reviews())
