"""Reviews in Discord: what `/review` answers, and the buttons under a grade to review."""

import io
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal, Self, TypeAlias, cast

import discord

from bot.domain import durations
from bot.domain.review import Decision, Why
from bot.domain.round import State
from bot.grading import Grade, KeyPointState
from bot.services import links, reviews
from bot.services.reviews import Figures, Item, Outcome, Queue
from bot.store.queries.reminders import Reminder
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.explanations import bar
from bot.ui.limits import DESCRIPTION, FIELD
from bot.ui.moderators import require
from bot.ui.style import ACCENT, GOOD, MUTED
from bot.ui.texts import reviews as texts
from bot.ui.texts import say

Act: TypeAlias = Literal["accept", "remember", "partly", "reject", "skip", "next"]

EMBED = 5900
"""Characters of an embed, of the 6000 that Discord allows."""
SHOWN, REASON = 1500, 500
"""Characters of a member's text and of an appeal that are shown, markup escaped; a text that is
longer comes as a file too.
"""
TEXT_FILE = "explanation.txt"
LEAST_CODE = 100
"""A program that would be cut to less is left out; the title leads to the post."""
BANKS = 20
"""Banks whose figures are told; an embed has 25 fields."""

_DECISIONS = {
    "accept": Decision.ACCEPTED,
    "remember": Decision.ACCEPTED,
    "partly": Decision.PARTLY,
    "reject": Decision.REJECTED,
}
_STYLES = {
    "accept": discord.ButtonStyle.success,
    "remember": discord.ButtonStyle.success,
    "reject": discord.ButtonStyle.danger,
    "next": discord.ButtonStyle.primary,
}
_SIGNS = {
    KeyPointState.COVERED: "✅",
    KeyPointState.MISSING: "▫️",
    KeyPointState.CONTRADICTED: "❌",
}


class ReviewButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tutor:review:(accept|remember|partly|reject|skip|next):([01]):([0-9]{1,18})",
):
    """Under a grade to review, in private: decides on it or goes on. The second part of its id says
    whether questions that are still open are shown too.
    """

    def __init__(self, act: Act, include_open: bool, explanation_id: int, label: str = "-") -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                style=_STYLES.get(act, discord.ButtonStyle.secondary),
                custom_id=f"tutor:review:{act}:{include_open:d}:{explanation_id}",
            )
        )
        self.act: Act = act
        self.include_open = include_open
        self.explanation_id = explanation_id

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        return cls(cast(Act, match[1]), match[2] == "1", int(match[3]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says, in place of what stands there."""
        await interaction.response.defer()
        await require(interaction)
        who = (server_of(interaction), interaction.user.id)
        decision = _DECISIONS.get(self.act)
        if decision is None:
            if self.act == "skip":
                await reviews.skip(context_of(interaction), self.explanation_id, *who)
            await show_next(interaction, self.include_open)
            return
        outcome = await reviews.decide(
            context_of(interaction),
            self.explanation_id,
            *who,
            decision,
            remember=self.act == "remember",
        )
        await interaction.edit_original_response(
            embed=decided_embed(interaction.locale, outcome),
            view=_view(interaction.locale, ("next",), self.include_open, 0),
            attachments=[],
        )


async def show_next(interaction: Interaction, include_open: bool) -> None:
    """Show a moderator what waits next, in place of the reply that was begun."""
    queue = await reviews.next_item(
        context_of(interaction),
        server_of(interaction),
        interaction.user.id,
        include_open=include_open,
    )
    locale, item = interaction.locale, queue.item
    if item is None:
        await interaction.edit_original_response(
            embed=nothing_embed(locale, queue), view=None, attachments=[]
        )
        return
    acts: tuple[Act, ...] = ("accept", "remember", "partly", "reject", "skip")
    await interaction.edit_original_response(
        embed=item_embed(locale, item, queue.left),
        view=_view(locale, acts, include_open, item.waiting.explanation_id),
        attachments=_files(item),
    )


async def show_stats(interaction: Interaction) -> None:
    """Answer `/review stats`."""
    every, banks = await reviews.stats(context_of(interaction), server_of(interaction))
    await interaction.followup.send(embed=stats_embed(interaction.locale, every, banks))


def item_embed(locale: object, item: Item, left: int) -> discord.Embed:
    """Return a grade with all that a moderator needs to decide, and nothing that names the member.

    It fits whatever a bank and a member wrote: a program is cut first, and a long text comes as a
    file besides.
    """
    question = item.round.question
    embed = discord.Embed(
        title=say(locale, texts.TITLE),
        url=links.to_post(item.round),
        description="\n".join(_why(locale, item)),
        colour=ACCENT,
    )
    text = plain(item.text)
    if len(text) > SHOWN:
        text = f"{text[:SHOWN].rstrip()}…\n{say(locale, texts.TEXT_IN_FILE)}"
    _add(embed, say(locale, texts.TEXT), text)
    _add(embed, say(locale, texts.GRADE), _grade(locale, item.grade))
    points = "\n".join(f"{_SIGNS[point.state]} {point.text}" for point in item.grade.key_points)
    _add(embed, say(locale, texts.POINTS), points)
    _add(embed, say(locale, texts.REFERENCE), question.explanation)
    right = say(locale, texts.RIGHT, letter=question.answer, option=question.options[question.key])
    _add(embed, say(locale, texts.RIGHT_OPTION), right)
    embed.set_footer(text=say(locale, texts.LEFT, n=left))
    prompt = f"**{say(locale, texts.PROMPT)}**\n{question.prompt}"
    embed.description = f"{embed.description}\n\n{prompt}"
    if question.code:
        embed.description += _code(
            question.code, min(EMBED - len(embed), DESCRIPTION - len(embed.description))
        )
    return embed


def decided_embed(locale: object, outcome: Outcome) -> discord.Embed:
    """Return what a decision came to. Whose explanation it is stays out of it until the reveal:
    what somebody explains tells what they chose.
    """
    review = outcome.review
    lines: list[str] = []
    if not outcome.is_new:
        moderator = f"<@{review.decided_by}>" if review.decided_by else say(locale, texts.SOMEBODY)
        when = discord.utils.format_dt(review.decided_at, "R")
        lines.append(say(locale, texts.TOO_LATE, moderator=moderator, when=when))
    lines.append(f"**{say(locale, texts.DECIDED[review.decision])}**")
    if review.remembered:
        lines.append(say(locale, texts.REMEMBERED))
    if outcome.round.state is not State.REVEALED:
        lines.append(say(locale, texts.TOLD_LATER))
    else:
        before, after = outcome.points_before or 0, outcome.points_after or 0
        member = f"<@{outcome.user_id}>"
        if outcome.is_new:
            lines.append(say(locale, texts.MEMBER, member=member, before=before, after=after))
            lines.append(say(locale, texts.TOLD))
    return discord.Embed(
        title=say(locale, texts.TITLE),
        url=links.to_post(outcome.round),
        description="\n".join(lines),
        colour=GOOD if outcome.is_new else MUTED,
    )


def nothing_embed(locale: object, queue: Queue) -> discord.Embed:
    """Return that nothing waits, and what would with open questions."""
    lines = [say(locale, texts.NOTHING)]
    if queue.held:
        lines.append(say(locale, texts.HELD, n=queue.held))
    return discord.Embed(description="\n".join(lines), colour=MUTED)


def stats_embed(locale: object, every: Figures, banks: Sequence[Figures]) -> discord.Embed:
    """Return how reviews go, of all banks and of each."""
    embed = discord.Embed(title=say(locale, texts.STATS_TITLE), colour=ACCENT)
    if not every.waiting and not every.decided:
        embed.description = say(locale, texts.NO_REVIEWS)
        return embed
    _add(embed, say(locale, texts.ALL_BANKS), _figures(locale, every))
    for bank in banks[:BANKS]:
        _add(embed, plain(bank.title), _figures(locale, bank))
    if len(banks) > BANKS:
        embed.set_footer(text=say(locale, texts.MORE_BANKS, n=len(banks) - BANKS))
    return embed


def reminder(locale: object, told: Reminder) -> str:
    """Return what moderators are told of the reviews that wait: numbers, and nothing of what
    anybody wrote. Its last line is its `reminder_mark`.
    """
    line = say(locale, texts.REMINDED_NONE)
    if told.oldest_at is not None:
        oldest = discord.utils.format_dt(told.oldest_at, "R")
        line = say(locale, texts.REMINDER, n=told.waiting, oldest=oldest)
    return f"{line}\n{reminder_mark(locale, told)}"


def reminder_mark(locale: object, told: Reminder) -> str:
    """Return the line by which a reminder's message is found again."""
    return say(locale, texts.REMINDER_MARK, id=f"{int(told.begun_at.timestamp()):x}")


def plain(text: str) -> str:
    """Return what somebody wrote as the characters that they typed: no markup, and nobody named."""
    escaped = discord.utils.escape_mentions(discord.utils.escape_markdown(text))
    return escaped.replace("<", "\\<")  # channels, times and emoji too


def _why(locale: object, item: Item) -> list[str]:
    reason = plain(" ".join(item.waiting.reason.split()))[:REASON]
    lines = [
        say(locale, texts.WHY[why], **({"reason": reason} if why is Why.APPEALED else {}))
        for why in item.waiting.whys
    ]
    return [*lines, say(locale, texts.STILL_OPEN)] if item.waiting.is_open else lines


def _grade(locale: object, grade: Grade) -> str:
    line = say(
        locale,
        texts.GRADE_LINE,
        label=say(locale, texts.LABELS[grade.label]),
        percent=round(100 * grade.score),
        sure=round(100 * grade.confidence),
    )
    return f"{bar(grade.score)} {line}"


def _code(code: str, room: int) -> str:
    fences = len("\n```py\n\n```")
    if len(code) + fences > room:
        if room < LEAST_CODE:
            return ""
        code = code[: room - fences - 2].rstrip() + "\n…"
    return f"\n```py\n{code}\n```"


def _add(embed: discord.Embed, name: str, value: str) -> None:
    """Add a text as a field, or as several where it is too long for one."""
    for start in range(0, len(value), FIELD):
        part = value[start : start + FIELD]
        embed.add_field(name="\u200b" if start else name, value=part, inline=False)


def _files(item: Item) -> list[discord.File]:
    if len(plain(item.text)) <= SHOWN:
        return []
    return [discord.File(io.BytesIO(item.text.encode()), TEXT_FILE)]


def _view(
    locale: object, acts: Sequence[Act], include_open: bool, explanation_id: int
) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for act in acts:
        label = say(locale, texts.BUTTONS[act])
        view.add_item(ReviewButton(act, include_open, explanation_id, label))
    return view


def _figures(locale: object, figures: Figures) -> str:
    waiting = say(locale, texts.WAITING, n=figures.waiting)
    if figures.oldest is not None:
        when = discord.utils.format_dt(figures.oldest, "R")
        waiting += f", {say(locale, texts.OLDEST, when=when)}"
    decided = say(locale, texts.DECIDED_COUNT, n=figures.decided)
    lines = [say(locale, texts.FIGURES, waiting=waiting, decided=decided)]
    if figures.median_wait is not None:
        lines.append(say(locale, texts.MEDIAN, wait=_spelled(locale, figures.median_wait)))
        percent = round(100 * figures.agreed / figures.decided)
        agreed = say(
            locale, texts.AGREED, agreed=figures.agreed, decided=figures.decided, percent=percent
        )
        lines.append(agreed)
    return "\n".join(lines)


def _spelled(locale: object, wait: timedelta) -> str:
    minutes = int(wait.total_seconds() // 60)
    return durations.spell(minutes) if minutes else say(locale, texts.AT_ONCE)
