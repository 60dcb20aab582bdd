"""`/bank`: a file of questions in, a bank out. The buttons are in bot/ui/banks.py."""

from typing import TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.bank.formats.table import BY_NAME, READ, WRITTEN
from bot.ui import banks, questions
from bot.ui.context import Interaction
from bot.ui.moderators import for_moderators
from bot.ui.texts import banks as texts

Difficulty: TypeAlias = app_commands.Range[int, 1, 5]

_OPTIONS = texts.OPTIONS
_READ = [app_commands.Choice(name=BY_NAME[name].title, value=name) for name in READ]
_WRITTEN = [app_commands.Choice(name=BY_NAME[name].title, value=name) for name in WRITTEN]


class Banks(commands.Cog):
    """Banks in and out. Every command answers privately, moderators only."""

    group = app_commands.Group(name="bank", description=texts.GROUP)

    @group.command(name="import", description=texts.IMPORT)
    @app_commands.describe(
        **{name: _OPTIONS[name] for name in ("file", "format", "bank", "topic", "difficulty")}
    )
    @app_commands.choices(format=_READ)
    @app_commands.autocomplete(bank=questions.own_bank_titles, topic=questions.topic_names)
    @for_moderators
    async def import_(
        self,
        interaction: Interaction,
        file: discord.Attachment,
        format: app_commands.Choice[str] | None = None,  # noqa: A002 - the option's name in Discord
        bank: app_commands.Range[str, 1, 70] | None = None,
        topic: app_commands.Range[str, 1, 60] | None = None,
        difficulty: Difficulty | None = None,
    ) -> None:
        """Report on a file; a button brings it in."""
        await banks.import_(
            interaction,
            file,
            format_name=format.value if format else None,
            bank=bank,
            topic=topic,
            difficulty=difficulty,
        )

    @group.command(name="export", description=texts.EXPORT)
    @app_commands.describe(bank=_OPTIONS["export_bank"], format=_OPTIONS["export_format"])
    @app_commands.choices(format=_WRITTEN)
    @app_commands.autocomplete(bank=questions.bank_titles)
    @for_moderators
    async def export(
        self,
        interaction: Interaction,
        bank: str,
        format: app_commands.Choice[str],  # noqa: A002 - the option's name in Discord
    ) -> None:
        """Give a bank as a file."""
        await banks.export(interaction, bank, format.value)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Banks())
