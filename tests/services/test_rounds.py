"""Rounds: posted once, revealed once, and what an interrupted process left is finished."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.question import Verdict
from bot.domain.round import Manner, Outcome, Round, State, Tally
from bot.errors import DiscordError, ModeratorError
from bot.services import rounds
from bot.services.context import Context
from bot.store import tables as t
from bot.store.queries import results
from tests.support.contexts import (
    ALICE,
    BOB,
    CARLA,
    CHANNEL,
    SERVER,
    add_open_round,
    add_questions,
    clock_of,
    publisher_of,
    rows,
)
from tests.support.questions import a_bank, a_question

AWAY = DiscordError("Discord answered 503")


async def ask(context: Context, **changes) -> Round:
    asked = {"open_minutes": 60, "manner": Manner.CONCEALED} | changes
    return await rounds.open_now(context, SERVER, CHANNEL, **asked)


async def row_of(context: Context, round_id: int) -> dict:
    (row,) = await context.store.read(rows, t.rounds, id=round_id)
    return row


def insert(connection, table, **values) -> None:
    connection.execute(table.insert().values(server_id=SERVER, **values))


async def answer(context: Context, round_: Round, user_id: int, option: int) -> None:
    await context.store.write(
        insert,
        t.answers,
        round_id=round_.id,
        user_id=user_id,
        option=option,
        answered_at=context.clock(),
    )


async def explain(context: Context, round_: Round, user_id: int, label: Verdict, score: float):
    number = len(await context.store.read(rows, t.explanations)) + 1
    await context.store.write(
        insert,
        t.explanations,
        id=number,
        round_id=round_.id,
        user_id=user_id,
        attempt=number,
        text="because",
        submitted_at=context.clock(),
    )
    await context.store.write(
        insert,
        t.grades,
        explanation_id=number,
        label=label,
        score=score,
        confidence=0.9,
        needs_review=False,
        flags=[],
        key_points=[],
        model="fake",
        graded_at=context.clock(),
    )


async def test_a_question_asked_now_is_posted_and_open(context: Context) -> None:
    await add_questions(context)
    round_ = await ask(context)
    await context.finish()
    publisher = publisher_of(context)
    assert list(publisher.posts) == [round_.message_id]
    assert publisher.options_offered == {round_.message_id: 4}
    assert round_.state is State.OPEN
    assert round_.closes_at == context.clock() + timedelta(minutes=60)
    assert await rounds.current(context, CHANNEL) == round_


async def test_the_study_day_is_the_day_in_the_servers_zone(context: Context) -> None:
    await add_questions(context)
    await context.store.write(insert, t.servers, zone="Pacific/Auckland")
    clock_of(context).now = datetime(2026, 3, 2, 20, tzinfo=UTC)
    row = await row_of(context, (await ask(context)).id)
    assert row["study_day"].isoformat() == "2026-03-03"


async def test_no_question_that_fits_is_said_and_nothing_is_posted(context: Context) -> None:
    await add_questions(context)
    with pytest.raises(ModeratorError) as caught:
        await ask(context, difficulty=(5, 5))
    assert caught.value.code == "no_question_fits"
    assert publisher_of(context).posts == {}


async def test_a_refused_post_leaves_no_open_round(context: Context) -> None:
    await add_questions(context)
    publisher_of(context).fail_next = [ModeratorError("channel_missing", channel="<#1>")]
    with pytest.raises(ModeratorError):
        await ask(context)
    assert await rounds.current(context, CHANNEL) is None
    (row,) = await context.store.read(rows, t.rounds)
    assert (row["state"], row["note"]) == (State.SKIPPED, "channel_missing")


async def test_the_current_round_is_the_newest_of_its_channel(context: Context) -> None:
    await add_open_round(context)
    clock_of(context).advance(minutes=1)
    newer = await add_open_round(context)
    assert (await rounds.current(context, CHANNEL)).id == newer.id
    assert await rounds.current(context, 999) is None


async def test_the_reveal_counts_and_gives_points(context: Context) -> None:
    round_ = await add_open_round(context, a_question(difficulty=3, answer="B"))
    await answer(context, round_, ALICE, 1)
    await answer(context, round_, BOB, 1)
    await answer(context, round_, CARLA, 0)
    for level in (1, 2):
        await context.store.write(
            insert,
            t.hints,
            round_id=round_.id,
            user_id=BOB,
            level=level,
            cost=15,
            taken_at=context.clock(),
        )
    await explain(context, round_, ALICE, Verdict.CORRECT, 0.5)
    await explain(context, round_, CARLA, Verdict.INCORRECT, 0.9)

    revealed = await rounds.close(context, round_.id)

    assert revealed.state is State.REVEALED
    earned = await context.store.read(rows, t.results)
    assert {row["user_id"]: (row["right"], row["points"]) for row in earned} == {
        ALICE: (True, 75),  # 60 for the option, half of 30 for the explanation
        BOB: (True, 30),  # 60, less a quarter for each hint
        CARLA: (False, 0),
    }
    tally = Tally(chosen=(1, 2, 0, 0), right=2, explained=2)
    ((shown, outcome),) = publisher_of(context).reveals
    assert shown.id == round_.id
    assert outcome == Outcome(tally, ((ALICE, 75), (BOB, 30)))
    assert (await row_of(context, round_.id))["shown_at"] is not None


async def test_the_best_of_the_day_are_of_the_whole_day_and_server(context: Context) -> None:
    first = await add_open_round(context, a_question(id="one"))
    second = await add_open_round(context, a_question(id="two"), channel_id=2002)
    elsewhere = await add_open_round(context, a_question(id="three"), server_id=5)
    yesterday = context.clock().date() - timedelta(days=1)
    old = await add_open_round(context, a_question(id="four"), study_day=yesterday)
    for round_, winner in ((first, ALICE), (second, ALICE), (elsewhere, CARLA), (old, CARLA)):
        await answer(context, round_, winner, 0)
        await answer(context, round_, BOB, 1)
        await rounds.close(context, round_.id)
    best = await context.store.read(results.best_of_day, round_id=first.id)
    assert best == [(ALICE, 80)]


async def test_a_round_is_revealed_once(context: Context) -> None:
    round_ = await add_open_round(context)
    await rounds.close(context, round_.id)
    with pytest.raises(ModeratorError) as caught:
        await rounds.close(context, round_.id)
    assert caught.value.code == "round_not_open"
    assert len(publisher_of(context).reveals) == 1


async def test_reactions_that_still_stand_are_counted_at_the_reveal(context: Context) -> None:
    round_ = await add_open_round(context)
    publisher_of(context).react(round_, ALICE, 0)
    await rounds.close(context, round_.id)
    ((_, outcome),) = publisher_of(context).reveals
    assert outcome.tally.chosen == (1, 0, 0, 0)


async def test_answers_count_though_the_post_is_gone(context: Context) -> None:
    round_ = await add_open_round(context)
    await answer(context, round_, ALICE, 0)
    gone = ModeratorError("message_missing", channel="<#1>")
    publisher_of(context).fail_next = [gone, gone]
    await rounds.close(context, round_.id)
    (earned,) = await context.store.read(rows, t.results)
    assert earned["points"] == 40
    assert [told[2] for told in publisher_of(context).told_moderators] == [gone]
    assert (await row_of(context, round_.id))["note"] == "message_missing"


async def test_an_unreachable_discord_keeps_the_round_open_for_the_last_look(
    context: Context,
) -> None:
    round_ = await add_open_round(context)
    publisher_of(context).fail_next = [AWAY]
    with pytest.raises(DiscordError):
        await rounds.close(context, round_.id)
    assert (await rounds.get(context, round_.id)).state is State.OPEN


async def test_a_late_grade_changes_points_after_the_reveal_only(context: Context) -> None:
    round_ = await add_open_round(context)
    await answer(context, round_, ALICE, 0)
    await explain(context, round_, ALICE, Verdict.CORRECT, 1.0)
    await context.store.write(results.settle, round_id=round_.id, user_id=ALICE)
    assert await context.store.read(rows, t.results) == []
    await rounds.close(context, round_.id)
    await context.store.write(
        lambda connection: connection.execute(t.grades.update().values(score=0.5))
    )
    await context.store.write(results.settle, round_id=round_.id, user_id=ALICE)
    (earned,) = await context.store.read(rows, t.results)
    assert earned["points"] == 50


async def test_questions_repeat_only_after_all_were_asked(context: Context) -> None:
    await add_questions(context, a_bank())
    seen = []
    for _ in range(6):
        round_ = await ask(context)
        seen.append(round_.question.id)
        clock_of(context).advance(days=1)
        await rounds.close(context, round_.id)
    assert set(seen[:3]) == set(seen[3:]) == {"question-1", "question-2", "question-3"}


async def test_rounds_that_are_due_together_ask_different_questions(context: Context) -> None:
    some = [a_question(id=f"q-{n}", prompt=f"Question number {n}?") for n in range(4)]
    await add_questions(context, a_bank(*some))
    wanted = {"open_minutes": 60, "manner": Manner.CONCEALED}
    opened = await asyncio.gather(
        *(rounds.open_now(context, SERVER, CHANNEL + n, **wanted) for n in range(4))
    )
    assert {one.question.id for one in opened} == {one.id for one in some}
