"""Answers: a member's reaction is stored, and what stands under a post is kept true to it."""

import logging
from datetime import datetime

from bot.domain.round import Manner, Round
from bot.errors import DiscordError, ModeratorError
from bot.services.context import Context
from bot.store.queries import answers, rounds

log = logging.getLogger(__name__)


async def offer(ctx: Context, round_: Round) -> None:
    """Put the options' reactions under a post, then take what members chose meanwhile."""
    try:
        await ctx.publisher.add_reactions(round_)
        await reconcile(ctx, round_)
    except ModeratorError as error:
        log.warning("Round %s: %s", round_.id, error)
        await ctx.publisher.tell_moderators(round_.server_id, round_.channel_id, error)
    except DiscordError as error:
        # The post stands and takes answers by the reactions that are there; READY tries again.
        log.warning("The reactions of round %s are incomplete: %s", round_.id, error)


async def answer(ctx: Context, message_id: int, user_id: int, option: int) -> None:
    """Take a member's reaction to a post; anything that is no open round's post is left alone.

    The write is asked for before anything is awaited, so that two answers of one member are
    stored in the order in which Discord sent them.
    """
    recorded = await ctx.store.write(
        answers.record,
        message_id=message_id,
        user_id=user_id,
        option=option,
        now=ctx.clock(),
        counts=ctx.settings.rounds.counts,
    )
    if recorded is not None:
        await _tidy(ctx, recorded, user_id, {option})


async def withdraw(ctx: Context, message_id: int, user_id: int, option: int) -> None:
    """Take back an answer because its reaction was taken away; in the open manner only."""
    await ctx.store.write(answers.withdraw, message_id=message_id, user_id=user_id, option=option)


async def reconcile(ctx: Context, round_: Round) -> None:
    """Bring the stored answers and the reactions under a post together, after the bot was away.

    Safe to run at any time: an answer that was stored after the reactions were read stays.
    """
    since = ctx.clock()
    standing = await ctx.publisher.reactions(round_)
    stored = await ctx.store.read(answers.of_round, round_id=round_.id)
    assert round_.message_id is not None
    for user_id, options in standing.members.items():
        await _take(ctx, round_, user_id, options, stored.get(user_id), since)
    if round_.manner is Manner.OPEN:
        for user_id, option in stored.items():
            # Where the bot's own reaction is gone too, a moderator cleared the post: nobody
            # withdrew.
            if user_id not in standing.members and option in standing.own:
                await ctx.store.write(
                    answers.withdraw,
                    message_id=round_.message_id,
                    user_id=user_id,
                    option=option,
                    unless_since=since,
                )


async def _take(
    ctx: Context,
    round_: Round,
    user_id: int,
    options: set[int],
    stored: int | None,
    since: datetime,
) -> None:
    if len(options) > 1:
        # Nobody can tell which was meant last. In the concealed manner a stored answer was
        # processed and only its reaction is still there; in the open manner it stays if it
        # stands.
        keep = {stored} if round_.manner is Manner.OPEN and stored in options else set[int]()
        await ctx.publisher.remove_reactions(round_, user_id, options - keep)
        return
    (option,) = options
    if round_.manner is Manner.OPEN and option == stored:
        return
    assert round_.message_id is not None
    recorded = await ctx.store.write(
        answers.record,
        message_id=round_.message_id,
        user_id=user_id,
        option=option,
        now=since,
        counts=ctx.settings.rounds.counts,
        unless_since=since,
    )
    if recorded is not None:
        await _tidy(ctx, recorded, user_id, options)


async def _tidy(ctx: Context, recorded: answers.Recorded, user_id: int, options: set[int]) -> None:
    """Take away the reactions that are done with: all in the concealed manner, all but the stored
    answer's in the open one.
    """
    done = options | ({recorded.before} if recorded.before is not None else set())
    if recorded.round.manner is Manner.OPEN:
        done -= {recorded.now}
    else:
        done = options
    if not done:
        return
    try:
        await ctx.publisher.remove_reactions(recorded.round, user_id, done)
    except ModeratorError as error:
        log.warning("Round %s: a reaction stays: %s", recorded.round.id, error)
        await ctx.publisher.tell_moderators(
            recorded.round.server_id, recorded.round.channel_id, error
        )


async def reconcile_all(ctx: Context) -> None:
    """Reconcile every open round: at start-up and whenever Discord starts a new session."""
    for round_ in await ctx.store.read(rounds.all_open):
        await offer(ctx, round_)
