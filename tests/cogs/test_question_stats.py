"""`/question stats` and `look-at`, as moderators use it and as everybody else is refused."""

from io import BytesIO
from typing import Any

import sqlalchemy as sa
from PIL import Image

from bot.domain.question import LETTERS
from bot.domain.round import Round
from bot.services import rounds
from bot.store import tables as t
from tests.support.questions import a_question
from tests.support.world import World, privately


async def play(world: World, letters: str, **question: Any) -> Round:
    """A round that as many members answer as there are letters, to its reveal."""
    asked = a_question(**question)
    round_ = await world.ask(asked, bank=asked.id)  # a bank of its own: no other is chosen

    def answer(connection: sa.Connection) -> None:
        for user_id, letter in enumerate(letters, start=1):
            row = {"server_id": round_.server_id, "round_id": round_.id, "user_id": user_id}
            row |= {"option": LETTERS.index(letter), "answered_at": world.context.clock()}
            connection.execute(t.answers.insert().values(row))

    await world.context.store.write(answer)
    await world._as_bot(rounds.close(world.context, round_.id))
    await world.env.settle()
    return round_


async def stats(world: World, command: str, member: Any = None, **options: Any) -> str:
    result = await world.slash(member or world.moderator, f"question {command}", **options)
    return privately(result)


async def offered(world: World, typed: str, member: Any = None) -> list[dict[str, Any]]:
    who = member or world.moderator
    return await who.autocomplete(world.channel, "question stats", "question", typed)


async def test_a_question_shows_its_figures_and_a_chart(world: World) -> None:
    for n in range(5):
        await play(world, "A" * 12 + "B" * 12, id=f"other-{n}", prompt=f"Other {n}?")
    await play(world, "B" * 10 + "A" * 14, id="doubtful", prompt="Is *this* right?")
    result = await world.slash(world.moderator, "question stats", question="doubtful")
    told = privately(result)
    assert r"**Is \*this\* right?**" in told
    assert "doubtful/doubtful" in told
    assert "24 members" in told
    assert "58 %" in told
    assert "-0.85\nfrom 24 members" in told
    assert "more chose B than the key" in told
    assert "Negative discrimination" in told
    assert "none taken" in told
    assert result.response is not None
    (chart,) = result.response.attachments
    assert chart.description == (
        "Bar chart of what was chosen. A: 14, 2 of them do well in other questions, "
        "B: 10, 10 of them do well in other questions, C: 0, 0 of them do well in other questions, "
        "D: 0, 0 of them do well in other questions. The key is A."
    )
    assert Image.open(BytesIO(await chart.read())).width > 400

    listed = await stats(world, "look-at")
    assert "Keyed wrong?" in listed
    assert "doubtful/doubtful" in listed
    assert "other-1/" not in listed
    assert "6 of the 6 questions" in listed


async def test_few_answers_show_a_number_and_nothing_else(world: World) -> None:
    await play(world, "AAABBBBCD")
    result = await world.slash(world.moderator, "question stats", question="what-pre-training-does")
    told = privately(result)
    assert "So far 9 tried it. From 10 members on" in told
    assert "%" not in told
    assert result.response is not None
    assert result.response.attachments == []
    assert "There is nothing to judge yet" in await stats(world, "look-at")


async def test_nothing_stands_out(world: World) -> None:
    await play(world, "AAAAABBCCD")
    assert "None of them stands out" in await stats(world, "look-at")
    told = await stats(world, "stats", question="what-pre-training-does")
    assert "from 20 members on who tried 5 other questions; now 0" in told


async def test_an_open_question_is_neither_told_nor_offered(world: World) -> None:
    await play(world, "B" * 12, id="pre")
    assert "Too hard" in await stats(world, "look-at")
    assert [choice["name"] for choice in await offered(world, "purpose of PRE")] == [
        "pre/pre: Which statement best describes the purpose of pre-training?"
    ]
    (choice,) = await offered(world, "")
    assert "12 members" in await stats(world, "stats", question=choice["value"])
    await world.ask(a_question(id="pre"), bank="pre")
    told = await stats(world, "stats", question=choice["value"])
    assert told.startswith("This question is open in this server right now.")
    assert "There is nothing to judge yet" in await stats(world, "look-at")
    assert await offered(world, "") == []


async def test_an_unknown_question_is_told(world: World) -> None:
    told = await stats(world, "stats", question="nope")
    assert told.startswith("No such question was revealed here.")


async def test_members_are_refused_and_offered_nothing(world: World) -> None:
    await play(world, "A" * 12)
    for command, options in (("stats", {"question": "what-pre-training-does"}), ("look-at", {})):
        told = await stats(world, command, world.alice, **options)
        assert told.startswith("This is for moderators")
    assert await offered(world, "", world.alice) == []


async def test_a_changed_question_says_so(world: World) -> None:
    round_ = await play(world, "A" * 10, prompt="Once " + "so " * 90)

    def retire(connection: sa.Connection) -> None:
        changed = t.questions.c.id == round_.question_id
        now = world.context.clock()
        connection.execute(sa.update(t.questions).where(changed).values(retired_at=now))

    await world.context.store.write(retire)
    (choice,) = await offered(world, "once so")
    assert choice["name"].startswith("(earlier version) what-pre-")
    assert len(choice["name"]) == 100
    told = await stats(world, "stats", question=choice["value"])
    assert "It was changed or retired since." in told
