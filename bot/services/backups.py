"""Backups while the bot runs, when it is time; and a restore, when nothing runs."""

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import Clock
from bot.errors import OperatorError
from bot.logs import report_bug
from bot.services import lease
from bot.services.context import Context
from bot.services.lease import Pause
from bot.settings import DatabaseSettings
from bot.store import backup, copies
from bot.store.errors import parse_url, place
from bot.store.looking import is_missing, look
from bot.store.queries import leases
from bot.store.restore import Restored, restore

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(hours=1)
"""The clock is read again at least this often, and a copy that failed is tried again."""


def are_wanted(settings: DatabaseSettings) -> bool:
    """Return whether the bot makes copies by itself; PostgreSQL's are its server's to make."""
    is_file = parse_url(settings.url).get_backend_name() == "sqlite"
    return is_file and settings.backup_every_hours > 0


async def keep_copying(ctx: Context, pause: Pause = asyncio.sleep) -> None:
    """Copy the database whenever it is time, for ever. Cancelled, it leaves a copy that is being
    made to `Context.finish`.
    """
    while True:
        wait = await ctx.whole(copy_if_due(ctx), "backup")
        await pause(wait.total_seconds())


async def copy_if_due(ctx: Context) -> timedelta:
    """Copy the database if the newest copy is old enough, and return when to look again. What goes
    wrong is logged.
    """
    settings = ctx.settings.database
    every = timedelta(hours=settings.backup_every_hours)
    now = ctx.clock()
    last = await asyncio.to_thread(_last, settings.backups, now)
    if last is not None and now < last + every:
        return min(last + every - now, LONGEST_PAUSE)
    try:
        copy = await backup.backup(settings.url, settings.backups, settings.backups_kept, now)
    except OperatorError as error:
        log.error("No backup was made: %s", error)
    except Exception as error:  # noqa: BLE001 - the task outlives whatever fails in it
        report_bug("backup", error)
    else:
        log.info("The database was copied to %s", copy)
    return min(every, LONGEST_PAUSE)


async def put_back(settings: DatabaseSettings, file: Path | None, clock: Clock) -> Restored:
    """Restore a backup, the newest good one when None. Raises OperatorError when a process runs on
    the database, and as `bot.store.restore.restore`.
    """
    parsed = parse_url(settings.url)
    held = None
    if not is_missing(parsed):
        try:
            held = await look(parsed, leases.current)
        except OperatorError:
            log.info("%s cannot be read; whether it is open is still looked at", place(parsed))
    if held is not None and lease.is_held(held, clock()):
        raise OperatorError(
            f"The tutor runs on {place(parsed)}: process {held.holder.process} on "
            f"{held.holder.host}. Stop it first; after a kill its claim ends by itself at "
            f"{held.expires_at:%H:%M:%S} UTC. Nothing was changed."
        )
    return await restore(settings.url, settings.backups, file, clock())


def _last(folder: Path, now: datetime) -> datetime | None:
    """Return when the newest copy was made; those of a clock that ran ahead do not count."""
    made = [copies.made_at(copy) for copy in copies.copies(folder)]
    return max((at for at in made if at <= now), default=None)
