"""The bot's end: what is under way is finished, what is new is refused, nothing is left behind."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot import client as client_module
from bot.domain.question import LETTERS
from bot.domain.round import State
from bot.grading.grade import Grade, Submission
from bot.grading.service import GraderService
from bot.services import answers, explanations, telling
from bot.services.context import Context
from bot.services.waking import AT_ONCE, Waker
from bot.settings import GraderSettings
from bot.store import Store
from bot.store import tables as t
from bot.ui.errors import guarded
from bot.ui.texts import errors as texts
from cogs.rounds import Rounds
from tests.support.contexts import (
    ALICE,
    CHANNEL,
    SERVER,
    add_open_round,
    add_questions,
    clock_of,
    open_context,
    publisher_of,
    rows,
)
from tests.support.ending import (
    PATIENCE_S,
    SlowDiscord,
    client_on,
    states,
)
from tests.support.fakes import a_grade
from tests.support.schedules import make
from tests.support.world import World, privately

REFUSED = texts.MEMBER["stopping"]


# --- What people meet while it stops


async def test_commands_and_buttons_are_refused_in_a_sentence(world: World) -> None:
    await world.ask()
    shown = await world.slash(world.alice, "hint")
    world.context.stop()
    assert privately(await world.slash(world.alice, "hint")) == REFUSED
    assert privately(await world.slash(world.moderator, "quiz close")) == REFUSED
    assert privately(await world.slash(world.bob, "privacy show")) == REFUSED
    assert privately(await world.click(world.bob, "Explain")) == REFUSED
    assert shown.response is not None
    assert REFUSED in privately(
        await world.click(world.alice, "Show hint 1", shown.response.message)
    )
    assert await world.context.store.read(rows, t.hints) == []
    (round_,) = await world.context.store.read(rows, t.rounds)
    assert round_["state"] == State.OPEN


async def test_a_text_that_a_member_has_written_is_still_taken(world: World) -> None:
    await world.ask()
    opened = await world.click(world.alice, "Explain")
    world.context.stop()
    privately(await world.fill(world.alice, opened, "It learns broad features from much data."))
    (kept,) = await world.context.store.read(rows, t.explanations)
    assert kept["user_id"] == world.alice.id


async def test_an_answer_is_still_stored(world: World) -> None:
    await world.ask()
    world.context.stop()
    await world.react(world.alice, "B")
    (answer,) = await world.context.store.read(rows, t.answers)
    assert answer["option"] == LETTERS.index("B")


# --- What is under way


async def test_posts_under_way_are_finished_and_the_others_are_left_to_the_next_start(
    context: Context,
) -> None:
    slow = context.publisher = SlowDiscord(expected=AT_ONCE)
    await add_questions(context)
    for number in range(AT_ONCE + 2):
        await make(context, name=f"{number}", channel_id=CHANNEL + number, time="13:00")
    clock_of(context).advance(hours=1, minutes=1)
    waking = asyncio.create_task(Waker(context).run())
    await asyncio.wait_for(slow.asked.wait(), PATIENCE_S)
    context.stop()
    waking.cancel()
    finishing = asyncio.create_task(context.finish())
    with suppress(asyncio.CancelledError):
        await waking
    assert not finishing.done()
    slow.let.set()
    await asyncio.wait_for(finishing, PATIENCE_S)
    found = await states(context)
    assert (found.count("open"), found.count("sending")) == (AT_ONCE, 0)
    assert len(slow.posts) == AT_ONCE

    context.stopping = False  # the next start
    await Waker(context).step()
    assert (await states(context)).count("open") == AT_ONCE + 2
    assert len(slow.posts) == AT_ONCE + 2


async def waits_for(context: Context, work: Coroutine[Any, Any, Any], let: asyncio.Event) -> bool:
    """Whether the end of the bot waits for the work, which goes on until `let`."""
    working = asyncio.create_task(work)
    finishing = asyncio.create_task(context.finish())
    for _ in range(50):
        await asyncio.sleep(0)
    waited = not finishing.done()
    let.set()
    await asyncio.gather(working, finishing)
    return waited


def asked_by_a_person(context: Context) -> Any:
    kind = discord.InteractionType.application_command
    client, user = SimpleNamespace(context=context), SimpleNamespace(id=ALICE)
    return SimpleNamespace(client=client, user=user, type=kind, command=None)


async def test_the_end_waits_for_a_command(context: Context) -> None:
    let = asyncio.Event()

    async def command() -> None:
        assert await client_on(context).tree.interaction_check(asked_by_a_person(context))
        await let.wait()

    assert await waits_for(context, command(), let)


async def test_the_end_waits_for_a_button_or_a_text(context: Context) -> None:
    let = asyncio.Event()

    class Button:
        @guarded
        async def callback(self, _: object) -> None:
            await let.wait()

    assert await waits_for(context, Button().callback(asked_by_a_person(context)), let)


async def test_the_end_waits_for_an_answer_that_is_being_stored(context: Context) -> None:
    let = asyncio.Event()
    run = context.store._transactions.run

    async def slowly(work: Any) -> Any:
        await let.wait()
        return await run(work)

    context.store._transactions.run = slowly
    cog = Rounds(cast(Any, SimpleNamespace(context=context, user=None)))
    assert await waits_for(context, cog.on_raw_reaction_add(a_reaction()), let)


async def test_the_end_waits_for_a_reaction_that_is_taken_back(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    let = asyncio.Event()

    async def store(*_: object) -> None:
        await let.wait()

    monkeypatch.setattr("bot.services.answers.withdraw", store)
    cog = Rounds(cast(Any, SimpleNamespace(context=context, user=None)))
    assert await waits_for(context, cog.on_raw_reaction_remove(a_reaction()), let)


def a_reaction() -> Any:
    return SimpleNamespace(emoji="🇦", guild_id=1, user_id=ALICE, member=None, message_id=2)


async def test_a_due_round_is_not_begun_any_more(context: Context) -> None:
    await add_questions(context)
    await make(context, time="13:00")
    clock_of(context).advance(hours=1, minutes=1)
    context.stop()
    await Waker(context).step()
    assert await states(context) == ["planned"]
    assert publisher_of(context).calls == []
    context.stopping = False
    await Waker(context).step()
    assert "open" in await states(context)


async def test_a_reveal_under_way_is_finished(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        await add_open_round(context, open_minutes=60)
        slow = SlowDiscord()
        slow.posts = publisher_of(context).posts
        context.publisher = slow
        clock_of(context).advance(hours=1)
        client = client_on(context)
        client._run(Waker(context).run(), "waker")
        await asyncio.wait_for(slow.asked.wait(), PATIENCE_S)
        closing = asyncio.create_task(client.close())
        for _ in range(9):
            await asyncio.sleep(0)
        assert not closing.done()
        slow.let.set()
        await closing
    async with open_context(tmp_path) as context:
        (round_,) = await context.store.read(rows, t.rounds)
    assert round_["state"] == State.REVEALED
    assert round_["shown_at"] is not None


async def test_reactions_are_left_to_the_next_start(context: Context) -> None:
    round_ = await add_open_round(context)
    context.untidy[round_.id] = context.clock()
    context.stop()
    await answers.reconcile_all(context)
    await answers.try_again(context)
    assert publisher_of(context).calls == []
    context.stopping = False
    await answers.reconcile_all(context)
    assert "reactions" in publisher_of(context).calls


class SlowGrader:
    """Grades when `gate` is set; `entered` says that a batch is in work."""

    name = "slow"

    def __init__(self) -> None:
        self.gate, self.entered = threading.Event(), threading.Event()

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        self.entered.set()
        assert self.gate.wait(PATIENCE_S)
        return [a_grade(submission) for submission in submissions]


async def test_a_grade_in_work_is_stored_before_the_end(tmp_path: Path) -> None:
    grader = SlowGrader()
    async with open_context(tmp_path) as context:
        context.grader = GraderService(GraderSettings(), lambda _: grader)
        round_ = await add_open_round(context)
        stored = await explanations.submit(context, round_.id, ALICE, SERVER, "Because it is so.")
        context.being_graded.clear()  # the member was told "later" by an earlier process
        client = client_on(context)
        await context.grader.start()
        client._run(telling.keep_grading(context), "pending")
        assert await asyncio.to_thread(grader.entered.wait, PATIENCE_S)
        closing = asyncio.create_task(client.close())
        for _ in range(3):
            await asyncio.sleep(0)
        assert context.stopping
        grader.gate.set()
        await closing
        again = await Store.open(context.settings.database.url)
        (grade,) = await again.read(rows, t.grades)
        await again.close()
        assert grade["explanation_id"] == stored
        assert publisher_of(context).told_members == [(ALICE, stored)]


async def test_what_takes_too_long_is_given_up_and_done_by_the_next_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_context(tmp_path) as context:
        slow = context.publisher = SlowDiscord()
        await add_questions(context)
        await make(context, time="13:00")
        clock_of(context).advance(hours=1, minutes=1)
        client = client_on(context)
        client._finish_s = 0.01
        client._run(Waker(context).run(), "waker")
        await asyncio.wait_for(slow.asked.wait(), PATIENCE_S)
        await client.close()
        assert "Work that took too long (1) is left to the next start" in caplog.text
    async with open_context(tmp_path) as context:
        clock_of(context).advance(hours=1, minutes=2)
        assert await states(context) == ["sending"]
        await Waker(context).step()
        assert "open" in await states(context)
        assert len(publisher_of(context).posts) == 1


async def test_answers_that_are_queued_are_stored_although_time_is_up(tmp_path: Path) -> None:
    members = range(5001, 5301)
    async with open_context(tmp_path) as context:
        round_ = await add_open_round(context)
        client = client_on(context)
        client._finish_s = 0

        reactions = {answers.answer(context, round_.message_id or 0, one, 1) for one in members}
        await asyncio.sleep(0)
        await client.close()
        assert any(reaction.cancelled() for reaction in reactions)
    async with open_context(tmp_path) as context:
        stored = await context.store.read(rows, t.answers)
    assert sorted(row["user_id"] for row in stored) == list(members)


def test_the_limits_add_up_to_less_than_ten_seconds() -> None:
    assert client_module.FINISH_S + client_module.TIDY_S + client_module.LEAVE_S < 10
    assert GraderService(GraderSettings())._patience < client_module.FINISH_S
