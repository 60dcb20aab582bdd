"""The whole bot in a simulated Discord: start, answers to interactions while the grader works, the
event loop meanwhile, and memory over an hour of the demo's load.

Run by itself (`python -m tests.bench client`): memory is this process's.
"""

import asyncio
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.table import Table

from bot.demo.launcher import BackgroundGrader
from bot.domain.question import LETTERS
from bot.grading import Submission
from bot.grading.service import GraderService
from bot.settings import GraderSettings
from tests.bench._lateness import lateness, quantile
from tests.support.questions import a_question
from tests.support.world import World, build_world, new_client, run_client

HERE = Path(__file__).parents[2]
INTERACTIONS = 150
WAITING = 200
"""Explanations that the grader has before it at any time."""
MINUTES = 60
RIGHT = "It learns broad features from a lot of data, which fine-tuning adapts to one task later."

START = """
import asyncio, sys, time
began = float(sys.argv[1])
import tempfile
from pathlib import Path
from tests.bench.client import loaded, run_real
async def main():
    with tempfile.TemporaryDirectory(dir=sys.argv[2], prefix=".bench-") as folder:
        async with run_real(Path(folder)) as env:
            print(time.time() - began, flush=True)
            await loaded(env.bot.context.grader)
            print(time.time() - began, env.bot.context.grader.state, flush=True)
asyncio.run(main())
"""


def run_real(folder: Path) -> Any:
    """The client with the real grader, which loads where simcord does not wait for it."""

    def client(settings: Any) -> Any:
        return new_client(settings, BackgroundGrader(GraderSettings()))

    return run_client(folder, make=client)


async def loaded(grader: GraderService) -> None:
    """Return when the grader no longer loads; its own event is for the bot's task alone."""
    while grader.state == "loading":  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def table() -> Table:
    """Measure on a database of its own, which is removed afterwards."""
    result = Table("what", "measured", "wanted", title="The bot in a simulated Discord")
    ready, with_model = _start()
    result.add_row("process start to READY, model not loaded", f"{ready:.2f} s", "below 2 s")
    result.add_row("model loaded, in the background", f"{with_model:.2f} s", "")
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".bench-") as folder:
        async with run_real(Path(folder)) as env:
            with env.time_context():
                world = await build_world(env)
                await world.ask()
                await loaded(world.context.grader)
                await _interactions(world, result)
                await _hour(world, result)
    return result


def _start() -> tuple[float, float]:
    import time

    done = subprocess.run(
        [sys.executable, "-c", START, str(time.time()), str(HERE)],
        cwd=HERE,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    ready, loaded = done.stdout.splitlines()
    assert loaded.split()[1] == "ready", loaded
    return float(ready), float(loaded.split()[0])


async def _interactions(world: World, result: Table) -> None:
    """Interactions while the grader is busy, from the gateway's event to the first answer."""
    received: list[float] = []
    answered: list[float] = []
    _observe(world, received, answered)
    busy = [asyncio.create_task(_keep_busy(world)) for _ in range(WAITING)]
    graded_before = perf_counter()
    async with lateness() as late:
        for number in range(INTERACTIONS):
            if number % 2:
                await world.slash(world.alice, "hint")
            else:
                await world.click(world.bob, "Explain")
    seconds = perf_counter() - graded_before
    for task in busy:
        task.cancel()
    graded = sum(task.result() for task in await _ended(busy))
    took = [end - start for start, end in zip(received, answered, strict=True)]
    result.add_row(
        "interaction acknowledged, p99, while the grader works",
        f"{1000 * quantile(took, 0.99):.0f} ms",
        "below 300 ms",
    )
    result.add_row(
        "event loop late, p99 (at most), meanwhile",
        f"{1000 * quantile(late, 0.99):.1f} ms ({1000 * max(late):.0f} ms)",
        "below 50 ms",
    )
    result.add_row("explanations graded a second, meanwhile", f"{graded / seconds:.0f}", "")


async def _keep_busy(world: World) -> int:
    done = 0
    submission = Submission(
        question="Why?", references=(RIGHT,), answer=RIGHT, key_points=(RIGHT[:40], RIGHT[41:])
    )
    try:
        while True:
            await world.context.grader.grade(submission)
            done += 1
    except asyncio.CancelledError:
        return done


async def _ended(tasks: list[asyncio.Task[int]]) -> list[asyncio.Task[int]]:
    await asyncio.wait(tasks)
    return tasks


class _Timed(list[Any]):
    """simcord's record of requests, which notes when an interaction is answered."""

    def __init__(self, answered: list[float]) -> None:
        super().__init__()
        self._answered = answered

    def append(self, entry: Any) -> None:
        if entry.path.endswith("/callback"):
            self._answered.append(perf_counter())
        super().append(entry)


def _observe(world: World, received: list[float], answered: list[float]) -> None:
    parsers = world.client._connection.parsers
    parse = parsers["INTERACTION_CREATE"]

    def parsed(data: Any) -> None:
        received.append(perf_counter())
        parse(data)

    parsers["INTERACTION_CREATE"] = parsed
    world.env.backend.http_requests = _Timed(answered)


async def _hour(world: World, result: Table) -> None:
    """An hour as in the demo: each minute members react, ask for hints, and explain."""
    letters = itertools.cycle(LETTERS[:4])
    before = _resident_mb()
    for minute in range(MINUTES):
        if minute % 20 == 0:
            await world.ask(a_question(id=f"minute-{minute}"), open_minutes=20)
        for member in (world.alice, world.bob):
            await world.react(member, next(letters))
        await world.slash(world.bob, "leaderboard", period="all")
        if minute % 20 == 5:
            await world.click(world.alice, "Hint")
            await world.explain(world.alice, RIGHT)
        await world.pass_time(minutes=1)
    after = _resident_mb()
    result.add_row("resident memory, model loaded", f"{before:.0f} MB", "")
    result.add_row("after an hour of the demo's load", f"{after:.0f} MB", "")


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
