"""`/hint`. The button of the same use is in bot/ui/hints.py."""

from discord import app_commands
from discord.ext import commands

from bot.ui import hints
from bot.ui.context import Interaction
from bot.ui.errors import guarded
from bot.ui.texts import hints as texts


class Hints(commands.Cog):
    """The member's command for hints."""

    @app_commands.command(name="hint", description=texts.COMMAND)
    @guarded
    async def hint(self, interaction: Interaction) -> None:
        """Show the hints of the channel's newest open round."""
        await hints.respond(interaction)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Hints())
