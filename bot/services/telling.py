"""Grades that Discord did not take when they were told: they are told again."""

import contextlib

from bot.errors import MemberError
from bot.services import explanations
from bot.services.context import Context
from bot.store.queries import explanations as queries


async def try_again(ctx: Context) -> None:
    """Tell the grades that Discord did not take, those whose time has come and that were not shown
    meanwhile.
    """
    now = ctx.clock()
    for explanation_id in [id_ for id_, when in ctx.untold.items() if when <= now]:
        if ctx.stopping:  # the next start tells them
            return
        del ctx.untold[explanation_id]
        with contextlib.suppress(MemberError):  # deleted meanwhile
            found = await explanations.graded(ctx, explanation_id)
            waiting = await ctx.store.read(
                queries.untold, server_id=found.round.server_id, user_id=found.user_id
            )
            if explanation_id in waiting:
                await explanations.tell(ctx, explanation_id)
