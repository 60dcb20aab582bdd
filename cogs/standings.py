"""`/leaderboard` and `/me`. The buttons under a leaderboard are in bot/ui/standings.py."""

from discord import app_commands
from discord.ext import commands

from bot.services.standings import Period
from bot.ui import standings
from bot.ui.context import Interaction
from bot.ui.texts import standings as texts

PERIODS = [
    app_commands.Choice(name=texts.PERIODS[period].lower(), value=period.value) for period in Period
]


class Standings(commands.Cog):
    """The members' commands for points and places."""

    @app_commands.command(name="leaderboard", description=texts.LEADERBOARD)
    @app_commands.describe(period=texts.PERIOD)
    @app_commands.choices(period=PERIODS)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def leaderboard(self, interaction: Interaction, period: str = Period.WEEK) -> None:
        """Show who earned the most points in a time."""
        await standings.show_board(interaction, Period(period))

    @app_commands.command(name="me", description=texts.ME)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def me(self, interaction: Interaction) -> None:
        """Show the member's own figures."""
        await standings.show_member(interaction)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Standings())
