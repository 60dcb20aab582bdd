"""Moderators learn that reviews wait: once a day at most, in numbers, and truly."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.question import Verdict
from bot.domain.review import Decision
from bot.domain.round import Round
from bot.errors import DiscordError, ModeratorError, OperatorError
from bot.services import audit, explanations, privacy, reminders, reviews, rounds, servers
from bot.services.context import Context
from bot.services.waking import Waker
from bot.store import tables as t
from bot.store.queries import reminders as queries
from tests.support.contexts import (
    ALICE,
    BOB,
    CARLA,
    MONA,
    SERVER,
    add_open_round,
    clock_of,
    grader_of,
    open_context,
    publisher_of,
    rows,
)
from tests.support.fakes import NOON, UNSURE, a_grade

NOTICES, AUDIT = 2077, 2078
AWAY = DiscordError("Discord answered 503")
SHUT = ModeratorError("permissions_missing", channel="<#2077>", permissions="Send Messages")
GONE = ModeratorError("message_missing", channel="<#2077>")


async def explain(
    context: Context, round_: Round, user_id: int = ALICE, server_id: int = SERVER
) -> int:
    grader_of(context).judge = lambda _: a_grade(**UNSURE)
    id_ = await explanations.submit(context, round_.id, user_id, server_id, "It learns.")
    await explanations.grade(context, id_)
    return id_


async def a_waiting_review(context: Context, *members: int) -> list[int]:
    """Unsure grades of these members, of a round that is revealed now."""
    round_ = await add_open_round(context)
    ids = [await explain(context, round_, member) for member in members or (ALICE,)]
    await rounds.close(context, round_.id)
    return ids


async def step(context: Context, **later: float) -> None:
    """What the waking task does, some time later."""
    clock_of(context).advance(**later)
    await Waker(context).step()
    await context.finish()


def told(context: Context) -> list[list[int]]:
    """Of each reminder's message, the numbers that it said, in order."""
    return [[one.waiting for one in said] for said in publisher_of(context).reminders.values()]


@pytest.fixture
async def listening(context: Context) -> Context:
    await servers.change(context, SERVER, notice_channel_id=NOTICES)
    return context


async def test_what_waits_after_the_reveal_is_told_once(listening: Context) -> None:
    round_ = await add_open_round(listening)
    await explain(listening, round_, ALICE)
    clock_of(listening).advance(hours=1)
    await explain(listening, round_, BOB)
    await step(listening)
    # Before the reveal a moderator who plays could not look at it.
    assert told(listening) == []
    await rounds.close(listening, round_.id)
    for _ in range(3):
        await step(listening)
    assert told(listening) == [[2]]
    ((reminder,),) = publisher_of(listening).reminders.values()
    assert (reminder.server_id, reminder.channel_id) == (SERVER, NOTICES)
    assert (reminder.oldest_at, reminder.local_date) == (NOON, NOON.date())


async def test_a_standing_reminder_is_kept_true_and_no_second_one_comes_that_day(
    listening: Context,
) -> None:
    first, second = await a_waiting_review(listening, ALICE, BOB)
    await step(listening)
    await reviews.decide(listening, first, SERVER, MONA, Decision.ACCEPTED)
    await step(listening)
    await reviews.decide(listening, second, SERVER, MONA, Decision.REJECTED)
    await step(listening)
    assert told(listening) == [[2, 1, 0]]
    await step(listening, hours=1)  # nothing more to say
    await a_waiting_review(listening, CARLA)
    await step(listening)
    assert told(listening) == [[2, 1, 0, 1]]
    await step(listening, hours=10)  # 23:00
    assert told(listening) == [[2, 1, 0, 1]]
    await step(listening, hours=2)  # what an edit said was told to nobody
    assert told(listening) == [[2, 1, 0, 1], [1]]


async def test_what_was_told_is_not_told_again_every_day(listening: Context) -> None:
    (id_,) = await a_waiting_review(listening)
    for _ in range(4):
        await step(listening, days=1)
    assert told(listening) == [[1]]
    await a_waiting_review(listening, BOB)
    await step(listening)
    assert told(listening) == [[1], [2]]
    await reviews.decide(listening, id_, SERVER, MONA, Decision.ACCEPTED)
    await step(listening)
    assert told(listening) == [[1], [2, 1]]  # the newest alone


async def test_the_day_is_the_servers(listening: Context) -> None:
    await servers.change(listening, SERVER, zone="Pacific/Auckland")  # 13 hours ahead
    clock_of(listening).advance(hours=-3)  # 22:00 there
    await a_waiting_review(listening, ALICE)
    await step(listening)
    clock_of(listening).advance(hours=1)
    await a_waiting_review(listening, BOB)
    await step(listening)
    assert told(listening) == [[1, 2]]
    await step(listening, hours=2)
    assert told(listening) == [[1, 2], [2]]


async def test_an_appeal_and_whatever_nobody_announces_is_seen(listening: Context) -> None:
    round_ = await add_open_round(listening)
    grader_of(listening).judge = lambda _: a_grade(label=Verdict.INCORRECT)
    id_ = await explanations.submit(listening, round_.id, ALICE, SERVER, "It learns.")
    await explanations.grade(listening, id_)
    await rounds.close(listening, round_.id)
    await step(listening)
    assert told(listening) == []
    await reviews.appeal(listening, id_, ALICE, "I said it.")
    await step(listening)
    assert told(listening) == [[1]]
    await privacy.delete(listening, ALICE)
    await step(listening, minutes=30)
    assert told(listening) == [[1]]
    assert await Waker(listening)._pause() <= timedelta(minutes=30)
    await step(listening, minutes=30)
    assert told(listening) == [[1, 0]]


async def test_nothing_is_told_where_no_channel_was_named(context: Context) -> None:
    await a_waiting_review(context)
    await step(context)
    assert told(context) == []
    await servers.change(context, SERVER, audit_channel_id=AUDIT)
    await step(context)
    await servers.change(context, SERVER, notice_channel_id=NOTICES)
    clock_of(context).advance(days=1)
    await a_waiting_review(context, BOB)
    await step(context)
    reminded = publisher_of(context).reminders.values()
    assert [said[0].channel_id for said in reminded] == [AUDIT, NOTICES]


async def test_each_server_has_its_own(listening: Context) -> None:
    other = SERVER + 1
    await servers.change(listening, other, notice_channel_id=NOTICES + 1)
    round_ = await add_open_round(listening, server_id=other, channel_id=77)
    await explain(listening, round_, server_id=other)
    await rounds.close(listening, round_.id)
    await a_waiting_review(listening, ALICE, BOB)
    await step(listening)
    reminded = [said[0] for said in publisher_of(listening).reminders.values()]
    assert {(one.server_id, one.waiting) for one in reminded} == {(SERVER, 2), (other, 1)}


@pytest.mark.parametrize("hours", [1, 13])
async def test_one_that_was_posted_and_not_noted_is_not_posted_twice(
    tmp_path: Path, hours: int
) -> None:
    async with open_context(tmp_path) as context:
        await servers.change(context, SERVER, notice_channel_id=NOTICES)
        await a_waiting_review(context)
        publisher = publisher_of(context)
        post = publisher.remind

        async def killed(*given: Any) -> None:
            await post(*given)
            raise SystemExit

        publisher.remind = killed
        with pytest.raises(SystemExit):
            await Waker(context).step()
    async with open_context(tmp_path) as restarted:
        publisher.remind = post
        restarted.publisher = publisher
        # Discord has forgotten the nonce, and it may be another day.
        await step(restarted, hours=hours)
        await step(restarted, hours=2)
        assert told(restarted) == [[1, 1]]
        (row,) = await restarted.store.read(rows, t.review_reminders)
        assert (row["message_id"], row["begun_at"]) == (*publisher.reminders, NOON)
        await a_waiting_review(restarted, BOB)
        await step(restarted)
        # What has come since is told by a message of its own, if it is another day by now.
        assert told(restarted) == ([[1, 1], [2]] if hours > 12 else [[1, 1, 2]])


async def test_the_write_itself_lets_one_a_day_through(listening: Context) -> None:
    await a_waiting_review(listening)
    await step(listening)
    ((stands,),) = publisher_of(listening).reminders.values()
    before = await listening.store.read(rows, t.review_reminders)
    again = replace(stands, begun_at=NOON + timedelta(hours=1))
    assert not await listening.store.write(queries.begin, reminder=again)
    assert await listening.store.read(rows, t.review_reminders) == before
    tomorrow = replace(again, local_date=stands.local_date + timedelta(days=1))
    assert await listening.store.write(queries.begin, reminder=tomorrow)


async def test_a_restart_tells_nothing_anew(tmp_path: Path) -> None:
    for _ in range(2):
        async with open_context(tmp_path) as context:
            await servers.change(context, SERVER, notice_channel_id=NOTICES)
            if not await context.store.read(rows, t.explanations):
                await a_waiting_review(context)
            await step(context)
            calls = publisher_of(context).calls
    assert "remind" not in calls


async def test_what_could_not_be_posted_comes_later(listening: Context) -> None:
    await a_waiting_review(listening)
    publisher_of(listening).fail_next = [AWAY]
    waker = Waker(listening)
    await waker.step()
    await waker.step()
    assert publisher_of(listening).calls.count("remind") == 1
    assert await waker._pause() <= audit.TRY_AGAIN
    await step(listening, seconds=30)
    assert told(listening) == [[1]]


@pytest.mark.parametrize("error", [SHUT, ZeroDivisionError()])
async def test_a_shut_channel_is_asked_once_a_day_and_holds_up_nobody(
    listening: Context, error: Exception
) -> None:
    other = SERVER + 1
    await servers.change(listening, other, notice_channel_id=NOTICES + 1)
    for server_id in (SERVER, other):
        round_ = await add_open_round(listening, server_id=server_id)
        await explain(listening, round_, server_id=server_id)
        await rounds.close(listening, round_.id)
    publisher_of(listening).fail_next = [error]
    await step(listening)
    await step(listening, hours=23)
    assert [said[0].server_id for said in publisher_of(listening).reminders.values()] == [other]
    await step(listening, hours=1)
    assert told(listening) == [[1], [1]]


async def test_a_day_that_took_none_is_followed_by_one_that_does(listening: Context) -> None:
    await a_waiting_review(listening)
    publisher_of(listening).fail_next = [SHUT]
    await step(listening)
    await step(listening, days=1)
    ((reminder,),) = publisher_of(listening).reminders.values()
    assert reminder.begun_at == NOON + timedelta(days=1)


async def test_a_reminder_that_was_taken_away_is_let_go(listening: Context) -> None:
    (id_,) = await a_waiting_review(listening)
    await step(listening)
    publisher_of(listening).fail_next = [GONE]
    await reviews.decide(listening, id_, SERVER, MONA, Decision.ACCEPTED)
    await step(listening)
    calls = publisher_of(listening).calls.count("remind")
    await step(listening, hours=5)
    assert publisher_of(listening).calls.count("remind") == calls


async def test_trouble_with_the_database_is_the_waking_tasks(
    listening: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_waiting_review(listening)

    async def full(*_: object, **__: object) -> None:
        raise OperatorError("The disk is full.")

    monkeypatch.setattr(publisher_of(listening), "remind", full)
    with pytest.raises(OperatorError):
        await Waker(listening).step()


async def test_a_bot_that_stops_begins_none(listening: Context) -> None:
    await a_waiting_review(listening)
    listening.stop()
    await reminders.remind(listening)
    assert told(listening) == []
