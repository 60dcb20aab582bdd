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
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.discord.case import Finding
from tests.discord.kills import (
    MOMENTS,
    PARTS,
    SIDES,
    Row,
    a_seed,
    every_request_of_a_day,
    every_request_of_a_round,
    every_request_of_a_start,
    every_request_of_moderators,
    requests_of_a_day,
)
from tests.discord.openapi import unchecked
from tests.discord.plays import write_questions
from tests.discord.remote import Loopback, Stuck, loopback

KINDS = ("lost", "doubled", "leaked", "wrong")
AGAIN = (0, 1, 2, 3, 5, 8)
MODERATORS_AGAIN = (0, 1)
"""How many requests later a second kill comes; 0: none does."""


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
        partial(every_request_of_moderators, side=side, again=again, part=part)
        for side, again, part in itertools.product(SIDES, MODERATORS_AGAIN, range(PARTS))
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
