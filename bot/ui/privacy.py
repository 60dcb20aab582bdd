"""Privacy in Discord: what is kept, the file, and the deletion with its confirmation."""

import gzip
import re
from io import BytesIO
from typing import Any, Literal, Self, TypeAlias, cast

import discord

from bot.services import privacy
from bot.services.privacy import Deleted
from bot.store.queries.privacy import Kept
from bot.ui.context import Interaction, context_of
from bot.ui.errors import guarded
from bot.ui.style import ACCENT, MUTED, WRONG
from bot.ui.texts import privacy as texts
from bot.ui.texts import say

Choice: TypeAlias = Literal["delete", "keep"]

_SHOWN = (
    ("answers", texts.ANSWERS, texts.ANSWERS_WHY),
    ("hints", texts.HINTS, texts.HINTS_WHY),
    ("explanations", texts.EXPLANATIONS, texts.EXPLANATIONS_WHY),
    ("grades", texts.GRADES, texts.GRADES_WHY),
    ("results", texts.RESULTS, texts.RESULTS_WHY),
    ("appeals", texts.APPEALS, texts.APPEALS_WHY),
    ("reviews", texts.REVIEWS, texts.REVIEWS_WHY),
    ("drafts", texts.DRAFTS, texts.DRAFTS_WHY),
    ("schedules", texts.SCHEDULES, texts.SCHEDULES_WHY),
    ("decided", texts.DECIDED, texts.DECIDED_WHY),
    ("skips", texts.SKIPS, texts.SKIPS_WHY),
    ("consents", texts.CONSENT, texts.CONSENT_WHY),
    ("audit", texts.AUDIT, texts.AUDIT_WHY),
)
"""What of `Kept` is told, in this order: its name, its number in words, why it is kept."""

_OF_EVERYBODY = {"answers", "hints", "explanations", "grades", "results"}
"""These are told even where there is none, so that a member knows what would be kept."""
_FORGOTTEN = {
    "schedules": texts.FORGOTTEN_SCHEDULES,
    "decided": texts.FORGOTTEN_REVIEWS,
    "audit": texts.FORGOTTEN_ACTIONS,
}
"""What stays, without the member's name."""

_LARGEST_FILE = 8 * 1024 * 1024
"""Bytes. Discord takes 10 MiB; a longer file is compressed."""


class ConfirmButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tutor:privacy:(delete|keep)"
):
    """Under the question whether to delete. It names nobody: it acts for whoever presses it."""

    def __init__(self, choice: Choice, label: str = "-") -> None:
        danger, calm = discord.ButtonStyle.danger, discord.ButtonStyle.secondary
        super().__init__(
            discord.ui.Button(
                label=label,
                style=danger if choice == "delete" else calm,
                custom_id=f"tutor:privacy:{choice}",
            )
        )
        self.choice: Choice = choice

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        return cls(cast(Choice, match[1]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Delete, or leave everything as it is."""
        await interaction.response.defer()
        locale = interaction.locale
        if self.choice == "delete":
            deleted = await privacy.delete(context_of(interaction), interaction.user.id)
            embed = deleted_embed(locale, deleted)
        else:
            embed = discord.Embed(description=say(locale, texts.KEPT), colour=MUTED)
        await interaction.edit_original_response(embed=embed, view=None)


DYNAMIC_ITEMS = (ConfirmButton,)


async def show(interaction: Interaction) -> None:
    """Answer `/privacy show`."""
    await interaction.response.defer(ephemeral=True)
    context = context_of(interaction)
    kept = await privacy.summary(context, interaction.user.id)
    embed = summary_embed(interaction.locale, kept, context.settings.database.backups_kept)
    await interaction.followup.send(embed=embed, ephemeral=True)


async def export(interaction: Interaction) -> None:
    """Answer `/privacy export` with a file."""
    await interaction.response.defer(ephemeral=True)
    content, name = await privacy.export(context_of(interaction), interaction.user.id), "tutor.json"
    if len(content) > _LARGEST_FILE:
        content, name = gzip.compress(content), f"{name}.gz"
    await interaction.followup.send(
        say(interaction.locale, texts.FILE),
        file=discord.File(BytesIO(content), name),
        ephemeral=True,
    )


async def training(interaction: Interaction, agrees: bool) -> None:
    """Answer `/privacy training`: note it, and say what it means."""
    await interaction.response.defer(ephemeral=True)
    await privacy.consent(context_of(interaction), interaction.user.id, agrees)
    message = texts.TRAINING_ON if agrees else texts.TRAINING_OFF
    await interaction.followup.send(say(interaction.locale, message), ephemeral=True)


async def ask_to_delete(interaction: Interaction) -> None:
    """Answer `/privacy delete`: say what would go and ask."""
    await interaction.response.defer(ephemeral=True)
    locale = interaction.locale
    kept = await privacy.summary(context_of(interaction), interaction.user.id)
    if kept.nothing:
        nothing = discord.Embed(description=say(locale, texts.NOTHING_TO_DELETE), colour=MUTED)
        await interaction.followup.send(embed=nothing, ephemeral=True)
        return
    view = discord.ui.View(timeout=None)
    view.add_item(ConfirmButton("delete", say(locale, texts.DELETE_BUTTON)))
    view.add_item(ConfirmButton("keep", say(locale, texts.KEEP_BUTTON)))
    embed = discord.Embed(
        title=say(locale, texts.CONFIRM_TITLE),
        description=say(locale, texts.CONFIRM, list=_list(locale, kept)),
        colour=WRONG,
    )
    await interaction.followup.send(embed=embed, view=view, ephemeral=True)


def summary_embed(locale: object, kept: Kept, backups: int) -> discord.Embed:
    """Return what is kept of a member and why; `backups` is how many backups there are at most."""
    numbers = texts.NOTHING if kept.nothing else texts.SERVERS
    introduction = (say(locale, texts.INTRODUCTION), say(locale, numbers, n=kept.servers))
    embed = discord.Embed(
        title=say(locale, texts.TITLE), description="\n".join(introduction), colour=ACCENT
    )
    for name, number, why in _SHOWN:
        count: int = getattr(kept, name)
        if count or name in _OF_EVERYBODY:
            embed.add_field(name=say(locale, number, n=count), value=say(locale, why), inline=False)
    embed.add_field(name=say(locale, texts.WHO), value=say(locale, texts.WHO_TEXT), inline=False)
    rights = say(locale, texts.RIGHTS_TEXT, backups=backups)
    embed.add_field(name=say(locale, texts.RIGHTS), value=rights, inline=False)
    return embed


def deleted_embed(locale: object, deleted: Deleted) -> discord.Embed:
    """Return what was deleted, and what only the member can take away."""
    if deleted.kept.nothing:
        return discord.Embed(description=say(locale, texts.NOTHING_TO_DELETE), colour=MUTED)
    lines = [say(locale, texts.DELETED, list=_list(locale, deleted.kept))]
    if deleted.reactions_left:
        channels = ", ".join(f"<#{channel_id}>" for channel_id in deleted.reactions_left)
        lines += ["", say(locale, texts.REACTIONS_LEFT, channels=channels)]
    return discord.Embed(
        title=say(locale, texts.DELETED_TITLE), description="\n".join(lines), colour=MUTED
    )


def _list(locale: object, kept: Kept) -> str:
    lines: list[str] = []
    for name, number, _ in _SHOWN:
        count: int = getattr(kept, name)
        if count:
            lines.append(f"- {say(locale, _FORGOTTEN.get(name, number), n=count)}")
    return "\n".join(lines)
