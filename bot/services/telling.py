"""Members are told their grades and reviews; what could not be told or graded is seen to again."""

import asyncio
import contextlib
import logging
from datetime import timedelta

from bot.errors import DiscordError, MemberError, OperatorError
from bot.logs import report_bug
from bot.services import explanations
from bot.services.context import Context
from bot.services.explanations import Graded
from bot.services.tidying import TRY_AGAIN
from bot.store.queries import explanations as queries

log = logging.getLogger(__name__)

STILL_WAITING = timedelta(days=1)
"""For so long somebody who explained may look for a grade that never came."""


async def untold(ctx: Context, server_id: int, user_id: int) -> list[Graded]:
    """Return the member's explanations in a server whose grade, or review, never reached them."""
    ids = await ctx.store.read(queries.untold, server_id=server_id, user_id=user_id)
    return [await explanations.graded(ctx, explanation_id) for explanation_id in ids]


async def told(ctx: Context, explanation_id: int, *, review: bool = False) -> None:
    """Note that the member has seen the grade, and with `review` the moderator's word on it."""
    await ctx.store.write(
        queries.told, explanation_id=explanation_id, review=review, now=ctx.clock()
    )


async def tell(ctx: Context, explanation_id: int) -> None:
    """Send a grade, with its review once that may be told, to the member by direct message. Where
    Discord does not take it now it is tried again; from a member who takes no direct messages it
    stays untold, and is shown when they next ask to explain.

    Nothing is sent that was told before. A decision, the reveal and a start may all come to it in
    the same moment: whoever is second leaves it to the first, who looks once more.
    """
    if explanation_id in ctx.being_told:
        ctx.being_told[explanation_id] = True
        return
    ctx.being_told[explanation_id] = True
    try:
        while ctx.being_told[explanation_id]:
            ctx.being_told[explanation_id] = False
            if await ctx.store.read(queries.is_untold, explanation_id=explanation_id):
                await _send(ctx, explanation_id)
    finally:
        del ctx.being_told[explanation_id]


async def _send(ctx: Context, explanation_id: int) -> None:
    found = await explanations.graded(ctx, explanation_id)
    try:
        reached = await ctx.publisher.tell_member(found.user_id, explanation_id)
    except DiscordError as error:
        log.info("The grade of explanation %d was not sent: %s", explanation_id, error)
        ctx.untold[explanation_id] = ctx.clock() + TRY_AGAIN
        ctx.wake()
        return
    if reached:
        # What was sent is read later than `found`: a review that came between is told again.
        await told(ctx, explanation_id, review=found.decision is not None)


async def tell_reviews(ctx: Context, round_id: int, only: int | None = None) -> None:
    """Tell what moderators decided on a round's explanations (or `only` on that one), once it is
    revealed. Errors are logged: what was not told then is told at the next start, or when the
    member next explains.
    """
    try:
        for explanation_id in await ctx.store.read(queries.reviewed_untold, round_id=round_id):
            if only in (None, explanation_id):
                await tell_if_there(ctx, explanation_id)
    except OperatorError as error:
        log.error("Reviews of round %d could not be told: %s", round_id, error)
    except Exception as error:  # noqa: BLE001 - nobody waits for this task
        report_bug("telling reviews", error)


async def tell_if_there(ctx: Context, explanation_id: int) -> None:
    """`tell`, unless the explanation was deleted meanwhile."""
    with contextlib.suppress(MemberError):
        await tell(ctx, explanation_id)


async def tell_untold(ctx: Context) -> None:
    """Tell the grades and reviews that an earlier process stored and died before it showed them:
    the reply in which their members wait can no longer be edited. One that was shown and not noted
    is told twice, which is better than never.

    Only those of the last `STILL_WAITING`: a member who takes no direct messages would be tried
    again at every start, and is shown the grade when they next explain.
    """
    since = ctx.clock() - STILL_WAITING
    for explanation_id in await ctx.store.read(queries.untold_since, since=since):
        await tell_if_there(ctx, explanation_id)


async def try_again(ctx: Context) -> None:
    """Tell the grades that Discord did not take, those whose time has come and that were not shown
    meanwhile.
    """
    now = ctx.clock()
    for explanation_id in [id_ for id_, when in ctx.untold.items() if when <= now]:
        if ctx.stopping:  # the next start tells them
            return
        del ctx.untold[explanation_id]
        await tell_if_there(ctx, explanation_id)


async def grade_pending(ctx: Context) -> None:
    """Grade and tell every explanation that waits, but for those that a member is waiting for.

    Ends early when the grader is away. Batches go one after another, so that a member who explains
    now waits for one of them at most.
    """
    awaited = set(ctx.being_graded)
    waiting = await ctx.store.read(queries.pending)
    awaited |= ctx.being_graded  # and one that was graded since it was read was awaited before
    ids = [explanation_id for explanation_id in waiting if explanation_id not in awaited]
    size = ctx.settings.grader.batch
    for start in range(0, len(ids), size):
        if ctx.grader.state == "missing":
            return
        await asyncio.gather(*(_grade_and_tell(ctx, one) for one in ids[start : start + size]))


async def keep_grading(ctx: Context) -> None:
    """Tell what an earlier process could not, then grade what waits, at start and whenever the
    grader can take work again. Ends when cancelled, and leaves the batch that is under way to
    `Context.finish`; errors are logged, and what was not graded waits for the next time.
    """
    told = False
    while True:
        try:
            if not told:
                await ctx.whole(tell_untold(ctx), "tell-untold")
                told = True
            await ctx.whole(grade_pending(ctx), "grade-pending")
        except OperatorError as error:
            log.error("Pending explanations could not be graded: %s", error)
        except Exception as error:  # noqa: BLE001 - one bad row must not end the task for good
            report_bug("pending explanations", error)
        await ctx.grader.until_free()


async def _grade_and_tell(ctx: Context, explanation_id: int) -> None:
    try:
        found = await explanations.grade(ctx, explanation_id)
        if found.grade is not None:
            await tell(ctx, explanation_id)
    except MemberError:
        log.info("Explanation %d was deleted before it was graded", explanation_id)
