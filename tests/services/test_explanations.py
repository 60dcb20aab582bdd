"""Explanations: stored before anything else, graded once, told once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot.domain.question import Verdict
from bot.domain.round import Round, State
from bot.domain.scoring import points
from bot.errors import DiscordError, MemberError
from bot.grading import Grade, KeyPoint, KeyPointState, Submission
from bot.grading.service import GraderBusy, GraderUnavailable
from bot.services import explanations, telling
from bot.services.context import Context
from bot.settings import ExplanationSettings
from bot.store import tables as t
from bot.store.queries import explanations as queries
from bot.store.queries import results
from tests.support.contexts import (
    ALICE,
    BOB,
    SERVER,
    add_open_round,
    clock_of,
    grader_of,
    open_context,
    publisher_of,
    rows,
)
from tests.support.fakes import a_grade
from tests.support.questions import a_question


@pytest_asyncio.fixture
async def opened(context: Context) -> Round:
    return await add_open_round(context)


async def write(context: Context, round_: Round, text: str, user_id: int = ALICE) -> int:
    return await explanations.submit(context, round_.id, user_id, SERVER, text)


async def refused(work: Any) -> str:
    with pytest.raises(MemberError) as error:
        await work
    return error.value.code


@contextlib.asynccontextmanager
async def keeping(context: Context) -> AsyncIterator[None]:
    task = asyncio.create_task(telling.keep_grading(context))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def until(condition: Any) -> None:
    """Wait until something holds; the store answers from a thread of its own, which a loop that
    turns without a pause keeps from the interpreter.
    """
    async with asyncio.timeout(100):  # a machine that does much else beside it
        while True:
            if await condition():
                return
            await asyncio.sleep(0.001)


async def test_a_text_is_stored_as_written_and_pending(context: Context, opened: Round) -> None:
    id_ = await write(context, opened, "  **It** learns\nfeatures  ")
    (row,) = await context.store.read(rows, t.explanations)
    assert (row["id"], row["text"], row["attempt"]) == (id_, "**It** learns\nfeatures", 1)
    assert (row["user_id"], row["server_id"]) == (ALICE, SERVER)
    assert row["submitted_at"] == context.clock()
    assert await context.store.read(rows, t.grades) == []
    found = await explanations.graded(context, id_)
    assert (found.grade, found.best, found.attempts.left) == (None, None, 2)


async def test_what_cannot_be_taken_is_refused_and_not_stored(
    context: Context, opened: Round
) -> None:
    assert await refused(write(context, opened, " \n ")) == "explanation_empty"
    assert await refused(write(context, opened, "x" * 1001)) == "explanation_too_long"
    elsewhere = explanations.submit(context, opened.id, ALICE, SERVER + 1, "It learns.")
    assert await refused(elsewhere) == "round_unknown"
    nowhere = explanations.submit(context, 999, ALICE, SERVER, "It learns.")
    assert await refused(nowhere) == "round_unknown"
    for state, code in (
        (State.REVEALED, "explanations_closed"),
        (State.CANCELLED, "round_cancelled"),
    ):
        closed = await add_open_round(context, state=state.value)
        assert await refused(write(context, closed, "It learns.")) == code
        assert await refused(explanations.begin(context, closed.id, ALICE, SERVER)) == code
    assert await context.store.read(rows, t.explanations) == []


async def test_attempts_hold_even_when_pressed_at_once(context: Context, opened: Round) -> None:
    outcomes = await asyncio.gather(
        *(write(context, opened, f"Attempt {n}.") for n in range(5)), return_exceptions=True
    )
    assert (
        sorted(type(outcome).__name__ for outcome in outcomes) == ["MemberError"] * 2 + ["int"] * 3
    )
    stored = await context.store.read(rows, t.explanations)
    assert [row["attempt"] for row in stored] == [1, 2, 3]
    begun = await explanations.begin(context, opened.id, ALICE, SERVER)
    assert (begun.used, begun.left) == (3, 0)
    assert (await explanations.begin(context, opened.id, BOB, SERVER)).left == 3


async def test_how_many_attempts_is_a_setting(tmp_path: Path) -> None:
    settings = ExplanationSettings(attempts=1, max_characters=50)
    async with open_context(tmp_path, explanations=settings) as context:
        opened = await add_open_round(context)
        await write(context, opened, "x" * 50)
        with pytest.raises(MemberError) as error:
            await write(context, opened, "It learns.")
        assert (error.value.code, error.value.values) == ("no_attempts_left", {"n": 1})
        assert await refused(write(context, opened, "x" * 51)) == "explanation_too_long"


async def test_the_grader_gets_the_question_and_what_it_is_held_against(
    context: Context, opened: Round
) -> None:
    await explanations.grade(context, await write(context, opened, "It learns features."))
    (asked,) = grader_of(context).submissions
    question = opened.question
    assert asked == Submission(
        question=question.prompt,
        references=(question.explanation, " ".join(question.key_points)),
        answer="It learns features.",
        key_points=question.key_points,
    )


async def test_a_grade_is_stored_whole_and_once(context: Context, opened: Round) -> None:
    given = a_grade(
        label=Verdict.CONTRADICTORY,
        score=0.4,
        needs_review=True,
        flags=("copied_reference",),
        key_points=(
            KeyPoint("It learns.", KeyPointState.CONTRADICTED, 0.7),
            KeyPoint("It adapts.", KeyPointState.MISSING, 0.1),
        ),
    )
    grader_of(context).judge = lambda _: given
    id_ = await write(context, opened, "It forgets.")
    first = await explanations.grade(context, id_)
    assert first.grade == given
    clock_of(context).advance(hours=1)
    again = await explanations.grade(context, id_)
    assert again.grade == given
    assert len(grader_of(context).submissions) == 1
    (row,) = await context.store.read(rows, t.grades)
    assert row["graded_at"] == clock_of(context).advance(hours=-1)
    assert context.being_graded == set()


async def test_two_who_grade_the_same_text_store_one_grade(context: Context, opened: Round) -> None:
    id_ = await write(context, opened, "It learns.")
    grader_of(context).hold()
    both = [asyncio.create_task(explanations.grade(context, id_)) for _ in range(2)]
    await until(lambda: _asked(context, 2))
    scores = iter((0.8, 0.2))
    grader_of(context).judge = lambda _: a_grade(score=next(scores))
    grader_of(context).release()
    first, second = await asyncio.gather(*both)
    assert first.grade == second.grade
    assert len(await context.store.read(rows, t.grades)) == 1


async def _asked(context: Context, count: int) -> bool:
    await asyncio.sleep(0)
    return len(grader_of(context).submissions) >= count


async def test_the_best_counts_and_right_goes_before_high(context: Context, opened: Round) -> None:
    verdicts = iter(
        [
            a_grade(label=Verdict.INCORRECT, score=0.6),
            a_grade(label=Verdict.CORRECT, score=0.5),
            a_grade(label=Verdict.CORRECT, score=0.4),
        ]
    )
    grader_of(context).judge = lambda _: next(verdicts)
    assert await explanations.best(context, opened.id, ALICE) is None
    for text in ("One.", "Two.", "Three."):
        found = await explanations.grade(context, await write(context, opened, text))
    assert found.grade is not None
    assert found.best is not None
    assert (found.grade.score, found.best.score) == (0.4, 0.5)
    best = await explanations.best(context, opened.id, ALICE)
    assert best is not None
    assert (best.attempt, best.attempts.left) == (2, 0)


@pytest.mark.parametrize("trouble", [GraderUnavailable("no model"), GraderBusy(500)])
async def test_where_the_grader_is_away_it_stays_pending(
    context: Context, opened: Round, trouble: Exception
) -> None:
    grader = grader_of(context)
    grader.judge = lambda _: trouble
    id_ = await write(context, opened, "It learns.")
    assert (await explanations.grade(context, id_)).grade is None
    assert context.being_graded == set()
    assert len(await context.store.read(rows, t.explanations)) == 1

    grader.judge = a_grade
    await telling.grade_pending(context)
    (grade,) = await context.store.read(rows, t.grades)
    assert grade["explanation_id"] == id_
    assert publisher_of(context).told_members == [(ALICE, id_)]


async def test_pending_ones_are_graded_after_a_restart(tmp_path: Path) -> None:
    async with open_context(tmp_path) as context:
        opened = await add_open_round(context)
        ids = [await write(context, opened, "It learns.", user) for user in (ALICE, BOB)]
    async with open_context(tmp_path) as context:
        publisher_of(context).closed_dms = {BOB}
        async with keeping(context):
            await until(lambda: _told(context, ALICE))
        await telling.grade_pending(context)
        assert publisher_of(context).told_members == [(ALICE, ids[0])]
        assert len(await context.store.read(rows, t.grades)) == 2
        # Bob takes no direct messages: his grade waits until he comes back.
        assert await telling.untold(context, SERVER, ALICE) == []
        (waiting,) = await telling.untold(context, SERVER, BOB)
        assert waiting.id == ids[1]
        await telling.told(context, ids[1])
        assert await telling.untold(context, SERVER, BOB) == []


async def test_a_grade_that_died_before_it_was_shown_is_told_at_the_next_start(
    tmp_path: Path,
) -> None:
    async with open_context(tmp_path) as context:
        opened = await add_open_round(context)
        ids = [await write(context, opened, "It learns.", user) for user in (ALICE, BOB)]
        for id_ in ids:
            await explanations.grade(context, id_)
        await telling.told(context, ids[1])  # Bob saw his
    async with open_context(tmp_path) as context:
        async with keeping(context):
            await until(lambda: _told(context, ALICE))
        assert publisher_of(context).told_members == [(ALICE, ids[0])]


async def test_a_grade_of_long_ago_is_not_tried_at_every_start(
    context: Context, opened: Round
) -> None:
    id_ = await write(context, opened, "It learns.")
    await explanations.grade(context, id_)
    clock_of(context).advance(days=1, seconds=1)
    await telling.tell_untold(context)
    assert publisher_of(context).told_members == []
    (waiting,) = await telling.untold(context, SERVER, ALICE)
    assert waiting.id == id_


async def _told(context: Context, user_id: int) -> bool:
    stored = await context.store.read(rows, t.explanations, user_id=user_id)
    graded = await context.store.read(rows, t.grades)
    return len(graded) == 2 and all(row["told_at"] is not None for row in stored)


async def test_what_a_member_waits_for_is_left_to_them(context: Context, opened: Round) -> None:
    id_ = await write(context, opened, "It learns.")
    await telling.grade_pending(context)
    assert grader_of(context).submissions == []
    assert (await explanations.grade(context, id_)).grade is not None
    assert publisher_of(context).told_members == []


async def test_what_is_graded_while_pending_ones_are_read_is_told_by_its_member_alone(
    context: Context, opened: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = await write(context, opened, "It learns.")
    read = context.store.read

    async def meanwhile(query: Any, **values: Any) -> Any:
        found = await read(query, **values)
        if query is queries.pending:
            assert found == [id_]
            await explanations.grade(context, id_)
        return found

    monkeypatch.setattr(context.store, "read", meanwhile)
    await telling.grade_pending(context)
    assert publisher_of(context).told_members == []


async def test_while_the_grader_is_missing_nothing_is_tried(
    context: Context, opened: Round
) -> None:
    await write(context, opened, "It learns.")
    context.being_graded.clear()
    grader_of(context).state = "missing"
    await telling.grade_pending(context)
    assert grader_of(context).submissions == []


async def test_the_task_goes_on_after_an_error(
    context: Context, opened: Round, caplog: pytest.LogCaptureFixture
) -> None:
    id_ = await write(context, opened, "It learns.")
    context.being_graded.clear()
    publisher_of(context).fail_next = [RuntimeError("a bug")]
    async with keeping(context):
        await until(lambda: _logged(caplog, "a bug"))
        second = await write(context, opened, "It learns features.")
        context.being_graded.clear()
        grader_of(context).release()
        await until(lambda: _knows(context, second))
    assert publisher_of(context).told_members == [(ALICE, second)]
    (untold,) = await telling.untold(context, SERVER, ALICE)
    assert untold.id == id_


async def _logged(caplog: pytest.LogCaptureFixture, text: str) -> bool:
    await asyncio.sleep(0)
    return text in caplog.text


async def _knows(context: Context, explanation_id: int) -> bool:
    (row,) = await context.store.read(rows, t.explanations, id=explanation_id)
    return row["told_at"] is not None


async def test_a_grade_that_discord_did_not_take_is_told_again(
    context: Context, opened: Round
) -> None:
    id_ = await write(context, opened, "It learns.")
    await explanations.grade(context, id_)
    publisher_of(context).fail_next = [DiscordError("a grade could not be sent")] * 2
    await telling.tell(context, id_)
    assert [one.id for one in await telling.untold(context, SERVER, ALICE)] == [id_]
    assert context.woken.is_set()
    await telling.try_again(context)
    assert publisher_of(context).calls == ["tell_member"], "not before its time"
    for _ in range(2):
        clock_of(context).advance(seconds=30)
        await telling.try_again(context)
    assert publisher_of(context).told_members == [(ALICE, id_)]
    assert context.untold == {}


async def test_a_grade_that_was_shown_or_deleted_meanwhile_is_not_told_again(
    context: Context, opened: Round
) -> None:
    shown = await write(context, opened, "It learns.")
    deleted = await write(context, opened, "It does.")
    for id_ in (shown, deleted):
        await explanations.grade(context, id_)
        publisher_of(context).fail_next = [DiscordError("a grade could not be sent")]
        await telling.tell(context, id_)
    await telling.told(context, shown)
    await context.store.write(_delete, deleted)
    clock_of(context).advance(seconds=30)
    await telling.try_again(context)
    assert publisher_of(context).told_members == []
    assert context.untold == {}


def _delete(connection: sa.Connection, explanation_id: int) -> None:
    connection.execute(sa.delete(t.explanations).where(t.explanations.c.id == explanation_id))


async def test_a_grade_after_the_reveal_still_earns_its_points(
    context: Context, opened: Round
) -> None:
    id_ = await write(context, opened, "It learns.")
    await context.store.write(results.reveal, round_id=opened.id, now=context.clock())
    (before,) = await context.store.read(rows, t.results)
    assert before["points"] == 0
    found = await explanations.grade(context, id_)
    assert (found.revealed, found.attempts.left) == (True, 0)
    (after,) = await context.store.read(rows, t.results)
    expected = points(opened.question.difficulty, right=False, hints=0, explanation=0.9)
    assert after["points"] == expected > 0
    # And whoever explained can still look at it.
    assert (await explanations.begin(context, opened.id, ALICE, SERVER)).used == 1


async def test_a_deleted_explanation_takes_no_grade(context: Context, opened: Round) -> None:
    id_ = await write(context, opened, "It learns.")
    grader_of(context).hold()
    asked = asyncio.create_task(explanations.grade(context, id_))
    await until(lambda: _asked(context, 1))
    await context.store.write(lambda connection: connection.execute(t.explanations.delete()))
    grader_of(context).release()
    assert await refused(asked) == "explanation_gone"
    assert await context.store.read(rows, t.grades) == []
    assert context.being_graded == set()


def test_a_grade_survives_the_store() -> None:
    given: Grade = a_grade(flags=("echo",), key_points=(KeyPoint("x", KeyPointState.MISSING, 0),))
    assert explanations.from_store(explanations._to_store(given)) == given


async def test_a_question_with_nothing_to_grade_by_takes_no_explanations(context: Context) -> None:
    bare = await add_open_round(context, a_question(explanation="", key_points=()))
    with pytest.raises(MemberError, match="no_explanations"):
        await explanations.begin(context, bare.id, ALICE, SERVER)
    with pytest.raises(MemberError, match="no_explanations"):
        await explanations.submit(context, bare.id, ALICE, SERVER, "It is so.")
    assert await context.store.read(rows, t.explanations) == []


async def test_key_points_or_an_explanation_alone_are_enough_to_grade_by(context: Context) -> None:
    asked = (
        a_question(id="points", explanation=""),
        a_question(id="whole", key_points=()),
    )
    for question in asked:
        round_ = await add_open_round(context, question)
        given = await explanations.submit(context, round_.id, ALICE, SERVER, "It is so.")
        assert (await explanations.grade(context, given)).grade is not None
    by_points, by_explanation = grader_of(context).submissions
    assert by_points.references == (" ".join(asked[0].key_points),)
    assert (by_explanation.references, by_explanation.key_points) == ((asked[1].explanation,), ())
