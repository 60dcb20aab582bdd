"""Kill -9 at every step: `python -m tests.discord.crash` plays the matrix and prints its table.

The bot is killed at the n-th request, before it took effect and after it took effect but before the
answer, for every n; and at random instants by seed. It is started again on the same files, the play
goes on, and the judge looks at what came of it.
"""

import asyncio
import itertools
import random
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.discord.case import Finding
from tests.discord.driver import Driver
from tests.discord.files import (
    WAYS,
    backup_and_kill,
    copies_are_good,
    damage_and_restore,
    old_version,
)
from tests.discord.moderated import Moderated
from tests.discord.openapi import unchecked
from tests.discord.plays import ChangingDay, Daily, write_questions
from tests.discord.proof import settle, verdict
from tests.discord.remote import STOP_S, Loopback, Stuck, loopback

SIDES = ("kill_before", "kill_after")
SCALE = 0.02
"""Of Discord's limits: a kill costs half a second instead of ten."""
STARTING = 5
"""Requests until the first schedule stands: log in, learn who one is, send the commands, answer."""
KINDS = ("lost", "doubled", "leaked", "wrong")
MOMENTS = (
    *("start", "due", "reveal", "backup", "due", "reveal"),
    *("migration", "due", "reveal", "backup", "start", "damage", "stop"),
)
"""After which the random kills come, in turn."""
AGAIN = (0, 1, 2, 3, 5, 8)
LONGEST_S = 0.8
"""After such a moment nothing is under way any more."""


@dataclass
class Row:
    """One line of the table."""

    name: str
    points: int = 0
    runs: int = 0
    findings: list[tuple[str, Finding]] = field(default_factory=list[tuple[str, Finding]])
    """(where it was killed, what the judge found)"""

    def add(self, other: "Row") -> None:
        """Count another row's runs as this one's."""
        self.points += other.points
        self.runs += other.runs
        self.findings += other.findings


async def every_request_of_a_round(
    discord: Loopback, folder: Path, side: str, again: int = 0
) -> Row:
    """Kill at each request of a round in turn, one day after another in one world; with `again`
    once more, so many requests after it, while the bot recovers.
    """
    row = Row(f"a round, {side}" + (f", again {again} later" if again else ""))
    await discord.reset(folder, Daily.BEGINS, SCALE)
    driver = Driver(discord, random.Random(0))
    play = Daily(driver)
    await play.begin()
    # A round has a request more or fewer as things fall, so it ends where none is left to kill at.
    kills = 0
    while await discord.do("harmed") == kills:
        kills += 2 if again else 1
        faults = [{"kind": side, "skip": row.points}]
        faults += [{"kind": side, "skip": row.points + again - 1}] if again else []
        await discord.do("order", faults=faults)
        await play.round()
        await settle(driver)
        row.runs += 1
        row.points += 1
    row.points -= 1
    await discord.do("order", faults=[])
    await play.end()
    row.findings = [(side, finding) for finding in await verdict(driver, play.due)]
    return row


async def every_request_of_a_start(discord: Loopback, folder: Path, side: str) -> Row:
    """Kill at each request of the very first start, each in a world of its own."""
    row = Row(f"the first start, {side}", points=STARTING)
    for point in range(STARTING):
        play = await daily(discord, folder / f"{side}-{point}")
        await discord.do("order", faults=[{"kind": side, "skip": point}])
        await play.begin()
        await play.round()
        row.runs += 1
        found = await verdict(play.driver, play.due)
        row.findings += [(f"{side} {point + 1}", finding) for finding in found]
    return row


async def daily(discord: Loopback, folder: Path, manner: str = "concealed") -> Daily:
    """Begin a world for the rounds of one schedule."""
    await discord.reset(folder, Daily.BEGINS, SCALE)
    return Daily(Driver(discord, random.Random(0)), manner)


async def moderated(discord: Loopback, folder: Path, seed: int = 0, odd: bool = False) -> Moderated:
    """Begin a world for the days of moderators."""
    await discord.reset(folder, Moderated.BEGINS, SCALE)
    return Moderated(Driver(discord, random.Random(seed)), odd)


async def every_request_of_a_day(discord: Loopback, folder: Path, side: str, point: int) -> Row:
    """Kill at one request of the day of three schedules."""
    row = Row(f"a day, {side}", points=1, runs=1)
    play = await _day(discord, folder, seed=0)
    await discord.do("order", faults=[{"kind": side, "skip": point}])
    row.findings = [(f"{side} {point + 1}", one) for one in await _judged(play)]
    return row


async def a_seed(discord: Loopback, folder: Path, moment: str, seed: int) -> Row:
    """Kill at random instants after a moment of the day: its start, an occurrence, a reveal; the
    migration of an older version's database; a backup, or a restore after the file was damaged,
    which are killed as well. "stop" tells it to stop instead, after an occurrence.
    """
    row = Row(f"random, {moment}", points=1, runs=1)
    play = await _day(discord, folder, seed)
    chance = random.Random(seed)
    tasks: list[asyncio.Task[None]] = []
    found: list[Finding] = []
    wanted = {"backup": "due", "stop": "due", "migration": "start"}.get(moment, moment)
    strike = discord.stop_amid if moment == "stop" else discord.strike
    skip = chance.randrange(2) if wanted != "start" else 0
    times = 1 if moment == "stop" else chance.randint(1, 3)  # a second SIGTERM would kill
    kills = [chance.uniform(0, LONGEST_S) for _ in range(times)]

    def reached(name: str) -> None:
        nonlocal skip
        if name != wanted:
            return
        skip -= 1
        if skip == -1:
            tasks.extend(asyncio.create_task(_after(delay, strike)) for delay in kills)
            if moment == "backup":
                tasks.append(asyncio.create_task(backup_and_kill(discord, chance)))

    async def between() -> None:
        nonlocal skip
        skip -= 1
        if skip == -1:
            found.extend(await damage_and_restore(play.driver, chance.choice(WAYS), chance))

    if moment == "migration":
        await old_version(discord)
    if moment == "damage":
        play.between = between
    else:
        play.driver.reached = reached
    found += await _judged(play, tasks)
    if moment == "backup":
        found += await copies_are_good(discord)
    row.findings = [(f"{moment}, seed {seed}", one) for one in found]
    return row


async def _after(delay_s: float, strike: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(delay_s)
    await strike()


async def _day(discord: Loopback, folder: Path, seed: int) -> ChangingDay:
    await discord.reset(folder, ChangingDay.BEGINS, SCALE)
    return ChangingDay(Driver(discord, random.Random(seed)))


async def _judged(
    play: ChangingDay, disturbing: Sequence[asyncio.Task[None]] = ()
) -> list[Finding]:
    """Play, and judge. What a member waits for in vain is a finding too."""
    try:
        await play.play()
        await asyncio.gather(*disturbing)
        return await verdict(play.driver, play.due)
    except (Stuck, TimeoutError) as error:
        return [Finding("lost", str(error) or f"the bot did not stop within {STOP_S:g} s")]
    finally:
        for task in disturbing:
            task.cancel()


async def requests_of_a_day(discord: Loopback, folder: Path) -> int:
    """Return how many requests the day has when nothing goes wrong."""
    play = await _day(discord, folder, seed=0)
    found = await _judged(play)
    if found:
        raise AssertionError("a day without a kill is not in order: " + "; ".join(map(str, found)))
    return await discord.do("requests")


# The matrix

Task = Callable[[Loopback, Path], Awaitable[Row]]


async def matrix(
    rows: dict[str, Row], folder: Path, jobs: int, seeds: int, tell: Callable[[str], None]
) -> None:
    """Play all of it, in random order, and add what comes of it to `rows`, by their names: where it
    is stopped, they hold what was played.
    """
    banks = write_questions(folder)
    async with loopback(folder, banks) as discord:
        points = await requests_of_a_day(discord, folder / "count")
    tasks: list[Task] = [partial(every_request_of_a_start, side=side) for side in SIDES]
    tasks += [
        partial(every_request_of_a_round, side=side, again=again)
        for side, again in itertools.product(SIDES, AGAIN)
    ]
    tasks += [
        partial(every_request_of_a_day, side=side, point=point)
        for side, point in itertools.product(SIDES, range(points))
    ]
    moments = itertools.cycle(MOMENTS)
    tasks += [partial(a_seed, moment=next(moments), seed=seed) for seed in range(seeds)]
    random.Random(0).shuffle(tasks)
    waiting = deque(enumerate(tasks))
    done = itertools.count(1)

    async def work() -> None:
        async with loopback(folder, banks) as discord:
            while waiting:
                index, task = waiting.popleft()
                here = folder / f"{index}"
                row = await _survived(task, discord, here)
                rows.setdefault(row.name, Row(row.name)).add(row)
                tell(f"{next(done)} of {len(tasks)}: {row.name}, {len(row.findings)} findings")
                if not row.findings:
                    await discord.kill()
                    shutil.rmtree(here, ignore_errors=True)

    async with asyncio.TaskGroup() as group:
        for _ in range(jobs):
            group.create_task(work())


async def _survived(task: Task, discord: Loopback, folder: Path) -> Row:
    """Run a task; what a member waits for in vain is a finding, and the next task begins anew."""
    try:
        return await task(discord, folder)
    except Stuck as error:
        finding = Finding("lost", str(error))
        return Row("stuck", points=1, runs=1, findings=[(folder.name, finding)])


def table(rows: Sequence[Row]) -> Table:
    """Return the table that README quotes."""
    made = Table("killed at", "points", "runs", *KINDS, title="kill -9")
    for row in rows:
        kinds = Counter(finding.kind for _, finding in row.findings)
        made.add_row(
            row.name, str(row.points), str(row.runs), *(str(kinds[kind]) for kind in KINDS)
        )
    return made


def main(
    jobs: Annotated[int, typer.Option(min=1, help="Bots that play side by side.")] = 2,
    seeds: Annotated[int, typer.Option(min=0, help="Kills at random instants.")] = 300,
    keep: Annotated[Path | None, typer.Option(help="Folder for the files of failed runs.")] = None,
) -> None:
    """Play the matrix, print its table and every finding; 1 where there is any."""
    folder = Path(tempfile.mkdtemp(prefix="tutor-crash-", dir=keep))
    console, progress = Console(), Console(stderr=True)
    rows: dict[str, Row] = {}
    stopped = False
    try:
        asyncio.run(matrix(rows, folder, jobs, seeds, progress.print))
    except KeyboardInterrupt:
        stopped = True
    console.print(table(sorted(rows.values(), key=lambda row: row.name)))
    if unchecked():
        console.print(unchecked(), highlight=False)
    if stopped:
        console.print("Stopped before the end: the table holds what was played.")
    found = [(where, finding) for row in rows.values() for where, finding in row.findings]
    for where, finding in found:
        console.print(f"{where}: {finding}", markup=False, highlight=False)
    if found:
        console.print(f"The files of what failed are in {folder}.")
    if found or stopped:
        raise typer.Exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    typer.run(main)
