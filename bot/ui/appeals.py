"""Appeals in Discord: the button on a grade, and the modal that takes the reason."""

import re
from typing import Any

import discord

from bot.domain.question import Verdict
from bot.domain.round import State
from bot.services import reviews
from bot.services.explanations import Graded
from bot.ui.buttons import IdButton
from bot.ui.context import Interaction, context_of
from bot.ui.errors import guarded
from bot.ui.forms import typed
from bot.ui.texts import reviews as texts
from bot.ui.texts import say

MODAL_KEPT_S = 60.0
"""How long discord.py remembers a modal. Nothing depends on it: members may write longer."""
_SENT = re.compile(r"tutor:appeal-text:(?P<explanation>[0-9]{1,18})")


class AppealButton(IdButton, what="appeal", label=texts.APPEAL_BUTTON):
    """On a grade, in private: opens the modal. It works in a direct message too, so what it asks
    for is checked by the explanation's member and by no server.
    """

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Ask for the reason; who may not appeal is told before they write one."""
        await reviews.may_appeal(context_of(interaction), self.id_, interaction.user.id)
        await interaction.response.send_modal(AppealModal(interaction.locale, self.id_))


class AppealModal(discord.ui.Modal):
    """Takes the reason. What is sent arrives in `submitted`, by the custom id."""

    def __init__(self, locale: object, explanation_id: int) -> None:
        super().__init__(
            title=say(locale, texts.APPEAL_TITLE),
            custom_id=f"tutor:appeal-text:{explanation_id}",
            timeout=MODAL_KEPT_S,
        )
        reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph,
            placeholder=say(locale, texts.APPEAL_PLACEHOLDER),
            max_length=reviews.LONGEST_REASON,
        )
        about = say(locale, texts.APPEAL_ABOUT)
        label = say(locale, texts.APPEAL_LABEL)
        self.add_item(discord.ui.Label(text=label, description=about, component=reason))

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Leave it to `submitted`."""


async def submitted(interaction: Interaction) -> None:
    """Take an appeal's reason from the modal. Every other interaction is left alone."""
    found = typed(interaction, _SENT)
    if found is None:
        return
    match, reason = found
    await interaction.response.defer(ephemeral=True, thinking=True)
    revealed = await reviews.appeal(
        context_of(interaction), int(match["explanation"]), interaction.user.id, reason
    )
    message = texts.APPEAL_STORED if revealed else texts.APPEAL_STORED_EARLY
    await interaction.edit_original_response(content=say(interaction.locale, message))


def appeal_view(locale: object, found: Graded) -> discord.ui.View | None:
    """Return the button that goes with a grade; None where there is nothing to appeal."""
    grade = found.grade
    if grade is None or found.appealed or found.decision is not None:
        return None
    full = grade.label is Verdict.CORRECT and round(100 * grade.score) == 100
    if full or found.round.state is State.CANCELLED:
        return None
    view = discord.ui.View(timeout=None)
    view.add_item(AppealButton(found.id, say(locale, texts.APPEAL_BUTTON)))
    return view
