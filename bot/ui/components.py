"""Every button that outlives the process, for the client to register at start."""

from typing import Any

import discord

from bot.ui import authoring, banks, trial
from bot.ui.appeals import AppealButton
from bot.ui.audit import AuditButton
from bot.ui.context import Interaction
from bot.ui.explanations import ExplainButton
from bot.ui.hints import HintButton, TakeHintButton
from bot.ui.privacy import ConfirmButton
from bot.ui.regrading import ExplainKeyButton, RegradeButton
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
    ExplainKeyButton,
    DeleteScheduleButton,
    ReviewButton,
    *authoring.DYNAMIC_ITEMS,
    *trial.DYNAMIC_ITEMS,
    *banks.DYNAMIC_ITEMS,
    SetupButton,
    SetupSelect,
)


def is_known(interaction: Interaction) -> bool:
    """Return whether an interaction is anything but a click on a button of the bot that no item
    here answers.
    """
    custom_id = str((interaction.data or {}).get("custom_id", ""))
    if interaction.type is not discord.InteractionType.component:
        return True
    templates = [item.__discord_ui_compiled_template__ for item in DYNAMIC_ITEMS]
    return not custom_id.startswith("tutor:") or any(one.fullmatch(custom_id) for one in templates)
