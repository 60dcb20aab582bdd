"""The simulated Discord of the tests with the real client: it settles, and people can act."""

from tests.support.questions import a_question
from tests.support.world import World, seen


async def test_a_post_can_be_answered(world: World) -> None:
    await world.ask(a_question(prompt="Why is the sky blue?"))
    assert "Why is the sky blue?" in seen(world.post())
    assert world.reactions() == {"🇦": 1, "🇧": 1, "🇨": 1, "🇩": 1}

    await world.react(world.alice, "B")

    assert world.reactions()["🇧"] == 1  # stored, then taken away


async def test_time_passes_at_once(world: World) -> None:
    before = world.context.clock()
    await world.pass_time(days=3)
    assert (world.context.clock() - before).days == 3
