"""Kill -9 at every request of a round and of the first start. The whole matrix is `make crash`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.discord import kills, moderators
from tests.discord.explaining import explain
from tests.discord.plays import write_questions
from tests.discord.proof import verdict
from tests.discord.remote import Loopback, loopback

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Loopback]:
    """One pair of processes for all tests here: each begins a world of its own in it."""
    folder = tmp_path_factory.mktemp("crash")
    async with loopback(folder, write_questions(folder)) as discord:
        yield discord


# Seconds on a machine of its own; a minute and a half was seen on one that others used.
@pytest.mark.timeout(400)
@pytest.mark.parametrize("side", kills.SIDES)
async def test_a_round_survives_a_kill_at_every_request(
    discord: Loopback, tmp_path: Path, side: str
) -> None:
    row = await kills.every_request_of_a_round(discord, tmp_path / "round", side)
    assert row.points > 20, "the round has become shorter than what it is to prove"
    assert row.findings == []


async def test_a_thread_that_was_opened_and_not_begun_is_begun(
    discord: Loopback, tmp_path: Path
) -> None:
    play = await kills.daily(discord, tmp_path / "thread")
    await play.begin()
    opening = "POST /channels/{channel_id}/messages/{message_id}/threads"
    await discord.do("order", faults=[{"kind": "kill_after", "route": opening}])
    await play.round()
    assert await discord.do("harmed") == 1
    assert await verdict(play.driver, play.due) == []


async def test_a_changed_open_answer_survives_a_kill_at_the_earlier_one_s_removal(
    discord: Loopback, tmp_path: Path
) -> None:
    removal = "DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}"
    play = await kills.daily(discord, tmp_path / "change", "open")
    await play.begin()
    alice = play.people.alice
    for count, side in enumerate(kills.SIDES, start=1):
        post = await play.opened()
        await play.driver.react(post, alice, 2)
        await play.driver.hint(post, alice)  # seen after the reaction was taken
        await discord.do("order", faults=[{"kind": side, "route": removal}])
        await play.driver.answer(post, alice, 1, before=2)
        assert await discord.do("harmed") == count
        await play.over()
        await play.shown(post)
    assert await verdict(play.driver, play.due) == []


async def test_a_reminder_of_reviews_survives_a_kill_at_its_post(
    discord: Loopback, tmp_path: Path
) -> None:
    play = await kills.daily(discord, tmp_path / "reminder")
    await play.begin()
    people, driver = play.people, play.driver
    office = await discord.do("open_channel", name="office")
    await moderators.name_channel(driver, people.mona, "notice_channel", office)
    # The next day shows whether one that was sent before the kill was sent again after it.
    days = ("kill_after", "**1 grade"), ("kill_before", "**2 grades")
    for day, (side, told) in enumerate(days, start=1):
        post = await play.opened()
        # One of them is right, and was not understood.
        for option, member in enumerate((people.alice, people.bob, people.carla)):
            await driver.answer(post, member, option)
            await explain(driver, post, member, right=False)
        sending = {"kind": side, "route": "POST /channels/{channel_id}/messages"}
        await discord.do("order", faults=[sending | {"skip": 1}])  # the discussion's is the first
        await play.over()
        await play.shown(post)
        await driver.until("said", part=told, channel=office)
        assert await discord.do("harmed") == day
    assert await verdict(driver, play.due) == []
    held = (await discord.do("record"))["channels"][str(office)]["messages"]
    assert len(held) == 2, "one a day"


@pytest.mark.parametrize("side", kills.SIDES)
async def test_the_first_start_survives_a_kill_at_every_request(
    discord: Loopback, tmp_path: Path, side: str
) -> None:
    row = await kills.every_request_of_a_start(discord, tmp_path, side)
    assert row.findings == []
