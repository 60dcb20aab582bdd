"""`/tutor`: the set-up of a server, how the bot is doing there, and its settings."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import ModeratorError
from bot.services import servers
from bot.services import status as services
from bot.ui import choices
from bot.ui import status as ui
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.moderators import for_moderators, require_manager
from bot.ui.setup import flow
from bot.ui.texts import setup as setup_texts
from bot.ui.texts import status as texts

_CLEARS = [app_commands.Choice(name=text, value=what) for what, text in texts.CLEARS.items()]


class Tutor(commands.Cog):
    """State and settings. Every command answers privately, moderators only."""

    group = app_commands.Group(name="tutor", description=texts.GROUP)

    @group.command(name="status", description=texts.STATUS)
    @for_moderators
    async def status(self, interaction: Interaction) -> None:
        """Show what works and what does not."""
        assert interaction.guild is not None
        found = await services.status(context_of(interaction), interaction.guild.id)
        await interaction.followup.send(
            embed=ui.embed(interaction.locale, interaction.guild, found)
        )

    @group.command(name="setup", description=setup_texts.SETUP)
    @for_moderators
    async def setup(self, interaction: Interaction) -> None:
        """Lead to a schedule, step by step."""
        await flow.begin(interaction)

    @commands.Cog.listener()
    @guarded
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take what a moderator typed during the set-up."""
        await flow.submitted(interaction)

    @group.command(name="settings", description=texts.SETTINGS)
    @app_commands.describe(**texts.OPTIONS)
    @app_commands.choices(clear=_CLEARS)
    @app_commands.autocomplete(zone=choices.zone_names)
    @for_moderators
    async def settings(
        self,
        interaction: Interaction,
        zone: str | None = None,
        moderator_role: discord.Role | None = None,
        notice_channel: discord.TextChannel | None = None,
        clear: app_commands.Choice[str] | None = None,
    ) -> None:
        """Change what was given, and show all of it."""
        assert interaction.guild is not None
        context, server_id = context_of(interaction), server_of(interaction)
        role_id = moderator_role.id if moderator_role else None
        channel_id = notice_channel.id if notice_channel else None
        if clear and clear.value == "moderator_role":
            role_id = 0
        if clear and clear.value == "notice_channel":
            channel_id = 0
        if role_id is not None:
            require_manager(interaction)
        if moderator_role and moderator_role.is_default():
            raise ModeratorError("role_everyone")
        if notice_channel and channel_id:
            ui.check_notices(notice_channel)
        saved = zone is not None or role_id is not None or channel_id is not None
        if saved:
            server = await servers.change(
                context,
                server_id,
                zone=zone,
                moderator_role_id=role_id,
                notice_channel_id=channel_id,
            )
        else:
            server = await servers.get(context, server_id)
        embed = ui.settings(
            interaction.locale, interaction.guild, server, context.clock(), saved=saved
        )
        await interaction.followup.send(embed=embed)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Tutor())
