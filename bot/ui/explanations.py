"""Explanations in Discord: the Explain button of a post, the modal that takes the text, and the
private message with the grade.

What a grade shows before the reveal is what the member has said already and how many points are
left to find; the rest of the key points and the reference come after it.
"""

import re
from typing import Any

import aiohttp
import discord

from bot.domain.question import Verdict
from bot.domain.review import Decision
from bot.errors import MemberError
from bot.grading import Grade, KeyPoint, KeyPointState, checks
from bot.services import explanations, links, rounds, telling
from bot.services.context import Context
from bot.services.explanations import Attempts, Graded
from bot.ui.appeals import appeal_view
from bot.ui.buttons import IdButton, number
from bot.ui.context import Interaction, context_of, server_of
from bot.ui.errors import guarded
from bot.ui.forms import typed
from bot.ui.limits import FIELD
from bot.ui.plain import plain
from bot.ui.style import ACCENT, GOOD, MUTED, WRONG
from bot.ui.texts import explanations as texts
from bot.ui.texts import say
from bot.ui.turns import end_turn, take_turn

PEN = "✍️"
BLOCKS = 10
QUEUE_WORTH_TELLING = 5
"""Fewer before one's own are graded within a second."""
NAMED_FROM = 0.6
"""Before the reveal a covered key point is named only if the grader is this sure of it: otherwise a
text that barely touches the point would be told it.
"""
PRAISED_FROM = 0.8
"""In a text that is not accepted, a point counts as said from here on: no praise for nonsense."""
QUOTED = 200
"""Characters of a member's sentence that are quoted back."""
_SENT = re.compile(r"tutor:explain-text:(?P<round>[0-9]+)")

_LABELS = {
    Verdict.CORRECT: (texts.CORRECT, GOOD),
    Verdict.INCORRECT: (texts.INCORRECT, MUTED),
    Verdict.CONTRADICTORY: (texts.CONTRADICTORY, WRONG),
}
_DECIDED = {
    Decision.ACCEPTED: (texts.ACCEPTED, GOOD),
    Decision.PARTLY: (texts.PARTLY, GOOD),
    Decision.REJECTED: (texts.REJECTED, MUTED),
}


class ExplainButton(IdButton, what="explain", label=texts.BUTTON, emoji=PEN):
    """Under a post: opens the modal, or shows what counts when no attempt is left."""

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Answer privately."""
        await respond(interaction, self.id_)


class ExplainModal(discord.ui.Modal):
    """Takes the text of one attempt. What is sent arrives in `submitted`, by the custom id: the
    bot may have been restarted while the member wrote, and does not know this object any more.
    """

    def __init__(self, locale: object, attempts: Attempts, longest: int) -> None:
        super().__init__(
            title=say(locale, texts.MODAL_TITLE),
            custom_id=f"tutor:explain-text:{attempts.round.id}",
            timeout=None,
        )
        self.stop()  # discord.py need not remember it
        about = say(locale, texts.MODAL_ABOUT, attempt=attempts.used + 1, allowed=attempts.allowed)
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph,
            placeholder=say(locale, texts.MODAL_PLACEHOLDER),
            max_length=longest,
        )
        self.add_item(
            discord.ui.Label(text=say(locale, texts.MODAL_LABEL), description=about, component=text)
        )


async def submitted(interaction: Interaction) -> None:
    """Take an explanation from the modal: store it, say so, then show its grade. Every other
    interaction is left alone.
    """
    found = typed(interaction, _SENT)
    if found is not None:
        match, text = found
        await _take(interaction, number(match["round"]), text)


async def respond(interaction: Interaction, round_id: int | None = None) -> None:
    """Answer `/explain` (the newest open round of the channel) or the button of a round.

    Raises MemberError; the caller's policy says it.
    """
    context, user_id, server_id = (
        context_of(interaction),
        interaction.user.id,
        server_of(interaction),
    )
    if round_id is None:
        current = await rounds.current(context, interaction.channel_id or 0)
        if current is None:
            if await _show_untold(interaction):
                return
            raise MemberError("no_open_round")
        round_id = current.id
    attempts = await explanations.begin(context, round_id, user_id, server_id)
    if attempts.left:
        # A modal must be the first response: nothing is deferred before it.
        longest = context.settings.explanations.max_characters
        await interaction.response.send_modal(ExplainModal(interaction.locale, attempts, longest))
        return
    await interaction.response.defer(ephemeral=True)
    found = await explanations.best(context, round_id, user_id)
    assert found is not None  # begin() saw at least one
    await _send(interaction, found)
    await _show_untold(interaction)


async def _take(interaction: Interaction, round_id: int, text: str) -> None:
    if not take_turn(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    context, locale = context_of(interaction), interaction.locale
    explanation_id = await explanations.submit(
        context, round_id, interaction.user.id, server_of(interaction), text
    )
    end_turn(interaction)  # from here on it waits for the grader
    before = context.grader.waiting()
    stored = (
        say(locale, texts.STORED_IN_QUEUE, n=before)
        if before >= QUEUE_WORTH_TELLING
        else say(locale, texts.STORED)
    )
    # Stored is stored: whether Discord takes this line or not, the grade follows.
    await _edit(interaction, content=stored)
    found = await explanations.grade(context, explanation_id)
    if found.grade is None:
        await _edit(interaction, content=say(locale, texts.LATER))
        return
    shown = {"embed": grade_embed(locale, found), "view": appeal_view(locale, found)}
    if await _edit(interaction, content=None, **shown):
        await _told(context, found)
    else:
        await telling.tell(context, explanation_id)
    await _show_untold(interaction)


async def _edit(interaction: Interaction, **changes: Any) -> bool:
    """Edit the private reply; False where its token has expired or Discord cannot be reached."""
    try:
        await interaction.edit_original_response(**changes)
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        return False
    return True


async def _show_untold(interaction: Interaction) -> bool:
    """Show grades that came while the member could not be reached; tell whether there were any."""
    context = context_of(interaction)
    waiting = await telling.untold(context, server_of(interaction), interaction.user.id)
    if waiting and not interaction.response.is_done():
        await interaction.response.defer(ephemeral=True)
    for found in waiting:
        await _send(interaction, found, texts.EARLIER if found.decision is None else texts.REVIEWED)
    return bool(waiting)


async def _send(interaction: Interaction, found: Graded, introduction: str | None = None) -> None:
    """Show a grade privately, and note that it was seen."""
    locale = interaction.locale
    await interaction.followup.send(
        say(locale, introduction) if introduction else discord.utils.MISSING,
        embed=grade_embed(locale, found),
        view=appeal_view(locale, found) or discord.utils.MISSING,
        ephemeral=True,
    )
    if found.grade is not None:
        await _told(context_of(interaction), found)


async def _told(context: Context, found: Graded) -> None:
    await telling.told(context, found.id, review=found.decision is not None)


def grade_embed(locale: object, found: Graded) -> discord.Embed:
    """Return an explanation's grade, or what a moderator made of it; before the reveal it gives
    nothing away, and of a review it tells nothing.
    """
    grade = found.grade
    title, url = say(locale, texts.TITLE), links.to_post(found.round)
    if grade is None:
        return discord.Embed(
            title=title, url=url, description=say(locale, texts.PENDING), colour=ACCENT
        )
    label, colour = _LABELS[grade.label] if found.decision is None else _DECIDED[found.decision]
    percent = round(100 * grade.score)
    lines = [
        say(locale, label),
        say(locale, texts.SCORE, bar=bar(grade.score), percent=percent),
        *(_advice(locale, found, grade) if found.decision is None else ()),
        *_attempts(locale, found, grade),
    ]
    made = discord.Embed(title=title, url=url, description="\n".join(lines), colour=colour)
    for name, points in _points(found, grade):
        value = "\n".join(_point(locale, point) for point in points)
        made.add_field(name=say(locale, name), value=value[:FIELD], inline=False)
    if found.revealed:
        # A field holds 1024 characters, a reference 1200: so it goes in at most two.
        reference = found.round.question.explanation
        for start in range(0, len(reference), FIELD):
            name = say(locale, texts.REFERENCE) if start == 0 else "\u200b"
            made.add_field(name=name, value=reference[start : start + FIELD], inline=False)
    if found.appealed and found.decision is None:
        made.set_footer(text=say(locale, texts.APPEALED))
    elif grade.needs_review:
        made.set_footer(text=say(locale, texts.UNSURE))
    return made


def bar(score: float) -> str:
    """Return a score of 0..1 as ten blocks."""
    full = round(min(1.0, max(0.0, score)) * BLOCKS)
    return "▰" * full + "▱" * (BLOCKS - full)


def _points(found: Graded, grade: Grade) -> list[tuple[str, list[KeyPoint]]]:
    """Return the key points that may be named, by heading. What a moderator decided leaves none:
    which points the grader saw in a text that it was wrong about says little.
    """
    if found.decision is not None:
        return []
    by_state = {
        state: [
            point
            for point in grade.key_points
            if point.state is state and (found.revealed or point.score >= NAMED_FROM)
        ]
        for state in KeyPointState
    }
    shown = [(texts.COVERED, by_state[KeyPointState.COVERED])]
    if found.revealed:
        shown += [
            (texts.CONTRADICTED, by_state[KeyPointState.CONTRADICTED]),
            (texts.MISSING, by_state[KeyPointState.MISSING]),
        ]
    elif grade.label is not Verdict.CORRECT:
        # A point that a wrong text seems to touch would be told to somebody who has not seen it.
        shown = []
    return [(name, points) for name, points in shown if points]


def _point(locale: object, point: KeyPoint) -> str:
    """Return a key point as a line, with the member's sentence that contradicts it."""
    if not point.quote:
        return say(locale, texts.POINT, point=point.text)
    return say(locale, texts.POINT_AGAINST, point=point.text, quote=_quoted(point.quote))


def _quoted(sentence: str) -> str:
    """Return a member's sentence as plain words in one line, shortened."""
    return plain(sentence, QUOTED)


def _advice(locale: object, found: Graded, grade: Grade) -> list[str]:
    """Return what to do next, in a sentence or two."""
    noticed = [say(locale, texts.FLAGS[flag]) for flag in grade.flags if flag in texts.FLAGS]
    if not checks.REFUSING.isdisjoint(grade.flags):
        return noticed
    return [*noticed, *_next(locale, found, grade)]


def _next(locale: object, found: Graded, grade: Grade) -> list[str]:
    if grade.label is Verdict.CORRECT and checks.COPIED_REFERENCE in grade.flags:
        return [say(locale, texts.COPIED)]
    if found.revealed:
        return [] if grade.label is Verdict.CORRECT else [say(locale, texts.COMPARE)]
    if not found.attempts.left and grade.label is not Verdict.CORRECT:
        return [say(locale, texts.NUDGE_LAST)]
    points = len(grade.key_points)
    if grade.label is Verdict.CONTRADICTORY:
        quote = next((point.quote for point in grade.key_points if point.quote), "")
        if quote:
            return [say(locale, texts.NUDGE_SENTENCE, quote=_quoted(quote))]
        return [say(locale, texts.NUDGE_CONTRADICTORY)]
    if grade.label is Verdict.INCORRECT:
        said = sum(
            point.state is KeyPointState.COVERED and point.score >= PRAISED_FROM
            for point in grade.key_points
        )
        if 0 < said < points:
            return [say(locale, texts.NUDGE_PARTLY, n=said, points=points)]
        return [say(locale, texts.NUDGE_WRONG)]
    covered = sum(point.state is KeyPointState.COVERED for point in grade.key_points)
    if covered == points:
        return []
    if not covered:  # right as a whole, and no single point said clearly
        return [say(locale, texts.NUDGE_ROUGH)]
    return [
        say(locale, texts.COVERED_COUNT, covered=covered, points=points),
        say(locale, texts.NUDGE_MORE, n=points - covered),
    ]


def _attempts(locale: object, found: Graded, grade: Grade) -> list[str]:
    lines: list[str] = []
    if found.attempts.used > 1 and found.best is not None:
        if found.best.label is Verdict.CORRECT:
            percent = round(100 * found.best.score)
            lines.append(say(locale, texts.BEST, used=found.attempts.used, percent=percent))
        elif grade.label is not Verdict.CORRECT:
            lines.append(say(locale, texts.BEST_NONE))
    if found.attempts.left:
        lines.append(say(locale, texts.ATTEMPTS_LEFT, n=found.attempts.left))
    return lines
