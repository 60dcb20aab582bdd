"""What people and their channels do to a round, on real sockets. Discord's own faults are
`make faults`, which takes minutes: the patience of a member is real time.
"""

from pathlib import Path

from tests.discord import trouble
from tests.discord.mishaps import LONG, MISHAPS
from tests.discord.plays import write_questions
from tests.discord.remote import loopback


async def test_a_round_survives_what_people_do_to_it(tmp_path: Path) -> None:
    async with loopback(tmp_path, write_questions(tmp_path)) as discord:
        for name in MISHAPS.keys() - LONG:
            row = await trouble.mishap(discord, tmp_path / name.replace(" ", "-"), name)
            assert (row.runs, row.findings) == (1, []), name


async def test_a_grade_that_discord_does_not_take_after_a_kill_is_told_all_the_same(
    tmp_path: Path,
) -> None:
    writing = "POST /users/@me/channels"
    faults = [trouble.AFTER_A_KILL[writing], {"route": writing, "kind": "503"}]
    async with loopback(tmp_path, write_questions(tmp_path)) as discord:
        discord.patience = 1.0
        row = await trouble.days(discord, tmp_path / "told", "told", [trouble.ordered(faults)])
        assert (row.runs, row.harmed, row.findings) == (1, 2, [])
