"""What people write into modals, as it arrives: by the custom id, because the bot may have been
restarted while they wrote and does not know the modal's object any more.
"""

import re
from typing import Any

import discord

from bot.ui.context import Interaction


def sent(interaction: Interaction, custom_id: re.Pattern[str]) -> tuple[re.Match[str], str] | None:
    """Return the match of the custom id, and the text, of a modal with one text input; None where
    the interaction is anything else.
    """
    data: Any = interaction.data or {}
    match = custom_id.fullmatch(str(data.get("custom_id", "")))
    if interaction.type is not discord.InteractionType.modal_submit or match is None:
        return None
    # A label wraps the input.
    inputs = [part.get("component", {}) for part in data.get("components", [])]
    return match, str(next((one["value"] for one in inputs if one.get("value")), ""))
