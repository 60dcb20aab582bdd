"""The bot's real process under load, on the loopback Discord of tests/discord: bursts of reactions
beside a client that only counts them, explanations that wait, and many servers posting at once.

Discord, the bot and this script are three processes; where they share a core, all of them pay.
"""

import asyncio
import tempfile
from pathlib import Path

from rich.table import Table

from tests.bench._bot import REAL_GRADER
from tests.bench._burst import reactions
from tests.bench._lateness import lateness
from tests.bench._outcome import Outcome, as_table
from tests.bench._people import (
    PATIENCE_S,
    Post,
    add_schedules,
    figures,
    new_world,
    post,
    posts,
    pressing,
    resident_mb,
    settled_mb,
    start,
    until,
    write_questions,
)
from tests.discord.remote import Loopback, loopback

HERE = Path(__file__).parents[2]
POSTS, EXPLANATIONS, SERVERS = 50, 2_000, 50
DUE = "09:00"
GRADING_S = 60.0
"""For so long the grader is watched at work; what waits then is stored, and stays so."""
MODULES = ("tests.bench._discord", "tests.bench._bot")


async def table() -> Table:
    """Measure every scenario, each with a bot of its own."""
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".bench-") as name:
        folder = Path(name)
        async with loopback(folder, write_questions(folder), modules=MODULES) as discord:
            outcomes["1 post"] = await reactions(discord, folder / "one", 1, 2)
            outcomes[f"{POSTS} posts"] = await reactions(discord, folder / "many", POSTS, 1)
            outcomes[f"{EXPLANATIONS:,} explanations"] = await explanations(discord, folder / "e")
            outcomes[f"{SERVERS} servers post"] = await servers(discord, folder / "s")
    return as_table(outcomes)


async def explanations(discord: Loopback, folder: Path) -> Outcome:
    """As many members send an explanation at once, and the grader that ships begins with them."""
    people = await new_world(discord, folder, 1)
    (folder / REAL_GRADER).touch()
    await add_schedules(discord, folder, [(people["guild"], people["channels"][0])])
    await start(discord)
    await post(discord, people["channels"])
    (there,) = await posts(folder)
    texts = [(user, _text(number)) for number, user in enumerate(people["members"][:EXPLANATIONS])]
    await _explain(discord, there, [(people["members"][0], "It learns broad features first.")])
    await until(folder, "grades", 1, PATIENCE_S)  # the model is loaded then
    result = Outcome()
    async with (
        lateness() as result.idle_late,
        pressing(discord, there, people["members"], result, result.answers),
    ):
        result.memory_mb = [resident_mb(discord)]
        await figures(discord, folder)
        began = asyncio.get_running_loop().time()
        await _explain(discord, there, texts)
        stored = await until(folder, "explanations", 1 + len(texts), PATIENCE_S) - 1
        stored_s = asyncio.get_running_loop().time() - began
        graded = await until(folder, "grades", 1 + len(texts), GRADING_S) - 1
        seconds = asyncio.get_running_loop().time() - began
    result.late = (await figures(discord, folder))[1]
    result.memory_mb.append(await settled_mb(discord))
    result.lost = len(texts) - stored
    result.note = f"stored in {stored_s:.0f} s; {graded:,} graded in {seconds:.0f} s"
    await discord.kill()
    return result


async def servers(discord: Loopback, folder: Path) -> Outcome:
    """The schedules of as many servers are due in the same minute."""
    people = await new_world(discord, folder, 1)
    places = await discord.do("found", count=SERVERS)
    await add_schedules(discord, folder, [(people["guild"], people["channels"][0])])
    await add_schedules(discord, folder, places, DUE)
    await start(discord)
    channels = [channel for _, channel in places]
    loop = asyncio.get_running_loop()
    # One post stands before the others: somebody presses its button meanwhile.
    await post(discord, people["channels"])
    (there,) = await posts(folder)
    result = Outcome()
    async with (
        lateness() as result.idle_late,
        pressing(discord, there, people["members"], result, result.answers),
    ):
        result.memory_mb = [resident_mb(discord)]
        await figures(discord, folder)
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
    result.late = (await figures(discord, folder))[1]
    result.memory_mb.append(await settled_mb(discord))
    result.lost = SERVERS - seen["offered"]
    result.note = f"all posted in {posted or seconds:.1f} s, with reactions in {seconds:.1f} s"
    await discord.stop()
    return result


def _text(number: int) -> str:
    return (
        f"Attempt {number}: it learns broad features from a large dataset first, and so the step "
        "to one task afterwards needs few examples, because most of what it takes is there already."
    )


async def _explain(discord: Loopback, there: Post, texts: list[tuple[int, str]]) -> None:
    channel, message, round_id = there
    modal = f"tutor:explain-text:{round_id}"
    await discord.do("explain", channel=channel, message=message, texts=texts, custom_id=modal)
