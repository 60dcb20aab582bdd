"""`/explain`. The button of the same use is in bot/ui/explanations.py."""

from discord import app_commands
from discord.ext import commands

from bot.ui import explanations
from bot.ui.context import Interaction
from bot.ui.errors import guarded
from bot.ui.texts import explanations as texts


class Explanations(commands.Cog):
    """The member's command for explanations, and what comes from its modal."""

    @app_commands.command(name="explain", description=texts.COMMAND)
    @guarded
    async def explain(self, interaction: Interaction) -> None:
        """Take an explanation for the channel's newest open round."""
        await explanations.respond(interaction)

    @commands.Cog.listener()
    @guarded
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take what a member wrote into the modal."""
        await explanations.submitted(interaction)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Explanations())
