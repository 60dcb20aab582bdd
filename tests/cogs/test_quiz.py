"""`/quiz`: a question right now, its end, and its cancellation."""

from typing import Any

import discord

from bot.domain.round import State
from bot.services import rounds
from bot.store import tables as t
from tests.support.contexts import rows
from tests.support.world import World, privately, seen

REFUSED = "This is for moderators"
BOTH = "Change the key and the explanation"


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


async def ask_first(world: World, command: str, member: Any = None, **options: Any) -> Any:
    """Return the private question that a command asks, and its text."""
    asked = await world.slash(member or world.moderator, f"quiz {command}", **options)
    text = privately(asked)
    assert asked.response is not None
    return asked.response.message, text


async def points(world: World) -> dict[int, int]:
    return {
        row["user_id"]: row["points"] for row in await world.context.store.read(rows, t.results)
    }


async def test_cancel_asks_first_and_gives_no_points(world: World) -> None:
    await world.ask()
    await world.react(world.alice, "A")
    question, text = await ask_first(world, "cancel")
    assert "Cancel this question?" in text
    assert "1 answer will not count." in text
    assert "The streak of 1 member gets shorter." in text
    assert await states(world) == [State.OPEN]
    told = privately(await world.click(world.moderator, "Cancel the question", question))
    assert told.startswith("The question is cancelled: ")
    assert await states(world) == [State.CANCELLED]
    assert await points(world) == {}
    assert "This question was cancelled." in seen(world.post())
    assert "round_not_posted" not in await quiz(world, "cancel")


async def test_a_revealed_question_is_taken_back_with_its_points(world: World) -> None:
    await world.ask()
    await world.react(world.alice, "A")
    await quiz(world, "close")
    assert world.post().attachments
    question, text = await ask_first(world, "cancel", post=str(world.post().id))
    assert "It is revealed already" in text
    assert "The points of 1 member change: 0 up, 1 down." in text
    assert f"<@{world.alice.id}>: 40 → 0" in text
    privately(await world.click(world.moderator, "Cancel the question", question))
    assert await points(world) == {}
    assert "This question was cancelled." in seen(world.post())
    assert not world.post().attachments, "the chart shows the key"


async def test_what_changed_meanwhile_is_asked_again(world: World) -> None:
    round_ = await world.ask()
    await world.react(world.alice, "A")
    question, _ = await ask_first(world, "cancel")
    await world._as_bot(rounds.close(world.context, round_.id))
    again = await world.click(world.moderator, "Cancel the question", question)
    told = privately(again)
    assert told.startswith("Something changed since I asked, so I have done nothing yet.")
    assert f"<@{world.alice.id}>: 40 → 0" in told
    assert await states(world) == [State.REVEALED]
    assert again.response is not None
    told = privately(
        await world.click(world.moderator, "Cancel the question", again.response.message)
    )
    assert told.startswith("The question is cancelled: ")
    assert await states(world) == [State.CANCELLED]


async def test_a_key_is_put_right_after_the_reveal(world: World) -> None:
    await world.ask()
    await world.react(world.alice, "A")
    await world.react(world.bob, "B")
    await quiz(world, "close")
    link = f"https://discord.com/channels/{world.server.id}/{world.channel.id}/{world.post().id}"
    question, text = await ask_first(world, "key", key="B", post=link)
    assert "Make 🇧 the right option of this question instead of 🇦?" in text
    assert "The points of 2 members change: 1 up, 1 down." in text
    assert f"<@{world.alice.id}>: 40 → 0" in text
    assert f"<@{world.bob.id}>: 0 → 40" in text
    assert "the file of the bank testing" in text
    assert await points(world) == {world.alice.id: 40, world.bob.id: 0}
    told = privately(await world.click(world.moderator, "Change the key", question))
    assert told.startswith("🇧 is the right option now, and the points follow it: https://")
    assert "the file of the bank testing" in told
    assert await points(world) == {world.alice.id: 0, world.bob.id: 40}
    post = world.post()
    assert "The answer is 🇧" in seen(post)
    assert f"🥇 <@{world.bob.id}> with 40 points" in seen(post)
    assert len(post.attachments) == 1
    assert "The right answer is B." in str(post.attachments[0].description)


async def test_a_key_is_put_right_before_the_reveal(world: World) -> None:
    await world.ask()
    await world.react(world.bob, "B")
    before = seen(world.post())
    question, text = await ask_first(world, "key", key="B")
    assert "the channel is told nothing before the reveal" in text
    told = privately(await world.click(world.moderator, "Change the key", question))
    assert told.startswith("🇧 is the right option now:")
    assert seen(world.post()) == before
    assert len(world.channel.history()) == 1
    await quiz(world, "close")
    assert "The answer is 🇧" in seen(world.post())
    assert await points(world) == {world.bob.id: 40}


async def test_the_explanation_is_put_right_with_the_key(world: World) -> None:
    round_ = await world.ask()
    await world.react(world.bob, "B")
    await quiz(world, "close")
    question, text = await ask_first(world, "key", key="B")
    assert f"The explanation now\n{round_.question.explanation}" in text
    form = await world.click(world.moderator, BOTH, question)
    assert form.modal is not None
    (input_,) = [one["component"] for one in form.modal["components"]]
    assert input_["value"] == round_.question.explanation
    told = privately(await world.fill(world.moderator, form, "It *is* B."))
    assert told.startswith("🇧 is the right option now, and the points follow it: https://")
    assert "Your explanation goes with it." in told
    assert "It *is* B." in seen(world.post())
    assert round_.question.explanation not in seen(world.post())
    assert await points(world) == {world.bob.id: 40}
    audit = privately(await world.slash(world.moderator, "tutor audit"))
    assert "explanation: " in audit
    assert r"→ It \*is\* B." in audit


async def test_an_open_questions_explanation_is_replaced_unseen(world: World) -> None:
    round_ = await world.ask()
    question, text = await ask_first(world, "key", key="B")
    assert "I show the old one to nobody before the reveal." in text
    form = await world.click(world.moderator, BOTH, question)
    assert round_.question.explanation not in text + str(form.modal)
    assert "reveal will show it. Your expl" in privately(
        await world.fill(world.moderator, form, "So it is.")
    )
    audit = privately(await world.slash(world.moderator, "tutor audit"))
    assert "So it is" not in audit
    await quiz(world, "close")
    assert "So it is." in seen(world.post())


async def test_what_was_written_is_not_lost_when_something_changed(world: World) -> None:
    round_ = await world.ask()
    await world.react(world.alice, "A")
    question, _ = await ask_first(world, "key", key="B")
    form = await world.click(world.moderator, BOTH, question)
    await world._as_bot(rounds.close(world.context, round_.id))
    told = privately(await world.fill(world.moderator, form, "One.\n**Two.**"))
    assert told.startswith("Something changed since I asked")
    assert f"<@{world.alice.id}>: 40 → 0" in told
    assert "What you wrote was not used yet:\n>>> One.\n\\*\\*Two.\\*\\*" in told
    assert await points(world) == {world.alice.id: 40}


async def test_a_long_list_of_members_is_cut(world: World) -> None:
    round_ = await world.ask()
    answer = {"server_id": world.server.id, "round_id": round_.id, "option": 0}
    answer["answered_at"] = world.context.clock()
    many = [answer | {"user_id": 10_000 + number} for number in range(30)]
    await world.context.store.write(lambda conn: conn.execute(t.answers.insert(), many))
    await world._as_bot(rounds.close(world.context, round_.id))
    _, text = await ask_first(world, "cancel")
    assert "The points of 30 members change: 0 up, 30 down." in text
    assert text.count("40 → 0") == 10
    assert "and 20 more" in text


async def test_a_post_is_named_by_its_link_or_chosen_from_a_list(world: World) -> None:
    assert "No question was posted in this channel yet." in await quiz(world, "cancel")
    await world.ask()
    for wrong in ("nonsense", "0", "9" * 19, f"https://example.com/channels/1/2/{world.post().id}"):
        told = await quiz(world, "key", key="B", post=wrong)
        assert "That is no question of mine in this server." in told, wrong
    (choice,) = await world.moderator.autocomplete(world.channel, "quiz key", "post", "pre-tr")
    assert choice["value"] == str(world.post().id)
    assert choice["name"].startswith("2")
    assert "· open · Which statement best describes" in choice["name"]
    assert await world.moderator.autocomplete(world.channel, "quiz key", "post", "nothing") == []
    assert await world.alice.autocomplete(world.channel, "quiz key", "post", "") == []
    assert "Change the key" not in await quiz(world, "key", key="F", post=choice["value"])


async def test_members_are_refused_everywhere(world: World) -> None:
    await world.ask()
    for command, options in (("now", {}), ("close", {}), ("cancel", {}), ("key", {"key": "B"})):
        told = await quiz(world, command, world.alice, **options)
        assert told.startswith(REFUSED), command
    assert await states(world) == [State.OPEN]


async def test_the_buttons_ask_who_presses_them(world: World) -> None:
    role = world.server.create_role("Teachers")
    teacher = world.server.add_member(world.env.create_user("tim"), roles=[role])
    await world.slash(world.moderator, "tutor settings", moderator_role=role)
    await world.ask()
    cancel, _ = await ask_first(world, "cancel", teacher)
    key, _ = await ask_first(world, "key", teacher, key="B")
    form = await world.click(teacher, BOTH, key)
    await world.slash(world.moderator, "tutor settings", clear="moderator_role")
    for label, question in (("Cancel the question", cancel), ("Change the key", key), (BOTH, key)):
        assert REFUSED in privately(await world.click(teacher, label, question))
    assert REFUSED in privately(await world.fill(teacher, form, "So it is."))
    assert await states(world) == [State.OPEN]
    assert (
        len(await world.context.store.read(rows, t.questions, slug="what-pre-training-does")) == 1
    )
