"""Kill -9 at every step: `python -m tests.discord.crash` plays the whole matrix and prints its table.

The bot is killed at the n-th request, before it took effect and after it took effect but before the
answer, for every n; and at random instants by seed. It is started again on the same files, the play
goes on, and the judge looks at what came of it.
"""

import asyncio
import itertools
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from tests.discord.driver import Driver
from tests.discord.judge import Finding
from tests.discord.plays import ChangingDay, Daily, write_questions
from tests.discord.proof import settle, verdict
from tests.discord.remote import Loopback, loopback

SIDES = ("kill_before", "kill_after")
SCALE = 0.02
"""Of Discord's limits: a kill costs half a second instead of ten."""
STARTING = 5
"""Requests until the first schedule stands: log in, be told who one is, send the commands, answer."""
KINDS = ("lost", "doubled", "leaked", "wrong")


@dataclass
class Row:
    """One line of the table."""

    name: str
    points: int = 0
    runs: int = 0
    findings: list[tuple[str, Finding]] = field(default_factory=list[tuple[str, Finding]])
    """(where it was killed, what the judge found)"""


async def every_request_of_a_round(discord: Loopback, folder: Path, side: str) -> Row:
    """Kill at each request of a round in turn, one day after another in one world."""
    row = Row(f"a round, {side}")
    await discord.reset(folder, Daily.BEGINS, SCALE)
    driver = Driver(discord, random.Random(0))
    play = Daily(driver)
    await play.begin()
    before = await discord.do("requests")
    await play.round()
    await settle(discord)
    row.points = await discord.do("requests") - before
    for point in range(row.points):
        await discord.do("order", faults=[{"kind": side, "skip": point}])
        await play.round()
        await settle(discord)
        row.runs += 1
    found = await verdict(driver, play.due)
    harmed = (await discord.do("record"))["harmed"]
    if len(harmed) != row.points:
        found.append(Finding("wrong", f"{row.points} kills were ordered and {len(harmed)} done"))
    row.findings = [(side, finding) for finding in found]
    return row


async def every_request_of_a_start(discord: Loopback, folder: Path, side: str) -> Row:
    """Kill at each request of the very first start, each in a world of its own."""
    row = Row(f"the first start, {side}", points=STARTING)
    for point in range(STARTING):
        play = await _daily(discord, folder / f"{side}-{point}")
        await discord.do("order", faults=[{"kind": side, "skip": point}])
        await play.begin()
        await play.round()
        row.runs += 1
        found = await verdict(play.driver, play.due)
        row.findings += [(f"{side} {point + 1}", finding) for finding in found]
    return row


async def _daily(discord: Loopback, folder: Path) -> Daily:
    await discord.reset(folder, Daily.BEGINS, SCALE)
    return Daily(Driver(discord, random.Random(0)))


async def a_day(discord: Loopback, folder: Path, seed: int, faults: list[dict[str, object]]) -> list[Finding]:
    """Play the day of three schedules under these faults, and judge."""
    await discord.reset(folder, ChangingDay.BEGINS, SCALE)
    await discord.do("order", faults=faults)
    driver = Driver(discord, random.Random(seed))
    play = ChangingDay(driver)
    await play.play()
    await discord.do("order", faults=[])
    return await verdict(driver, play.due)


async def requests_of_a_day(discord: Loopback, folder: Path) -> int:
    """Return how many requests the day has when nothing goes wrong."""
    found = await a_day(discord, folder, 0, [])
    if found:
        raise AssertionError("a day without a kill is not in order: " + "; ".join(map(str, found)))
    return (await discord.do("record"))["log"][-1]["n"]
