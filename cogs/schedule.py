"""`/schedule`: what moderators typed goes to services/drafts.py, what comes of it to their eyes."""

from typing import TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.round import Manner
from bot.domain.schedule import Schedule as Kept
from bot.services import drafts, schedules
from bot.services.drafts import Wish
from bot.ui import choices
from bot.ui import schedules as ui
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.moderators import check_place, for_moderators
from bot.ui.texts import say
from bot.ui.texts import schedules as texts

Name: TypeAlias = app_commands.Range[str, 1, 50]
Difficulty: TypeAlias = app_commands.Range[int, 1, 5]

_MANNERS = [app_commands.Choice(name=text, value=manner) for manner, text in texts.MANNERS.items()]
_OPTIONS = texts.OPTIONS
_COMMON = {
    option: _OPTIONS[option]
    for option in (
        "time",
        "days",
        "zone",
        "channel",
        "difficulty_min",
        "difficulty_max",
        "open_for",
        "manner",
        "role",
        "thread",
        "catch_up",
    )
}


class Schedule(commands.Cog):
    """When and where questions are posted. Every command answers privately, moderators only."""

    group = app_commands.Group(name="schedule", description=texts.GROUP)

    @group.command(name="create", description=texts.CREATE)
    @app_commands.describe(
        name=_OPTIONS["new_name"], banks=_OPTIONS["banks"], topics=_OPTIONS["topics"], **_COMMON
    )
    @app_commands.choices(manner=_MANNERS)
    @app_commands.autocomplete(
        zone=choices.zone_names, banks=choices.bank_names, topics=choices.topic_names
    )
    @for_moderators
    async def create(
        self,
        interaction: Interaction,
        name: Name,
        channel: discord.TextChannel,
        time: str,
        days: str | None = None,
        zone: str | None = None,
        banks: str | None = None,
        topics: str | None = None,
        difficulty_min: Difficulty | None = None,
        difficulty_max: Difficulty | None = None,
        open_for: str | None = None,
        manner: app_commands.Choice[str] | None = None,
        role: discord.Role | None = None,
        thread: bool | None = None,
        catch_up: str | None = None,
    ) -> None:
        """Make a schedule and show its next posts."""
        context, server_id = context_of(interaction), server_of(interaction)
        wish = Wish(
            name=name,
            channel_id=channel.id,
            time=time,
            days=days,
            zone=zone,
            banks=banks,
            topics=topics,
            difficulty_min=difficulty_min,
            difficulty_max=difficulty_max,
            open_for=open_for,
            manner=Manner(manner.value) if manner else None,
            role_id=role.id if role else None,
            thread=thread,
            catch_up=catch_up,
        )
        plan = await drafts.draft(context, server_id, wish)
        check_place(interaction, plan)
        made, zone_set = await schedules.create(context, server_id, interaction.user.id, plan)
        outlook = await schedules.outlook(context, made)
        embed = ui.made(interaction.locale, made, outlook, zone_set=zone_set, new=True)
        await interaction.followup.send(embed=embed)

    @group.command(name="edit", description=texts.EDIT)
    @app_commands.describe(
        name=_OPTIONS["name"],
        new_name=_OPTIONS["new_name"],
        banks=texts.EDIT_BANKS,
        topics=texts.EDIT_TOPICS,
        no_role=_OPTIONS["no_role"],
        **_COMMON,
    )
    @app_commands.choices(manner=_MANNERS)
    @app_commands.autocomplete(
        name=choices.schedule_names,
        zone=choices.zone_names,
        banks=choices.bank_names,
        topics=choices.topic_names,
    )
    @for_moderators
    async def edit(
        self,
        interaction: Interaction,
        name: str,
        new_name: Name | None = None,
        channel: discord.TextChannel | None = None,
        time: str | None = None,
        days: str | None = None,
        zone: str | None = None,
        banks: str | None = None,
        topics: str | None = None,
        difficulty_min: Difficulty | None = None,
        difficulty_max: Difficulty | None = None,
        open_for: str | None = None,
        manner: app_commands.Choice[str] | None = None,
        role: discord.Role | None = None,
        no_role: bool = False,
        thread: bool | None = None,
        catch_up: str | None = None,
    ) -> None:
        """Change what was given, and show the next posts."""
        context, server_id = context_of(interaction), server_of(interaction)
        wish = Wish(
            name=new_name,
            channel_id=channel.id if channel else None,
            time=time,
            days=days,
            zone=zone,
            banks=banks,
            topics=topics,
            difficulty_min=difficulty_min,
            difficulty_max=difficulty_max,
            open_for=open_for,
            manner=Manner(manner.value) if manner else None,
            role_id=0 if no_role else role.id if role else None,
            thread=thread,
            catch_up=catch_up,
        )
        kept = await schedules.named(context, server_id, name)
        plan = await drafts.draft(context, server_id, wish, kept)
        check_place(interaction, plan)
        changed = await schedules.edit(context, kept, plan, interaction.user.id)
        outlook = await schedules.outlook(context, changed)
        embed = ui.made(interaction.locale, changed, outlook, zone_set=False, new=False)
        await interaction.followup.send(embed=embed)

    @group.command(name="list", description=texts.LIST)
    @for_moderators
    async def list_(self, interaction: Interaction) -> None:
        """Show every schedule of the server, in a line or two each."""
        found = await schedules.with_next_posts(context_of(interaction), server_of(interaction))
        await interaction.followup.send(embed=ui.listing(interaction.locale, found))

    @group.command(name="show", description=texts.SHOW)
    @app_commands.describe(name=_OPTIONS["name"])
    @app_commands.autocomplete(name=choices.schedule_names)
    @for_moderators
    async def show(self, interaction: Interaction, name: str) -> None:
        """Show all that is set."""
        kept = await _named(interaction, name)
        outlook = await schedules.outlook(context_of(interaction), kept)
        await interaction.followup.send(embed=ui.details(interaction.locale, kept, outlook))

    @group.command(name="preview", description=texts.PREVIEW)
    @app_commands.describe(name=_OPTIONS["name"])
    @app_commands.autocomplete(name=choices.schedule_names)
    @for_moderators
    async def preview(self, interaction: Interaction, name: str) -> None:
        """Show dates and numbers, but no question: moderators play too."""
        kept = await _named(interaction, name)
        outlook = await schedules.outlook(context_of(interaction), kept)
        await interaction.followup.send(embed=ui.preview(interaction.locale, kept, outlook))

    @group.command(name="pause", description=texts.PAUSE)
    @app_commands.describe(name=_OPTIONS["name"], reason=_OPTIONS["reason"])
    @app_commands.autocomplete(name=choices.schedule_names)
    @for_moderators
    async def pause(
        self,
        interaction: Interaction,
        name: str,
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Stop posting."""
        kept = await _named(interaction, name)
        await schedules.pause(context_of(interaction), kept, reason or "", interaction.user.id)
        message = say(interaction.locale, texts.PAUSED, name=ui.name_of(kept))
        await interaction.followup.send(message)

    @group.command(name="resume", description=texts.RESUME)
    @app_commands.describe(name=_OPTIONS["name"])
    @app_commands.autocomplete(name=choices.schedule_names)
    @for_moderators
    async def resume(self, interaction: Interaction, name: str) -> None:
        """Post again, if it can."""
        kept = await _named(interaction, name)
        check_place(interaction, kept)
        resumed = await schedules.resume(context_of(interaction), kept, interaction.user.id)
        outlook = await schedules.outlook(context_of(interaction), resumed)
        embed = ui.preview(interaction.locale, resumed, outlook)
        embed.description = say(interaction.locale, texts.RESUMED, name=ui.name_of(resumed))
        await interaction.followup.send(embed=embed)

    @group.command(name="delete", description=texts.DELETE)
    @app_commands.describe(name=_OPTIONS["name"])
    @app_commands.autocomplete(name=choices.schedule_names)
    @for_moderators
    async def delete(self, interaction: Interaction, name: str) -> None:
        """Ask whether to delete; the button does it."""
        kept = await _named(interaction, name)
        await interaction.followup.send(
            say(interaction.locale, texts.DELETE_QUESTION, name=ui.name_of(kept)),
            view=ui.delete_view(interaction.locale, kept),
        )


async def _named(interaction: Interaction, name: str) -> Kept:
    return await schedules.named(context_of(interaction), server_of(interaction), name)


async def setup(bot: commands.Bot) -> None:
    """Add the cog."""
    await bot.add_cog(Schedule())
