"""The waking task: every occurrence is posted once, in time or not at all, whatever happens."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.round import Manner
from bot.domain.schedule import Plan
from bot.errors import DiscordError, ModeratorError, OperatorError
from bot.services import rounds
from bot.services.context import Context
from bot.services.waking import Waker
from bot.store import tables as t
from bot.store.queries import schedules
from tests.support.contexts import (
    CHANNEL,
    SERVER,
    add_questions,
    clock_of,
    publisher_of,
    rows,
)

AWAY = DiscordError("Discord answered 503")
REFUSED = ModeratorError("permissions_missing", channel="<#2001>", permissions="Send Messages")


def a_plan(**changes) -> Plan:
    values = {
        "name": "daily",
        "channel_id": CHANNEL,
        "cron": "0 9 * * *",
        "zone": "Europe/Berlin",
        "open_minutes": 600,
        "manner": Manner.CONCEALED,
        "catch_up_minutes": 360,
    }
    return Plan(**values | changes)


async def add_schedule(context: Context, **changes) -> int:
    schedule, _ = await context.store.write(
        schedules.create,
        plan=a_plan(**changes),
        server_id=SERVER,
        created_by=1,
        now=context.clock(),
        default_zone="Etc/UTC",
    )
    return schedule.id


async def wake_at(context: Context, waker: Waker, *times: datetime) -> None:
    for time in times:
        clock_of(context).now = time
        await waker.step()
        await context.finish()


async def history(context: Context) -> list[tuple[str, str]]:
    found = await context.store.read(rows, t.rounds)
    return sorted((row["local_date"].isoformat(), row["state"]) for row in found)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of March 2026, in UTC; Berlin is an hour ahead until the 29th, then two."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.fixture
async def ready(context: Context) -> Context:
    clock_of(context).now = at(2, 6)
    await add_questions(context)
    return context


async def test_an_occurrence_is_posted_when_it_is_due_and_revealed_when_it_closes(
    ready: Context,
) -> None:
    await add_schedule(ready)
    waker = Waker(ready)
    await wake_at(ready, waker, at(2, 6), at(2, 7, 59))
    assert publisher_of(ready).posts == {}
    await wake_at(ready, waker, at(2, 8), at(2, 8, 1))
    ((_, posted),) = publisher_of(ready).posts.items()
    assert posted.late is False
    await wake_at(ready, waker, at(2, 17, 59))
    assert publisher_of(ready).reveals == []
    await wake_at(ready, waker, at(2, 18), at(2, 18, 1))
    assert len(publisher_of(ready).reveals) == 1
    assert await history(ready) == [("2026-03-02", "revealed"), ("2026-03-03", "planned")]


async def test_the_due_time_follows_the_zones_clock_over_a_change(ready: Context) -> None:
    await add_schedule(ready)
    waker = Waker(ready)
    await wake_at(ready, waker, at(28, 7), at(29, 6, 59))
    assert publisher_of(ready).posts == {}
    await wake_at(ready, waker, at(29, 7))
    assert len(publisher_of(ready).posts) == 1


async def test_a_late_post_says_so_and_an_older_one_is_skipped(ready: Context) -> None:
    await add_schedule(ready)
    waker = Waker(ready)
    await wake_at(ready, waker, at(2, 6), at(5, 13, 59))
    ((_, posted),) = publisher_of(ready).posts.items()
    assert (posted.local_date, posted.late) == (date(2026, 3, 5), True)
    assert await history(ready) == [
        ("2026-03-02", "skipped"),
        ("2026-03-03", "skipped"),
        ("2026-03-04", "skipped"),
        ("2026-03-05", "open"),
        ("2026-03-06", "planned"),
    ]


async def test_after_an_outage_the_occurrences_are_those_without_it(ready: Context) -> None:
    await add_schedule(ready, cron="0 9 * * 1-5")
    await wake_at(ready, Waker(ready), at(2, 6))
    await wake_at(ready, Waker(ready), at(20, 8, 1))
    dates = [day for day, _ in await history(ready)]
    weekdays = [date(2026, 3, day) for day in range(2, 24)]
    assert dates == [day.isoformat() for day in weekdays if day.weekday() < 5]


async def test_two_waking_tasks_post_once(ready: Context) -> None:
    await add_schedule(ready)
    first, second = Waker(ready), Waker(ready)
    await wake_at(ready, first, at(2, 6))
    clock_of(ready).now = at(2, 8)
    await asyncio.gather(first.step(), second.step())
    await ready.finish()
    assert publisher_of(ready).calls.count("post") == 1


@pytest.mark.parametrize("sent", [True, False])
async def test_a_post_that_was_cut_off_is_finished(ready: Context, sent: bool) -> None:
    await add_schedule(ready)
    waker = Waker(ready)
    await wake_at(ready, waker, at(2, 6))
    publisher = publisher_of(ready)
    publisher.fail_next = [AWAY]
    await wake_at(ready, waker, at(2, 8))
    assert await rounds.current(ready, CHANNEL) is None
    (row,) = [row for row in await ready.store.read(rows, t.rounds) if row["state"] == "sending"]
    if sent:
        publisher.posts[555] = await rounds.get(ready, row["id"])
    publisher.calls.clear()
    await wake_at(ready, Waker(ready), at(2, 8, 10))
    assert publisher.calls.count("post") == (0 if sent else 1)
    assert len(publisher.posts) == 1
    assert (await rounds.current(ready, CHANNEL)).id == row["id"]


async def test_discord_away_is_asked_again_more_and_more_seldom(ready: Context) -> None:
    await add_schedule(ready)
    waker = Waker(ready)
    await wake_at(ready, waker, at(2, 6))
    publisher = publisher_of(ready)
    publisher.fail_next = [AWAY] * 1000
    start = at(2, 8)
    await wake_at(ready, waker, *(start + timedelta(seconds=5 * n) for n in range(240)))
    assert 5 <= publisher.calls.count("post") + publisher.calls.count("find") <= 9
    publisher.fail_next = []
    await wake_at(ready, waker, at(2, 8, 30))
    assert len(publisher.posts) == 1


async def test_a_post_beyond_its_window_is_given_up_after_a_last_look(ready: Context) -> None:
    await add_schedule(ready)
    waker = Waker(ready)
    await wake_at(ready, waker, at(2, 6))
    publisher_of(ready).fail_next = [AWAY]
    await wake_at(ready, waker, at(2, 8))
    await wake_at(ready, Waker(ready), at(2, 20))
    assert publisher_of(ready).posts == {}
    assert ("2026-03-02", "skipped") in await history(ready)


async def test_a_schedule_that_fails_is_paused_and_the_moderators_are_told(ready: Context) -> None:
    id_ = await add_schedule(ready)
    waker = Waker(ready)
    await wake_at(ready, waker, at(2, 6))
    publisher_of(ready).fail_next = [REFUSED]
    await wake_at(ready, waker, at(2, 8), at(3, 8))
    schedule = await ready.store.read(schedules.get, schedule_id=id_)
    assert schedule is not None
    assert (schedule.paused_at, schedule.pause_reason) == (at(2, 8), "permissions_missing")
    assert publisher_of(ready).told_moderators == [(SERVER, CHANNEL, REFUSED, "daily")]
    assert await history(ready) == [("2026-03-02", "skipped")]


async def test_a_paused_schedule_starts_again_with_the_next_occurrence(ready: Context) -> None:
    id_ = await add_schedule(ready)
    waker = Waker(ready)
    await wake_at(ready, waker, at(2, 6))
    await ready.store.write(schedules.pause, schedule_id=id_, reason="", now=at(2, 7))
    await wake_at(ready, waker, at(4, 8, 30))
    await ready.store.write(schedules.resume, schedule_id=id_, now=at(4, 8, 30))
    await wake_at(ready, waker, at(4, 8, 31))
    assert publisher_of(ready).posts == {}
    await wake_at(ready, waker, at(5, 8))
    assert len(publisher_of(ready).posts) == 1


async def test_a_schedule_moved_to_a_later_hour_posts_no_second_time_that_day(
    ready: Context,
) -> None:
    id_ = await add_schedule(ready)
    waker = Waker(ready)
    await wake_at(ready, waker, at(2, 6), at(2, 8))
    now = at(2, 8, 30)
    await ready.store.write(
        schedules.change, schedule_id=id_, changes={"cron": "0 12 * * *"}, now=now
    )
    await wake_at(ready, waker, now, at(2, 11))
    assert len(publisher_of(ready).posts) == 1
    await wake_at(ready, waker, at(3, 11))
    assert len(publisher_of(ready).posts) == 2


async def test_planning_stops_when_the_schedule_changes_under_it(ready: Context) -> None:
    id_ = await add_schedule(ready)
    write = ready.store.write

    async def paused_first(change, *args, **kwargs):
        await write(schedules.pause, schedule_id=id_, reason="", now=ready.clock())
        return await write(change, *args, **kwargs)

    ready.store.write = paused_first
    async with asyncio.timeout(5):
        await Waker(ready).step()
    assert await history(ready) == []


async def test_an_outcome_that_was_not_shown_is_shown(ready: Context) -> None:
    await add_schedule(ready)
    waker = Waker(ready)
    await wake_at(ready, waker, at(2, 6), at(2, 8))
    publisher = publisher_of(ready)
    reveal = publisher.reveal

    async def fails(*_):
        raise AWAY

    publisher.reveal = fails
    await wake_at(ready, waker, at(2, 18))
    assert ("2026-03-02", "revealed") in await history(ready)
    publisher.reveal = reveal
    await wake_at(ready, Waker(ready), at(2, 18, 5), at(2, 18, 6))
    assert len(publisher.reveals) == 1


async def test_one_rounds_bug_does_not_hold_up_the_others(
    ready: Context, caplog: pytest.LogCaptureFixture
) -> None:
    await add_schedule(ready, name="one")
    await add_schedule(ready, name="two", channel_id=2002)
    waker = Waker(ready)
    await wake_at(ready, waker, at(2, 6))
    publisher_of(ready).fail_next = [ZeroDivisionError()]
    await wake_at(ready, waker, at(2, 8))
    assert len(publisher_of(ready).posts) == 1
    assert "ZeroDivisionError" in caplog.text
    await wake_at(ready, waker, at(2, 8, 1))
    assert len(publisher_of(ready).posts) == 2


async def test_the_task_sleeps_until_it_is_woken(ready: Context) -> None:
    posted = asyncio.Event()
    publisher = publisher_of(ready)
    post = publisher.post

    async def noticed(round_):
        posted.set()
        return await post(round_)

    publisher.post = noticed
    await add_schedule(ready)
    task = asyncio.create_task(Waker(ready).run())
    clock_of(ready).now = at(2, 8)
    ready.wake()
    async with asyncio.timeout(5):
        await posted.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await ready.finish()


@pytest.mark.parametrize(
    ("failure", "words"),
    [(OperatorError("The disk is full."), "The disk is full."), (KeyError("bug"), "KeyError")],
)
async def test_the_task_survives_what_fails_in_it(
    ready: Context, caplog: pytest.LogCaptureFixture, failure: Exception, words: str
) -> None:
    failed = asyncio.Event()

    async def fails(*_, **__):
        failed.set()
        raise failure

    ready.store.read = fails
    task = asyncio.create_task(Waker(ready).run())
    async with asyncio.timeout(5):
        await failed.wait()
        failed.clear()
        ready.wake()
        await failed.wait()
    assert not task.done()
    assert words in caplog.text
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
