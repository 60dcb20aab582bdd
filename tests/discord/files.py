"""What happens to the bot's files: an older version's, copied, damaged, put back. The operator's
commands run in processes of their own, and are killed as well.
"""

import asyncio
import os
import random
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.told import FINDINGS
from bot.store.backup import backup
from bot.store.copies import copies
from bot.store.errors import parse_url
from bot.store.migrations import REVISIONS, upgrade
from tests.discord.case import Finding
from tests.discord.driver import Driver
from tests.discord.judge import sound
from tests.discord.proof import database, settle
from tests.discord.remote import HERE, KILLED, Loopback

PAGE = 4096
"""SQLite's."""
WAYS = ("its head overwritten", "its pages overwritten", "cut off")


def url(discord: Loopback) -> str:
    """Return the database's, as the settings hold it."""
    return f"sqlite+aiosqlite:///{database(discord)}"


async def old_version(discord: Loopback) -> None:
    """Make the database that the first version of the tutor made."""
    await upgrade(parse_url(url(discord)), to=REVISIONS[0])


async def tutor(discord: Loopback, *arguments: str, killed_after_s: float | None = None) -> int:
    """Run the command `tutor` on the bot's files; return its status."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from bot.cli import main; main()", *arguments),
        cwd=HERE,
        env=os.environ
        | {"PYTHONPATH": str(HERE), "TUTOR_CONFIG": str(discord.folder / "config.toml")},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(killed_after_s):
            return await process.wait()
    except TimeoutError:
        process.kill()
        return await process.wait()


async def backup_and_kill(discord: Loopback, chance: random.Random) -> None:
    """Copy the database beside the bot, and be killed at some instant of it. Raises AssertionError
    where it failed by itself.
    """
    status = await tutor(discord, "db", "backup", killed_after_s=chance.uniform(0.3, 4.0))
    assert status in (0, KILLED), f"tutor db backup ended with {status}"


async def copies_are_good(discord: Loopback) -> list[Finding]:
    """A backup after all that succeeds, and every copy that counts as one is whole."""
    folder = discord.folder / "backups"
    await backup(url(discord), folder, keep=9, now=datetime.now(UTC))
    return [
        Finding("lost", f"backup {copy.name}: {one.what}")
        for copy in copies(folder)
        for one in sound(copy)
    ]


async def damage_and_restore(driver: Driver, way: str, chance: random.Random) -> list[Finding]:
    """Copy the database while the bot runs, kill it, damage its file, and put the copy back, with
    a kill in the middle of that. The start in between must refuse and name the copy.
    """
    discord = driver.discord
    await settle(driver)
    await driver.until("quiet")
    folder = discord.folder / "backups"
    for copy in copies(folder):
        copy.unlink()  # the bot's own, of an earlier state, and named by the clock of its world
    if await tutor(discord, "db", "backup"):
        return [Finding("wrong", "a backup beside the running bot failed")]
    (newest,) = copies(folder)
    await discord.kill()
    damage(database(discord), way)
    status, told = await discord.refused()
    found: list[Finding] = []
    if status != FINDINGS or "tutor db restore" not in told or newest.name not in told:
        found.append(Finding("wrong", f"{way}, the start ended with {status} and said {told!r}"))
    killed = await tutor(discord, "db", "restore", killed_after_s=chance.uniform(0.3, 3.0))
    if killed not in (0, KILLED) or await tutor(discord, "db", "restore"):
        found.append(Finding("lost", f"{way}, the copy could not be put back"))
    await driver.revive()
    return found


def damage(file: Path, way: str) -> None:
    """Damage a database that nobody has open."""
    with closing(sqlite3.connect(file)) as connection:
        # What stands in the log would hide it.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = file.stat().st_size
    with file.open("r+b") as opened:
        if way == "cut off":
            opened.truncate(size // 2)
            return
        head = way == "its head overwritten"
        opened.seek(0 if head else PAGE)
        opened.write(b"\xaa" * (100 if head else size - PAGE))
