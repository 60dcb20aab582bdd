"""What moderators did: read by pages, and posted in the server's audit channel.

An entry is written in the transaction of its action (`bot.store.queries.audit.note`). Its post is
sent afterwards by the waking task, which finds it in the database whatever died in between.
"""

import logging
from collections.abc import Awaitable
from datetime import datetime, timedelta

from bot.errors import DiscordError, ModeratorError, OperatorError
from bot.logs import report_bug
from bot.services.context import Context
from bot.store.queries import audit as queries
from bot.store.queries.audit import Entry, EntryPage

__all__ = ["Entry", "EntryPage", "look_again", "page", "post_waiting", "try_to_post", "waiting"]

log = logging.getLogger(__name__)

PAGE_SIZE = 5
TRY_AGAIN = timedelta(seconds=30)
"""When Discord did not answer."""
REFUSED_FOR = timedelta(hours=1)
"""When the channel is gone or shut; setting one, or allowing it what it lacks, is what mends it."""
PATIENCE = timedelta(days=7)
"""An entry that could not be posted for so long stands in the database alone."""
SURELY_NEW = timedelta(minutes=1)
"""Discord remembers nonces for longer than this: so young an entry is not looked for first."""


async def page(ctx: Context, server_id: int, number: int = 0) -> EntryPage:
    """Return a page (from 0) of a server's entries, the newest first."""
    return await ctx.store.read(queries.page, server_id=server_id, number=number, size=PAGE_SIZE)


async def waiting(ctx: Context, server_id: int) -> int:
    """Return how many entries of a server could not be posted yet."""
    since = ctx.clock() - PATIENCE
    return await ctx.store.read(queries.count_unposted, server_id=server_id, since=since)


def look_again(ctx: Context, server_id: int) -> None:
    """Try a server's audit channel at once, whatever it refused before."""
    ctx.audit_waits.pop(server_id, None)
    ctx.wake()


async def post_waiting(ctx: Context) -> None:
    """Post what is not posted yet, in the order in which it was done. Where a channel does not take
    it, that server's entries wait, and the others' do not.
    """
    now = ctx.clock()
    for server_id in [id_ for id_, when in ctx.audit_waits.items() if when <= now]:
        del ctx.audit_waits[server_id]
    for server_id in await ctx.store.read(queries.waiting_servers, since=now - PATIENCE):
        if server_id not in ctx.audit_waits:
            await _post(ctx, server_id)


async def _post(ctx: Context, server_id: int) -> None:
    since = ctx.clock() - PATIENCE
    while entries := await ctx.store.read(queries.unposted, server_id=server_id, since=since):
        for entry in entries:
            if ctx.stopping:  # the next start finds it
                return
            now = ctx.clock()
            post = ctx.publisher.post_entry(entry, look_first=now - entry.done_at > SURELY_NEW)
            again_at = await try_to_post(ctx, post, f"entry {entry.id} of the audit")
            if again_at is not None:
                ctx.audit_waits[server_id] = again_at
                return
            await ctx.store.write(queries.posted, entry_id=entry.id, now=now)


async def try_to_post(
    ctx: Context, post: Awaitable[object], what: str, refused_for: timedelta = REFUSED_FOR
) -> datetime | None:
    """Await a post for moderators, `what` in words for the log. Return None when it was done, and
    else when (UTC) to try again, after `refused_for` where trying soon is of no use: nothing that
    is due may stop for it.
    """
    now = ctx.clock()
    try:
        await post
    except DiscordError as error:
        log.warning("Not posted yet: %s: %s", what, error)
        return now + TRY_AGAIN
    except ModeratorError as error:
        log.warning("Not posted: %s: %s", what, error.code)
        return now + refused_for
    except OperatorError:
        raise
    except Exception as error:  # noqa: BLE001 - a post's bug must not stop what is due
        report_bug(what, error)
        return now + refused_for
    return None
