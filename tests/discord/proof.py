"""One proof: a play from beginning to end, and the judge's findings."""

import asyncio
import time
from pathlib import Path
from typing import Any

from tests.discord.bot_process import TOKEN
from tests.discord.case import Case, Finding
from tests.discord.driver import Driver
from tests.discord.judge import judge, pending
from tests.discord.plays import questions
from tests.discord.remote import LOOK_S, Loopback, Stuck

SETTLED_S = 20.0
"""By then the bot has done what is due."""


async def settle(driver: Driver) -> list[str]:
    """Wait until the bot has nothing left to do; return what it left. Only its file can tell: what
    it still means to do stands nowhere in Discord.
    """
    file = database(driver.discord)
    deadline = time.monotonic() + (driver.discord.patience if driver.pump_s else SETTLED_S)
    while left := pending(file, await driver.discord.do("now")):
        await asyncio.sleep(LOOK_S)
        if time.monotonic() > deadline:
            try:
                await driver.endure()
            except Stuck:
                break
            deadline = time.monotonic() + driver.discord.patience
    return left


async def verdict(driver: Driver, due: list[tuple[int, str]]) -> list[Finding]:
    """Let the bot come to rest, stop it as an operator would, and judge."""
    await driver.until("ready")
    await driver.until("quiet")
    left = await settle(driver)
    record: dict[str, Any] = await driver.discord.do("record")
    await driver.discord.stop()
    broken = [status for status in driver.discord.statuses if status not in driver.ends]
    case = Case(record, driver.seen, due, questions(), database(driver.discord))
    found = judge(case)
    found += [Finding("wrong", f"the bot ended with {status}") for status in broken]
    found += [Finding("lost", f"left after {SETTLED_S:g} s: {one}") for one in left]
    log = driver.discord.folder / "bot.log"
    texts = [one["text"] for one in driver.seen.explanations]
    texts += [reason for one in driver.seen.appeals for reason in one["reasons"]]
    return found + bugs(log) + told(log, texts)


def bugs(log: Path) -> list[Finding]:
    """Return what the bot itself called a bug, or a traceback that nobody caught."""
    lines = log.read_text("utf-8").splitlines()
    marks = ("Traceback (most recent call last)", " ERROR ", " CRITICAL ")
    return [
        Finding("wrong", f"{log.name}: {line}")
        for line in lines
        if any(mark in line for mark in marks)
    ]


def told(log: Path, texts: list[str]) -> list[Finding]:
    """Return the token and members' texts that stand in the log, which is at DEBUG."""
    written = log.read_text("utf-8")
    return [
        Finding("leaked", f"{log.name}: {secret}")
        for secret in (TOKEN, *texts)
        if secret in written or repr(secret)[1:-1] in written
    ]


def database(discord: Loopback) -> Path:
    """Return the bot's file."""
    return discord.folder / "tutor.db"
