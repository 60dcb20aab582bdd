"""`/privacy show`, `export`, `delete` and `training`. The buttons of the confirmation are in
bot/ui/privacy.py.
"""

from discord import app_commands
from discord.ext import commands

from bot.ui import privacy
from bot.ui.context import Interaction
from bot.ui.texts import privacy as texts

_CHOICES = [
    app_commands.Choice(name=text, value=value) for value, text in texts.TRAINING_CHOICES.items()
]


# Also in a direct message: it is about every server, and about those that a member has left.
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Privacy(commands.GroupCog, group_name="privacy", group_description=texts.GROUP):
    """The members' commands for their own data."""

    @app_commands.command(name="show", description=texts.SHOW)
    async def show(self, interaction: Interaction) -> None:
        """Say what is kept and why."""
        await privacy.show(interaction)

    @app_commands.command(name="export", description=texts.EXPORT)
    async def export(self, interaction: Interaction) -> None:
        """Give everything as a file."""
        await privacy.export(interaction)

    @app_commands.command(name="delete", description=texts.DELETE)
    async def delete(self, interaction: Interaction) -> None:
        """Ask, then delete everything."""
        await privacy.ask_to_delete(interaction)

    @app_commands.command(name="training", description=texts.TRAINING)
    @app_commands.describe(consent=texts.TRAINING_OPTION)
    @app_commands.choices(consent=_CHOICES)
    async def training(self, interaction: Interaction, consent: str) -> None:
        """Note whether reviewed explanations may train the grader."""
        await privacy.training(interaction, consent == "on")


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Privacy())
