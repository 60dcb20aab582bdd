"""Which permissions a channel must give the bot, and which of them it lacks."""

from collections.abc import Iterable

import discord

ALWAYS = (
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
    "add_reactions",
    # Takes members' reactions away: all of them in the concealed manner, all but the answer's in
    # the open one.
    "manage_messages",
)
THREAD = ("create_public_threads", "send_messages_in_threads")

TOLD_PERMISSIONS = ("view_channel", "send_messages", "read_message_history")
"""Where moderators are told something: what a dead process may have posted is looked for before it
is posted again.
"""


def needed(thread: bool) -> tuple[str, ...]:
    """Return discord.py's names of the permissions that a round needs in its channel."""
    return ALWAYS + (THREAD if thread else ())


def missing(channel: discord.abc.GuildChannel, thread: bool) -> list[str]:
    """Return what the bot lacks in a channel for rounds, as Discord's settings name it."""
    return lacking(channel, needed(thread))


def lacking(channel: discord.abc.GuildChannel, names: Iterable[str]) -> list[str]:
    """Return those of some permissions that the bot lacks, as Discord's settings name them."""
    granted = channel.permissions_for(channel.guild.me)
    return [label(name) for name in names if not getattr(granted, name)]


def label(name: str) -> str:
    """Return a permission's name as people read it: 'Read Message History'."""
    return name.replace("_", " ").title()
