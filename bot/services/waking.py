"""The one task that waits for what is due next: posts, reveals, and what an earlier process left.

Nothing that is due lives in memory: the task reads the next steps from the database, does them,
and sleeps until the next one or until `Context.wake`.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from bot.domain.calendar import occurrences
from bot.domain.round import State
from bot.errors import DiscordError, ModeratorError, OperatorError
from bot.logs import report_bug
from bot.services import answers, audit, reminders, rounds, schedules, telling
from bot.services.context import Context
from bot.store.queries import rounds as round_queries
from bot.store.queries import schedules as schedule_queries
from bot.store.queries.rounds import Due

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Rounds worked on side by side, so that a slow channel does not hold up the others."""
LONGEST_SLEEP = timedelta(hours=1)
"""The clock is read again at least this often: it may be set while the task sleeps."""
FIRST_RETRY = timedelta(seconds=15)
LAST_RETRY = timedelta(minutes=5)


class Waker:
    """Runs what is due. `run` never ends by itself and survives every error of a step."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._retries: dict[int, tuple[datetime, timedelta]] = {}

    async def run(self) -> None:
        """Do what is due, then sleep until the next step, for ever. Cancelled, it leaves the step
        that is under way to `Context.finish`.
        """
        while True:
            self._ctx.woken.clear()
            try:
                await self._ctx.whole(self.step(), "waking-step")
                pause = await self._pause()
            except OperatorError as error:
                log.error("%s", error)
                pause = FIRST_RETRY
            except Exception as error:  # noqa: BLE001 - the task outlives whatever fails in it
                report_bug("waking task", error)
                pause = FIRST_RETRY
            try:
                async with asyncio.timeout(pause.total_seconds()):
                    await self._ctx.woken.wait()
            except TimeoutError:
                pass

    async def step(self) -> None:
        """Plan and do what is due, until nothing is: what one step leads to may be due as well."""
        done: set[tuple[int, State]] = set()
        while True:
            await plan(self._ctx)
            now = self._ctx.clock()
            steps = [
                due
                for due in await self._ctx.store.read(round_queries.due, now=now)
                if self._may_try(due, now) and (due.id, due.state) not in done
            ]
            if not steps:
                break
            done |= {(due.id, due.state) for due in steps}
            await self._do_all(steps, now)
        if not self._ctx.stopping:
            await answers.try_again(self._ctx)
            await audit.post_waiting(self._ctx)
            await reminders.remind(self._ctx)
            await telling.try_again(self._ctx)

    def _may_try(self, due: Due, now: datetime) -> bool:
        when, _ = self._retries.get(due.id, (now, None))
        return when <= now

    async def _do_all(self, steps: list[Due], now: datetime) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(due: Due) -> None:
            async with gate:
                if not self._ctx.stopping:  # the next start finds it due
                    await self._do(due, now)

        async with asyncio.TaskGroup() as group:
            for due in steps:
                group.create_task(one(due), name=f"due-{due.id}")

    async def _do(self, due: Due, now: datetime) -> None:
        try:
            await _STEPS[due.state](self._ctx, due, now)
        except ModeratorError as error:
            await give_up(self._ctx, due, error)
        except (DiscordError, OperatorError) as error:
            wait = self._try_later(due)
            log.warning("Round %s is tried again in %s s: %s", due.id, wait.seconds, error)
        except Exception as error:  # noqa: BLE001 - one round's bug must not hold up the others
            self._try_later(due)
            report_bug(f"round {due.id} ({due.state})", error)
        else:
            self._retries.pop(due.id, None)

    def _try_later(self, due: Due) -> timedelta:
        _, wait = self._retries.get(due.id, (None, FIRST_RETRY / 2))
        wait = min(wait * 2, LAST_RETRY)
        self._retries[due.id] = (self._ctx.clock() + wait, wait)
        return wait

    async def _pause(self) -> timedelta:
        now = self._ctx.clock()
        next_due = await self._ctx.store.read(round_queries.next_due, now=now)
        times = [when for when, _ in self._retries.values()]
        times += [*self._ctx.untidy.values(), *self._ctx.untold.values()]
        times += [*self._ctx.audit_waits.values(), *self._ctx.reminders.values()]
        times += [next_due] if next_due else []
        return max(min((t - now for t in times), default=LONGEST_SLEEP), timedelta(0))


async def plan(ctx: Context) -> None:
    """Give every active schedule its next round, from its last one on: after an outage the rounds
    are the same as without it.
    """
    planned = await ctx.store.read(round_queries.planned)
    latest = await ctx.store.read(round_queries.latest_due)
    for schedule in await ctx.store.read(schedule_queries.active):
        if schedule.id in planned:
            continue
        after = max(schedule.active_since, latest.get(schedule.id, schedule.active_since))
        for occurrence in occurrences(schedule.cron, schedule.zone, after):
            # A date that has its round already (the schedule's time was moved) is passed over.
            note = _missed(
                occurrence.due_at, timedelta(minutes=schedule.catch_up_minutes), ctx.clock()
            )
            new = await ctx.store.write(
                round_queries.plan, schedule=schedule, occurrence=occurrence, missed=note
            )
            if new is None or (new and not note):
                break


def _missed(due_at: datetime, catch_up: timedelta, now: datetime) -> str:
    """Return why it is too late to post; empty while it is not."""
    delay = now - due_at
    return f"{delay} late, catch-up window {catch_up}" if delay > catch_up else ""


async def _post(ctx: Context, due: Due, now: datetime) -> None:
    note = _missed(due.at, due.catch_up, now)
    if note:
        await ctx.store.write(round_queries.skip, round_id=due.id, note=note)
        log.warning("Round %s of schedule %s is skipped: %s", due.id, due.schedule_id, note)
    else:
        await rounds.open_planned(ctx, due, late=now - due.at > rounds.LATE_AFTER)


async def _send_again(ctx: Context, due: Due, now: datetime) -> None:
    await rounds.send_again(ctx, due, now)


async def _close(ctx: Context, due: Due, _now: datetime) -> None:
    try:
        await rounds.close(ctx, due.id)
    except ModeratorError as error:
        if error.code != "round_not_open":  # a moderator was quicker
            raise


async def _show_again(ctx: Context, due: Due, _now: datetime) -> None:
    await rounds.show_again(ctx, due)


_STEPS = {
    State.PLANNED: _post,
    State.SENDING: _send_again,
    State.OPEN: _close,
    State.REVEALED: _show_again,
    State.CANCELLED: _show_again,
}


async def give_up(ctx: Context, due: Due, error: ModeratorError) -> None:
    """Skip a round that cannot be posted, pause its schedule, and tell the moderators."""
    log.warning("Round %s in channel %s: %s", due.id, due.channel_id, error.code)
    if due.state in (State.PLANNED, State.SENDING):
        await ctx.store.write(round_queries.skip, round_id=due.id, note=error.code)
    if due.schedule_id is None or due.state not in (State.PLANNED, State.SENDING):
        await ctx.publisher.tell_moderators(due.server_id, due.channel_id, error)
    else:
        await schedules.fail(ctx, due.schedule_id, error)
