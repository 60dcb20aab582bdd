"""`tutor db …`: what it does with the database, as lines to print."""

from pathlib import Path

from bot.clock import system_clock
from bot.services import backups, lease
from bot.settings import DatabaseSettings
from bot.store import backup
from bot.store.errors import parse_url, place
from bot.store.looking import is_missing
from bot.store.migrations import upgrade
from bot.store.restore import require_whole


async def upgraded(settings: DatabaseSettings) -> str:
    """Bring the database to the newest version. Raises OperatorError, also when a process that may
    be of an older version runs on it.
    """
    await require_whole(settings.url, settings.backups)
    before = None
    if not is_missing(parse_url(settings.url)):
        found = await backup.info(settings.url, settings.backups)
        before = found.version
        if before != found.newest:
            await lease.until_free(settings.url, system_clock)
    await upgrade(parse_url(settings.url))
    after = await backup.info(settings.url, settings.backups)
    if before == after.version:
        return f"{after.place} is at the newest version already, {after.version}."
    return f"{after.place} was brought from version {before or 'none'} to {after.version}."


async def backed_up(settings: DatabaseSettings) -> str:
    """Copy the database into the folder of backups. Raises OperatorError."""
    await require_whole(settings.url, settings.backups)
    copy = await backup.backup(
        settings.url, settings.backups, settings.backups_kept, system_clock()
    )
    return str(copy)


async def restored(settings: DatabaseSettings, file: Path | None) -> str:
    """Put a backup into the database's place. Raises OperatorError."""
    done = await backups.put_back(settings, file, system_clock)
    told = f"{done.database} is now what {done.backup} holds."
    if done.aside is not None:
        told += f"\nWhat was there before is kept as {done.aside}; delete it when all is well."
    return told


async def described(settings: DatabaseSettings) -> list[tuple[str, str]]:
    """Return what stands in the database, as names and values. Raises OperatorError."""
    if is_missing(parse_url(settings.url)):
        where = place(parse_url(settings.url))
        return [("database", where), ("version", "none: `tutor run` makes the file when it starts")]
    found = await backup.info(settings.url, settings.backups)
    version = found.version or "none"
    if version != found.newest:
        version += f" (this program brings it to {found.newest}: tutor db upgrade)"
    last = "none (tutor db backup)"
    if found.last_backup and found.last_backup_at:
        last = f"{found.last_backup} ({found.last_backup_at:%Y-%m-%d %H:%M} UTC)"
    size = [] if found.size is None else [("size", f"{found.size / 1_000_000:.1f} MB")]
    return [
        ("database", found.place),
        ("version", version),
        *size,
        ("last backup", last),
        *((name, f"{count:,}") for name, count in found.rows.items()),
    ]
