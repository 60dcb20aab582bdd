"""The bot's real process under load, on the loopback Discord of tests/discord: bursts of reactions
beside a client that only counts them, explanations that wait, and many servers posting at once.

Discord, the bot and this script are three processes; where they share a core, all of them pay.
"""

import asyncio
import json
import os
import random
import signal
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from bot.bank.load import load_banks
from bot.services import drafts, questions, schedules
from bot.services.drafts import Wish
from bot.store.queries.schedules import MOST
from tests.bench._bot import COUNTING, REAL_GRADER, Progress
from tests.bench._lateness import lateness, quantile
from tests.discord.driver import LETTERS
from tests.discord.remote import Loopback, loopback
from tests.support.contexts import clock_of, open_context
from tests.support.questions import a_bank, a_question, write_bank

HERE = Path(__file__).parents[2]
REACTIONS, MEMBERS, POSTS, EXPLANATIONS, SERVERS = 10_000, 2_000, 50, 2_000, 50
BEGINS = "2027-02-01T08:57:00+00:00"
FIRST, DUE = "08:58", "09:00"
MODERATOR = 1
PACE_S = 0.2
"""Between two presses of a button, while the rest goes on."""
PATIENCE_S = 900.0
GRADING_S = 60.0
"""For so long the grader is watched at work; what waits then is stored, and stays so."""
DRAIN_S = 10.0
"""For so long the backlog is watched at Discord's own pace, before it is let go faster."""
HURRIED = 0.002
"""Of Discord's limits, once the pace has been seen: 33 minutes otherwise."""
BURSTS = 2
MODULES = ("tests.bench._discord", "tests.bench._bot")


@dataclass
class Outcome:
    """What a scenario came to; empty: not measured in it."""

    rates: list[float] = field(default_factory=list[float])
    """Reactions stored a second, of each burst."""
    counted: list[float] = field(default_factory=list[float])
    """Reactions that the counting client counts a second."""
    cpu_us: float = 0.0
    """Of the bot's process, a reaction."""
    counting_cpu_us: float = 0.0
    waits: list[float] = field(default_factory=list[float])
    """Seconds from a member's act to its commit."""
    stored_in: list[float] = field(default_factory=list[float])
    """Seconds from its arrival in the bot to its commit."""
    late: list[float] = field(default_factory=list[float])
    idle_late: list[float] = field(default_factory=list[float])
    """Of this script's own loop, which has next to nothing to do: what the machine adds."""
    answers: list[float] = field(default_factory=list[float])
    """Seconds from a press to its first answer."""
    unanswered: int = 0
    lost: int = 0
    memory_mb: list[float] = field(default_factory=list[float])
    """Before, and after each burst once its backlog is gone."""
    note: str = ""


async def table() -> Table:
    """Measure every scenario, each with a bot of its own."""
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".bench-") as name:
        folder = Path(name)
        async with loopback(folder, _write_bank(folder), modules=MODULES) as discord:
            outcomes["1 post"] = await reactions(discord, folder / "one", 1)
            outcomes[f"{POSTS} posts"] = await reactions(discord, folder / "many", POSTS)
            outcomes[f"{EXPLANATIONS:,} explanations"] = await explanations(discord, folder / "e")
            outcomes[f"{SERVERS} servers post"] = await servers(discord, folder / "s")
    return _table(outcomes)


# Scenarios


async def reactions(discord: Loopback, folder: Path, posts: int) -> Outcome:
    """Two bursts on so many posts, each with its backlog; then the same before the counting client.

    The second burst tells what the first one's memory was: a leak would grow again.
    """
    people = await _world(discord, folder, posts)
    # A server has at most so many schedules: the rest of them are another's, in name.
    places = [(people["guild"] + n // MOST, one) for n, one in enumerate(people["channels"])]
    await _schedules(discord, folder, places)
    await _start(discord)
    await _post(discord, people["channels"])
    messages = await _messages(folder)
    deeds = _deeds(people["members"], messages)
    result = Outcome()
    async with (
        lateness() as result.idle_late,
        _pressing(discord, messages[0], people["members"]) as pressed,
    ):
        result.memory_mb = [_resident_mb(discord)]
        for burst in range(BURSTS):
            await discord.do("hurry", scale=1.0)
            rate, cpu, came, sent = await _burst(discord, folder, deeds)
            result.rates.append(rate)
            result.cpu_us += cpu / BURSTS
            done = [at for _, at in came]
            result.waits += [at - began for at, began in zip(done, sent, strict=True)]
            result.stored_in += [at - arrived for arrived, at in came]
            await _drain(discord, folder, deeds, result, watch=burst == 0)
            result.memory_mb.append(await _settled_mb(discord))
    _note_answers(result, pressed)
    result.lost += _lost(folder, deeds)
    await discord.stop()
    (folder / COUNTING).touch()
    await _start(discord)
    for _ in range(BURSTS):
        rate, cpu, _, _ = await _burst(discord, folder, deeds)
        result.counted.append(rate)
        result.counting_cpu_us += cpu / BURSTS
        await discord.do("sweep")
    await discord.kill()
    return result


async def _drain(
    discord: Loopback,
    folder: Path,
    deeds: Sequence[tuple[int, int, int, str]],
    result: Outcome,
    *,
    watch: bool,
) -> None:
    """Wait for the backlog to go; `watch` it at Discord's own pace for a while."""
    if watch:
        before = len(await discord.do("removed"))
        await asyncio.sleep(DRAIN_S)
        pace = (len(await discord.do("removed")) - before) / DRAIN_S
    # What comes after is not the burst's: it is let go faster than Discord would.
    result.late += (await _figures(discord, folder))["late"]
    await discord.do("hurry", scale=HURRIED)
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while left := await discord.do("standing"):
        await asyncio.sleep(0.5)
        if asyncio.get_running_loop().time() > deadline:
            break
    result.lost += left
    if watch:
        order = await discord.do("removed")
        result.note = f"{pace:.1f} taken away a second; {_misplaced(order, deeds)} out of order"


def _misplaced(order: list[list[int]], deeds: Sequence[tuple[int, int, int, str]]) -> int:
    """Return how many members' first reactions left a post before those of somebody who came
    earlier.
    """
    came: dict[int, list[int]] = {}
    for _, message, user, _ in deeds:
        if user not in came.setdefault(message, []):
            came[message].append(user)
    left: dict[int, list[int]] = {}
    for message, user in order:
        if user not in left.setdefault(message, []):
            left[message].append(user)
    return sum(
        one != other
        for message, users in came.items()
        for one, other in zip(users, left.get(message, []), strict=False)
    )


async def explanations(discord: Loopback, folder: Path) -> Outcome:
    """As many members send an explanation at once, and the grader that ships begins with them."""
    people = await _world(discord, folder, 1)
    (folder / REAL_GRADER).touch()
    await _schedules(discord, folder, [(people["guild"], people["channels"][0])])
    await _start(discord)
    await _post(discord, people["channels"])
    (post,) = await _messages(folder)
    texts = [(user, _text(number)) for number, user in enumerate(people["members"])]
    await _explain(discord, post, [(people["members"][0], "It learns broad features first.")])
    await _until(folder, "grades", 1, PATIENCE_S)  # the model is loaded then
    result = Outcome()
    async with (
        lateness() as result.idle_late,
        _pressing(discord, post, people["members"]) as pressed,
    ):
        result.memory_mb = [_resident_mb(discord)]
        await _figures(discord, folder)
        began = asyncio.get_running_loop().time()
        await _explain(discord, post, texts)
        stored = await _until(folder, "explanations", 1 + len(texts), PATIENCE_S) - 1
        stored_s = asyncio.get_running_loop().time() - began
        graded = await _until(folder, "grades", 1 + len(texts), GRADING_S) - 1
        seconds = asyncio.get_running_loop().time() - began
    _note_answers(result, pressed)
    result.late = (await _figures(discord, folder))["late"]
    result.memory_mb.append(await _settled_mb(discord))
    result.lost = len(texts) - stored
    result.note = f"stored in {stored_s:.0f} s; {graded:,} graded in {seconds:.0f} s"
    await discord.kill()
    return result


async def servers(discord: Loopback, folder: Path) -> Outcome:
    """The schedules of as many servers are due in the same minute."""
    people = await _world(discord, folder, 1)
    places = await discord.do("found", count=SERVERS)
    await _schedules(discord, folder, [(people["guild"], people["channels"][0])])
    await _schedules(discord, folder, places, DUE)
    await _start(discord)
    channels = [channel for _, channel in places]
    loop = asyncio.get_running_loop()
    # One post stands before the others: somebody presses its button meanwhile.
    await _post(discord, people["channels"])
    (post,) = await _messages(folder)
    result = Outcome()
    async with (
        lateness() as result.idle_late,
        _pressing(discord, post, people["members"]) as pressed,
    ):
        result.memory_mb = [_resident_mb(discord)]
        await _figures(discord, folder)
        began = loop.time()
        await discord.pass_time(120.0)
        posted = 0.0
        while (seen := await discord.do("posted", channels=channels))["offered"] < SERVERS:
            if seen["posts"] == SERVERS and not posted:
                posted = loop.time() - began
            if loop.time() - began > PATIENCE_S:
                break
            await asyncio.sleep(0.05)
        seconds = loop.time() - began
    _note_answers(result, pressed)
    result.late = (await _figures(discord, folder))["late"]
    result.memory_mb.append(await _settled_mb(discord))
    result.lost = SERVERS - seen["offered"]
    result.note = f"all posted in {posted or seconds:.1f} s, with reactions in {seconds:.1f} s"
    await discord.stop()
    return result


# What they are made of


def _write_bank(folder: Path) -> Path:
    banks = folder / "banks"
    banks.mkdir()
    options = tuple(f"Statement {letter} about it." for letter in "abcdef")
    write_bank(
        banks,
        a_bank(
            *(
                a_question(id=f"question-{n}", prompt=f"Question {n}?", options=options)
                for n in range(1, 4)
            )
        ),
    )
    return banks


async def _world(discord: Loopback, folder: Path, channels: int) -> dict[str, Any]:
    await discord.reset(folder, BEGINS, scale=1.0)
    people = await discord.do("crowd", members=MEMBERS, channels=channels)
    return people | {"guild": (await discord.do("record"))["guild"]}


async def _schedules(
    discord: Loopback, folder: Path, places: Sequence[tuple[int, int]], time: str = FIRST
) -> None:
    """Give each (server, channel) a schedule."""
    async with open_context(folder) as context:
        clock_of(context).now = datetime.fromisoformat(BEGINS)
        await questions.sync(context, load_banks(discord.banks))
        for number, (server, channel) in enumerate(places):
            wish = Wish(name=f"{time} {number}", channel_id=channel, time=time, zone="Etc/UTC")
            plan = await drafts.draft(context, server, wish)
            await schedules.create(context, server, MODERATOR, plan)


async def _start(discord: Loopback) -> None:
    Progress(discord.folder).value = 0
    await discord.start()
    await discord.wait("ready")
    await asyncio.sleep(1.0)


async def _post(discord: Loopback, channels: list[int]) -> None:
    await discord.pass_time(60.0)
    while (await discord.do("posted", channels=channels))["offered"] < len(channels):  # noqa: ASYNC110 - as below
        await asyncio.sleep(0.1)


async def _messages(folder: Path) -> list[tuple[int, int, int]]:
    """Return (channel, message, round) of each post."""
    with closing(sqlite3.connect(folder / "tutor.db")) as connection:
        return connection.execute(
            "SELECT channel_id, message_id, id FROM rounds WHERE message_id IS NOT NULL ORDER BY id"
        ).fetchall()


def _deeds(
    members: list[int], posts: Sequence[tuple[int, int, int]]
) -> list[tuple[int, int, int, str]]:
    """Return who reacts where with what: nobody twice with the same under one post."""
    chance = random.Random(0)
    each = REACTIONS // len(members)
    turns = [user for user in members for _ in range(each)]
    chance.shuffle(turns)
    options = {user: chance.sample(LETTERS, each) for user in members}
    deeds: list[tuple[int, int, int, str]] = []
    for user in turns:
        channel, message, _ = chance.choice(posts)
        deeds.append((channel, message, user, options[user].pop()))
    return deeds


async def _burst(
    discord: Loopback, folder: Path, deeds: Sequence[tuple[int, int, int, str]]
) -> tuple[float, float, list[tuple[float, float]], list[float]]:
    """Let members react. Return how many reactions were done with a second, the microseconds of the
    bot's CPU that each took, when each came and was done with, and when it was made.
    """
    await _figures(discord, folder)
    progress = Progress(folder)
    before, cpu = progress.value, _cpu_s(discord)
    sent = await discord.do("burst", reactions=deeds)
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while progress.value - before < len(deeds):
        await asyncio.sleep(0.05)
        assert asyncio.get_running_loop().time() < deadline, "the burst does not end"
    cpu = _cpu_s(discord) - cpu
    came = (await _figures(discord, folder))["reactions"]
    rate = len(deeds) / (max(at for _, at in came) - sent[0])
    return rate, 1e6 * cpu / len(deeds), came, sent


def _cpu_s(discord: Loopback) -> float:
    fields = Path(f"/proc/{discord.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _lost(folder: Path, deeds: Sequence[tuple[int, int, int, str]]) -> int:
    """Return how many members' last reactions to a post are not what is stored."""
    meant = {(message, user): LETTERS.index(emoji) for _, message, user, emoji in deeds}
    with closing(sqlite3.connect(folder / "tutor.db")) as connection:
        stored = {
            (message, user): option
            for message, user, option in connection.execute(
                "SELECT message_id, user_id, option FROM answers JOIN rounds ON id = round_id"
            )
        }
    return len(dict(meant.items() ^ stored.items()))


def _text(number: int) -> str:
    return (
        f"Attempt {number}: it learns broad features from a large dataset first, and so the step "
        "to one task afterwards needs few examples, because most of what it takes is there already."
    )


async def _explain(
    discord: Loopback, post: tuple[int, int, int], texts: list[tuple[int, str]]
) -> None:
    channel, message, round_id = post
    modal = f"tutor:explain-text:{round_id}"
    await discord.do("explain", channel=channel, message=message, texts=texts, custom_id=modal)


async def _until(folder: Path, table: str, wanted: int, patience: float) -> int:
    """Return how many rows a table has, once it has as many as are wanted or patience ends."""
    deadline = asyncio.get_running_loop().time() + patience
    with closing(sqlite3.connect(folder / "tutor.db")) as connection:
        while True:
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            if count >= wanted or asyncio.get_running_loop().time() > deadline:
                return count
            await asyncio.sleep(0.2)


@asynccontextmanager
async def _pressing(
    discord: Loopback, post: tuple[int, int, int], members: list[int]
) -> AsyncIterator[dict[str, Any]]:
    """Have members press Hint all the time; afterwards what came of it is in what this yields."""
    pressed: dict[str, Any] = {}
    await discord.do(
        "ask",
        channel=post[0],
        message=post[1],
        users=members,
        custom_id=f"tutor:hint:{post[2]}",
        pace=PACE_S,
    )
    await asyncio.sleep(2.0)
    yield pressed
    pressed |= await discord.do("answers", patience=10.0)


def _note_answers(result: Outcome, pressed: dict[str, Any]) -> None:
    result.answers, result.unanswered = pressed["took"], pressed["unanswered"]


async def _figures(discord: Loopback, folder: Path) -> dict[str, Any]:
    assert discord.pid is not None
    file = folder / "figures.json"
    os.kill(discord.pid, signal.SIGUSR2)
    while not file.exists():  # noqa: ASYNC110 - a benchmark may wait
        await asyncio.sleep(0.02)
    figures = json.loads(file.read_text())
    file.unlink()
    return figures


def _resident_mb(discord: Loopback) -> float:
    status = Path(f"/proc/{discord.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def _settled_mb(discord: Loopback) -> float:
    await asyncio.sleep(2.0)
    return _resident_mb(discord)


def _table(outcomes: dict[str, Outcome]) -> Table:
    result = Table("what", *outcomes, "wanted", title="Load (real process, loopback Discord)")

    def add(name: str, wanted: str, cell: Any) -> None:
        result.add_row(name, *(cell(one) for one in outcomes.values()), wanted)

    add("reactions stored a second, each burst", "", lambda o: _each(o.rates))
    add("a client that only counts", "", lambda o: _each(o.counted))
    add("ratio", "at least 0.5", lambda o: _ratio(sum(o.rates), sum(o.counted)))
    add("CPU a reaction", "", lambda o: f"{o.cpu_us:.0f} µs" if o.cpu_us else "")
    add(
        "a client that only counts",
        "",
        lambda o: f"{o.counting_cpu_us:.0f} µs" if o.counting_cpu_us else "",
    )
    add("ratio", "", lambda o: _ratio(o.counting_cpu_us, o.cpu_us))
    add("reacted to committed, p50 / p99", "", lambda o: _ms(o.waits))
    add("of that in the bot, p50 / p99", "", lambda o: _ms(o.stored_in))
    add("loop late, p50 / p99", "p99 below 50 ms", lambda o: _ms(o.late))
    add("loop late, at most", "", lambda o: f"{1000 * max(o.late):.0f} ms")
    add("an idle loop late meanwhile, p50 / p99", "", lambda o: _ms(o.idle_late))
    add("press answered, p50 / p99", "p99 below 3 s", lambda o: _ms(o.answers))
    add("presses, unanswered", "0", lambda o: f"{len(o.answers):,}, {o.unanswered}")
    add("lost", "0", lambda o: str(o.lost))
    add(
        "memory before, and after each",
        "within 10 %",
        lambda o: " / ".join(f"{one:.0f}" for one in o.memory_mb) + " MB",
    )
    add("", "", lambda o: o.note)
    return result


def _each(rates: Sequence[float]) -> str:
    return " / ".join(f"{rate:,.0f}" for rate in rates)


def _ratio(one: float, other: float) -> str:
    return f"{one / other:.2f}" if other else ""


def _ms(values: Sequence[float]) -> str:
    if not values:
        return ""
    return f"{1000 * quantile(values, 0.5):.0f} / {1000 * quantile(values, 0.99):.0f} ms"
