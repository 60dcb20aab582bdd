"""Banks in and out in Discord: the report of an upload with the button that confirms it, and the
file of an export.
"""

import gzip
import io
import logging

import aiohttp
import discord

from bot.bank.exports import Exported
from bot.bank.formats.table import BY_NAME
from bot.errors import ModeratorError
from bot.services import imports, own_banks
from bot.services.imports import MAX_BYTES, Read
from bot.ui.buttons import IdButton
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.moderators import require
from bot.ui.style import ACCENT, MUTED, WRONG
from bot.ui.texts import banks as texts
from bot.ui.texts import say

log = logging.getLogger(__name__)

REPORT, LEFT_OUT = "report.txt", "left-out.txt"
_LARGEST_FILE = 8 * 1024 * 1024
"""Bytes. Discord takes 10 MiB; a longer file is compressed."""
_SHOWN = 1000
"""Characters of a note in a message."""


class BringInButton(IdButton, what="bring-in", label="-", style=discord.ButtonStyle.success):
    """Under a report: brings the questions in."""

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Do it, and say so in place of summary and buttons; the attached report stays."""
        await require(interaction)
        await interaction.response.defer()
        done = await imports.bring_in(
            context_of(interaction), server_of(interaction), interaction.user.id, self.id_
        )
        message = say(
            interaction.locale,
            texts.BROUGHT_IN,
            n=len(done.question_ids),
            bank=discord.utils.escape_markdown(done.bank.title),
            name=done.bank.name,
        )
        await interaction.edit_original_response(content=message, embed=None, view=None)


class LeaveButton(IdButton, what="leave-import", label=texts.LEAVE):
    """Under a report: forgets what was uploaded."""

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Do it, and say so in place of summary and buttons; the attached report stays."""
        await require(interaction)
        await interaction.response.defer()
        await own_banks.drop(
            context_of(interaction), server_of(interaction), interaction.user.id, self.id_
        )
        message = say(interaction.locale, texts.LEFT)
        await interaction.edit_original_response(content=message, embed=None, view=None)


DYNAMIC_ITEMS = (BringInButton, LeaveButton)


async def import_(
    interaction: Interaction,
    file: discord.Attachment,
    *,
    format_name: str | None,
    bank: str | None,
    topic: str | None,
    difficulty: int | None,
) -> None:
    """Answer `/bank import` with a report; the command has been acknowledged.

    Raises ModeratorError.
    """
    if file.size > MAX_BYTES:
        raise ModeratorError("file_too_large", most=MAX_BYTES // 2**20)
    try:
        raw = await file.read()
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.warning("An upload could not be fetched: %s", error)
        raise ModeratorError("file_lost") from error
    found = await imports.read(
        context_of(interaction),
        server_of(interaction),
        interaction.user.id,
        file.filename,
        raw,
        format_name=format_name,
        bank=bank,
        topic=topic,
        difficulty=difficulty,
    )
    locale = interaction.locale
    await interaction.followup.send(
        embed=report_embed(locale, found),
        file=attached(found.told, REPORT),
        view=_view(locale, found) or discord.utils.MISSING,
        ephemeral=True,
    )


async def export(interaction: Interaction, bank: str, format_name: str) -> None:
    """Answer `/bank export` with the file; the command has been acknowledged."""
    context, server_id = context_of(interaction), server_of(interaction)
    done, title, name = await imports.export(context, server_id, bank, format_name)
    locale = interaction.locale
    lines = [say(locale, texts.EXPORTED, n=done.count, bank=discord.utils.escape_markdown(title))]
    files = [attached(done.raw, f"{name}{BY_NAME[format_name].suffixes[0]}")]
    lines, files = _left_out(locale, done, lines, files)
    await interaction.followup.send("\n".join(lines), files=files, ephemeral=True)


def report_embed(locale: object, found: Read) -> discord.Embed:
    """Return how much of an upload comes in, and where it would go."""
    report = found.report
    title = say(locale, texts.TITLE, file=discord.utils.escape_markdown(report.name))[:256]
    if report.unreadable is not None:
        what = discord.utils.escape_markdown(report.unreadable.what)[:_SHOWN]
        return discord.Embed(
            title=title,
            description=say(locale, texts.UNREADABLE, what=what, line=report.unreadable.line),
            colour=WRONG,
        )
    lines = [say(locale, texts.NOTHING)]
    if found.draft_id is not None:
        lines = [
            say(locale, texts.GOES_TO, bank=discord.utils.escape_markdown(found.bank.title)),
            say(
                locale,
                texts.FILLED,
                topic=discord.utils.escape_markdown(found.topic),
                difficulty=found.difficulty,
            ),
            say(locale, texts.ATTACHED),
        ]
    embed = discord.Embed(
        title=title,
        description="\n".join(lines),
        colour=ACCENT if found.draft_id is not None else MUTED,
    )
    for name, several in (
        (texts.WHOLE, report.whole),
        (texts.LACKING, report.lacking),
        (texts.DUPLICATES, report.duplicates),
        (texts.REFUSED, report.refused),
        (texts.NOTES, report.notes),
    ):
        if several:
            embed.add_field(name=say(locale, name), value=str(len(several)))
    return embed


def attached(raw: bytes, name: str) -> discord.File:
    """Return a file for a message, compressed where Discord would not take it."""
    if len(raw) > _LARGEST_FILE:
        raw, name = gzip.compress(raw), f"{name}.gz"
    return discord.File(io.BytesIO(raw), name)


def _left_out(
    locale: object, done: Exported, lines: list[str], files: list[discord.File]
) -> tuple[list[str], list[discord.File]]:
    """Say what an export has no place for: in the message, or in a file where it is long."""
    if not done.left_out:
        return lines, files
    heading = say(locale, texts.LEFT_OUT)
    listed = "\n".join(f"• {one}" for one in done.left_out)
    if len(listed) <= _SHOWN:
        return [*lines, heading, listed], files
    report = attached("\n".join([*done.left_out, ""]).encode(), LEFT_OUT)
    return [*lines, heading], [*files, report]


def _view(locale: object, found: Read) -> discord.ui.View | None:
    if found.draft_id is None:
        return None
    view = discord.ui.View(timeout=None)
    view.add_item(BringInButton(found.draft_id, say(locale, texts.CONFIRM, n=found.coming)))
    view.add_item(LeaveButton(found.draft_id, say(locale, texts.LEAVE)))
    return view
