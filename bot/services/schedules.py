"""Schedules: made, changed, paused, deleted, and what comes of one."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice

from bot.domain.calendar import local_day, occurrences
from bot.domain.schedule import Plan, Schedule
from bot.errors import ModeratorError
from bot.services.context import Context
from bot.services.drafts import stock_of
from bot.store.queries import schedules as queries
from bot.store.queries.questions import Stock

_FAR = 3 * 366
"""Occurrences that are looked through to see how long the questions last."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes of a schedule."""

    upcoming: tuple[datetime, ...]
    """The next posts, in UTC."""
    stock: Stock
    new_until: datetime | None
    """The last post with a question that is new in the channel; None: there is no new one, or
    they last for years.
    """


async def create(ctx: Context, server_id: int, user_id: int, plan: Plan) -> tuple[Schedule, bool]:
    """Keep a new schedule; return it, and whether its zone became the server's.

    Raises ModeratorError: schedule_name_taken, schedules_full.
    """
    made = await ctx.store.write(
        queries.create,
        plan=plan,
        server_id=server_id,
        created_by=user_id,
        now=ctx.clock(),
        default_zone=ctx.settings.server.zone,
    )
    ctx.wake()
    return made


async def edit(ctx: Context, schedule: Schedule, plan: Plan, by: int | None = None) -> Schedule:
    """Change a schedule to `plan`; its next post is planned anew. `by`, here and below, is the
    moderator who does it.

    Raises ModeratorError: nothing_to_change, schedule_unknown, schedule_name_taken.
    """
    changes = {
        field: value for field, value in asdict(plan).items() if value != getattr(schedule, field)
    }
    if not changes:
        raise ModeratorError("nothing_to_change")
    changed = await ctx.store.write(
        queries.change, schedule_id=schedule.id, changes=changes, now=ctx.clock(), by=by
    )
    ctx.wake()
    return changed


async def pause(ctx: Context, schedule: Schedule, reason: str, by: int | None = None) -> Schedule:
    """Stop posting until it is resumed. Raises ModeratorError: schedule_not_running."""
    paused = await ctx.store.write(
        queries.pause, schedule_id=schedule.id, reason=reason, now=ctx.clock(), by=by
    )
    if not paused:
        raise ModeratorError("schedule_not_running", name=schedule.name)
    ctx.wake()
    return await get(ctx, schedule.server_id, schedule.id)


async def resume(ctx: Context, schedule: Schedule, by: int | None = None) -> Schedule:
    """Post again from now on; what was due meanwhile is not made up for.

    Raises ModeratorError: schedule_not_paused.
    """
    resumed = await ctx.store.write(queries.resume, schedule_id=schedule.id, now=ctx.clock(), by=by)
    if not resumed:
        raise ModeratorError("schedule_not_paused", name=schedule.name)
    ctx.wake()
    return await get(ctx, schedule.server_id, schedule.id)


async def delete(ctx: Context, server_id: int, schedule_id: int, by: int | None = None) -> Schedule:
    """Delete a schedule; its past rounds stay. Raises ModeratorError: schedule_unknown."""
    schedule = await get(ctx, server_id, schedule_id)
    if not await ctx.store.write(queries.delete, schedule_id=schedule_id, now=ctx.clock(), by=by):
        raise ModeratorError("schedule_unknown")
    ctx.wake()
    return schedule


async def fail(ctx: Context, schedule_id: int, error: ModeratorError) -> None:
    """Pause a schedule that cannot post and tell the moderators why; it is never deleted."""
    schedule = await ctx.store.read(queries.get, schedule_id=schedule_id)
    paused = await ctx.store.write(
        queries.pause, schedule_id=schedule_id, reason=error.code, now=ctx.clock()
    )
    if schedule is not None and paused:
        await ctx.publisher.tell_moderators(
            schedule.server_id, schedule.channel_id, error, schedule.name
        )


async def of_server(ctx: Context, server_id: int) -> list[Schedule]:
    """Return the server's schedules by name."""
    return await ctx.store.read(queries.of_server, server_id=server_id)


async def get(ctx: Context, server_id: int, schedule_id: int) -> Schedule:
    """Return a schedule of this server. Raises ModeratorError: schedule_unknown."""
    schedule = await ctx.store.read(queries.get, schedule_id=schedule_id)
    if schedule is None or schedule.server_id != server_id:
        raise ModeratorError("schedule_unknown")
    return schedule


async def named(ctx: Context, server_id: int, name: str) -> Schedule:
    """Return the server's schedule of that name. Raises ModeratorError: schedule_unknown."""
    schedule = await ctx.store.read(queries.by_name, server_id=server_id, name=name.strip())
    if schedule is None:
        raise ModeratorError("schedule_unknown")
    return schedule


async def outlook(ctx: Context, schedule: Schedule, posts: int = 3) -> Outlook:
    """Return the next posts of a schedule (as if it ran, where it is paused) and its questions."""
    stock = await stock_of(ctx, schedule.server_id, schedule)
    now = ctx.clock()
    # A date that has had its post gets no other, though the time was moved since.
    used = await ctx.store.read(
        queries.dates_used,
        schedule_id=schedule.id,
        since=local_day(now, schedule.zone) - timedelta(days=1),
    )
    coming = (
        one.due_at
        for one in occurrences(schedule.cron, schedule.zone, now)
        if one.local_date not in used
    )
    times = list(islice(coming, max(posts, min(stock.unused, _FAR))))
    lasting = 0 < stock.unused <= _FAR
    return Outlook(tuple(times[:posts]), stock, times[stock.unused - 1] if lasting else None)


async def with_next_posts(ctx: Context, server_id: int) -> list[tuple[Schedule, datetime]]:
    """Return the server's schedules by name, each with its next post in UTC (as if it ran)."""
    return [
        (schedule, (await outlook(ctx, schedule, posts=1)).upcoming[0])
        for schedule in await of_server(ctx, server_id)
    ]
