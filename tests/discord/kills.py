"""Kills: each plays something, has the bot killed in the middle of it, and returns what the judge
finds. What is played of them is crash.py's.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

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
from tests.discord.plays import ChangingDay, Daily
from tests.discord.proof import settle, verdict
from tests.discord.remote import STOP_S, Loopback, Stuck

SIDES = ("kill_before", "kill_after")
SCALE = 0.02
"""Of Discord's limits: a kill costs half a second instead of ten."""
STARTING = 5
"""Requests until the first schedule stands: log in, learn who one is, send the commands, answer."""
MOMENTS = (
    *("start", "due", "reveal", "backup", "due", "reveal"),
    *("migration", "due", "reveal", "backup", "start", "damage", "stop"),
    *("appeal", "review", "regrade", "review", "regrade", "stop a review"),
)
"""After which the random kills come, in turn."""
OF_MODERATORS = {"appeal", "review", "regrade", "stop a review"}
PARTS = 12
"""In which the requests of a moderators' day are played, every twelfth one in each."""
LONGEST_S = 0.8
"""After such a moment nothing is under way any more."""


class Play(Protocol):
    """From the first start to where the judge is to find everything in order."""

    driver: Driver
    due: list[tuple[int, str]]

    async def play(self) -> None:
        """Play all of it."""
        ...


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
    return await _day_after_day(row, await daily(discord, folder), side, again)


async def every_request_of_moderators(
    discord: Loopback, folder: Path, side: str, again: int = 0, part: int = 0
) -> Row:
    """Kill at each request of a day on which moderators decide and regrade, as above, in a `part`
    of PARTS: they make a long day.
    """
    row = Row(f"moderators, {side}" + (f", again {again} later" if again else ""))
    # Which questions are revealed before they are cancelled differs with the side.
    play = await moderated(discord, folder, odd=side == SIDES[0])
    return await _day_after_day(row, play, side, again, part, PARTS)


async def _day_after_day(
    row: Row, play: Daily, side: str, again: int, first: int = 0, step: int = 1
) -> Row:
    """Play a day for each `step`-th request, from the `first` one (from 0) on."""
    discord = play.driver.discord
    await play.begin()
    # A day has a request more or fewer as things fall, so it ends where none is left to kill at.
    kills = 0
    while await discord.do("harmed") == kills:
        kills += 2 if again else 1
        faults = [{"kind": side, "skip": first + step * row.points}]
        faults += [{"kind": side, "skip": first + step * row.points + again - 1}] if again else []
        await discord.do("order", faults=faults)
        await play.round()
        await settle(play.driver)
        row.runs += 1
        row.points += 1
    row.points -= 1
    await discord.do("order", faults=[])
    await play.end()
    row.findings = [(side, finding) for finding in await verdict(play.driver, play.due)]
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
    which are killed as well; of two days of moderators: an appeal, a review, a regrading. "stop"
    tells it to stop instead, after an occurrence, "stop a review" at one.
    """
    row = Row(f"random, {moment}", points=1, runs=1)
    chance = random.Random(seed)
    of_moderators = moment in OF_MODERATORS
    play: Play = await (moderated if of_moderators else _day)(discord, folder, seed)
    tasks: list[asyncio.Task[None]] = []
    found: list[Finding] = []
    wanted = {"backup": "due", "stop": "due", "migration": "start", "stop a review": "review"}
    stops = moment.startswith("stop")
    strike = discord.stop_amid if stops else discord.strike
    often = 4 if of_moderators else 2
    skip = 0 if moment in ("start", "migration") else chance.randrange(often)
    times = 1 if stops else chance.randint(1, 3)  # a second SIGTERM would kill
    kills = [chance.uniform(0, LONGEST_S) for _ in range(times)]

    def reached(name: str) -> None:
        nonlocal skip
        if name != wanted.get(moment, moment):
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
        assert isinstance(play, ChangingDay)
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


async def _judged(play: Play, disturbing: Sequence[asyncio.Task[None]] = ()) -> list[Finding]:
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
