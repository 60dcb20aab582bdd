"""Faults of Discord: `python -m tests.discord.trouble` plays a round under each, and prints what
people saw of it and what the judge says.
"""

import asyncio
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.told import FINDINGS
from tests.discord.case import Finding
from tests.discord.crash import KINDS
from tests.discord.driver import Driver
from tests.discord.kills import SCALE
from tests.discord.mishaps import MISHAPS, OPENLY, many_answer_at_once
from tests.discord.moderated import Moderated
from tests.discord.openapi import unchecked
from tests.discord.plays import Daily, write_questions
from tests.discord.proof import settle, verdict
from tests.discord.remote import Loopback, Stuck, loopback
from tests.discord.server import GATEWAY

PATIENCE_S = 2.5
"""For so long a member looks at nothing; longer than discord.py's own first retry."""
AT_START, OF_MODERATORS = "at the first start: ", "moderators: "
LONG_DAY, STEP = 96, 12
"""Requests of a day on which moderators decide and regrade, and every which of them is harmed."""
PUMP_S = 20.0
"""Then so much time passes (the bot tries again after 15 s to 30 s)."""
REQUESTS: dict[str, dict[str, Any]] = {
    "429 once": {"kind": "429"},
    "500 once": {"kind": "500"},
    "502 once": {"kind": "502"},
    "503 once": {"kind": "503"},
    "503 three times": {"kind": "503", "count": 3},
    "cut off before its effect": {"kind": "reset_before"},
    "cut off after its effect": {"kind": "reset_after"},
    "answered 1 s late": {"kind": "late", "seconds": 1.0},
    "never answered": {"kind": "never"},
}
_M = "/channels/{channel_id}/messages"
_R = _M + "/{message_id}/reactions/{emoji_name}"
ROUTES = (
    f"POST {_M}",
    f"GET {_M}/{{message_id}}",
    f"PATCH {_M}/{{message_id}}",
    f"POST {_M}/{{message_id}}/threads",
    f"PUT {_R}/@me",
    f"DELETE {_R}/{{user_id}}",
    f"GET {_R}",
    "POST /interactions/{interaction_id}/{interaction_token}/callback",
    "POST /webhooks/{webhook_id}/{webhook_token}",
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original",
)
"""Each takes part in a round."""
BEFORE_LOGIN = (
    "GET /users/@me",
    "GET /oauth2/applications/@me",
    "PUT /applications/{application_id}/commands",
    GATEWAY,
)
"""What the very first start asks, in this order. Of `GET /gateway/bot` it asks nothing: one
connection needs no advice how many to open.
"""
AFTER_A_KILL: dict[str, dict[str, Any]] = {
    f"GET {_M}": {"kind": "kill_after", "route": f"POST {_M}"},
    "POST /users/@me/channels": {"kind": "kill_before", "route": ROUTES[-1], "skip": 2},
}
"""What the bot asks when it was killed: whether its post stands, and to write to the member whose
grade was to be shown (after a hint, and the word that the text is stored).
"""


@dataclass
class Row:
    """One line of the table."""

    name: str
    runs: int = 0
    harmed: int = 0
    asked_again: int = 0
    waited_s: float = 0.0
    """The longest, of one run."""
    findings: list[Finding] = field(default_factory=list[Finding])


Harm = Callable[[Loopback], Awaitable[None]]


async def requests(discord: Loopback, folder: Path, name: str) -> Row:
    """Harm one route after another, each in a round of its own, one day after another."""
    harm = REQUESTS[name]
    harms: list[Harm] = [ordered([{"route": route, **harm}]) for route in ROUTES]
    harms += [ordered([kill, {"route": r, **harm}]) for r, kill in AFTER_A_KILL.items()]
    return await days(discord, folder, name, harms)


async def moderators(discord: Loopback, folder: Path, name: str) -> Row:
    """Harm every twelfth request of the days on which moderators decide and regrade, others for
    each fault: one request a day.
    """
    fault = name.removeprefix(OF_MODERATORS)
    first = list(REQUESTS).index(fault)
    harms = [ordered([{"skip": skip, **REQUESTS[fault]}]) for skip in range(first, LONG_DAY, STEP)]
    return await days(discord, folder, name, harms, Moderated)


async def starts(discord: Loopback, folder: Path, name: str) -> Row:
    """Harm what the very first start asks, each in a world of its own; whoever looks after the
    process starts it again where it says why it ended, as systemd does. Then a round is played.
    """
    row = Row(name)
    harm = REQUESTS[name.removeprefix(AT_START)]
    for number, route in enumerate(BEFORE_LOGIN):
        await discord.reset(folder / f"{number}", Daily.BEGINS, SCALE)
        driver = Driver(discord, random.Random(0))
        driver.pump_s, driver.ends = PUMP_S, {*driver.ends, FINDINGS}
        await discord.do("order", faults=[{"route": route, **harm}])
        play = Daily(driver)
        try:
            await play.begin()
            await play.round()
            row.findings += await verdict(driver, play.due)
        except Stuck as error:
            row.findings.append(Finding("lost", str(error)))
        row.runs += 1
        row.harmed += await discord.do("harmed")
        row.asked_again += driver.asked_again + driver.starts - 1
        row.waited_s = max(row.waited_s, driver.waited_s)
    return row


async def gateway(discord: Loopback, folder: Path, name: str) -> Row:
    """Harm the gateway at the beginning of a round."""
    return await days(discord, folder, name, [GATEWAY[name]])


def ordered(faults: list[dict[str, Any]]) -> Harm:
    """Return what orders these faults."""

    async def harm(discord: Loopback) -> None:
        await discord.do("order", faults=faults)

    return harm


def _events(**counts: int) -> Harm:
    async def harm(discord: Loopback) -> None:
        await discord.do("harm", **counts)

    return harm


def _cut(*, forget: bool) -> Harm:
    async def harm(discord: Loopback) -> None:
        await discord.do("cut", forget=forget)

    return harm


GATEWAY: dict[str, Harm] = {
    "every event twice": _events(doubled=1000),
    "events in another order": _events(swapped=2),
    "connection lost, resumed": _cut(forget=False),
    "connection and session lost": _cut(forget=True),
}


async def mishap(discord: Loopback, folder: Path, name: str) -> Row:
    """Let people do something to a round."""
    row = Row(name)
    happens = MISHAPS[name]
    scale = 1.0 if happens is many_answer_at_once else SCALE
    manner = "open" if happens in OPENLY else "concealed"
    play = await _begun(discord, folder, lambda driver: Daily(driver, manner), scale)
    try:
        await happens(play)
        row.runs = 1
        row.findings += await verdict(play.driver, play.due)
    except Stuck as error:
        row.findings.append(Finding("lost", str(error)))
    row.waited_s = play.driver.waited_s
    row.harmed = 1
    return row


async def _begun(
    discord: Loopback, folder: Path, play: Callable[[Driver], Daily], scale: float = SCALE
) -> Daily:
    await discord.reset(folder, Daily.BEGINS, scale)
    driver = Driver(discord, random.Random(0))
    driver.pump_s = PUMP_S
    begun = play(driver)
    await begun.begin()
    return begun


async def days(
    discord: Loopback,
    folder: Path,
    name: str,
    harms: Sequence[Harm],
    plays: Callable[[Driver], Daily] = Daily,
) -> Row:
    """Play a round under each of these, one day after another."""
    row = Row(name)
    play = await _begun(discord, folder, plays)
    driver = play.driver
    for harm in harms:
        driver.asked_again, driver.waited_s = 0, 0.0
        await harm(discord)
        try:
            await play.round()
            await settle(driver)
        except Stuck as error:
            row.findings.append(Finding("lost", str(error)))
            break
        row.runs += 1
        row.asked_again += driver.asked_again
        row.waited_s = max(row.waited_s, driver.waited_s)
        await discord.do("order", faults=[])
    else:
        row.findings += await verdict(driver, play.due)
    row.harmed = await discord.do("harmed")
    return row


async def matrix(
    folder: Path, jobs: int, patience_s: float, tell: Callable[[str], None]
) -> list[Row]:
    """Play all of it and return its rows."""
    banks = write_questions(folder)
    waiting = [(starts, AT_START + name) for name in REQUESTS]
    waiting += [(moderators, OF_MODERATORS + name) for name in REQUESTS]
    waiting += [(requests, name) for name in REQUESTS] + [(gateway, name) for name in GATEWAY]
    waiting += [(mishap, name) for name in MISHAPS]
    order = {name: place for place, (_, name) in enumerate(waiting)}
    rows: list[Row] = []

    async def work() -> None:
        async with loopback(folder, banks) as discord:
            discord.patience = patience_s
            while waiting:
                play, name = waiting.pop(0)
                here = folder / name.replace(" ", "-")
                try:
                    rows.append(await play(discord, here, name))
                except (AssertionError, TimeoutError) as error:  # the other rows are played
                    rows.append(Row(name, findings=[Finding("wrong", f"not played: {error}")]))
                tell(f"{name}: {len(rows[-1].findings)} findings")

    async with asyncio.TaskGroup() as group:
        for _ in range(jobs):
            group.create_task(work())
    return sorted(rows, key=lambda row: order[row.name])


def table(rows: Sequence[Row]) -> Table:
    """Return the table that README quotes."""
    made = Table("fault", "runs", "harmed", "asked again", "waited at most", *KINDS, title="faults")
    for row in rows:
        kinds = Counter(finding.kind for finding in row.findings)
        made.add_row(
            row.name,
            str(row.runs),
            str(row.harmed),
            str(row.asked_again),
            f"{row.waited_s:g} s",
            *(str(kinds[kind]) for kind in KINDS),
        )
    return made


def main(
    jobs: Annotated[int, typer.Option(min=1, help="Bots that play side by side.")] = 2,
    keep: Annotated[Path | None, typer.Option(help="Folder for the files of failed runs.")] = None,
    patience: Annotated[
        float, typer.Option(min=1, help="Seconds that a member looks at nothing; more where slow.")
    ] = PATIENCE_S,
) -> None:
    """Play a round under each fault, print the table and every finding; 1 where there is any."""
    folder = Path(tempfile.mkdtemp(prefix="tutor-faults-", dir=keep))
    console, progress = Console(), Console(stderr=True)
    rows = asyncio.run(matrix(folder, jobs, patience, progress.print))
    console.print(table(rows))
    if unchecked():
        console.print(unchecked(), highlight=False)
    found = [(row.name, finding) for row in rows for finding in row.findings]
    for where, finding in found:
        console.print(f"{where}: {finding}", markup=False, highlight=False)
    if found:
        console.print(f"The files of what failed are in {folder}.")
        raise typer.Exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    typer.run(main)
