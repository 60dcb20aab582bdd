"""Who is a moderator, and where what they want can be done."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

import discord

from bot.domain.round import Round
from bot.domain.schedule import Plan
from bot.errors import MemberError, ModeratorError
from bot.services import rounds, servers
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.permissions import missing

F = TypeVar("F", bound=Callable[..., Coroutine[Any, Any, None]])


def manages(interaction: Interaction) -> bool:
    """Return whether a person has Manage Server, or Administrator."""
    # Discord sends what the person may do in this channel, overwrites included.
    return interaction.permissions.manage_guild or interaction.permissions.administrator


async def allowed(interaction: Interaction) -> bool:
    """Return whether a person may do what moderators do in this server: whoever has Manage Server,
    or the role that the server chose.
    """
    if interaction.guild_id is None:
        return False
    if manages(interaction):
        return True
    server = await servers.get(context_of(interaction), interaction.guild_id)
    member = interaction.user
    return isinstance(member, discord.Member) and any(
        role.id == server.moderator_role_id for role in member.roles
    )


async def require(interaction: Interaction) -> None:
    """Raise MemberError (moderators_only) unless the person is a moderator of this server."""
    if not await allowed(interaction):
        raise MemberError("moderators_only")


def require_manager(interaction: Interaction) -> None:
    """Raise MemberError (managers_only) unless the person has Manage Server: who is a moderator is
    not for those to say who are it by the role.
    """
    if not manages(interaction):
        raise MemberError("managers_only")


def for_moderators(callback: F) -> F:
    """Wrap a command of moderators: it answers privately and at once, refuses everybody else, and
    says what goes wrong by the one policy.

    The check is here, at every use, and no group sets Discord's `default_permissions`: that would
    hide the commands from members who are moderators by the role, until somebody allows the role
    a second time in Discord's own settings. A server that wants them out of sight can hide them
    there (Server Settings, Integrations).
    """

    @functools.wraps(callback)
    async def wrapper(self: object, interaction: Interaction, **options: object) -> None:
        await interaction.response.defer(ephemeral=True)
        await require(interaction)
        await callback(self, interaction, **options)

    return cast(F, guarded(wrapper))


def check_place(interaction: Interaction, plan: Plan) -> None:
    """Raise ModeratorError when the bot could not post by this plan: channel_missing,
    permissions_missing, role_everyone or role_not_mentionable.
    """
    guild = interaction.guild
    channel = guild.get_channel(plan.channel_id) if guild else None
    mention = f"<#{plan.channel_id}>"
    if not isinstance(channel, discord.TextChannel):
        raise ModeratorError("channel_unusable")
    lacking = missing(channel, plan.thread)
    if lacking:
        raise ModeratorError("permissions_missing", channel=mention, permissions=", ".join(lacking))
    role = channel.guild.get_role(plan.role_id) if plan.role_id else None
    if role is not None and role.is_default():
        raise ModeratorError("role_everyone")
    if role is not None and not pingable(role, channel):
        raise ModeratorError("role_not_mentionable", role=role.mention, channel=mention)


def pingable(role: discord.Role, channel: discord.TextChannel) -> bool:
    """Return whether the bot's mention of a role in a channel notifies anybody."""
    return role.mentionable or channel.permissions_for(channel.guild.me).mention_everyone


async def newest_open(interaction: Interaction) -> Round:
    """Return the open round of the channel that opened last. Raises ModeratorError."""
    round_ = await rounds.current(context_of(interaction), interaction.channel_id or 0)
    if round_ is None or round_.server_id != server_of(interaction):
        raise ModeratorError("no_open_round")
    return round_
