"""The whole bot in a simulated Discord: start, answers to interactions while the grader works, the
event loop meanwhile, and memory over an hour of the demo's load.

Run by itself (`python -m tests.bench client`): memory is this process's.
"""

import asyncio
import copy
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from discord.webhook.async_ import async_context
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
INTERACTIONS = 400
PACE_S = 0.02
WAITING = 200
"""Explanations that the grader has before it at any time."""
MINUTES = 60
NUMBERS = itertools.count()
"""Make every text a new one: the grader remembers those of questions."""
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
    """Presses of Explain, from the gateway's event to the modal, which is the first answer: while
    the grader is idle, and while it always has explanations before it.
    """
    press = await _record(world)
    quiet, quiet_late = await _replay(world, press)
    busy = [asyncio.create_task(_keep_busy(world)) for _ in range(WAITING)]
    began = perf_counter()
    took, late = await _replay(world, press)
    seconds = perf_counter() - began
    for task in busy:
        task.cancel()
    graded = sum(task.result() for task in (await asyncio.wait(busy))[0])
    for name, times, wanted in (
        ("interaction acknowledged, grader idle", quiet, ""),
        ("interaction acknowledged, grader busy", took, "p99 below 300 ms"),
        ("event loop late, grader idle", quiet_late, ""),
        ("event loop late, grader busy", late, "p99 below 50 ms"),
    ):
        figures = (quantile(times, 0.5), quantile(times, 0.99), max(times))
        half, most, worst = (f"{1000 * figure:.1f}" for figure in figures)
        result.add_row(name, f"median {half}, p99 {most}, at most {worst} ms", wanted)
    result.add_row("explanations graded a second, meanwhile", f"{graded / seconds:.0f}", "")


async def _record(world: World) -> dict[str, Any]:
    """Press Explain once and keep what the gateway sent."""
    parsers = world.client._connection.parsers
    parse, received = parsers["INTERACTION_CREATE"], []

    def parsed(data: Any) -> None:
        received.append(copy.deepcopy(data))
        parse(data)

    parsers["INTERACTION_CREATE"] = parsed
    await world.click(world.bob, "Explain")
    parsers["INTERACTION_CREATE"] = parse
    return received[0]


async def _replay(world: World, press: dict[str, Any]) -> tuple[list[float], list[float]]:
    """Send the press many times past simcord, whose own work would be measured otherwise; return
    the seconds until each answer, and by how many the loop was late.
    """
    parse = world.client._connection.parsers["INTERACTION_CREATE"]
    adapter: Any = async_context.get()
    create = adapter.create_interaction_response
    answered: dict[int, float] = {}
    sent: dict[int, float] = {}
    first = int(press["id"])

    async def answer(interaction_id: int, *_: Any, **__: Any) -> Any:
        answered[interaction_id] = perf_counter()
        return {"interaction": {"id": str(interaction_id), "type": 3}}

    adapter.create_interaction_response = answer
    try:
        async with lateness() as late:
            for number in range(INTERACTIONS):
                again = copy.deepcopy(press) | {"id": str(first + number)}
                sent[first + number] = perf_counter()
                parse(again)
                await asyncio.sleep(PACE_S)
            while len(answered) < INTERACTIONS:  # noqa: ASYNC110 - a benchmark may wait
                await asyncio.sleep(PACE_S)
    finally:
        adapter.create_interaction_response = create
    return [answered[id_] - sent[id_] for id_ in sent], late


async def _keep_busy(world: World) -> int:
    done = 0
    try:
        while True:
            await world.context.grader.grade(
                Submission(
                    question="What does pre-training do?",
                    references=(RIGHT,),
                    answer=f"{RIGHT} I have read {next(NUMBERS)} pages about it.",
                    key_points=(RIGHT[:40], RIGHT[41:]),
                )
            )
            done += 1
    except asyncio.CancelledError:
        return done


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
