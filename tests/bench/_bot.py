"""The bot's process of tests/discord, measured; or, where `counting` lies beside its configuration,
a client that only counts reactions.

It keeps the number of reactions that are done with in the file `done` (`Progress`), and at SIGUSR2
writes `figures` and begins anew: when each reaction came and was done with (monotonic clock),
and by how many seconds the event loop was late.
"""

import asyncio
import gc
import mmap
import random
import signal
import struct
import time
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import discord
from pydantic import SecretStr

from bot import logs
from bot.client import INTENTS, TutorClient, run_client
from bot.grading.service import GraderService, load_default
from bot.services import answers
from bot.settings import load
from tests.bench._lateness import lateness
from tests.discord import bot_process
from tests.discord.clock import SharedClock

COUNTING, REAL_GRADER = "counting", "real-grader"
"""Files whose being there says what is to run."""


class Progress:
    """A number that another process can read at any time."""

    def __init__(self, folder: Path) -> None:
        path = folder / "done"
        if not path.exists():
            path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    @property
    def value(self) -> int:
        """It, now."""
        return struct.unpack("<q", self._map[:])[0]

    @value.setter
    def value(self, value: int) -> None:
        self._map[:] = struct.pack("<q", value)


class Figures:
    """What is measured since the last look."""

    def __init__(self, folder: Path, late: "array[float]") -> None:
        self._folder, self._late = folder, late
        self._waiting: dict[asyncio.Task[None], array[float]] = {}
        self.progress = Progress(folder)
        # Arrays: what is measured is not to grow what is measured.
        self._came, self._done = array("d"), array("d")

    def done(self, came: Sequence[float]) -> None:
        """Reactions, that came then, are done with now."""
        self._came.extend(came)
        self._done.extend([time.monotonic()] * len(came))
        self.progress.value += len(came)

    def taken(self, task: asyncio.Task[None], came: float) -> None:
        """A reaction is done with when the task is."""
        if task not in self._waiting:
            task.add_done_callback(lambda task: self.done(self._waiting.pop(task)))
        self._waiting.setdefault(task, array("d")).append(came)

    def tell(self) -> None:
        """Write all of it, and begin anew."""
        figures = self._folder / "figures"
        unfinished = self._folder / "figures.part"
        with unfinished.open("wb") as file:
            for values in (self._came, self._done, self._late):
                file.write(struct.pack("<q", len(values)))
                values.tofile(file)
        unfinished.rename(figures)
        self._came, self._done = array("d"), array("d")
        del self._late[:]


async def _run(config: Path, clock: SharedClock, seed: int) -> None:
    folder = config.parent
    async with lateness() as late:
        figures = Figures(folder, late)
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, figures.tell)
        client = (
            _counting(figures)
            if (folder / COUNTING).exists()
            else _tutor(config, clock, seed, figures)
        )
        client._connection.guild_ready_timeout = 0
        if isinstance(client, TutorClient):
            await run_client(client, SecretStr(bot_process.TOKEN))
            return
        gc.freeze()
        gc.set_threshold(5_000)  # as run_client does
        async with client:
            await client.start(bot_process.TOKEN)


def _counting(figures: Figures) -> discord.Client:
    client = discord.Client(
        intents=INTENTS, max_messages=None, member_cache_flags=discord.MemberCacheFlags.none()
    )

    async def on_raw_reaction_add(payload: discord.RawReactionActionEvent) -> None:
        figures.done([time.monotonic()])

    client.event(on_raw_reaction_add)
    return client


def _tutor(config: Path, clock: SharedClock, seed: int, figures: Figures) -> TutorClient:
    settings = load(config, {})
    logs.set_up("WARNING", token=bot_process.TOKEN)
    grader: Any = load_default if (config.parent / REAL_GRADER).exists() else bot_process._load
    client = TutorClient(
        settings,
        grader=GraderService(settings.grader, grader),
        randomness=random.Random(seed),
        clock=clock,
    )
    take = answers.answer

    def timed(*args: Any) -> asyncio.Task[None]:
        came = time.monotonic()
        task = take(*args)  # ends once the answers that are stored together are committed
        figures.taken(task, came)
        return task

    answers.answer = timed

    def look_again() -> None:
        if hasattr(client, "context"):
            client.context.wake()

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, look_again)
    return client


if __name__ == "__main__":
    bot_process._run = _run
    bot_process.main()
