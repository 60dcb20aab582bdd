"""A round in its channel: the post, its reveal, and its cancellation."""

from datetime import datetime

import discord

from bot.domain.round import Manner, Outcome, Round, Tally
from bot.domain.scoring import worth
from bot.ui.explanations import ExplainButton
from bot.ui.hints import HintButton
from bot.ui.style import ACCENT, GOOD, MUTED, REACTIONS
from bot.ui.texts import explanations as explanation_texts
from bot.ui.texts import hints as hint_texts
from bot.ui.texts import rounds as texts
from bot.ui.texts import say

MEDALS = ("🥇", "🥈", "🥉")


def post_embed(locale: object, round_: Round, closes_at: datetime) -> discord.Embed:
    """Return the post of a round that takes answers until `closes_at`."""
    question = round_.question
    letters = [REACTIONS[index] for index in range(len(question.options))]
    how = texts.HOW_CONCEALED if round_.manner is Manner.CONCEALED else texts.HOW_OPEN
    options = [
        say(locale, texts.OPTION, letter=letter, option=option)
        for letter, option in zip(letters, question.options, strict=True)
    ]
    closes = texts.CLOSES_EXPLAIN if question.references else texts.CLOSES
    rules = [
        say(locale, how, first=letters[0], last=letters[-1]),
        say(locale, closes, closes=int(closes_at.timestamp())),
    ]
    if round_.late:
        rules.append(say(locale, texts.LATE, due=int(round_.due_at.timestamp())))
    embed = _embed(
        locale, round_, ACCENT, [_question(round_), "\n".join(options), "\n".join(rules)]
    )
    embed.set_footer(
        text=say(
            locale,
            texts.FOOTER,
            stars="★" * question.difficulty + "☆" * (5 - question.difficulty),
            points=worth(question.difficulty),
        )
    )
    return embed


def post_view(locale: object, round_: Round) -> discord.ui.View:
    """Return the buttons under a post. All of them are dynamic, so they outlive the process."""
    view = discord.ui.View(timeout=None)
    view.add_item(HintButton(round_.id, say(locale, hint_texts.BUTTON)))
    view.add_item(ExplainButton(round_.id, say(locale, explanation_texts.BUTTON)))
    return view


def reveal_embed(locale: object, round_: Round, outcome: Outcome) -> discord.Embed:
    """Return the post of a revealed round, with the chart as an attached image."""
    question = round_.question
    options = [
        say(
            locale,
            texts.OPTION_KEY if index == question.key else texts.OPTION,
            letter=REACTIONS[index],
            option=option,
        )
        for index, option in enumerate(question.options)
    ]
    parts = [
        _question(round_),
        "\n".join(options),
        question.explanation,
        tally_words(locale, outcome.tally),
    ]
    embed = _embed(locale, round_, GOOD, [part for part in parts if part])
    embed.title = say(locale, texts.REVEALED, key=REACTIONS[question.key])
    if outcome.best:
        embed.add_field(
            name=say(locale, texts.BEST),
            value="\n".join(
                say(locale, texts.BEST_LINE, place=medal, user=user_id, n=points)
                for medal, (user_id, points) in zip(MEDALS, outcome.best, strict=False)
            ),
        )
    if question.reading:
        embed.add_field(name=say(locale, texts.READ_MORE), value=question.reading, inline=False)
    embed.set_image(url=f"attachment://{texts.CHART}")
    return embed


def cancelled_embed(locale: object, round_: Round) -> discord.Embed:
    """Return the post of a cancelled round."""
    return _embed(locale, round_, MUTED, [_question(round_), say(locale, texts.CANCELLED)])


def tally_words(locale: object, tally: Tally) -> str:
    """Return in words how many answered and what they chose, most chosen first."""
    if tally.answered:
        order = sorted(range(len(tally.chosen)), key=lambda index: -tally.chosen[index])
        choices = ", ".join(
            say(
                locale,
                texts.CHOICE,
                letter=REACTIONS[index],
                share=round(100 * tally.chosen[index] / tally.answered),
            )
            for index in order
            if tally.chosen[index]
        )
        words = say(locale, texts.ANSWERED, n=tally.answered, choices=choices)
    else:
        words = say(locale, texts.NOBODY)
    if tally.explained:
        words += " " + say(locale, texts.EXPLAINED, n=tally.explained)
    return words


def chart_alt(locale: object, round_: Round, tally: Tally) -> str:
    """Return the chart's content for people who do not see it."""
    bars = ", ".join(
        say(locale, texts.CHART_BAR, letter=letter, n=count)
        for letter, count in zip(round_.question.letters, tally.chosen, strict=True)
    )
    return say(locale, texts.CHART_ALT, bars=bars, key=round_.question.answer)


def _embed(locale: object, round_: Round, colour: int, parts: list[str]) -> discord.Embed:
    embed = discord.Embed(colour=colour, description="\n\n".join(parts))
    embed.set_author(
        name=say(locale, texts.SOURCE, bank=round_.bank_title, topic=round_.question.topic)
    )
    return embed


def _question(round_: Round) -> str:
    question = round_.question
    if question.code is None:
        return f"**{question.prompt}**"
    return f"**{question.prompt}**\n```python\n{question.code}\n```"
