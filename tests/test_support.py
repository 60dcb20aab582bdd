"""The harness itself: what other tests take for granted."""

import asyncio

from bot.domain.round import State
from bot.services.context import Context
from bot.store import tables as t
from tests.support.contexts import (
    ALICE,
    add_open_round,
    clock_of,
    grader_of,
    publisher_of,
    rows,
)
from tests.support.fakes import NOON, a_grade
from tests.support.questions import a_question


async def test_a_round_is_in_the_store_and_in_the_channel(context: Context) -> None:
    opened = await add_open_round(context, a_question(id="one-more"), thread=True)

    (row,) = await context.store.read(rows, t.rounds, id=opened.id)
    assert row["state"] == State.OPEN
    assert row["message_id"] == opened.message_id
    assert row["closes_at"] == opened.closes_at
    publisher_of(context).react(opened, ALICE, 0, 2)
    assert (await context.publisher.reactions(opened)).members == {ALICE: {0, 2}}
    await context.publisher.remove_reactions(opened, ALICE, {0})
    assert (await context.publisher.reactions(opened)).members == {ALICE: {2}}
    assert await context.publisher.post(opened) == opened.message_id


async def test_the_clock_moves_when_told(context: Context) -> None:
    clock_of(context).advance(hours=2)
    assert (context.clock() - NOON).total_seconds() == 7200


async def test_the_grader_can_be_held(context: Context) -> None:
    from bot.grading.grade import Submission

    grader = grader_of(context)
    grader.judge = lambda submission: a_grade(submission, score=0.4)
    grader.hold()
    asked = asyncio.create_task(
        context.grader.grade(Submission("Why?", ("Because.",), "So.", ("A point.",)))
    )
    await asyncio.sleep(0)
    assert grader.waiting() == 1
    grader.release()
    grade = await asked
    assert grade.score == 0.4
    assert grade.key_points[0].text == "A point."
