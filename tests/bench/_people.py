"""What every scenario of the load is made of: servers, schedules and posts, people who press
buttons, and what is read of the bot's process.
"""

import asyncio
import os
import signal
import sqlite3
import struct
from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from bot.bank.load import load_banks
from bot.services import drafts, questions, schedules
from bot.services.drafts import Wish
from tests.bench._bot import Progress
from tests.bench._outcome import Outcome
from tests.discord.remote import Loopback
from tests.support.contexts import clock_of, open_context
from tests.support.questions import a_bank, a_question, write_bank

MEMBERS = 2_000
BEGINS = "2027-02-01T08:57:00+00:00"
FIRST = "08:58"
MODERATOR = 1
PACE_S = 0.2
"""Between two presses of a button, while the rest goes on."""
PATIENCE_S = 900.0

Post: TypeAlias = tuple[int, int, int]
"""Channel, message, round."""


def write_questions(folder: Path) -> Path:
    """Write a bank and return its folder; its questions have six options."""
    banks = folder / "banks"
    banks.mkdir()
    options = tuple(f"Statement {letter} about it." for letter in "abcdef")
    asked = [
        a_question(id=f"question-{n}", prompt=f"Question {n}?", options=options)
        for n in range(1, 4)
    ]
    write_bank(banks, a_bank(*asked))
    return banks


async def new_world(discord: Loopback, folder: Path, channels: int) -> dict[str, Any]:
    """Begin a world; return the ids of its `members`, `channels` and `guild`."""
    await discord.reset(folder, BEGINS, scale=1.0)
    people = await discord.do("crowd", members=MEMBERS, channels=channels)
    return people | {"guild": (await discord.do("record"))["guild"]}


async def add_schedules(
    discord: Loopback, folder: Path, places: Sequence[tuple[int, int]], time: str = FIRST
) -> None:
    """Give each (server, channel) a schedule; the bot does not run."""
    async with open_context(folder) as context:
        clock_of(context).now = datetime.fromisoformat(BEGINS)
        await questions.sync(context, load_banks(discord.banks))
        for number, (server, channel) in enumerate(places):
            wish = Wish(name=f"{time} {number}", channel_id=channel, time=time, zone="Etc/UTC")
            plan = await drafts.draft(context, server, wish)
            await schedules.create(context, server, MODERATOR, plan)


async def start(discord: Loopback) -> None:
    """Start the bot, or the counting client, and wait until it listens."""
    Progress(discord.folder).value = 0
    await discord.start()
    await discord.wait("ready")
    await asyncio.sleep(1.0)


async def post(discord: Loopback, channels: list[int]) -> None:
    """Let a minute pass, and wait until each channel has its post with its reactions."""
    await discord.pass_time(60.0)
    while (await discord.do("posted", channels=channels))["offered"] < len(channels):  # noqa: ASYNC110 - Discord is a process of its own
        await asyncio.sleep(0.1)


async def posts(folder: Path) -> list[Post]:
    """Return the posts there are, the oldest first."""
    with closing(sqlite3.connect(folder / "tutor.db")) as connection:
        return connection.execute(
            "SELECT channel_id, message_id, id FROM rounds WHERE message_id IS NOT NULL ORDER BY id"
        ).fetchall()


async def until(folder: Path, table: str, wanted: int, patience: float) -> int:
    """Return how many rows a table has, once it has as many as are wanted or patience ends."""
    deadline = asyncio.get_running_loop().time() + patience
    with closing(sqlite3.connect(folder / "tutor.db")) as connection:
        while True:
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            if count >= wanted or asyncio.get_running_loop().time() > deadline:
                return count
            await asyncio.sleep(0.2)


@asynccontextmanager
async def pressing(
    discord: Loopback, where: Post, members: list[int], result: Outcome, took: list[float]
) -> AsyncIterator[None]:
    """Have members press Hint all the time; how long each answer took is added to `took`."""
    button = {"channel": where[0], "message": where[1], "custom_id": f"tutor:hint:{where[2]}"}
    await discord.do("ask", users=members, pace=PACE_S, **button)
    await asyncio.sleep(2.0)
    yield
    pressed = await discord.do("answers", patience=10.0)
    took += pressed["took"]
    result.unanswered += pressed["unanswered"]


async def figures(discord: Loopback, folder: Path) -> tuple[list[tuple[float, float]], list[float]]:
    """Return what the bot measured since it was asked last: when each reaction came and was done
    with (monotonic clock), and by how many seconds its loop was late.
    """
    assert discord.pid is not None
    told = folder / "figures"
    os.kill(discord.pid, signal.SIGUSR2)
    while not told.exists():  # noqa: ASYNC110 - so is the bot
        await asyncio.sleep(0.02)
    lists: list[list[float]] = []
    with told.open("rb") as file:
        for _ in range(3):
            values = array("d")
            values.fromfile(file, struct.unpack("<q", file.read(8))[0])
            lists.append(values.tolist())
    told.unlink()
    came, done, late = lists
    return list(zip(came, done, strict=True)), late


def cpu_s(discord: Loopback) -> float:
    """Return the seconds of CPU that the bot's process has taken."""
    fields = Path(f"/proc/{discord.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(discord: Loopback) -> float:
    """Return the memory of the bot's process."""
    status = Path(f"/proc/{discord.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def settled_mb(discord: Loopback) -> float:
    """`resident_mb` after a moment."""
    await asyncio.sleep(2.0)
    return resident_mb(discord)
