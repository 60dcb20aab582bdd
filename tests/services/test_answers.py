"""Answers: what members see as taken is in the database, once, and it is the last one."""

import asyncio
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from bot.domain.round import Manner, Round, State
from bot.errors import DiscordError, ModeratorError, OperatorError
from bot.services import answers
from bot.services.context import Context
from bot.settings import RoundSettings
from bot.store import tables as t
from bot.store.queries import answers as queries
from tests.support.contexts import (
    ALICE,
    BOB,
    add_open_round,
    clock_of,
    open_context,
    publisher_of,
    rows,
)

A, B, C, D = range(4)


async def chosen(context: Context, round_: Round) -> dict[int, int]:
    found = await context.store.read(rows, t.answers, round_id=round_.id)
    return {row["user_id"]: row["option"] for row in found}


def standing(context: Context, round_: Round, user_id: int) -> set[int]:
    assert round_.message_id is not None
    return publisher_of(context).standing.get(round_.message_id, {}).get(user_id, set())


async def react(context: Context, round_: Round, user_id: int, option: int) -> None:
    """React while the bot is there: the reaction stands, and the event arrives."""
    publisher_of(context).react(round_, user_id, option)
    assert round_.message_id is not None
    await answers.answer(context, round_.message_id, user_id, option)
    await context.finish()


async def test_a_concealed_answer_is_stored_and_its_reaction_taken_away(context: Context) -> None:
    round_ = await add_open_round(context)
    await react(context, round_, ALICE, B)
    assert await chosen(context, round_) == {ALICE: B}
    assert standing(context, round_, ALICE) == set()


async def test_the_last_answer_counts(context: Context) -> None:
    round_ = await add_open_round(context)
    for option in (A, C, B):
        await react(context, round_, ALICE, option)
    assert await chosen(context, round_) == {ALICE: B}


async def test_the_first_answer_counts_where_the_operator_says_so(tmp_path) -> None:
    async with open_context(tmp_path, rounds=RoundSettings(counts="first")) as context:
        for manner in Manner:
            round_ = await add_open_round(context, manner=manner)
            await react(context, round_, ALICE, C)
            await react(context, round_, ALICE, A)
            assert await chosen(context, round_) == {ALICE: C}
            assert standing(context, round_, ALICE) == ({C} if manner is Manner.OPEN else set())


async def test_answers_that_arrive_together_are_stored_in_their_order(context: Context) -> None:
    round_ = await add_open_round(context)
    sequence = [(user, option) for option in (A, B, C, D, B) for user in range(4001, 4041)]
    await asyncio.gather(*(react(context, round_, *one) for one in sequence))
    assert await chosen(context, round_) == dict.fromkeys(range(4001, 4041), B)


async def test_in_the_open_manner_one_reaction_stays(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    await react(context, round_, ALICE, A)
    await react(context, round_, ALICE, D)
    assert await chosen(context, round_) == {ALICE: D}
    assert standing(context, round_, ALICE) == {D}


async def test_an_unreact_withdraws_in_the_open_manner_only(context: Context) -> None:
    for manner, left in ((Manner.OPEN, {}), (Manner.CONCEALED, {ALICE: A})):
        round_ = await add_open_round(context, manner=manner)
        await react(context, round_, ALICE, A)
        await answers.withdraw(context, round_.message_id, ALICE, A)
        assert await chosen(context, round_) == left


async def test_the_removal_of_an_earlier_choice_withdraws_nothing(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    await react(context, round_, ALICE, A)
    await react(context, round_, ALICE, B)
    await answers.withdraw(context, round_.message_id, ALICE, A)
    assert await chosen(context, round_) == {ALICE: B}


@pytest.mark.parametrize("state", [State.REVEALED, State.CANCELLED])
async def test_nothing_is_taken_after_the_end(context: Context, state: State) -> None:
    round_ = await add_open_round(context, state=state.value)
    await react(context, round_, ALICE, A)
    assert await chosen(context, round_) == {}
    assert standing(context, round_, ALICE) == {A}


async def test_other_messages_and_options_beyond_the_last_are_left_alone(context: Context) -> None:
    round_ = await add_open_round(context)
    await answers.answer(context, 77, ALICE, A)
    await react(context, round_, ALICE, 5)
    assert await chosen(context, round_) == {}
    assert "remove_reactions" not in publisher_of(context).calls


async def test_reactions_made_while_the_bot_was_away_are_answers(context: Context) -> None:
    round_ = await add_open_round(context)
    publisher_of(context).react(round_, ALICE, C)
    publisher_of(context).react(round_, BOB, A)
    await answers.reconcile_all(context)
    await context.finish()
    assert await chosen(context, round_) == {ALICE: C, BOB: A}
    assert standing(context, round_, ALICE) == set()
    await answers.reconcile_all(context)
    await context.finish()
    assert await chosen(context, round_) == {ALICE: C, BOB: A}


async def test_a_change_made_while_the_bot_was_away_counts(context: Context) -> None:
    for manner in Manner:
        round_ = await add_open_round(context, manner=manner)
        await react(context, round_, ALICE, A)
        clock_of(context).advance(minutes=1)
        publisher_of(context).standing[round_.message_id] = {ALICE: {C}}
        await answers.reconcile(context, round_)
        await context.finish()
        assert await chosen(context, round_) == {ALICE: C}


async def test_several_reactions_and_no_stored_answer_are_no_answer(context: Context) -> None:
    for manner in Manner:
        round_ = await add_open_round(context, manner=manner)
        publisher_of(context).react(round_, ALICE, A, B)
        await answers.reconcile(context, round_)
        await context.finish()
        assert await chosen(context, round_) == {}
        assert standing(context, round_, ALICE) == set()


async def test_several_reactions_leave_a_stored_answer_as_it_is(context: Context) -> None:
    for manner, left in ((Manner.CONCEALED, set()), (Manner.OPEN, {B})):
        round_ = await add_open_round(context, manner=manner)
        await react(context, round_, ALICE, B)
        publisher_of(context).react(round_, ALICE, A, B)
        await answers.reconcile(context, round_)
        await context.finish()
        assert await chosen(context, round_) == {ALICE: B}
        assert standing(context, round_, ALICE) == left


async def test_a_newer_answer_beats_what_was_read_before_it(context: Context) -> None:
    round_ = await add_open_round(context)
    publisher = publisher_of(context)
    publisher.react(round_, ALICE, A)
    read = publisher.reactions

    async def read_slowly(asked: Round):
        seen = await read(asked)
        clock_of(context).advance(seconds=1)
        await answers.answer(context, round_.message_id, ALICE, D)
        return seen

    publisher.reactions = read_slowly
    await answers.reconcile(context, round_)
    await context.finish()
    assert await chosen(context, round_) == {ALICE: D}


async def test_withdrawn_while_away_in_the_open_manner(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    await react(context, round_, ALICE, A)
    clock_of(context).advance(minutes=1)
    publisher_of(context).options_offered[round_.message_id] = 4
    publisher_of(context).standing.clear()
    await answers.reconcile(context, round_)
    await context.finish()
    assert await chosen(context, round_) == {}


async def test_a_post_cleared_by_a_moderator_withdraws_nothing(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    await react(context, round_, ALICE, A)
    clock_of(context).advance(minutes=1)
    publisher_of(context).options_offered.clear()
    publisher_of(context).standing.clear()
    await answers.reconcile(context, round_)
    await context.finish()
    assert await chosen(context, round_) == {ALICE: A}


async def test_an_answer_is_kept_when_its_reaction_cannot_be_taken_away(context: Context) -> None:
    round_ = await add_open_round(context)
    error = ModeratorError("permissions_missing", channel="<#1>", permissions="Manage Messages")
    publisher_of(context).fail_next = [error]
    await react(context, round_, ALICE, B)
    assert await chosen(context, round_) == {ALICE: B}
    assert publisher_of(context).told_moderators == [
        (round_.server_id, round_.channel_id, error, None)
    ]


async def test_one_round_that_cannot_be_read_does_not_hold_up_the_others(context: Context) -> None:
    first = await add_open_round(context)
    publisher_of(context).react(first, BOB, B)
    second = await add_open_round(context, channel_id=2002)
    publisher_of(context).react(second, ALICE, A)
    publisher_of(context).fail_next = [DiscordError("Discord answered 503")]
    await answers.reconcile_all(context)
    await context.finish()
    assert await chosen(context, second) == {ALICE: A}
    assert await chosen(context, first) == {}
    clock_of(context).advance(seconds=30)
    await answers.try_again(context)
    await context.finish()
    assert await chosen(context, first) == {BOB: B}
    assert context.untidy == {}


async def test_an_answer_outlives_a_lost_discord(context: Context) -> None:
    round_ = await add_open_round(context)
    publisher_of(context).fail_next = [DiscordError("Discord answered 503")]
    await react(context, round_, ALICE, B)
    assert await chosen(context, round_) == {ALICE: B}
    assert standing(context, round_, ALICE) == {B}
    clock_of(context).advance(minutes=1)
    await answers.try_again(context)
    await context.finish()
    assert await chosen(context, round_) == {ALICE: B}
    assert standing(context, round_, ALICE) == set()


async def test_a_superseded_reaction_that_still_stands_is_no_new_answer(context: Context) -> None:
    round_ = await add_open_round(context)
    publisher = publisher_of(context)
    publisher.fail_next = [DiscordError("Discord answered 503")]
    await react(context, round_, ALICE, A)
    clock_of(context).advance(seconds=1)
    publisher.fail_next = [DiscordError("Discord answered 503")]
    await react(context, round_, ALICE, B)
    assert standing(context, round_, ALICE) == {A, B}, "B may not go while A stands"
    publisher.standing[round_.message_id] = {ALICE: {A}}
    clock_of(context).advance(minutes=1)
    await answers.reconcile(context, round_)
    await context.finish()
    assert await chosen(context, round_) == {ALICE: B}
    assert standing(context, round_, ALICE) == set()


async def test_an_answer_that_could_not_be_stored_is_read_again(
    context: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    round_ = await add_open_round(context)
    write = context.store.write

    async def full(*_: object, **__: object) -> None:
        raise OperatorError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(context.store._transactions, "run", full)
        for user_id in (ALICE, BOB):
            publisher_of(context).react(round_, user_id, B)
            answers.answer(context, round_.message_id or 0, user_id, B)
        await context.finish()
    (told,) = (one for one in caplog.records if "The disk is full." in one.getMessage())
    assert told.exc_info is None
    context.store.write = full
    assert standing(context, round_, ALICE) == {B}
    clock_of(context).advance(seconds=30)
    with pytest.raises(OperatorError):
        await answers.try_again(context)
    context.store.write = write
    clock_of(context).advance(seconds=30)
    await answers.try_again(context)
    await context.finish()
    assert await chosen(context, round_) == {ALICE: B, BOB: B}
    assert standing(context, round_, ALICE) == set()
    assert context.untidy == {}


async def test_an_answer_that_comes_too_late_to_be_stored_is_the_next_start_s(
    context: Context,
) -> None:
    round_ = await add_open_round(context)
    await context.store._writer.stop()
    with pytest.raises(OperatorError, match="stopping"):
        answers.answer(context, round_.message_id or 0, ALICE, B)
    assert answers.EVERY_ROUND in context.untidy


async def test_a_burst_is_one_piece_of_work_and_one_transaction(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task, a future and a turn of the loop for each reaction cost more than its answer."""
    round_ = await add_open_round(context)
    record, recorded = queries.record_all, list[int]()

    def counted(conn: sa.Connection, things: Sequence[queries.Chosen]) -> list[object]:
        recorded.append(len(things))
        return [*record(conn, things)]

    monkeypatch.setattr(queries, "record_all", counted)
    members = range(5001, 5301)
    tasks = {answers.answer(context, round_.message_id or 0, one, B) for one in members}
    assert len(context._tasks) == len(tasks) == 1
    await asyncio.gather(*tasks)
    assert recorded == [300]
    assert await chosen(context, round_) == dict.fromkeys(members, B)


async def test_a_bug_with_one_answer_harms_no_other_of_the_burst(
    context: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    round_ = await add_open_round(context)
    record = queries.record_all

    def broken(conn: sa.Connection, things: Sequence[queries.Chosen]) -> list[object]:
        if any(one.user_id == ALICE for one in things):
            raise ZeroDivisionError("a bug")
        return [*record(conn, things)]

    monkeypatch.setattr(queries, "record_all", broken)
    for user_id in (ALICE, BOB):
        publisher_of(context).react(round_, user_id, B)
        answers.answer(context, round_.message_id or 0, user_id, B)
    await context.finish()
    assert await chosen(context, round_) == {BOB: B}
    assert (standing(context, round_, ALICE), standing(context, round_, BOB)) == ({B}, set())
    assert "ZeroDivisionError" in caplog.text


async def test_what_is_taken_back_in_a_burst_keeps_its_place(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    message = round_.message_id or 0
    answers.answer(context, message, ALICE, A)
    answers.answer(context, message, BOB, A)
    taking_back = [answers.withdraw(context, message, one, A) for one in (ALICE, BOB)]
    taking_back = [asyncio.ensure_future(one) for one in taking_back]
    await asyncio.sleep(0)
    answers.answer(context, message, BOB, B)
    await asyncio.gather(*taking_back)
    await context.finish()
    assert await chosen(context, round_) == {BOB: B}
