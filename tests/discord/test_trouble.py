"""What people and their channels do to a round, on real sockets. Discord's own faults are
`make faults`, which takes minutes: the patience of a member is real time.
"""

from pathlib import Path

from tests.discord import trouble
from tests.discord.mishaps import MISHAPS
from tests.discord.plays import write_questions
from tests.discord.remote import loopback


async def test_a_round_survives_what_people_do_to_it(tmp_path: Path) -> None:
    async with loopback(tmp_path, write_questions(tmp_path)) as discord:
        for name in MISHAPS:
            row = await trouble.mishap(discord, tmp_path / name.replace(" ", "-"), name)
            assert (row.runs, row.findings) == (1, []), name
