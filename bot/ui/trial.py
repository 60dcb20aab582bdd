"""`/question try`: a private dry run of a post. Nothing of it is stored."""

import re
from datetime import datetime, timedelta
from typing import Any, Self

import discord

from bot.domain.question import LETTERS
from bot.domain.round import Manner, Outcome, Round, State, Tally
from bot.errors import MemberError
from bot.services import questions
from bot.services.explanations import Attempts, Graded
from bot.store.queries.questions import StoredQuestion
from bot.ui.buttons import IdButton
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.explanations import grade_embed
from bot.ui.forms import Form, Input, sent
from bot.ui.moderators import require
from bot.ui.questions import chosen
from bot.ui.rounds import post_embed, reveal_embed
from bot.ui.style import ACCENT, REACTIONS
from bot.ui.texts import explanations as explanation_texts
from bot.ui.texts import hints as hint_texts
from bot.ui.texts import questions as texts
from bot.ui.texts import say

_FORM = re.compile(r"tutor:try-text:(?P<id>[0-9]{1,18})")


class TryButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tutor:try-(?P<what>answer|hint):(?P<id>[0-9]{1,18}):(?P<n>[0-9])",
):
    """Under a dry run: answers with an option (from 0), or shows a hint (from 1)."""

    def __init__(self, what: str, question_id: int, n: int, label: str = "-") -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                style=discord.ButtonStyle.primary
                if what == "answer"
                else discord.ButtonStyle.secondary,
                custom_id=f"tutor:try-{what}:{question_id}:{n}",
            )
        )
        self.what, self.question_id, self.n = what, question_id, n

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        return cls(match["what"], int(match["id"]), int(match["n"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Answer privately."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        stored = await _stored(interaction, self.question_id)
        if self.what == "answer":
            embed = _answered(interaction, stored, self.n)
        else:
            embed = _hint(interaction.locale, stored, self.n)
        await interaction.followup.send(embed=embed, ephemeral=True)


class TryExplainButton(IdButton, what="try-explain", label=texts.TRY_EXPLAIN):
    """Under a dry run: opens the form for an explanation."""

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Open it."""
        await _stored(interaction, self.id_)
        locale = interaction.locale
        text = Input(
            "text",
            say(locale, explanation_texts.MODAL_LABEL),
            context_of(interaction).settings.explanations.max_characters,
            required=True,
            long=True,
        )
        await interaction.response.send_modal(
            Form(say(locale, explanation_texts.MODAL_TITLE), f"tutor:try-text:{self.id_}", [text])
        )


DYNAMIC_ITEMS = (TryButton, TryExplainButton)


async def begin(interaction: Interaction, typed: str) -> None:
    """Answer `/question try` with the post; the command has been acknowledged."""
    stored = await chosen(interaction, typed)
    context, locale = context_of(interaction), interaction.locale
    round_ = _round(stored, server_of(interaction), context.clock())
    assert round_.closes_at is not None
    await interaction.followup.send(
        say(locale, texts.TRY_HOW),
        embed=post_embed(locale, round_, round_.closes_at),
        view=_view(locale, stored),
        ephemeral=True,
    )


async def submitted(interaction: Interaction) -> None:
    """Take the text of a dry run and show its grade. Every other interaction is left alone."""
    custom_id, inputs = sent(interaction)
    match = _FORM.fullmatch(custom_id)
    if match is None:
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    stored = await _stored(interaction, int(match["id"]))
    context, locale = context_of(interaction), interaction.locale
    grade = await questions.try_explanation(context, stored.question, inputs.get("text", ""))
    round_ = _round(stored, server_of(interaction), context.clock(), State.REVEALED)
    found = Graded(
        id=0,
        round=round_,
        user_id=interaction.user.id,
        attempt=1,
        attempts=Attempts(round_, 1, context.settings.explanations.attempts),
        grade=grade,
        best=grade,
    )
    embed = grade_embed(locale, found)
    embed.url = None
    await interaction.followup.send(say(locale, texts.TRY_GRADED), embed=embed, ephemeral=True)


async def _stored(interaction: Interaction, question_id: int) -> StoredQuestion:
    """Return the question of a button, after everything was checked again."""
    await require(interaction)
    return await questions.to_be_seen(context_of(interaction), server_of(interaction), question_id)


def _view(locale: object, stored: StoredQuestion) -> discord.ui.View:
    """Return the buttons: the options in one row, help in the next. At most ten of 25."""
    view = discord.ui.View(timeout=None)
    question = stored.question
    for index, letter in enumerate(question.letters):
        view.add_item(TryButton("answer", stored.id, index, letter))
    for level in range(1, len(question.hints) + 1):
        view.add_item(TryButton("hint", stored.id, level, say(locale, texts.TRY_HINT, level=level)))
    if question.references:
        view.add_item(TryExplainButton(stored.id, say(locale, texts.TRY_EXPLAIN)))
    return view


def _answered(interaction: Interaction, stored: StoredQuestion, option: int) -> discord.Embed:
    question, locale = stored.question, interaction.locale
    if option >= len(question.options):
        raise MemberError("round_unknown")
    chosen_ = tuple(int(index == option) for index in range(len(question.options)))
    right = option == question.key
    round_ = _round(stored, server_of(interaction), context_of(interaction).clock())
    embed = reveal_embed(locale, round_, Outcome(Tally(chosen_, int(right), 0), ()))
    embed.set_image(url=None)
    first = say(locale, texts.TRY_RIGHT if right else texts.TRY_WRONG, letter=REACTIONS[option])
    belief = question.misconceptions.get(LETTERS[option])  # pyright: ignore[reportArgumentType]
    if belief:
        first += " " + say(locale, texts.TRY_BELIEVES, misconception=belief)
    embed.description = f"{first}\n\n{embed.description}"[:4096]
    return embed


def _hint(locale: object, stored: StoredQuestion, level: int) -> discord.Embed:
    hints = stored.question.hints
    if not 1 <= level <= len(hints):
        raise MemberError("no_hints")
    return discord.Embed(
        title=say(locale, hint_texts.LEVEL, level=level, levels=len(hints)),
        description=hints[level - 1],
        colour=ACCENT,
    )


def _round(
    stored: StoredQuestion, server_id: int, now: datetime, state: State = State.OPEN
) -> Round:
    """Return a round that is nowhere, to be shown as one would be."""
    open_for = timedelta(days=1)
    return Round(
        id=0,
        server_id=server_id,
        channel_id=0,
        schedule_id=None,
        local_date=None,
        due_at=now,
        state=state,
        manner=Manner.CONCEALED,
        open_minutes=int(open_for.total_seconds()) // 60,
        role_id=None,
        thread=False,
        bank=stored.bank,
        bank_title=stored.bank_title,
        question_id=stored.id,
        question=stored.question,
        message_id=0,
        opened_at=now,
        closes_at=now + open_for,
        revealed_at=None,
        late=False,
    )
