"""Every button that outlives the process, for the client to register at start."""

from typing import Any

import discord

from bot.ui.explanations import ExplainButton
from bot.ui.hints import HintButton, TakeHintButton
from bot.ui.moderators import CancelRoundButton
from bot.ui.privacy import ConfirmButton
from bot.ui.schedules import DeleteScheduleButton
from bot.ui.setup.flow import SetupButton, SetupSelect
from bot.ui.standings import BoardButton

DYNAMIC_ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    BoardButton,
    ConfirmButton,
    ExplainButton,
    HintButton,
    TakeHintButton,
    CancelRoundButton,
    DeleteScheduleButton,
    SetupButton,
    SetupSelect,
)
