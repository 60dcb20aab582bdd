"""Moderators learn that reviews wait: by one message a day, in the channel that the server named
for what needs moderators, or else in its audit channel. It is kept true by edits, which disturb
nobody, and shows numbers only.

Told is what came to wait since the last reminder, and not before the reveal of its question. So
what nobody has looked at is said once, and again when more has come.
"""

from dataclasses import replace
from datetime import timedelta

from bot.domain.calendar import local_day
from bot.errors import ModeratorError
from bot.grading import checks
from bot.services.audit import SURELY_NEW, try_to_post
from bot.services.context import Context
from bot.store.queries import reminders as queries

LOOK_EVERY = timedelta(hours=1)
"""For what nobody announces: a late grade, another key, the next day."""
REFUSED_FOR = timedelta(days=1)
"""Where the channel is gone or shut; a reveal, or naming another channel, tries again at once."""


def look_again(ctx: Context, server_id: int) -> None:
    """Look at a server's reviews at once."""
    ctx.reminders.pop(server_id, None)
    ctx.wake()


async def remind(ctx: Context) -> None:
    """Post or edit the reminders of the servers whose time has come to be looked at."""
    now = ctx.clock()
    servers = await ctx.store.read(queries.listening)
    for server_id in ctx.reminders.keys() - servers.keys():
        del ctx.reminders[server_id]
    for server_id, zone in servers.items():
        if ctx.stopping:  # the next start looks at all
            return
        if ctx.reminders.get(server_id, now) <= now:
            ctx.reminders[server_id] = now + LOOK_EVERY
            await _remind(ctx, server_id, zone)


async def _remind(ctx: Context, server_id: int, zone: str) -> None:
    now = ctx.clock()
    # It looks at everything that waits, which is no work for the one thread that writes.
    reminder = await ctx.store.read(
        queries.look,
        server_id=server_id,
        today=local_day(now, zone),
        now=now,
        refused=checks.REFUSING,
    )
    if reminder is None:
        return
    is_new = reminder.message_id is None
    if is_new and not await ctx.store.write(queries.begin, reminder=reminder):
        return

    async def post() -> None:
        try:
            look_first = now - reminder.begun_at > SURELY_NEW
            id_, sent = await ctx.publisher.remind(reminder, look_first)
        except ModeratorError:
            if reminder.message_id is None:
                raise
            id_, sent = reminder.message_id, False  # taken away: it needs no edit any more
        told = replace(reminder, message_id=id_)
        if is_new and not sent:  # by an earlier process, which may have been on an earlier day
            told = replace(told, local_date=local_day(reminder.begun_at, zone))
        await ctx.store.write(queries.stands, reminder=told)

    what = f"the reminder of server {server_id}"
    again_at = await try_to_post(ctx, post(), what, REFUSED_FOR)
    if again_at is not None:
        ctx.reminders[server_id] = again_at
