"""How a question does, in Discord: its figures with a chart, and the list of those to look at."""

from collections.abc import Sequence
from io import BytesIO

import discord
from discord import app_commands

from bot.domain import items as rules
from bot.domain.items import Finding, Item
from bot.domain.question import LETTERS
from bot.services import items
from bot.services.items import LookAt, Statistics
from bot.store.queries.items import Asked
from bot.ui import charts
from bot.ui.choices import LONGEST, MOST
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.moderators import allowed
from bot.ui.style import ACCENT
from bot.ui.texts import items as texts
from bot.ui.texts import say

_CHART = "question.png"
_ALT_LENGTH = 1024
_DESCRIPTION = 4096
_PROMPT_LENGTH = 200
_LISTED_LENGTH = 80


async def names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer the questions whose words or id contain what was typed, to moderators only."""
    if not await allowed(interaction):
        return []
    plain = " ".join(current.split()).casefold()
    found = [
        (_choice(interaction.locale, one), str(one.id))
        for one in await items.asked(context_of(interaction), server_of(interaction))
        if plain in f"{one.bank}/{one.slug} {' '.join(one.prompt.split())}".casefold()
    ]
    return [app_commands.Choice(name=name, value=value) for name, value in found[:MOST]]


async def show(interaction: Interaction, found: Statistics) -> None:
    """Answer `/question stats`; the chart comes once there are figures to draw."""
    locale, item = interaction.locale, found.item
    embed = embed_of(locale, found)
    if item.tried < rules.LEAST_TRIED:
        await interaction.followup.send(embed=embed)
        return
    png = await charts.item_chart(
        found.asked.options,
        [option.members for option in item.chosen],
        item.key,
        well=_well(item),
        well_title=say(locale, texts.WELL),
    )
    embed.set_image(url=f"attachment://{_CHART}")
    chart = discord.File(BytesIO(png), _CHART, description=chart_alt(locale, item))
    await interaction.followup.send(embed=embed, file=chart)


def embed_of(locale: object, found: Statistics) -> discord.Embed:
    """Return a question's figures, each only from its minimum number on."""
    asked, item = found.asked, found.item
    lines = [f"**{_plain(asked.prompt, _PROMPT_LENGTH)}**"]
    if not asked.current:
        lines.append(say(locale, texts.EARLIER))
    embed = discord.Embed(colour=ACCENT)
    embed.set_author(name=say(locale, texts.SOURCE, bank=asked.bank, slug=asked.slug))
    embed.set_footer(text=say(locale, texts.FIRST))
    if item.tried < rules.LEAST_TRIED:
        few = say(locale, texts.TOO_FEW, tried=item.tried, least=rules.LEAST_TRIED)
        embed.description = "\n\n".join([*lines, few])
        return embed
    embed.description = "\n\n".join(lines)
    values = {
        "tried": say(locale, texts.TRIED, n=item.tried),
        "difficulty": say(locale, texts.RIGHT, share=_percent(rules.share_right(item))),
        "discrimination": _discrimination(locale, item),
        "hints": _hints(locale, item),
        "explanations": _explanations(locale, item),
    }
    for field, value in values.items():
        embed.add_field(name=say(locale, texts.FIELDS[field]), value=value)
    if found.findings:
        reasons = "\n".join(reason(locale, finding) for finding in found.findings)
        embed.add_field(name=say(locale, texts.FIELDS["look"]), value=reasons, inline=False)
    return embed


def chart_alt(locale: object, item: Item) -> str:
    """Return the chart's content for people who do not see it."""
    well = _well(item)
    bars = ", ".join(
        say(
            locale,
            texts.CHART_BAR_WELL if well else texts.CHART_BAR,
            letter=LETTERS[index],
            n=option.members,
            well=option.well,
        )
        for index, option in enumerate(item.chosen)
    )
    return say(locale, texts.CHART_ALT, bars=bars, key=LETTERS[item.key])[:_ALT_LENGTH]


def list_of(locale: object, look_at: LookAt) -> discord.Embed:
    """Return the questions to look at, as many as fit."""
    embed = discord.Embed(title=say(locale, texts.LIST_TITLE), colour=ACCENT)
    least = rules.LEAST_TRIED
    if not look_at.judged:
        embed.description = say(locale, texts.NONE_JUDGED, least=least)
        return embed
    judged = say(locale, texts.JUDGED, judged=look_at.judged, asked=look_at.asked, least=least)
    embed.set_footer(text=judged)
    parts = [_listed(locale, one) for one in look_at.found]
    shown: list[str] = []
    while parts and sum(len(part) + 2 for part in (*shown, parts[0])) <= _DESCRIPTION - 40:
        shown.append(parts.pop(0))
    if parts:
        shown.append(say(locale, texts.AND_MORE, n=len(parts)))
    embed.description = "\n\n".join(shown) or say(locale, texts.NONE_FOUND)
    return embed


def reason(locale: object, finding: Finding) -> str:
    """Return why a question should be looked at, in a sentence or two."""
    letters = [LETTERS[option] for option in finding.options]
    words = "".join(letters[:1])
    if len(letters) > 1:
        words = say(locale, texts.LETTERS, first=", ".join(letters[:-1]), last=letters[-1])
    return say(locale, texts.REASONS[finding.reason], letters=words)


def _listed(locale: object, one: Statistics) -> str:
    return say(
        locale,
        texts.LIST_LINE,
        prompt=_plain(one.asked.prompt, _LISTED_LENGTH),
        bank=one.asked.bank,
        slug=one.asked.slug,
        reasons="\n".join(reason(locale, finding) for finding in one.findings),
    )


def _well(item: Item) -> Sequence[int]:
    if item.well < rules.LEAST_WELL:
        return ()
    return [option.well for option in item.chosen]


def _discrimination(locale: object, item: Item) -> str:
    if item.ranked < rules.LEAST_RANKED:
        return say(
            locale,
            texts.UNRANKED,
            least=rules.LEAST_RANKED,
            others=rules.LEAST_OTHERS,
            n=item.ranked,
        )
    r = rules.discrimination(item)
    if r is None:
        return say(locale, texts.NO_SPREAD)
    # + 0.0: no minus before a zero.
    return say(locale, texts.DISCRIMINATION, r=f"{round(r, 2) + 0.0:.2f}", ranked=item.ranked)


def _hints(locale: object, item: Item) -> str:
    if not item.hints:
        return say(locale, texts.NO_HINTS)
    members = say(locale, texts.TRIED, n=item.hinted)
    return say(locale, texts.HINTS, n=item.hints, members=members)


def _explanations(locale: object, item: Item) -> str:
    if not item.graded:
        return say(locale, texts.NO_EXPLANATIONS)
    score = rules.explanation_score(item)
    return say(
        locale,
        texts.EXPLANATIONS_FEW if score is None else texts.EXPLANATIONS,
        graded=item.graded,
        correct=item.correct,
        score=_percent(score),
        least=rules.LEAST_TRIED,
    )


def _percent(share: float | None) -> int:
    return round(100 * (share or 0))


def _choice(locale: object, one: Asked) -> str:
    text = texts.CHOICE if one.current else texts.EARLIER_CHOICE
    words = say(locale, text, bank=one.bank, slug=one.slug, prompt=" ".join(one.prompt.split()))
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _plain(prompt: str, longest: int) -> str:
    words = " ".join(prompt.split())
    if len(words) > longest:
        words = words[: longest - 1].rstrip() + "…"
    return discord.utils.escape_markdown(words)
