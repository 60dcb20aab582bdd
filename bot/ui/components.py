"""Every button that outlives the process, for the client to register at start."""

from typing import Any

import discord

from bot.ui.explanations import ExplainButton
from bot.ui.hints import HintButton, TakeHintButton

DYNAMIC_ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    ExplainButton,
    HintButton,
    TakeHintButton,
)
