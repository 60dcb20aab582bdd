"""Rounds: a question is posted and revealed. What members do in between is in `answers`, `hints`
and `explanations`.

Discord and the database cannot change together. So a post is noted before it is sent (`sending`)
and after (`open`), an outcome before it is shown (`revealed`, `cancelled`) and after (`shown_at`);
a process that dies in between leaves a step that `send_again` or `show_again` finishes.
"""

import logging
from datetime import datetime, timedelta

from bot.domain.calendar import local_day
from bot.domain.round import Manner, Outcome, Round, State
from bot.errors import ModeratorError
from bot.services import answers, reminders, telling, tidying
from bot.services.context import Context
from bot.store.queries import questions, results, rounds, schedules, servers

log = logging.getLogger(__name__)

LATE_AFTER = timedelta(minutes=5)
"""A post later than this after its due time says that it is late."""


async def current(ctx: Context, channel_id: int) -> Round | None:
    """Return the open round of a channel that opened last."""
    return await ctx.store.read(rounds.newest_open, channel_id=channel_id)


async def get(ctx: Context, round_id: int) -> Round | None:
    """Return a round that has its question; None where there is none."""
    return await ctx.store.read(rounds.get, round_id=round_id)


# Posting


async def open_planned(ctx: Context, due: rounds.Due, late: bool) -> None:
    """Post a planned round of a schedule, unless somebody else has taken it meanwhile.

    Raises ModeratorError when no question fits or Discord refuses the post.
    """
    assert due.schedule_id is not None
    schedule = await ctx.store.read(schedules.get, schedule_id=due.schedule_id)
    if schedule is None:
        await ctx.store.write(rounds.skip, round_id=due.id, note="its schedule was deleted")
        return
    async with ctx.channel(due.channel_id):
        async with ctx.choosing:
            question_id = await _choose(
                ctx,
                due.server_id,
                due.channel_id,
                schedule.banks,
                schedule.topics,
                (schedule.difficulty_min, schedule.difficulty_max),
            )
            round_ = await ctx.store.write(
                rounds.claim, round_id=due.id, question_id=question_id, late=late
            )
        if round_ is not None:
            await _send(ctx, round_)


async def open_now(
    ctx: Context,
    server_id: int,
    channel_id: int,
    *,
    banks: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
    difficulty: tuple[int, int] = (1, 5),
    open_minutes: int,
    manner: Manner,
    thread: bool = False,
    role_id: int | None = None,
    by: int | None = None,
) -> Round:
    """Post a question at once, outside every schedule; `by` is the moderator who asks for it.

    Raises ModeratorError when no question fits or Discord refuses; DiscordError when Discord is
    out of reach, and then the waking task posts it as soon as it is back.
    """
    async with ctx.channel(channel_id):
        async with ctx.choosing:
            question_id = await _choose(ctx, server_id, channel_id, banks, topics, difficulty)
            round_ = await ctx.store.write(
                rounds.ask_now,
                server_id=server_id,
                channel_id=channel_id,
                question_id=question_id,
                now=ctx.clock(),
                manner=manner,
                open_minutes=open_minutes,
                thread=thread,
                role_id=role_id,
                by=by,
            )
        try:
            return await _send(ctx, round_)
        except ModeratorError as error:
            await ctx.store.write(rounds.skip, round_id=round_.id, note=error.code)
            raise
        finally:
            ctx.wake()


async def send_again(ctx: Context, due: rounds.Due, now: datetime) -> None:
    """Finish a post that an earlier process, or an earlier try, may or may not have sent.

    Discord forgets nonces after some minutes, so the channel is searched first. Beyond the
    catch-up window a post that is not there is given up.
    """
    async with ctx.channel(due.channel_id):
        round_ = await get(ctx, due.id)
        if round_ is None or round_.state is not State.SENDING:
            return
        message_id = await ctx.publisher.find(round_)
        if message_id is not None:
            await _opened(ctx, round_, message_id)
        elif now - due.at <= due.catch_up:
            await _send(ctx, round_)
        else:
            await ctx.store.write(rounds.skip, round_id=due.id, note="not sent in time")


async def _choose(
    ctx: Context,
    server_id: int,
    channel_id: int,
    banks: tuple[str, ...],
    topics: tuple[str, ...],
    difficulty: tuple[int, int],
) -> int:
    question_id = await ctx.store.read(
        questions.choose,
        server_id=server_id,
        channel_id=channel_id,
        banks=banks,
        topics=topics,
        difficulty_min=difficulty[0],
        difficulty_max=difficulty[1],
        random=ctx.random,
    )
    if question_id is None:
        raise ModeratorError("no_question_fits")
    return question_id


async def _send(ctx: Context, round_: Round) -> Round:
    return await _opened(ctx, round_, await ctx.publisher.post(round_))


async def _opened(ctx: Context, round_: Round, message_id: int) -> Round:
    now = ctx.clock()
    zone = await ctx.store.read(
        servers.zone, server_id=round_.server_id, default=ctx.settings.server.zone
    )
    opened = await ctx.store.write(
        rounds.opened,
        round_id=round_.id,
        message_id=message_id,
        now=now,
        study_day=local_day(now, zone),
    )
    log.info("Round %s is open in channel %s", opened.id, opened.channel_id)
    ctx.wake()
    ctx.start(answers.offer(ctx, opened), name=f"offer-{opened.id}")
    return opened


# Revealing


async def close(ctx: Context, round_id: int, by: int | None = None) -> Round:
    """Reveal an open round now; `by` is the moderator who asks for it, None: its time is up.

    Raises ModeratorError when it is not open any more.
    """
    round_ = await _open_round(ctx, round_id)
    async with ctx.channel(round_.channel_id):
        try:
            await answers.reconcile(ctx, round_)
        except ModeratorError as error:
            # The channel or the post is gone or shut. What is stored is counted all the same.
            log.warning("Round %s is revealed without a last look: %s", round_id, error.code)
        done = await ctx.store.write(results.reveal, round_id=round_id, now=ctx.clock(), by=by)
        if not done:
            raise ModeratorError("round_not_open")
        await show(ctx, round_id)
    reminders.look_again(ctx, round_.server_id)
    return await _known(ctx, round_id)


async def show_again(ctx: Context, due: rounds.Due) -> None:
    """Show an outcome that an earlier process, or an earlier try, may not have shown."""
    async with ctx.channel(due.channel_id):
        if not await ctx.store.read(rounds.is_shown, round_id=due.id):
            await show(ctx, due.id)


async def show(ctx: Context, round_id: int) -> None:
    """Turn a post into its reveal, or mark it as cancelled; done twice, it looks the same. Call it
    under the channel's lock, for a round that is over.
    """
    tally = await ctx.store.read(rounds.tally, round_id=round_id)
    round_ = await _known(ctx, round_id)
    thread_id: int | None = None
    note = ""
    try:
        if tally is None:
            await ctx.publisher.cancel(round_)
        else:
            best = await ctx.store.read(results.best_of_day, round_id=round_.id)
            thread_id = await ctx.publisher.reveal(round_, Outcome(tally, tuple(best)))
    except ModeratorError as error:
        note = error.code
        log.warning("The outcome of round %s could not be shown: %s", round_.id, error.code)
        await ctx.publisher.tell_moderators(round_.server_id, round_.channel_id, error)
    await ctx.store.write(
        rounds.shown, round_id=round_.id, now=ctx.clock(), thread_id=thread_id, note=note
    )
    if tally is not None:
        ctx.start(telling.tell_reviews(ctx, round_.id), name=f"tell-reviews-{round_.id}")
    tidying.forget(ctx, round_.id)


async def _open_round(ctx: Context, round_id: int) -> Round:
    round_ = await get(ctx, round_id)
    if round_ is None or round_.state is not State.OPEN:
        raise ModeratorError("round_not_open")
    return round_


async def _known(ctx: Context, round_id: int) -> Round:
    round_ = await get(ctx, round_id)
    assert round_ is not None
    return round_
