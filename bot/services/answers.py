"""Answers: a member's reaction is stored, and what stands under a post is kept true to it."""

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime

from bot.domain.round import Manner, Round, State
from bot.errors import DiscordError, ModeratorError, OperatorError
from bot.logs import report_bug
from bot.services import tidying
from bot.services.context import Context, Standing
from bot.services.tidying import TRY_AGAIN
from bot.store.queries import answers, rounds
from bot.store.queries.answers import Chosen, Held, Recorded

log = logging.getLogger(__name__)

EVERY_ROUND = 0
"""In `Context.untidy`: an answer could not be stored, and it is not known of which round."""


async def offer(ctx: Context, round_: Round) -> None:
    """Put the options' reactions under a post, then take what members chose meanwhile."""
    ctx.untidy.pop(round_.id, None)
    try:
        await ctx.publisher.add_reactions(round_)
        await reconcile(ctx, round_)
    except OperatorError:
        tidying.try_later(ctx, round_.id)
        raise
    except ModeratorError as error:
        log.warning("Round %s: %s", round_.id, error.code)
        await ctx.publisher.tell_moderators(round_.server_id, round_.channel_id, error)
    except DiscordError as error:
        # The post stands and takes answers by the reactions that are there.
        log.warning("The reactions of round %s are incomplete: %s", round_.id, error)
        tidying.try_later(ctx, round_.id)


def answer(ctx: Context, message_id: int, user_id: int, option: int) -> asyncio.Task[None]:
    """Take a member's reaction to a post; anything that is no open round's post is left alone.

    Returns at once. The task ends when the answer is stored, and is that of all that are stored
    with it: in a burst a task, a future and a turn of the loop each would cost more than the
    answers, and hold up the interactions behind them. The write is asked for before that, so that
    two answers of one member are stored in the order in which Discord sent them. Where it fails the
    reaction stands, and is read again later. Raises OperatorError where the store is closed.
    """
    if ctx.going.get((message_id, user_id)) == option:
        del ctx.going[message_id, user_id]
    chosen = Chosen(message_id, user_id, option, ctx.clock(), ctx.settings.rounds.counts)
    try:
        stored = ctx.store.write_together(answers.record_all, chosen)
    except OperatorError:
        tidying.try_later(ctx, EVERY_ROUND)
        raise
    if ctx.taking is None or ctx.taking[0] is not stored:
        ctx.taking = stored, ctx.start(_finish(ctx, stored), name="answers")
    return ctx.taking[1]


async def _finish(ctx: Context, stored: asyncio.Future[list[Recorded | Exception | None]]) -> None:
    """Have the reactions of stored answers taken away."""
    for one in await stored:
        if isinstance(one, Recorded):
            _tidy(ctx, one.round, one.user_id, one.processed, one.now)
        elif isinstance(one, OperatorError):
            if EVERY_ROUND not in ctx.untidy:
                log.error("Answers are not stored: %s", one)
            tidying.try_later(ctx, EVERY_ROUND)
        elif one is not None:
            report_bug("an answer", one)


async def withdraw(ctx: Context, message_id: int, user_id: int, option: int) -> None:
    """Note that a member's reaction was taken away, by them, a moderator or the bot itself. In the
    open manner that takes back the answer that it was.
    """
    await ctx.store.write(answers.gone, message_id=message_id, user_id=user_id, options={option})


async def reconcile(ctx: Context, round_: Round) -> None:
    """Bring the stored answers and the reactions under a post together, after the bot was away.

    Safe to run at any time: an answer that was stored after the reactions were read stays. All
    that they say is stored before the first is taken away.
    """
    since = ctx.clock()
    # Reading takes a while, in which reactions go and are noted as gone: what was dealt with before
    # it began is no newer answer, though it is found standing and not in `held` any more.
    before = await ctx.store.write(answers.held_in, round_id=round_.id)
    standing = await ctx.publisher.reactions(round_)
    held = await ctx.store.read(answers.held_in, round_id=round_.id)
    taken = await asyncio.gather(
        *(
            _take(ctx, round_, user_id, standing, before.get(user_id), held.get(user_id), since)
            for user_id in standing.members
        )
    )
    if not all(taken):
        return
    await asyncio.gather(
        *(_miss(ctx, round_, user_id, standing, one, since) for user_id, one in held.items())
    )
    # Asked of the writer, which answers in the order of the writes: what a reader says may be older
    # than an answer that was tidied up after meanwhile, and would call that off.
    held = await ctx.store.write(answers.held_in, round_id=round_.id)
    for user_id, options in standing.members.items():
        stored = held.get(user_id)
        _tidy(ctx, round_, user_id, options, stored.option if stored else None)


async def _take(
    ctx: Context,
    round_: Round,
    user_id: int,
    standing: Standing,
    before: Held | None,
    held: Held | None,
    since: datetime,
) -> bool:
    """Store what the reactions of one member say that stand under a post; return False where the
    round is over.

    One that was not dealt with yet is the member's answer. Nobody can tell which of several was
    meant last: an answer that is stored stays.
    """
    stands = standing.members[user_id]
    dealt_with = tidying.dealt_with(ctx, round_, user_id)
    options = stands - dealt_with
    for known in filter(None, (before, held)):
        options -= known.processed
    if round_.manner is Manner.OPEN and held is not None:
        options.discard(held.option)
        if not options and held.option in standing.own - stands:
            # They took their last choice back, and an earlier one stands: they chose that again.
            options = stands - dealt_with
    if len(options) != 1:
        return True
    (option,) = options
    assert round_.message_id is not None
    recorded = await ctx.store.write(
        answers.record,
        message_id=round_.message_id,
        user_id=user_id,
        option=option,
        now=since,
        counts=ctx.settings.rounds.counts,
        standing=stands,
        unless_since=since,
    )
    return recorded is not None


async def _miss(
    ctx: Context, round_: Round, user_id: int, standing: Standing, held: Held, since: datetime
) -> None:
    """Note what does not stand under a post any more."""
    options = held.processed | ({held.option} if round_.manner is Manner.OPEN else set[int]())
    options -= standing.members.get(user_id, set[int]())
    if round_.manner is Manner.OPEN:
        # Where the bot's own reaction is gone too, a moderator cleared the post: nobody withdrew.
        options &= standing.own
    if options:
        assert round_.message_id is not None
        await ctx.store.write(
            answers.gone,
            message_id=round_.message_id,
            user_id=user_id,
            options=options,
            unless_since=since,
        )


def _tidy(
    ctx: Context, round_: Round, user_id: int, standing: Collection[int], stored: int | None
) -> None:
    """Take away the reactions that are done with: all of them in the concealed manner, all but the
    stored answer's in the open one.

    Earlier ones go first, and one that stays keeps the later ones: so what stands after a crash
    is never older than what went, nor, by `Held.processed`, taken for newer than what is stored.
    """
    key = (round_.id, user_id)
    known = tidying.dealt_with(ctx, round_, user_id)
    done = ctx.processed.setdefault(key, [])
    done += sorted(set(standing) - known)
    if round_.manner is Manner.OPEN and stored in done:
        done.remove(stored)
    if done:
        tidying.leave(ctx, round_, user_id)
    else:
        del ctx.processed[key]


async def reconcile_all(ctx: Context) -> None:
    """Reconcile every open round: at start-up and whenever Discord starts a new session."""
    for round_ in await ctx.store.read(rounds.all_open):
        if ctx.stopping:  # the next start does it again, for all of them
            return
        await offer(ctx, round_)


async def try_again(ctx: Context) -> None:
    """Reconcile the rounds that Discord held up, those whose time has come."""
    now = ctx.clock()
    for round_id in [id_ for id_, when in ctx.untidy.items() if when <= now]:
        if ctx.stopping:
            return
        ctx.untidy[round_id] = now + TRY_AGAIN  # until it went well
        if round_id == EVERY_ROUND:
            await reconcile_all(ctx)
            del ctx.untidy[EVERY_ROUND]
            continue
        round_ = await ctx.store.read(rounds.get, round_id=round_id)
        if round_ is not None and round_.state is State.OPEN:
            await offer(ctx, round_)
        else:
            del ctx.untidy[round_id]
            tidying.forget(ctx, round_id)
