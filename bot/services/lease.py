"""One process runs on a database at a time: the lease is taken at start, renewed, and given back.

A lease whose process is gone from this machine is taken over at once. One whose process cannot be
seen (another machine or container) is watched until it would expire: a process that lives renews
it meanwhile, and then this one must not start.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.clock import Clock
from bot.errors import OperatorError
from bot.services.context import Context
from bot.store.errors import parse_url, place
from bot.store.lease import Holder, Lease, is_running, taken
from bot.store.looking import is_missing, look
from bot.store.queries import leases

log = logging.getLogger(__name__)

Pause: TypeAlias = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""

LASTS = timedelta(seconds=30)
RENEWED_EVERY = timedelta(seconds=10)
"""Two renewals may fail or be late before the lease expires."""


class LeaseLost(OperatorError):  # noqa: N818 - a state, not a mistake
    """Another process has the lease: this one was taken for dead. It must stop at once."""


def is_held(lease: Lease, now: datetime) -> bool:
    """Return whether a lease keeps others away: it has not expired, and its process is not known
    to be gone.
    """
    return lease.expires_at > now and is_running(lease.holder) is not False


async def until_free(url: str, clock: Clock, pause: Pause = asyncio.sleep) -> Holder | None:
    """Return once no process runs on the database, which need not exist or be migrated yet; and
    return whose lease has not expired although that process is gone.

    Raises OperatorError when a process runs on it, or it cannot be read.
    """
    parsed = parse_url(url)
    if is_missing(parsed):
        return None
    found = await look(parsed, leases.current)
    first = found.expires_at if found else None
    while found is not None and found.expires_at > clock():
        running = is_running(found.holder)
        if running or found.expires_at != first:
            raise taken(found, parsed)
        if running is False:
            log.info("Process %s ended without giving its lease back", found.holder.process)
            return found.holder
        # Not longer than a lease lasts: further away lies only what a wrong clock has written.
        wait = min(found.expires_at - clock(), LASTS)
        log.warning(
            "Process %s on %s had the database %s and cannot be seen from here. Waiting %.0f s for "
            "a sign that it lives; without one this process takes over.",
            found.holder.process,
            found.holder.host,
            place(parsed),
            wait.total_seconds(),
        )
        await pause(wait.total_seconds())
        again = await look(parsed, leases.current)
        if again == found:
            return found.holder
        found = again
    return None


async def take(ctx: Context, holder: Holder, dead: Holder | None = None) -> None:
    """Take the lease; over from `dead` too, which `until_free` returned. Raises OperatorError when
    another process was quicker.
    """
    now = ctx.clock()
    other: Lease | None = await ctx.store.write(
        leases.take, holder=holder, now=now, until=now + LASTS, dead=dead
    )
    if other is not None:
        raise taken(other, ctx.store.url)


async def keep(ctx: Context, holder: Holder, pause: Pause = asyncio.sleep) -> None:
    """Renew the lease until cancelled. Raises LeaseLost when it is another's; while the database
    cannot be written it tries on, as everything else does.
    """
    while True:
        await pause(RENEWED_EVERY.total_seconds())
        try:
            mine = await ctx.store.write(leases.renew, holder=holder, until=ctx.clock() + LASTS)
        except OperatorError as error:
            log.error("The lease could not be renewed: %s", error)
            continue
        if not mine:
            raise LeaseLost(
                f"Another process has taken over the database {place(ctx.store.url)}, because this "
                f"one did not answer for {LASTS.seconds} s. This one ends; look at what held it up."
            )


async def release(ctx: Context, holder: Holder) -> None:
    """Give the lease back, so that the next process need not wait."""
    try:
        await ctx.store.write(leases.release, holder=holder)
    except OperatorError as error:
        log.warning("The lease could not be given back: %s", error)
