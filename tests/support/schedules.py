"""Schedules for tests, made as a moderator makes them."""

from typing import Any

from bot.domain.schedule import Schedule
from bot.services import drafts, schedules
from bot.services.context import Context
from bot.services.drafts import Wish
from tests.support.contexts import CHANNEL, MONA, SERVER


async def make(context: Context, **wishes: Any) -> Schedule:
    """A daily schedule at 09:00 unless the wishes say otherwise."""
    wish = Wish(**{"name": "Morning", "channel_id": CHANNEL, "time": "09:00"} | wishes)
    plan = await drafts.draft(context, SERVER, wish)
    made, _ = await schedules.create(context, SERVER, MONA, plan)
    return made
