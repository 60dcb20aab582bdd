"""The one policy for what goes wrong while a person waits for an answer.

In this order: a MemberError or ModeratorError is said privately in the person's language; a failed
check of Discord's own is said likewise; a DiscordError or OperatorError is logged for the operator
and the person is told what becomes of their wish; an interaction that Discord has given up (10062,
40060) is logged at INFO, since nobody can be told; a reply that Discord or the network did not take
is logged, and the person is asked to try again; anything else is a bug and gets an error id.
"""

import functools
import logging
import re
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

import aiohttp
import discord
from discord import app_commands

from bot.errors import DiscordError, MemberError, ModeratorError, OperatorError
from bot.logs import in_short, report_bug
from bot.ui.context import Interaction, context_of
from bot.ui.plain import plain
from bot.ui.texts import errors as texts
from bot.ui.texts import say
from bot.ui.turns import take_turn

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Coroutine[Any, Any, None]])

_OWN_ID = re.compile(r"tutor:[a-z0-9:-]{1,60}")
"""The bot's custom ids. Whoever makes one up writes what they like into it."""
_OWN_WORDS = frozenset({"channel", "link", "permissions", "role", "when"})
"""Values of errors that are links and mentions of the bot's making; people may have typed others.
"""
GONE = frozenset({10062, 40060, 50027})
"""Discord's codes for an interaction that is too old, answered already, or whose token expired."""


def sentence(locale: object, error: MemberError | ModeratorError) -> str:
    """Return what the error says to a person, in their language."""
    table = texts.MEMBER if isinstance(error, MemberError) else texts.MODERATOR
    values = {
        name: plain(value) if isinstance(value, str) and name not in _OWN_WORDS else value
        for name, value in error.values.items()
    }
    return say(locale, table[error.code], **values)


async def report(interaction: Interaction, error: BaseException) -> None:
    """Tell the person what went wrong, privately, and the log where it concerns the operator."""
    error = _cause(error)
    match error:
        case MemberError() | ModeratorError():
            message = sentence(interaction.locale, error)
        case (
            app_commands.CommandNotFound()
            | app_commands.CommandSignatureMismatch()
            | app_commands.TransformerError()
        ):
            message = sentence(interaction.locale, MemberError("command_unfit"))
        case app_commands.NoPrivateMessage():
            message = say(interaction.locale, texts.NOT_IN_PRIVATE)
        case DiscordError():
            log.warning("%s: %s", _where(interaction), error)
            message = say(interaction.locale, texts.DISCORD_AWAY)
        case OperatorError():
            log.error("%s: %s", _where(interaction), error)
            message = say(interaction.locale, texts.UNAVAILABLE)
        case discord.HTTPException() if error.code in GONE:
            log.info("An interaction ended before it was answered: %s", in_short(error))
            return
        case discord.HTTPException() if error.status >= 500 or error.status == 429:
            log.warning("%s: Discord answered %s", _where(interaction), error.status)
            message = say(interaction.locale, texts.REPLY_LOST)
        case aiohttp.ClientError() | OSError():
            log.warning("%s: no reply: %s", _where(interaction), type(error).__name__)
            message = say(interaction.locale, texts.REPLY_LOST)
        case _:
            error_id = report_bug(_where(interaction), error)
            message = say(interaction.locale, texts.BUG, error_id=error_id)
    await answer_privately(interaction, message)


async def answer_privately(interaction: Interaction, message: str) -> None:
    """Say something to one person, whether or not the interaction was answered before."""
    try:
        if interaction.response.is_done():
            await interaction.followup.send(message, ephemeral=True)
        else:
            await interaction.response.send_message(message, ephemeral=True)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.info("A private answer could not be given: %s", in_short(error))


def guarded(callback: F) -> F:
    """Wrap a button's callback, a modal's on_submit or a command in the policy. What the first two
    raise discord.py only logs, and the person would wait for ever.

    While the bot is stopping, a button is refused, as commands are by the client's tree; a modal's
    text is still taken, because whoever wrote it would have to write it again.
    """

    @functools.wraps(callback)
    async def wrapper(
        self: object, interaction: Interaction, *args: object, **options: object
    ) -> None:
        try:
            context = context_of(interaction)
            context.count_in()
            if isinstance(self, discord.ui.Item):
                if context.stopping:
                    raise MemberError("stopping")
                if not take_turn(interaction):
                    return
            await callback(self, interaction, *args, **options)
        except Exception as error:  # noqa: BLE001 - report() sorts them
            await report(interaction, error)

    return cast(F, wrapper)


def _cause(error: BaseException) -> BaseException:
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    return error


def _where(interaction: Interaction) -> str:
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    data = interaction.data or {}
    custom_id = str(data.get("custom_id", ""))
    return f"component {custom_id if _OWN_ID.fullmatch(custom_id) else 'made up'}"
