"""`tutor db …`: what it does with the database, as lines to print."""

from pathlib import Path

from bot.clock import system_clock
from bot.settings import DatabaseSettings
from bot.store import backup
from bot.store.errors import parse_url, place
from bot.store.migrations import upgrade


def is_missing(settings: DatabaseSettings) -> bool:
    """Return whether the database is a file that is not there yet."""
    url = parse_url(settings.url)
    return url.get_backend_name() == "sqlite" and not Path(place(url)).exists()


async def upgraded(settings: DatabaseSettings) -> str:
    """Bring the database to the newest version. Raises OperatorError."""
    before = None
    if not is_missing(settings):
        before = (await backup.info(settings.url, settings.backups)).version
    await upgrade(parse_url(settings.url))
    after = await backup.info(settings.url, settings.backups)
    if before == after.version:
        return f"{after.place} is at the newest version already, {after.version}."
    return f"{after.place} was brought from version {before or 'none'} to {after.version}."


async def backed_up(settings: DatabaseSettings) -> str:
    """Copy the database into the folder of backups. Raises OperatorError."""
    copy = await backup.backup(
        settings.url, settings.backups, settings.backups_kept, system_clock()
    )
    return str(copy)


async def described(settings: DatabaseSettings) -> list[tuple[str, str]]:
    """Return what stands in the database, as names and values. Raises OperatorError."""
    if is_missing(settings):
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
