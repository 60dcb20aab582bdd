"""How the tutor is doing in a server, for its moderators."""

from dataclasses import dataclass
from datetime import datetime

from bot import __version__
from bot.domain.schedule import Schedule
from bot.services import audit, reviews, schedules, servers, tidying
from bot.services.context import Context
from bot.services.reviews import Backlog
from bot.services.servers import Server
from bot.store.queries import status as queries
from bot.store.queries.status import Late, OpenRound


@dataclass(frozen=True, slots=True)
class Status:
    """What `/tutor status` shows, apart from what only Discord knows."""

    version: str
    server: Server
    schedules: tuple[tuple[Schedule, datetime], ...]
    """Each with its next post in UTC, paused ones as if they ran."""
    open_rounds: tuple[OpenRound, ...]
    late: tuple[Late, ...]
    unposted: int
    """Entries of the audit that wait for their channel."""
    reviews: Backlog
    grader: str
    """'loading', 'ready' or 'missing'."""
    waiting: int
    """Explanations that wait for the grader, of all servers."""
    leaving: int
    """Reactions whose answers are stored and which still stand under posts of this server."""
    gone_at: datetime
    """About when (UTC) the last of them will be gone, at Discord's pace."""


async def status(ctx: Context, server_id: int) -> Status:
    """Look at everything a moderator may have to act on."""
    leaving, takes = tidying.backlog(ctx, server_id)
    return Status(
        version=__version__,
        server=await servers.get(ctx, server_id),
        schedules=tuple(await schedules.with_next_posts(ctx, server_id)),
        open_rounds=tuple(await ctx.store.read(queries.open_rounds, server_id=server_id)),
        late=tuple(await ctx.store.read(queries.late, server_id=server_id, now=ctx.clock())),
        unposted=await audit.waiting(ctx, server_id),
        reviews=await reviews.backlog(ctx, server_id),
        grader=ctx.grader.state,
        waiting=ctx.grader.waiting(),
        leaving=leaving,
        gone_at=ctx.clock() + takes,
    )
