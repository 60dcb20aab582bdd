"""How much one member may have under way: a flood of clicks costs the others nothing."""

import asyncio
from typing import Any

from bot.errors import MemberError
from bot.ui.context import Interaction, context_of

AT_ONCE = 5
"""Clicks, commands and forms of one member that are worked on at a time. Nobody's hands are so
quick, unless Discord or the machine hangs: then more of them help nobody.
"""


def take_turn(interaction: Interaction) -> bool:
    """Count the current task as something that its member has under way, until it ends. Return
    whether it is to be answered: where as many refusals as turns are under way too, more answers
    would be the flood's second half, and Discord itself says that nothing came.

    Raises MemberError (too_fast) where AT_ONCE others of the member are under way.
    """
    turns, user_id = context_of(interaction).turns, interaction.user.id
    task = asyncio.current_task()
    assert task is not None
    under_way = turns.setdefault(user_id, set())
    if task in under_way:
        return True
    if len(under_way) >= 2 * AT_ONCE:
        return False
    under_way.add(task)
    task.add_done_callback(lambda _: _end(turns, user_id, task))
    if len(under_way) > AT_ONCE:
        raise MemberError("too_fast")
    return True


def end_turn(interaction: Interaction) -> None:
    """Count the current task no more, though it goes on: it waits, and does nothing."""
    task = asyncio.current_task()
    assert task is not None
    _end(context_of(interaction).turns, interaction.user.id, task)


def _end(turns: dict[int, set[asyncio.Task[Any]]], user_id: int, task: asyncio.Task[Any]) -> None:
    under_way = turns.get(user_id, set())
    under_way.discard(task)
    if not under_way:
        turns.pop(user_id, None)
