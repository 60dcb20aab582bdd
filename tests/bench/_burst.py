"""Bursts of reactions, beside a client that only counts them."""

import asyncio
import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from bot.store.queries.schedules import MOST
from tests.bench._bot import COUNTING, Progress
from tests.bench._lateness import lateness
from tests.bench._outcome import Outcome
from tests.bench._people import (
    PATIENCE_S,
    Post,
    add_schedules,
    cpu_s,
    figures,
    new_world,
    post,
    posts,
    pressing,
    resident_mb,
    settled_mb,
    start,
)
from tests.discord.driver import LETTERS
from tests.discord.remote import Loopback

REACTIONS = 10_000
DRAIN_S = 10.0
"""For so long the backlog is watched at Discord's own pace, before it is let go faster."""
HURRIED = 0.002
"""Of Discord's limits, once the pace has been seen: 33 minutes otherwise."""


class Deed(NamedTuple):
    """A member's reaction."""

    channel: int
    message: int
    user: int
    emoji: str


async def reactions(discord: Loopback, folder: Path, count: int, bursts: int) -> Outcome:
    """Bursts on so many posts, each with its backlog; before and after them one for the counting
    client, as the machine may have other work meanwhile.

    A second burst tells what the first one's memory was: a leak would grow again.
    """
    people = await new_world(discord, folder, count)
    # A server has at most so many schedules: the rest of them are another's, in name.
    places = [(people["guild"] + n // MOST, one) for n, one in enumerate(people["channels"])]
    await add_schedules(discord, folder, places)
    await start(discord)
    await post(discord, people["channels"])
    await discord.stop()
    there = await posts(folder)
    deeds = _deeds(people["members"], there)
    result = Outcome()
    await _count(discord, folder, deeds, result)
    await start(discord)
    async with lateness() as result.idle_late:
        async with pressing(discord, there[0], people["members"], result, []):
            result.memory_mb = [resident_mb(discord)]
        for number in range(bursts):
            await discord.do("hurry", scale=1.0)
            async with pressing(discord, there[0], people["members"], result, result.answers):
                await _store(discord, folder, deeds, result)
            async with pressing(discord, there[0], people["members"], result, result.answers_later):
                await _watch(discord, deeds, result)
            # What comes after is not the burst's: it is let go faster than Discord would.
            result.late_later += (await figures(discord, folder))[1]
            await _drain(discord, result)
            result.memory_mb.append(await settled_mb(discord))
            if number == 0:
                result.note += f"; {_misplaced(await discord.do('removed'), deeds)} out of order"
    result.lost += _lost(folder, deeds)
    await discord.stop()
    await _count(discord, folder, deeds, result)
    return result


async def _store(discord: Loopback, folder: Path, deeds: Sequence[Deed], result: Outcome) -> None:
    rate, cpu, came, sent, late = await _burst(discord, folder, deeds)
    result.rates.append(rate)
    result.cpu_us.append(cpu)
    result.late += late
    result.waits += [done - began for (_, done), began in zip(came, sent, strict=True)]
    result.stored_in += [done - arrived for arrived, done in came]


async def _count(discord: Loopback, folder: Path, deeds: Sequence[Deed], result: Outcome) -> None:
    (folder / COUNTING).touch()
    await start(discord)
    rate, cpu, _, _, late = await _burst(discord, folder, deeds)
    result.counted.append(rate)
    result.counting_late += late
    result.counting_cpu_us.append(cpu)
    await discord.do("sweep")
    await discord.kill()
    (folder / COUNTING).unlink()


async def _burst(
    discord: Loopback, folder: Path, deeds: Sequence[Deed]
) -> tuple[float, float, list[tuple[float, float]], list[float], list[float]]:
    """Let members react. Return how many reactions were done with a second, the microseconds of the
    bot's CPU that each took, when each came and was done with, when it was made, and by how many
    seconds the bot's loop was late meanwhile.
    """
    await figures(discord, folder)
    progress = Progress(folder)
    before, cpu = progress.value, cpu_s(discord)
    sent = await discord.do("burst", reactions=deeds)
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while progress.value - before < len(deeds):
        await asyncio.sleep(0.05)
        assert asyncio.get_running_loop().time() < deadline, "the burst does not end"
    cpu = cpu_s(discord) - cpu
    came, late = await figures(discord, folder)
    rate = len(deeds) / (max(done for _, done in came) - sent[0])
    return rate, 1e6 * cpu / len(deeds), came, sent, late


async def _watch(discord: Loopback, deeds: Sequence[Deed], result: Outcome) -> None:
    """See at which pace the backlog goes, by Discord's own limits."""
    before = len(await discord.do("removed"))
    await asyncio.sleep(DRAIN_S)
    pace = (len(await discord.do("removed")) - before) / DRAIN_S
    result.note = result.note or f"{pace:.1f} taken away a second"


async def _drain(discord: Loopback, result: Outcome) -> None:
    """Wait for the backlog to go."""
    await discord.do("hurry", scale=HURRIED)
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while left := await discord.do("standing"):
        await asyncio.sleep(0.5)
        if asyncio.get_running_loop().time() > deadline:
            break
    result.lost += left


def _deeds(members: list[int], there: Sequence[Post]) -> list[Deed]:
    """Return who reacts where with what: nobody twice with the same under one post."""
    chance = random.Random(0)
    each = REACTIONS // len(members)
    turns = [user for user in members for _ in range(each)]
    chance.shuffle(turns)
    options = {user: chance.sample(LETTERS, each) for user in members}
    deeds: list[Deed] = []
    for user in turns:
        channel, message, _ = chance.choice(there)
        deeds.append(Deed(channel, message, user, options[user].pop()))
    return deeds


def _misplaced(order: list[list[int]], deeds: Sequence[Deed]) -> int:
    """Return how many members' first reactions left a post before those of somebody who came
    earlier.
    """
    came: dict[int, list[int]] = {}
    for deed in deeds:
        if deed.user not in came.setdefault(deed.message, []):
            came[deed.message].append(deed.user)
    left: dict[int, list[int]] = {}
    for message, user in order:
        if user not in left.setdefault(message, []):
            left[message].append(user)
    return sum(
        one != other
        for message, users in came.items()
        for one, other in zip(users, left.get(message, []), strict=False)
    )


def _lost(folder: Path, deeds: Sequence[Deed]) -> int:
    """Return how many members' last reactions to a post are not what is stored."""
    meant = {(deed.message, deed.user): LETTERS.index(deed.emoji) for deed in deeds}
    with closing(sqlite3.connect(folder / "tutor.db")) as connection:
        stored = {
            (message, user): option
            for message, user, option in connection.execute(
                "SELECT message_id, user_id, option FROM answers JOIN rounds ON id = round_id"
            )
        }
    return len(dict(meant.items() ^ stored.items()))
