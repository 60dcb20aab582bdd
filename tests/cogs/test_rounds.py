"""A round as members live it: the post, their reactions, the reveal."""

import re

import discord
import pytest

from bot.domain.round import Manner, State
from bot.services import rounds
from bot.store import tables as t
from tests.support.contexts import rows
from tests.support.questions import a_question
from tests.support.world import World, seen


async def chosen(world: World) -> dict[int, int]:
    return {
        row["user_id"]: row["option"] for row in await world.context.store.read(rows, t.answers)
    }


async def test_the_post_says_what_a_member_needs(world: World) -> None:
    question = a_question(code="print(1 + 1)", difficulty=3)
    round_ = await world.ask(question)
    words = seen(world.post())
    for part in (
        "Testing · Pre-training",
        question.prompt,
        "```python\nprint(1 + 1)\n```",
        *(f"{letter} {o}" for letter, o in zip("🇦🇧🇨🇩", question.options, strict=True)),
        f"<t:{int(round_.closes_at.timestamp())}:R>",
        "Answer with a reaction, 🇦 to 🇩",
        "★★★☆☆ · 60 points",
    ):
        assert part in words
    assert world.reactions() == {"🇦": 1, "🇧": 1, "🇨": 1, "🇩": 1}
    labels = [child.label for row in world.post().components for child in row.children]
    assert labels == ["Hint", "Explain"]


async def test_nothing_in_the_post_tells_the_key(world: World) -> None:
    """The same question with another key makes the same post, ids of the round aside."""
    posts = []
    for letter in "AC":
        question = a_question(id=f"key-{letter.lower()}", answer=letter)
        round_ = await world.ask(question, bank=f"bank-{letter.lower()}")
        raw = str(world.post().embeds[0].to_dict())
        ids = [c.custom_id for row in world.post().components for c in row.children]
        posts.append((raw, [id_.replace(str(round_.id), "N") for id_ in ids]))
    assert posts[0] == posts[1]


async def test_a_concealed_answer_is_stored_and_vanishes(world: World) -> None:
    await world.ask()
    await world.react(world.alice, "B")
    await world.react(world.bob, "A")
    assert await chosen(world) == {world.alice.id: 1, world.bob.id: 0}
    assert world.reactions() == {"🇦": 1, "🇧": 1, "🇨": 1, "🇩": 1}


async def test_an_open_answer_stays_moves_and_is_withdrawn(world: World) -> None:
    await world.ask(manner=Manner.OPEN)
    await world.react(world.alice, "B")
    assert world.reactions()["🇧"] == 2
    await world.react(world.alice, "C")
    assert world.reactions() == {"🇦": 1, "🇧": 1, "🇨": 2, "🇩": 1}
    assert await chosen(world) == {world.alice.id: 2}
    await world.unreact(world.alice, "C")
    assert await chosen(world) == {}


async def test_other_emoji_and_other_messages_mean_nothing(world: World) -> None:
    await world.ask()
    await world.react(world.alice, "🎉")
    await world.react(world.alice, "🇫")
    message = await world.bob.send(world.channel, "what do you think?")
    await world.alice.react(message, "🇦")
    assert await chosen(world) == {}
    assert world.reactions(world.channel.last_message) == {"🇦": 1}


async def test_bots_are_no_members(world: World) -> None:
    await world.ask()
    other = world.server.add_member(world.env.create_user("other-bot", bot=True))
    await world.react(other, "A")
    assert await chosen(world) == {}


async def test_the_reveal_shows_key_explanation_chart_and_the_best(world: World) -> None:
    question = a_question(source="Written for the tests.\nThis is what was changed.")
    round_ = await world.ask(question)
    await world.react(world.alice, "A")
    await world.react(world.bob, "B")
    post = world.post()
    await world.pass_time(minutes=round_.open_minutes + 1)
    revealed = world.post()
    assert revealed.id == post.id
    words = seen(revealed)
    assert "The answer is 🇦" in words
    assert question.explanation in words
    assert "Where to read more\nWritten for the tests." in words
    assert "what was changed" not in words
    assert "**2 answers:** 🇦 50 %, 🇧 50 %." in words
    assert f"🥇 <@{world.alice.id}> with 40 points" in words
    assert f"<@{world.bob.id}>" not in words
    (chart,) = revealed.attachments
    assert chart.filename == "answers.png"
    assert chart.description == (
        "Bar chart. A: one answer, B: one answer, C: 0 answers, D: 0 answers. "
        "The right answer is A."
    )
    assert revealed.components == []


async def test_a_reaction_after_the_reveal_changes_nothing(world: World) -> None:
    round_ = await world.ask()
    await world.pass_time(minutes=round_.open_minutes + 1)
    await world.react(world.alice, "A")
    assert await chosen(world) == {}
    assert "Nobody answered this time." in seen(world.post())


async def test_the_discussion_thread_opens_at_the_reveal_once(world: World) -> None:
    round_ = await world.ask(thread=True)
    assert world.channel._channel is not None
    assert world.client.get_channel(world.channel.id).threads == []
    await world.pass_time(minutes=round_.open_minutes + 1)
    (thread,) = world.client.get_channel(world.channel.id).threads
    assert thread.name.startswith("Discuss: Pre-training, ")
    (row,) = await world.context.store.read(rows, t.rounds, id=round_.id)
    assert row["thread_id"] == thread.id


async def test_only_the_chosen_role_is_pinged(world: World) -> None:
    learners = world.server.create_role("Learners")
    await world.ask(a_question(prompt="Is @everyone right?"), role_id=learners.id)
    assert world.post().content == learners.mention
    sent = [r for r in world.env.http_requests if r.method == "POST" and "/messages" in r.path]
    assert sent[-1].json["allowed_mentions"] == {"parse": [], "roles": [learners.id]}


async def test_the_nonce_follows_from_the_round(world: World) -> None:
    await world.ask()
    sent = [r for r in world.env.http_requests if r.method == "POST" and "/messages" in r.path]
    nonce = sent[-1].json["nonce"]
    assert re.fullmatch(r"t[0-9a-f]+-[0-9a-f]+", nonce)
    assert len(nonce) <= 25
    assert sent[-1].json["enforce_nonce"] is True


async def test_what_members_did_while_the_bot_was_away_counts(world: World, tmp_path) -> None:
    await world.ask()
    post = world.post()
    await world.restart(lambda: world.react(world.alice, "C", post))
    assert await chosen(world) == {world.alice.id: 2}
    assert world.reactions(post)["🇨"] == 1


async def test_buttons_and_reactions_work_after_a_restart(world: World) -> None:
    await world.ask()
    await world.restart()
    await world.react(world.bob, "D")
    assert await chosen(world) == {world.bob.id: 3}
    shown = await world.click(world.alice, "Explain")
    assert shown.modal is not None


@pytest.mark.parametrize("found", [True, False])
async def test_a_round_that_was_being_sent_is_looked_for_first(world: World, found: bool) -> None:
    round_ = await world.ask()
    if not found:
        await world.post().delete()
    await world.context.store.write(
        lambda c: c.execute(
            t.rounds.update().values(state=State.SENDING.value, message_id=None, opened_at=None)
        )
    )
    await world.restart()
    after = await rounds.current(world.context, world.channel.id)
    assert after is not None
    assert after.id == round_.id
    mine = [m for m in world.channel.history() if m.author.id == world.client.user.id]
    assert len(mine) == 1


async def test_a_deleted_post_loses_no_answer(world: World) -> None:
    round_ = await world.ask()
    await world.react(world.alice, "A")
    await world.post().delete()
    await world.pass_time(minutes=round_.open_minutes + 1)
    (earned,) = await world.context.store.read(rows, t.results)
    assert (earned["user_id"], earned["points"]) == (world.alice.id, 40)


async def test_a_missing_permission_is_named_with_its_channel(world: World) -> None:
    everyone = discord.PermissionOverwrite(embed_links=False, add_reactions=False)
    shut = world.server.create_text_channel("shut", overwrites={world.client.user: everyone})
    notices = world.server.create_text_channel("notices")
    await world.context.store.write(
        lambda c: c.execute(
            t.servers.insert().values(
                server_id=world.server.id, zone="Etc/UTC", notice_channel_id=notices.id
            )
        )
    )
    await world.context.store.write(
        lambda c: c.execute(
            t.schedules.insert().values(
                server_id=world.server.id,
                name="daily",
                channel_id=shut.id,
                cron="0 9 * * *",
                zone="Etc/UTC",
                banks=[],
                topics=[],
                difficulty_min=1,
                difficulty_max=5,
                open_minutes=60,
                manner="concealed",
                thread=False,
                catch_up_minutes=60,
                created_by=1,
                created_at=world.context.clock(),
                active_since=world.context.clock(),
            )
        )
    )
    world.context.wake()
    await world.pass_time(hours=24)
    words = notices.last_message.content
    assert "**daily** is paused" in words
    assert f"<#{shut.id}>: Embed Links, Add Reactions" in words
    assert "/schedule resume" in words


async def test_a_member_who_left_keeps_their_answer(world: World) -> None:
    round_ = await world.ask()
    await world.react(world.alice, "A")
    post = world.post()

    async def react_and_leave() -> None:
        await world.react(world.bob, "A", post)
        world.server.remove_member(world.bob)

    await world.restart(react_and_leave)
    world.server.remove_member(world.alice)
    await world.pass_time(minutes=round_.open_minutes + 1)
    earned = await world.context.store.read(rows, t.results)
    assert {row["user_id"] for row in earned if row["right"]} == {world.alice.id, world.bob.id}
    assert "**2 answers:** 🇦 100 %." in seen(world.post())
