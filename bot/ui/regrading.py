"""A posted question gets another key or is taken back: the private question, its buttons, and the
form for an explanation that fits the new key.
"""

import re
from typing import Any, Self

import discord

from bot.domain.question import LETTERS, LONGEST_EXPLANATION
from bot.domain.round import Round, State
from bot.errors import ModeratorError
from bot.services import links, regrading
from bot.services.regrading import Effect
from bot.ui.buttons import number
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.forms import Form, Input, typed
from bot.ui.limits import FIELD, cut
from bot.ui.moderators import require
from bot.ui.plain import plain
from bot.ui.style import GOOD, REACTIONS, WRONG
from bot.ui.texts import moderators as texts
from bot.ui.texts import say

NAMED = 10
"""Members whose points are told one by one; of the others their number."""

_SENT = re.compile(r"tutor:regrade-text:(?P<id>[0-9]{1,18}):(?P<key>[A-F]):(?P<mark>[0-9a-f]{8})")
_POST = re.compile(
    r"(?:https://(?:(?:ptb|canary)\.)?discord(?:app)?\.com/channels/\d{1,20}/\d{1,20}/)?(\d{1,19})",
    re.ASCII,
)


async def find(interaction: Interaction, post: str | None) -> Round:
    """Return the round that a moderator means: by the link of its post, or the channel's newest.

    Raises ModeratorError: post_unknown, no_posted_round.
    """
    message_id: int | None = None
    if post is not None:
        named = _POST.fullmatch(post.strip())
        message_id = number(named[1]) if named else 0
        if message_id == 0:
            raise ModeratorError("post_unknown")
    return await regrading.find(
        context_of(interaction), server_of(interaction), interaction.channel_id or 0, message_id
    )


async def ask(interaction: Interaction, round_: Round, key: str | None) -> None:
    """Show what a new key does to a round (None: what cancelling it does), and the button for it.

    Raises ModeratorError: round_not_posted, key_not_an_option, key_is_that.
    """
    effect = await regrading.look(context_of(interaction), server_of(interaction), round_.id, key)
    embed, view = question(interaction.locale, effect)
    await interaction.followup.send(embed=embed, view=view, ephemeral=True)


def question(locale: object, effect: Effect) -> tuple[discord.Embed, discord.ui.View]:
    """Return what is asked before anything is done, and the button that does it."""
    round_, key = effect.round, effect.key
    revealed = round_.state is State.REVEALED
    link = links.to_post(round_)
    if key is None:
        ask_ = texts.CANCEL_REVEALED if revealed else texts.CANCEL_OPEN
        lines = [say(locale, ask_, link=link)]
    elif revealed:
        old = _letter(round_.question.answer)
        lines = [say(locale, texts.KEY_REVEALED, key=_letter(key), old=old, link=link)]
    else:
        lines = [say(locale, texts.KEY_OPEN, key=_letter(key), link=link)]
    lines += _consequences(locale, effect)
    lines.append(say(locale, texts.TO_KEEP))
    embed = discord.Embed(description="\n\n".join(lines), colour=WRONG)
    if key is not None and revealed and round_.question.explanation:
        name = say(locale, texts.EXPLANATION)
        embed.add_field(name=name, value=cut(round_.question.explanation, FIELD), inline=False)
    view = discord.ui.View(timeout=None)
    label = say(locale, texts.CANCEL_BUTTON if key is None else texts.KEY_BUTTON)
    view.add_item(RegradeButton(round_.id, key, effect.mark, label))
    if key is not None:
        view.add_item(ExplainKeyButton(round_.id, key, effect.mark, say(locale, texts.BOTH_BUTTON)))
    return embed, view


class RegradeButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tutor:regrade:(?P<id>[0-9]{1,18}):(?P<key>[A-F]|cancel):(?P<mark>[0-9a-f]{8})",
):
    """In the private question: does what was shown, or asks anew where that is not it any more."""

    def __init__(self, round_id: int, key: str | None, mark: str, label: str = "-") -> None:
        super().__init__(
            discord.ui.Button(
                label=label,
                style=discord.ButtonStyle.danger,
                custom_id=f"tutor:regrade:{round_id}:{key or 'cancel'}:{mark}",
            )
        )
        self.round_id, self.key, self.mark = round_id, key, mark

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        key = match["key"] if match["key"] in LETTERS else None
        return cls(int(match["id"]), key, match["mark"])

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Do it, and say so in place of the question."""
        await interaction.response.defer()
        await require(interaction)
        await _apply(interaction, self.round_id, self.key, self.mark)


class ExplainKeyButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tutor:regrade-both:(?P<id>[0-9]{1,18}):(?P<key>[A-F]):(?P<mark>[0-9a-f]{8})",
):
    """Beside it: asks for the explanation that goes with the new key; the form does both."""

    def __init__(self, round_id: int, key: str, mark: str, label: str = "-") -> None:
        what = f"{round_id}:{key}:{mark}"
        super().__init__(discord.ui.Button(label=label, custom_id=f"tutor:regrade-both:{what}"))
        self.round_id, self.key, self.mark = round_id, key, mark

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build it from the id that Discord sent."""
        return cls(int(match["id"]), match["key"], match["mark"])

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Show the form, with the explanation there is once its question is revealed."""
        await require(interaction)
        effect = await regrading.look(
            context_of(interaction), server_of(interaction), self.round_id, self.key
        )
        locale = interaction.locale
        revealed = effect.round.state is State.REVEALED
        text = Input(
            "explanation",
            say(locale, texts.EXPLAIN_LABEL, key=self.key),
            LONGEST_EXPLANATION,
            say(locale, texts.EXPLAIN_ABOUT),
            effect.round.question.explanation if revealed else "",
            required=True,
            long=True,
        )
        custom_id = f"tutor:regrade-text:{self.round_id}:{self.key}:{self.mark}"
        await interaction.response.send_modal(
            Form(say(locale, texts.EXPLAIN_TITLE), custom_id, [text])
        )


async def submitted(interaction: Interaction) -> None:
    """Take the form: change the key and its explanation. Every other interaction is left alone."""
    found = typed(interaction, _SENT)
    if found is None:
        return
    match, text = found
    # Who sends a form of their own has no question of mine that it came from.
    await interaction.response.defer(ephemeral=True, thinking=interaction.message is None)
    await require(interaction)
    await _apply(interaction, int(match["id"]), match["key"], match["mark"], text)


async def _apply(
    interaction: Interaction, round_id: int, key: str | None, mark: str, explanation: str = ""
) -> None:
    locale = interaction.locale
    effect, done = await regrading.apply(
        context_of(interaction),
        server_of(interaction),
        round_id,
        key,
        mark=mark,
        by=interaction.user.id,
        explanation=explanation,
    )
    if done:
        embed = discord.Embed(description=told(locale, effect, bool(explanation)), colour=GOOD)
        await interaction.edit_original_response(content=None, embed=embed, view=None)
        return
    embed, view = question(locale, effect)
    lines = [say(locale, texts.OTHERWISE), embed.description or ""]
    if explanation:
        text = "\n".join(plain(line) for line in explanation.splitlines())
        lines.append(say(locale, texts.NOT_USED, explanation=text))
    embed.description = "\n\n".join(lines)
    await interaction.edit_original_response(content=None, embed=embed, view=view)


def told(locale: object, effect: Effect, explained: bool = False) -> str:
    """Return what is said when it was done, `explained` anew or not. Of an open round it does not
    depend on the old key.
    """
    link = links.to_post(effect.round)
    if effect.key is None:
        return say(locale, texts.CANCELLED, link=link)
    revealed = effect.round.state is State.REVEALED
    changed = texts.KEY_CHANGED if revealed else texts.KEY_CHANGED_OPEN
    later = texts.FILE_TOO if effect.shipped else texts.BANK_TOO
    bank = discord.utils.escape_markdown(effect.round.bank)
    lines = [say(locale, changed, key=_letter(effect.key), link=link)]
    if explained:
        lines[0] += f" {say(locale, texts.EXPLAINED)}"
    return "\n\n".join([*lines, say(locale, later, bank=bank)])


def _consequences(locale: object, effect: Effect) -> list[str]:
    lines: list[str] = []
    if effect.round.state is State.REVEALED:
        lines.append(_points(locale, effect))
    elif effect.key is None and effect.answers:
        lines.append(say(locale, texts.ANSWERS_LOST, n=effect.answers))
    if effect.key is None:
        lines.append(_streaks(locale, effect))
        return lines
    if effect.round.state is not State.REVEALED:
        lines.append(say(locale, texts.EXPLANATION_OPEN))
    elif effect.round.question.explanation:
        lines.append(say(locale, texts.EXPLANATION_TOO))
    if effect.shipped:
        bank = discord.utils.escape_markdown(effect.round.bank)
        lines.append(say(locale, texts.FILE_TOO, bank=bank))
    return lines


def _points(locale: object, effect: Effect) -> str:
    if not effect.changes:
        return say(locale, texts.NOBODYS_POINTS)
    up, down = effect.gaining, effect.losing
    lines = [
        say(locale, texts.POINTS_CHANGE, n=len(effect.changes), gaining=up, losing=down),
        *(
            say(locale, texts.CHANGE, user=one.user_id, before=one.before, after=one.after)
            for one in effect.changes[:NAMED]
        ),
    ]
    if len(effect.changes) > NAMED:
        lines.append(say(locale, texts.AND_MORE, n=len(effect.changes) - NAMED))
    return "\n".join(lines)


def _streaks(locale: object, effect: Effect) -> str:
    counted = (
        (texts.STREAKS_SHORTER, effect.streaks.shorter),
        (texts.STREAKS_LONGER, effect.streaks.longer),
    )
    lines = [say(locale, text, n=count) for text, count in counted if count]
    return " ".join(lines) or say(locale, texts.STREAKS_SAME)


def _letter(key: str) -> str:
    return REACTIONS[LETTERS.index(key)]
