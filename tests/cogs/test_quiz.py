"""`/quiz`: a question right now, its end, and its cancellation."""

from typing import Any

import discord

from bot.domain.round import State
from bot.services import rounds
from bot.store import tables as t
from tests.support.contexts import rows
from tests.support.world import World, privately, seen

REFUSED = "This is for moderators"


async def states(world: World) -> list[str]:
    return [row["state"] for row in await world.context.store.read(rows, t.rounds)]


async def quiz(world: World, command: str, member: Any = None, **options: Any) -> str:
    return privately(await world.slash(member or world.moderator, f"quiz {command}", **options))


async def test_now_posts_in_this_channel(world: World) -> None:
    told = await quiz(world, "now", open_for="2h", difficulty=3, manner="open", thread=True)
    assert f"The question is posted: https://discord.com/channels/{world.server.id}/" in told
    assert "Question number 3?" in seen(world.post())
    (row,) = await world.context.store.read(rows, t.rounds)
    assert (row["state"], row["channel_id"]) == (State.OPEN, world.channel.id)
    assert (row["open_minutes"], row["manner"], row["thread"]) == (120, "open", True)
    assert row["schedule_id"] is None


async def test_now_tells_what_does_not_fit_or_is_not_allowed(world: World) -> None:
    assert "No question fits" in await quiz(world, "now", difficulty=5)
    assert "20h, 90m or 1d 12h" in await quiz(world, "now", open_for="soon")
    shut = world.server.create_text_channel(
        "shut",
        overwrites={world.client.user: discord.PermissionOverwrite(add_reactions=False)},
    )
    told = privately(await world.slash(world.moderator, "quiz now", shut))
    assert f"<#{shut.id}>: Add Reactions." in told
    assert await states(world) == []


async def test_close_reveals_the_newest_open_question(world: World) -> None:
    await world.ask()
    await world.react(world.alice, "A")
    told = await quiz(world, "close")
    assert told.startswith("The answer is revealed: https://discord.com/channels/")
    assert await states(world) == [State.REVEALED]
    assert await quiz(world, "close") == "There is no open question in this channel."


async def test_cancel_asks_first_and_gives_no_points(world: World) -> None:
    await world.ask()
    await world.react(world.alice, "A")
    asked = await world.slash(world.moderator, "quiz cancel")
    assert "Cancel this question?" in privately(asked)
    assert await states(world) == [State.OPEN]
    assert asked.response is not None
    message = asked.response.message
    told = privately(await world.click(world.moderator, "Cancel the question", message))
    assert told.startswith("The question is cancelled: ")
    assert await states(world) == [State.CANCELLED]
    assert await world.context.store.read(rows, t.results) == []


async def test_a_second_cancel_changes_nothing(world: World) -> None:
    round_ = await world.ask()
    asked = await world.slash(world.moderator, "quiz cancel")
    await world._as_bot(rounds.close(world.context, round_.id))
    assert asked.response is not None
    message = asked.response.message
    told = privately(await world.click(world.moderator, "Cancel the question", message))
    assert "That question is not open any more, so nothing was changed." in told
    assert await states(world) == [State.REVEALED]


async def test_members_are_refused_everywhere(world: World) -> None:
    await world.ask()
    for command in ("now", "close", "cancel"):
        assert (await quiz(world, command, world.alice)).startswith(REFUSED), command
    assert await states(world) == [State.OPEN]


async def test_the_cancel_button_asks_who_presses_it(world: World) -> None:
    role = world.server.create_role("Teachers")
    teacher = world.server.add_member(world.env.create_user("tim"), roles=[role])
    await world.slash(world.moderator, "tutor settings", moderator_role=role)
    await world.ask()
    asked = await world.slash(teacher, "quiz cancel")
    await world.slash(world.moderator, "tutor settings", clear="moderator_role")
    assert asked.response is not None
    told = privately(await world.click(teacher, "Cancel the question", asked.response.message))
    assert REFUSED in told
    assert await states(world) == [State.OPEN]
