"""A member who clicks a thousand times in a second: a few clicks are worked on, a few are told so,
the rest is let go, and nobody else notices.
"""

from typing import Any

import pytest

from bot.store import tables as t
from bot.ui.texts import errors as texts
from bot.ui.texts import say
from bot.ui.turns import AT_ONCE
from tests.support import forging
from tests.support.contexts import grader_of, rows
from tests.support.forging import polite
from tests.support.world import World, said

SECOND = 1000
"""Clicks of one member in a second."""
SOME = 100
"""As many as tell the same where the way is the same."""
TOO_FAST = say("en", texts.MEMBER["too_fast"])


def counted(results: list[Any]) -> tuple[int, int]:
    """How many were answered, and how many of these were told to wait."""
    told = [polite(result) if not result.modal else "" for result in results if result.acknowledged]
    return len(told), told.count(TOO_FAST)


async def at_once(world: World, sent: list[forging.Sent]) -> tuple[int, int]:
    """Send all of it as alice in one instant; return what `counted` returns."""
    results = forging.emit(world, world.alice, *sent)
    await world.env.settle()
    return counted(results)


def at_rest(world: World) -> None:
    assert world.context.turns == {}, "what is over is still counted"
    assert not world.context._tasks


@pytest.mark.parametrize(
    ("what", "times"),
    [
        ("hint:1", SECOND),
        ("explain:1", SOME),
        ("take-hint:1:1", SOME),
        ("board:week:0:next", SOME),
    ],
)
async def test_a_thousand_clicks_cost_a_few_answers(world: World, what: str, times: int) -> None:
    await world.ask()
    before = len(world.env.http_requests)
    clicks = [forging.click(world, f"tutor:{what}")] * times
    assert await at_once(world, clicks) == (2 * AT_ONCE, AT_ONCE)
    assert len(world.env.http_requests) - before <= 4 * AT_ONCE
    at_rest(world)
    hints = await world.context.store.read(rows, t.hints)
    assert len(hints) == int(what.startswith("take"))
    assert TOO_FAST not in said(
        await forging.send(world, world.alice, forging.click(world, "tutor:hint:1"))
    )


async def test_a_thousand_commands_cost_a_few_answers(world: World) -> None:
    await world.ask()
    typed = [forging.typed("hint", [])] * SOME
    assert await at_once(world, typed) == (2 * AT_ONCE, AT_ONCE)
    at_rest(world)


async def test_a_thousand_forms_are_a_few_explanations(world: World) -> None:
    opened = await world.ask()
    written = [f"It learns broad features first, {number}." for number in range(SOME)]
    id_ = f"tutor:explain-text:{opened.id}"
    answered, _ = await at_once(
        world, [forging.form(id_, [forging.labelled(text)]) for text in written]
    )
    assert answered <= 2 * AT_ONCE
    assert len(await world.context.store.read(rows, t.explanations)) == 3
    assert len(grader_of(world.context).submissions) == 3
    at_rest(world)


async def test_others_are_answered_meanwhile(world: World) -> None:
    await world.ask()
    flood = forging.emit(world, world.alice, *[forging.click(world, "tutor:hint:1")] * SOME)
    (bobs,) = forging.emit(world, world.bob, forging.click(world, "tutor:hint:1"))
    await world.env.settle()
    assert TOO_FAST not in polite(bobs)
    assert counted(flood) == (2 * AT_ONCE, AT_ONCE)
    at_rest(world)
