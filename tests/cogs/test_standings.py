from io import BytesIO
from typing import Any

import sqlalchemy as sa
from PIL import Image

from bot.services import rounds
from bot.services.standings import PAGE_SIZE
from bot.store import tables as t
from tests.support.questions import a_question
from tests.support.world import World, privately

RIGHT, WRONG = "A", "B"


async def play(world: World, **question: Any) -> None:
    """A round that alice answers rightly and bob wrongly, to its reveal."""
    round_ = await world.ask(a_question(**question))
    await world.react(world.alice, RIGHT)
    await world.react(world.bob, WRONG)
    await world._as_bot(rounds.close(world.context, round_.id))
    await world.env.settle()


async def test_the_leaderboard_ranks_and_keeps_to_the_asker(world: World) -> None:
    await play(world)
    told = privately(await world.slash(world.bob, "leaderboard"))
    assert "Leaderboard: This week" in told
    assert f"**1.** <@{world.alice.id}> · 40 points · 1 right" in told
    assert "You have no points in this time yet" in told
    assert str(world.bob.id) not in told
    own = privately(await world.slash(world.alice, "leaderboard", period="all"))
    assert "Leaderboard: All time" in own
    assert "Your place: **1** of 1 · 40 points" in own


async def test_an_empty_leaderboard_says_where_points_come_from(world: World) -> None:
    await world.ask()
    await world.react(world.alice, RIGHT)
    told = privately(await world.slash(world.alice, "leaderboard"))
    assert "Nobody has points yet" in told


async def test_the_leaderboards_buttons_turn_pages_and_change_the_time(world: World) -> None:
    await play(world)

    def more(connection: sa.Connection) -> None:
        (round_id,) = connection.scalars(sa.select(t.rounds.c.id))
        values = {"server_id": world.server.id, "round_id": round_id, "right": True, "points": 10}
        members = range(1, PAGE_SIZE + 2)
        connection.execute(t.results.insert(), [values | {"user_id": n} for n in members])

    await world.context.store.write(more)
    first = await world.slash(world.alice, "leaderboard")
    assert "Page 1 of 2" in privately(first)
    assert first.response is not None
    second = await world.click(world.alice, "Next", first.response.message)
    told = privately(second)
    assert "Page 2 of 2" in told
    assert f"<@{PAGE_SIZE + 1}>" in told
    assert f"**1.** <@{world.alice.id}>" not in told
    assert "Your place: **1** of 12 · 40 points" in told
    assert second.response is not None
    month = await world.click(world.alice, "This month", second.response.message)
    assert "Leaderboard: This month" in privately(month)
    assert month.response is not None
    back = await world.click(world.alice, "This week", month.response.message)
    assert f"**1.** <@{world.alice.id}>" in privately(back)


async def test_me_is_friendly_before_the_first_answer(world: World) -> None:
    told = await world.slash(world.alice, "me")
    assert "Nothing to show yet" in privately(told)
    assert told.response is not None
    assert told.response.attachments == []


async def test_me_tells_nothing_of_an_open_round(world: World) -> None:
    await world.ask()
    await world.react(world.alice, RIGHT)
    await world.react(world.bob, WRONG)
    alice = privately(await world.slash(world.alice, "me"))
    bob = privately(await world.slash(world.bob, "me"))
    assert alice == bob
    assert "1 day\nlongest: 1 day" in alice
    assert "0 of 0 right" not in alice
    assert "1 waits for its reveal" in alice


async def test_me_shows_points_streak_and_a_chart_in_words_too(world: World) -> None:
    await play(world, topic="Fine-tuning")
    result = await world.slash(world.alice, "me")
    told = privately(result)
    assert "This week\n40 points · place 1" in told
    assert "1 of 1 right" in told
    assert "1 day" in told
    assert result.response is not None
    (chart,) = result.response.attachments
    assert chart.description is not None
    assert chart.description.startswith("Right answers by topic: Fine-tuning: 1 of 1.")
    assert chart.description.rstrip(".").endswith("40")
    assert Image.open(BytesIO(await chart.read())).width > 400
