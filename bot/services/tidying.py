"""Reactions that are done with leave their posts, in the order in which they were done with.

Discord lets a bot take away one reaction per 0.25 s in a channel: after a burst that takes minutes.
Nothing waits for it. What is still to go stands in `Context.processed` and, by channel, in
`Context.leaving`; a start finds it under the posts.
"""

import logging
from datetime import timedelta

from bot.domain.round import Round
from bot.errors import DiscordError, ModeratorError, OperatorError
from bot.logs import report_bug
from bot.services.context import Context
from bot.store.queries import answers

log = logging.getLogger(__name__)

EACH = timedelta(seconds=0.25)
"""What Discord asks for between two reactions of a channel."""
TRY_AGAIN = timedelta(seconds=30)
"""When Discord or the database did not answer: soon, and seldom enough to leave them in peace."""


def leave(ctx: Context, round_: Round, user_id: int) -> None:
    """Have what `Context.processed` holds of a member leave the round's post; returns at once."""
    now = ctx.clock()
    if now < ctx.refused.get(round_.id, now):
        return  # it goes with the next one that Discord lets go
    idle = round_.channel_id not in ctx.leaving
    waiting = ctx.leaving.setdefault(round_.channel_id, {})
    # Thousands may wait, and each batch of answers brings a copy of the round: one is kept.
    first = next(iter(waiting.values()), round_)
    waiting.setdefault((round_.id, user_id), first if first.id == round_.id else round_)
    if idle:
        ctx.start(_drain(ctx, round_.channel_id), name=f"tidy-{round_.channel_id}")


def dealt_with(ctx: Context, round_: Round, user_id: int) -> set[int]:
    """Return a member's options whose reactions are to leave the round's post, or are leaving."""
    waiting = set(ctx.processed.get((round_.id, user_id), ()))
    going = ctx.going.get(_place(round_, user_id))
    return waiting if going is None else waiting | {going}


def try_later(ctx: Context, round_id: int) -> None:
    """Have a round's answers and reactions looked at again in a while."""
    ctx.untidy[round_id] = ctx.clock() + TRY_AGAIN
    ctx.wake()


def forget(ctx: Context, round_id: int) -> None:
    """Let go of what is kept about a round that is over, what is still to leave its post aside."""
    ctx.refused.pop(round_id, None)
    leaving = {key for waiting in ctx.leaving.values() for key in waiting}
    for key in [key for key in ctx.processed if key[0] == round_id and key not in leaving]:
        del ctx.processed[key]


def backlog(ctx: Context, server_id: int) -> tuple[int, timedelta]:
    """Return how many reactions are still to leave the posts of a server, and about how long that
    takes.
    """
    counts = [
        sum(
            len(dealt_with(ctx, round_, key[1]))
            for key, round_ in waiting.items()
            if round_.server_id == server_id
        )
        for waiting in ctx.leaving.values()
    ]
    return sum(counts), EACH * max(counts, default=0)


async def _drain(ctx: Context, channel_id: int) -> None:
    """Take away what waits in a channel, one after another, until nothing does."""
    waiting = ctx.leaving[channel_id]
    try:
        while waiting and not ctx.stopping:  # the next start finds the rest
            key, round_ = next(iter(waiting.items()))
            try:
                await _take_away(ctx, round_, key[1])
            except ModeratorError as error:
                _drop(waiting, round_.id)
                await _stays(ctx, round_, error)
            except (DiscordError, OperatorError) as error:
                log.warning("Round %s: a reaction stays for now: %s", round_.id, error)
                _drop(waiting, round_.id)
                try_later(ctx, round_.id)
            except Exception as error:  # noqa: BLE001 - one bug must not keep all others standing
                waiting.pop(key, None)
                report_bug(f"reactions of round {round_.id}", error)
            else:
                del waiting[key]
                if ctx.refused.pop(round_.id, None) is not None:
                    waiting |= {one: round_ for one in ctx.processed if one[0] == round_.id}
    finally:
        del ctx.leaving[channel_id]


async def _take_away(ctx: Context, round_: Round, user_id: int) -> None:
    """Take away what is done with of one member, also what comes to it meanwhile; the earliest
    goes first.
    """
    key, place = (round_.id, user_id), _place(round_, user_id)
    while ctx.processed.get(key):
        async with ctx.removing:
            if not (done := ctx.processed.get(key)):
                break  # it was chosen again while this waited, and stays
            ctx.going[place] = option = done.pop(0)
            try:
                await ctx.publisher.remove_reactions(round_, user_id, (option,))
            except BaseException:
                if ctx.going.pop(place, None) is not None:
                    ctx.processed.setdefault(key, []).insert(0, option)
                raise
        if ctx.going.pop(place, None) is None:
            continue  # chosen again: the reaction that stands now is a new one
        # Discord tells it as well, but for what was gone before, and but for events that are lost.
        await ctx.store.write(
            answers.gone, message_id=place[0], user_id=user_id, options=(option,), by_bot=True
        )
    ctx.processed.pop(key, None)


def _place(round_: Round, user_id: int) -> tuple[int, int]:
    assert round_.message_id is not None
    return round_.message_id, user_id


async def _stays(ctx: Context, round_: Round, error: ModeratorError) -> None:
    """Tell the moderators, once, and leave Discord in peace for a while."""
    log.warning("Round %s: reactions stay: %s", round_.id, error.code)
    new = round_.id not in ctx.refused
    ctx.refused[round_.id] = ctx.clock() + TRY_AGAIN
    if new:
        await ctx.publisher.tell_moderators(round_.server_id, round_.channel_id, error)


def _drop(waiting: dict[tuple[int, int], Round], round_id: int) -> None:
    for key in [key for key in waiting if key[0] == round_id]:
        del waiting[key]
