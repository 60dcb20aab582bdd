"""Whatever goes wrong while somebody waits, they are told, and the log says who can act."""

import ast
import logging
import string
from pathlib import Path
from unittest.mock import AsyncMock, MagicMock

import aiohttp
import discord
import pytest
from discord import app_commands

import bot
import cogs
from bot.errors import DiscordError, MemberError, ModeratorError, OperatorError
from bot.ui import errors
from bot.ui.texts import Plural
from bot.ui.texts import errors as texts

CODE = [
    path
    for package in (bot, cogs)
    for path in Path(package.__file__).parent.rglob("*.py")
    if "migrations" not in path.parts
]


def an_interaction(*, answered: bool = False) -> MagicMock:
    interaction = MagicMock(spec=discord.Interaction)
    interaction.locale = discord.Locale.american_english
    interaction.command = None
    interaction.data = {"custom_id": "tutor:hint:7"}
    interaction.response = MagicMock()
    interaction.response.is_done.return_value = answered
    interaction.response.send_message = AsyncMock()
    interaction.followup = MagicMock()
    interaction.followup.send = AsyncMock()
    return interaction


def refused(code: int, status: int = 404) -> discord.HTTPException:
    response = MagicMock(status=status, reason="no")
    return discord.HTTPException(response, {"code": code, "message": "Unknown interaction"})


async def told(error: BaseException) -> str:
    interaction = an_interaction()
    await errors.report(interaction, error)
    interaction.response.send_message.assert_awaited_once()
    (message,), options = interaction.response.send_message.await_args
    assert options == {"ephemeral": True}
    return message


async def test_a_members_mistake_is_said_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert await told(MemberError("round_not_open")) == "This question is closed."
    assert caplog.records == []


async def test_a_moderators_mistake_is_said_with_its_values() -> None:
    error = ModeratorError("permissions_missing", channel="<#5>", permissions="Embed Links")
    assert "I lack permissions in <#5>: Embed Links." in await told(error)


async def test_an_error_inside_a_command_is_the_error_itself() -> None:
    command = MagicMock()
    wrapped = app_commands.CommandInvokeError(command, MemberError("round_not_open"))
    assert await told(wrapped) == "This question is closed."


async def test_a_command_in_a_direct_message_is_explained() -> None:
    assert "in a server" in await told(app_commands.NoPrivateMessage())


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DiscordError("Discord answered 503"), "I keep trying"),
        (OperatorError("The disk is full."), "I can't reach my notes"),
    ],
)
async def test_what_the_operator_must_mend_is_logged_for_them(
    caplog: pytest.LogCaptureFixture, error: Exception, words: str
) -> None:
    assert words in await told(error)
    assert str(error) in caplog.text
    assert str(error) not in await told(error), "members are not told of the machine"


async def test_a_bug_gets_an_id_that_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    message = await told(ZeroDivisionError("secret detail"))
    error_id = message.split("`")[1]
    assert error_id in caplog.text
    assert "component tutor:hint:7" in caplog.text
    assert "secret detail" not in message


@pytest.mark.parametrize("code", sorted(errors.GONE))
async def test_an_interaction_that_discord_gave_up_is_no_bug(
    caplog: pytest.LogCaptureFixture, code: int
) -> None:
    caplog.set_level(logging.INFO)
    interaction = an_interaction()
    await errors.report(interaction, refused(code))
    interaction.response.send_message.assert_not_awaited()
    assert [record.levelname for record in caplog.records] == ["INFO"]


@pytest.mark.parametrize(
    "error", [refused(0, status=503), aiohttp.ServerDisconnectedError(), TimeoutError()]
)
async def test_a_reply_that_the_network_lost_is_no_bug(
    caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    assert "try again" in await told(error)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


async def test_an_answered_interaction_gets_a_follow_up() -> None:
    interaction = an_interaction(answered=True)
    await errors.report(interaction, MemberError("round_not_open"))
    interaction.followup.send.assert_awaited_once_with("This question is closed.", ephemeral=True)


@pytest.mark.parametrize("failure", [refused(10062), aiohttp.ServerDisconnectedError()])
async def test_an_answer_that_cannot_be_given_raises_nothing(failure: Exception) -> None:
    interaction = an_interaction()
    interaction.response.send_message.side_effect = failure
    await errors.report(interaction, MemberError("round_not_open"))


async def test_a_guarded_callback_never_raises() -> None:
    class Button:
        @errors.guarded
        async def callback(self, _interaction: discord.Interaction) -> None:
            raise MemberError("round_not_open")

    interaction = an_interaction()
    await Button().callback(interaction)
    interaction.response.send_message.assert_awaited_once()


KINDS = ("MemberError", "ModeratorError")


def raised() -> list[tuple[str, str, set[str]]]:
    """(table, code, names of values) of every error that is raised with a literal code."""
    found = []
    for path in CODE:
        code = path.read_text()
        if not any(f"{kind}(" in code for kind in KINDS):
            continue  # most files raise none, and parsing takes long
        for node in ast.walk(ast.parse(code)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in KINDS or not node.args:
                continue
            if isinstance(node.args[0], ast.Constant):
                names = {keyword.arg for keyword in node.keywords if keyword.arg}
                found.append((node.func.id, node.args[0].value, names))
    return found


def placeholders(text: str | Plural) -> set[str]:
    parts = text if isinstance(text, Plural) else (text,)
    return {name for part in parts for _, name, _, _ in string.Formatter().parse(part) if name}


def test_every_code_that_is_raised_has_its_sentence_and_values() -> None:
    tables = {"MemberError": texts.MEMBER, "ModeratorError": texts.MODERATOR}
    found = raised()
    assert len(found) > 30
    for kind, code, names in found:
        assert code in tables[kind], f"{kind}({code!r}) has no sentence"
        lacking = placeholders(tables[kind][code]) - names
        assert not lacking, f"{kind}({code!r}) is raised without {lacking}"
