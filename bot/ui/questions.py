"""Questions as moderators see them: all that one holds, what a search found, and what is offered
while they type.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.bank.formats import toml
from bot.domain.question import LETTERS
from bot.services import own_banks, questions
from bot.services.questions import Search
from bot.store.queries.own_banks import Listed
from bot.store.queries.questions import StoredQuestion
from bot.ui.choices import MOST, best, fitting
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.limits import DESCRIPTION, FIELD, cut
from bot.ui.moderators import allowed
from bot.ui.style import ACCENT, MUTED, REACTIONS
from bot.ui.texts import questions as texts
from bot.ui.texts import rounds as round_texts
from bot.ui.texts import say

TOGETHER = 5800
"""Characters of an embed by Discord's limits; for all of one a little is left over."""
SHOWN = 10
"""Questions of a search that are listed; more would not be read."""
PROMPT = 150
"""Characters of a prompt in a list."""
_CHOSEN = 60
"""The same where it is to be chosen; a choice has 100 with the bank's title."""


def details(
    locale: object,
    bank_title: str,
    values: Mapping[str, Any],
    extra: Sequence[tuple[str, str]] = (),
) -> tuple[discord.Embed, list[discord.File]]:
    """Return all that a question holds, key included, and, where that is too long for a message,
    the whole as a file. `values` are its keys as far as they are written, `extra` what else to say
    below, as (name, text); it is cut last.
    """
    title = say(
        locale,
        texts.TITLE,
        bank=bank_title,
        topic=values.get("topic", "-"),
        difficulty=values.get("difficulty", "-"),
    )
    embed = discord.Embed(title=title[:256], colour=ACCENT)
    parts = {field: say(locale, name) for field, name in texts.FIELDS.items()}
    fields = [(parts[field], _field(field, values.get(field))) for field in parts]
    room = TOGETHER - len(embed.title or "") - sum(len(a) + min(len(b), FIELD) for a, b in extra)
    question = _question(locale, values)
    embed.description = cut(question, min(DESCRIPTION, room))
    room -= len(embed.description)
    shortened = embed.description != question
    for name, value in fields:
        if not value:
            continue
        shown = cut(value, min(FIELD, room - len(name)))
        shortened = shortened or shown != value
        if shown:
            embed.add_field(name=name, value=shown, inline=False)
            room -= len(name) + len(shown)
    for name, value in extra:
        embed.add_field(name=name, value=cut(value, FIELD), inline=False)
    if not shortened:
        return embed, []
    embed.set_footer(text=say(locale, texts.CUT))
    name = f"{values.get('id', 'question')}.toml"
    return embed, [discord.File(io.BytesIO(toml.write(bank_title, [values])), name)]


async def show(interaction: Interaction, typed: str) -> None:
    """Answer `/question show`; the command has been acknowledged."""
    stored = await chosen(interaction, typed)
    embed, files = details(interaction.locale, stored.bank_title, own_banks.values_of(stored))
    await interaction.followup.send(embed=embed, files=files, ephemeral=True)


async def chosen(interaction: Interaction, typed: str) -> StoredQuestion:
    """Return the question that was typed or chosen, if it may be seen. Raises ModeratorError."""
    context, server_id = context_of(interaction), server_of(interaction)
    found = await questions.find(context, server_id, typed)
    return await questions.to_be_seen(context, server_id, found.id)


async def search(interaction: Interaction, wish: Search) -> None:
    """Answer `/question search`; the command has been acknowledged."""
    found = await questions.search(context_of(interaction), server_of(interaction), wish)
    await interaction.followup.send(embed=listing(interaction.locale, found), ephemeral=True)


def listing(locale: object, found: Sequence[Listed]) -> discord.Embed:
    """Return the first questions of a search, without their keys."""
    if not found:
        return discord.Embed(description=say(locale, texts.FOUND_NONE), colour=MUTED)
    lines = [
        say(
            locale,
            texts.FOUND_LINE,
            prompt=short(one.prompt, PROMPT),
            bank=one.bank_title,
            topic=one.topic,
            difficulty=one.difficulty,
            id=one.slug,
        )
        for one in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        lines.append(say(locale, texts.FOUND_MORE, n=len(found) - SHOWN))
    return discord.Embed(
        title=say(locale, texts.FOUND, n=len(found)), description="\n".join(lines), colour=ACCENT
    )


def short(prompt: str, longest: int) -> str:
    """Return a prompt as one plain line."""
    line = " ".join(prompt.split())
    line = line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
    return discord.utils.escape_markdown(line)


async def names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer questions that can be asked here."""
    return await _offered(interaction, current, retired=False)


async def own_names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer the server's own questions."""
    return await _offered(interaction, current, retired=False, own=True)


async def retired_names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer the server's retired questions."""
    return await _offered(interaction, current, retired=True)


async def topic_names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer topics, one at a time."""
    if not await allowed(interaction):
        return []
    listed = await questions.listing(context_of(interaction), server_of(interaction))
    return fitting(best(current, sorted({topic for bank in listed for topic in bank.topics})))


async def own_bank_titles(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer the server's own banks."""
    if not await allowed(interaction):
        return []
    found = await own_banks.titles(context_of(interaction), server_of(interaction))
    return fitting(best(current, found.values()))


async def bank_titles(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer every bank that the server can use."""
    if not await allowed(interaction):
        return []
    listed = await questions.listing(context_of(interaction), server_of(interaction))
    return fitting(best(current, [bank.title for bank in listed]))


async def _offered(
    interaction: Interaction, current: str, *, retired: bool, own: bool = False
) -> list[app_commands.Choice[str]]:
    if not await allowed(interaction):
        return []
    wish = Search(text=current, retired=retired)
    found = await questions.search(context_of(interaction), server_of(interaction), wish)
    return [
        app_commands.Choice(
            name=say(
                interaction.locale,
                texts.CHOICE,
                prompt=cut(" ".join(one.prompt.split()), _CHOSEN),
                bank=one.bank_title,
            )[:100],
            value=str(one.id),
        )
        for one in found
        if not (own and one.shipped)
    ][:MOST]


def _question(locale: object, values: Mapping[str, Any]) -> str:
    prompt = values.get("prompt") or say(locale, texts.NO_PROMPT)
    parts = [f"**{prompt}**"]
    if values.get("code"):
        parts[0] += f"\n```python\n{values['code']}\n```"
    options = [
        say(
            locale,
            round_texts.OPTION_KEY
            if LETTERS[index] == values.get("answer")
            else round_texts.OPTION,
            letter=REACTIONS[index],
            option=option,
        )
        for index, option in enumerate(values.get("options", ())[: len(LETTERS)])
    ]
    return "\n\n".join([*parts, "\n".join(options)]).strip()


def _field(field: str, value: Any) -> str:
    match field, value:
        case _, None:
            return ""
        case "hints", _:
            return "\n".join(f"{number}. {hint}" for number, hint in enumerate(value, 1))
        case "key_points", _:
            return "\n".join(f"• {point}" for point in value)
        case "misconceptions", _:
            return "\n".join(f"{letter}: {value[letter]}" for letter in sorted(value))
        case _:
            return str(value)
