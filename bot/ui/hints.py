"""Hints in Discord: the Hint button of a post, the private message that tells the cost, and the
button that takes a level.
"""

import re
from typing import Any, Self

import discord

from bot.errors import MemberError
from bot.services import hints, links, rounds
from bot.services.hints import Hints
from bot.ui.buttons import IdButton, number
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.style import ACCENT
from bot.ui.texts import hints as texts
from bot.ui.texts import say

LIGHT = "💡"


class HintButton(IdButton, what="hint", label=texts.BUTTON, emoji=LIGHT):
    """Under a post: shows the member's hints and what the next one costs."""

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Answer privately."""
        await respond(interaction, self.id_)


class TakeHintButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tutor:take-hint:([0-9]+):([0-9])"
):
    """In the private message: takes one level and shows it there."""

    def __init__(self, round_id: int, level: int, label: str = texts.SHOW) -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                style=discord.ButtonStyle.primary,
                custom_id=f"tutor:take-hint:{round_id}:{level}",
            )
        )
        self.round_id, self.level = round_id, level

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        return cls(number(match[1]), int(match[2]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Take the level and put it where the cost was told."""
        await interaction.response.defer()
        found = await hints.take(
            context_of(interaction),
            self.round_id,
            self.level,
            interaction.user.id,
            server_of(interaction),
        )
        await interaction.edit_original_response(
            embed=embed(interaction.locale, found), view=_view(interaction.locale, found)
        )


DYNAMIC_ITEMS = (HintButton, TakeHintButton)


async def respond(interaction: Interaction, round_id: int | None = None) -> None:
    """Answer `/hint` (the newest open round of the channel) or the button of a round.

    Raises MemberError; the caller's policy says it.
    """
    # Thinking: a message of its own, where a button's plain defer would stand for the post.
    await interaction.response.defer(ephemeral=True, thinking=True)
    context = context_of(interaction)
    if round_id is None:
        current = await rounds.current(context, interaction.channel_id or 0)
        if current is None:
            raise MemberError("no_open_round")
        round_id = current.id
    found = await hints.look(context, round_id, interaction.user.id, server_of(interaction))
    view = _view(interaction.locale, found)
    await interaction.followup.send(
        embed=embed(interaction.locale, found),
        view=view or discord.utils.MISSING,
        ephemeral=True,
    )


def embed(locale: object, found: Hints) -> discord.Embed:
    """Return the hints that were taken, and what the next one costs."""
    made = discord.Embed(
        title=say(locale, texts.TITLE, topic=found.round.question.topic),
        url=links.to_post(found.round),
        description=_next(locale, found),
        colour=ACCENT,
    )
    for level, text in enumerate(found.taken, start=1):
        name = say(locale, texts.LEVEL, level=level, levels=found.levels)
        made.add_field(name=name, value=text, inline=False)
    return made


def _next(locale: object, found: Hints) -> str:
    if found.next_level is None:
        return say(locale, texts.ALL_TAKEN)
    line = say(
        locale,
        texts.COST if found.taken else texts.FIRST_COST,
        level=found.next_level,
        levels=found.levels,
        cost=found.cost,
        worth=found.worth,
    )
    if found.ready_at is None:
        return line
    when = discord.utils.format_dt(found.ready_at, "R")
    return f"{line} {say(locale, texts.WAIT, when=when)}"


def _view(locale: object, found: Hints) -> discord.ui.View | None:
    if found.next_level is None:
        return None
    view = discord.ui.View(timeout=None)
    label = say(locale, texts.SHOW, level=found.next_level)
    view.add_item(TakeHintButton(found.round.id, found.next_level, label))
    return view
