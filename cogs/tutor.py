"""`/tutor`: a server's set-up, how the bot is doing, its settings, and what moderators did."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import ModeratorError
from bot.services import servers
from bot.services import status as services
from bot.ui import audit as audit_ui
from bot.ui import choices
from bot.ui import status as ui
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.moderators import for_moderators, require_manager
from bot.ui.setup import flow
from bot.ui.texts import audit as audit_texts
from bot.ui.texts import setup as setup_texts
from bot.ui.texts import status as texts

_CLEARS = [app_commands.Choice(name=text, value=what) for what, text in texts.CLEARS.items()]


class Tutor(commands.Cog):
    """State, settings and audit. Every command answers privately, moderators only."""

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
        audit_channel: discord.TextChannel | None = None,
        clear: app_commands.Choice[str] | None = None,
    ) -> None:
        """Change what was given, and show all of it."""
        assert interaction.guild is not None
        context, server_id = context_of(interaction), server_of(interaction)
        given = {
            "moderator_role_id": moderator_role,
            "notice_channel_id": notice_channel,
            "audit_channel_id": audit_channel,
        }
        changes = {name: one.id for name, one in given.items() if one is not None}
        if clear is not None:
            changes[f"{clear.value}_id"] = 0
        if "moderator_role_id" in changes:
            require_manager(interaction)
        if moderator_role and moderator_role.is_default():
            raise ModeratorError("role_everyone")
        if notice_channel and changes["notice_channel_id"]:
            ui.check_writable(notice_channel)
        if audit_channel and changes["audit_channel_id"]:
            ui.check_writable(audit_channel)
        saved = zone is not None or bool(changes)
        if saved:
            server = await servers.change(
                context, server_id, zone=zone, by=interaction.user.id, **changes
            )
        else:
            server = await servers.get(context, server_id)
        embed = ui.settings(
            interaction.locale, interaction.guild, server, context.clock(), saved=saved
        )
        await interaction.followup.send(embed=embed)

    @group.command(name="audit", description=audit_texts.COMMAND)
    @for_moderators
    async def audit(self, interaction: Interaction) -> None:
        """Show what moderators did, the newest first."""
        await audit_ui.show(interaction)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Tutor())
