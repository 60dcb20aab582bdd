"""`/hint` and the Hint button, as members use them."""

from typing import Any

from bot.services import rounds
from bot.store import tables as t
from tests.support.contexts import regrade, rows
from tests.support.questions import a_question
from tests.support.world import World, privately

QUESTION = a_question(hints=("One.", "Two.", "Three."), difficulty=1)
COST = "Hint {} of 3 costs 5 of this question's 20 points"


async def taken(world: World) -> list[dict[str, Any]]:
    return await world.context.store.read(rows, t.hints)


async def test_the_button_tells_the_cost_and_takes_nothing(world: World) -> None:
    await world.ask(QUESTION)
    told = privately(await world.click(world.alice, "Hint"))
    assert COST.format(1) in told
    assert "One." not in told
    assert await taken(world) == []


async def test_the_three_levels_one_by_one(world: World) -> None:
    await world.ask(QUESTION)
    shown = await world.slash(world.alice, "hint")
    assert COST.format(1) in privately(shown)
    assert shown.response is not None
    mine = shown.response.message

    told = privately(await world.click(world.alice, "Show hint 1", mine))
    assert "One." in told
    assert "Two." not in told
    assert COST.format(2) in told
    assert ":R>, or as soon as you answer or explain" in told

    await world.pass_time(seconds=1)
    await world.react(world.alice, "B")
    assert "Two." in privately(await world.click(world.alice, "Show hint 2", mine))
    await world.pass_time(seconds=61)
    told = privately(await world.click(world.alice, "Show hint 3", mine))
    assert "Three." in told
    assert "These are all the hints" in told
    assert [(row["level"], row["cost"]) for row in await taken(world)] == [(1, 5), (2, 5), (3, 5)]

    again = privately(await world.click(world.alice, "Hint"))
    assert all(text in again for text in ("One.", "Two.", "Three."))
    assert "One." not in privately(await world.slash(world.bob, "hint"))


async def test_too_soon_is_told_with_the_time(world: World) -> None:
    await world.ask(QUESTION)
    shown = await world.click(world.alice, "Hint")
    assert shown.response is not None
    await world.click(world.alice, "Show hint 1", shown.response.message)
    told = privately(await world.click(world.alice, "Show hint 2", shown.response.message))
    assert "Hint 2 opens <t:" in told
    assert "Two." not in told
    assert len(await taken(world)) == 1


async def test_without_an_open_question_the_command_says_so(world: World) -> None:
    told = privately(await world.slash(world.alice, "hint"))
    assert told == "There is no open question in this channel right now."


async def test_after_the_reveal_the_old_button_leads_to_it(world: World) -> None:
    round_ = await world.ask(QUESTION)
    shown = await world.click(world.alice, "Hint")
    assert shown.response is not None
    await world._as_bot(rounds.close(world.context, round_.id))
    told = privately(await world.click(world.alice, "Show hint 1", shown.response.message))
    address = f"{world.server.id}/{world.channel.id}/{round_.message_id}"
    assert f"https://discord.com/channels/{address}" in told
    assert await taken(world) == []


async def test_a_cancelled_question_costs_nothing(world: World) -> None:
    round_ = await world.ask(QUESTION)
    shown = await world.click(world.alice, "Hint")
    assert shown.response is not None
    await world._as_bot(regrade(world.context, round_.id, server_id=world.server.id))
    told = privately(await world.click(world.alice, "Show hint 1", shown.response.message))
    assert "cancelled" in told
