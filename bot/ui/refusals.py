"""What Discord answers to the bot's own requests, as errors that name who can act."""

import contextlib
from collections.abc import Generator, Sequence

import aiohttp
import discord

from bot.errors import DiscordError, ModeratorError
from bot.ui.permissions import lacking

UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE = 10003, 10004, 10008
MISSING_ACCESS, MISSING_PERMISSIONS = 50001, 50013
"""Discord's error codes: its documentation, 'JSON error codes'."""


@contextlib.contextmanager
def refusals(
    client: discord.Client, channel_id: int, permissions: Sequence[str]
) -> Generator[None]:
    """Turn what Discord answers about a channel into a ModeratorError or DiscordError.

    `permissions` are those that the block needs there, by discord.py's names.
    """
    name = f"<#{channel_id}>"
    try:
        yield
    except discord.HTTPException as error:
        if error.code == UNKNOWN_MESSAGE:
            raise ModeratorError("message_missing", channel=name) from error
        if error.code in (UNKNOWN_CHANNEL, UNKNOWN_GUILD, MISSING_ACCESS):
            raise ModeratorError("channel_missing", channel=name) from error
        if error.code == MISSING_PERMISSIONS:
            channel = client.get_channel(channel_id)
            known = isinstance(channel, discord.TextChannel)
            lacks = lacking(channel, permissions) if known else []
            raise permissions_missing(channel_id, lacks) from error
        if error.status >= 500 or error.status == 429:
            raise DiscordError(f"Discord answered {error.status}") from error
        raise
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise DiscordError(f"Discord could not be reached: {type(error).__name__}") from error


def permissions_missing(channel_id: int, lacks: Sequence[str]) -> ModeratorError:
    """Return the error that says what the bot lacks in a channel, as Discord's settings name it."""
    return ModeratorError(
        "permissions_missing",
        channel=f"<#{channel_id}>",
        permissions=", ".join(lacks) or "Manage Messages, Add Reactions",
    )
