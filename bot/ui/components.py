"""Every button that outlives the process, for the client to register at start."""

from typing import Any

import discord

from bot.ui import authoring, banks, trial
from bot.ui.appeals import AppealButton
from bot.ui.audit import AuditButton
from bot.ui.explanations import ExplainButton
from bot.ui.hints import HintButton, TakeHintButton
from bot.ui.privacy import ConfirmButton
from bot.ui.regrading import RegradeButton
from bot.ui.reviews import ReviewButton
from bot.ui.schedules import DeleteScheduleButton
from bot.ui.setup.flow import SetupButton, SetupSelect
from bot.ui.standings import BoardButton

DYNAMIC_ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    AppealButton,
    AuditButton,
    BoardButton,
    ConfirmButton,
    ExplainButton,
    HintButton,
    TakeHintButton,
    RegradeButton,
    DeleteScheduleButton,
    ReviewButton,
    *authoring.DYNAMIC_ITEMS,
    *trial.DYNAMIC_ITEMS,
    *banks.DYNAMIC_ITEMS,
    SetupButton,
    SetupSelect,
)
