"""The bot's files under the real process: one process on them, found damaged, put back."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.discord import kills
from tests.discord.files import damage_and_restore
from tests.discord.plays import write_questions
from tests.discord.proof import database, verdict
from tests.discord.remote import Loopback, loopback


@pytest_asyncio.fixture
async def discord(tmp_path: Path) -> AsyncIterator[Loopback]:
    async with loopback(tmp_path, write_questions(tmp_path)) as discord:
        yield discord


async def test_a_second_process_says_so_and_ends_and_the_first_goes_on(
    discord: Loopback, tmp_path: Path
) -> None:
    play = await kills.daily(discord, tmp_path / "two")
    await play.begin()
    pid = discord.pid
    status, told = await discord.refused()
    assert status == 1
    assert f"Another tutor runs on the database {database(discord)}: process {pid} on" in told
    assert "Traceback" not in told
    await play.round()
    assert await verdict(play.driver, play.due) == []


async def test_a_damaged_file_is_found_at_the_start_and_its_copy_is_put_back(
    discord: Loopback, tmp_path: Path
) -> None:
    play = await kills.daily(discord, tmp_path / "damage")
    await play.begin()
    await play.round()
    found = await damage_and_restore(play.driver, "its pages overwritten", random.Random(1))
    assert found == []
    await play.round()
    assert await verdict(play.driver, play.due) == []
