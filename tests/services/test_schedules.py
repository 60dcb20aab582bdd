"""Schedules: what moderators type becomes a plan, is kept, changed, paused and looked ahead."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.round import Manner, State
from bot.domain.schedule import Schedule
from bot.errors import ModeratorError
from bot.services import drafts, schedules, servers, waking
from bot.services.context import Context
from bot.services.drafts import Wish
from bot.store import tables as t
from tests.support.contexts import (
    CHANNEL,
    SERVER,
    add_open_round,
    add_questions,
    clock_of,
    publisher_of,
    rows,
)
from tests.support.questions import a_bank, a_question
from tests.support.schedules import MONA, make


async def change(context: Context, schedule: Schedule, **wishes: Any) -> Schedule:
    plan = await drafts.draft(context, SERVER, Wish(**wishes), schedule)
    return await schedules.edit(context, schedule, plan)


async def planned(context: Context) -> list[dict[str, Any]]:
    return await context.store.read(rows, t.rounds, state=State.PLANNED.value)


async def refused(awaitable: Any) -> str:
    with pytest.raises(ModeratorError) as error:
        await awaitable
    return error.value.code


async def test_what_is_left_out_comes_from_the_settings(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    assert (made.cron, made.zone, made.banks, made.topics) == ("0 9 * * *", "Etc/UTC", (), ())
    assert (made.difficulty_min, made.difficulty_max) == (1, 5)
    assert (made.open_minutes, made.manner, made.catch_up_minutes) == (1200, Manner.CONCEALED, 360)
    assert (made.role_id, made.thread, made.created_by) == (None, False, MONA)
    assert made.active_since == made.created_at == context.clock()


async def test_everything_that_is_typed_is_kept(context: Context) -> None:
    await add_questions(context, a_bank(), a_bank(a_question(topic="Tuning"), name="second"))
    made = await make(
        context,
        name="  Late   night ",
        days="mon-wed",
        time="6:30 pm",
        zone="europe/berlin",
        banks="Second, testing,",
        topics="tuning",
        difficulty_min=2,
        difficulty_max=4,
        open_for="1d 12h",
        manner=Manner.OPEN,
        role_id=77,
        thread=True,
        catch_up="0m",
    )
    assert (made.name, made.cron, made.zone) == (
        "Late night",
        "30 18 * * MON,TUE,WED",
        "Europe/Berlin",
    )
    assert (made.banks, made.topics) == (("second", "testing"), ("Tuning",))
    assert (made.difficulty_min, made.difficulty_max, made.open_minutes) == (2, 4, 2160)
    assert (made.manner, made.role_id, made.thread, made.catch_up_minutes) == (
        Manner.OPEN,
        77,
        True,
        0,
    )


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"time": "25:00"}, "rule_bad_time"),
        ({"days": "someday"}, "rule_bad_days"),
        ({"days": "0 10 * * *"}, "rule_time_twice"),
        ({"days": "0 9 30 2 *"}, "rule_never_due"),
        ({"days": "* 9 * * *"}, "rule_more_than_daily"),
        ({"days": "0 9 99 * *"}, "rule_bad_cron"),
        ({"zone": "Mars/Base"}, "rule_bad_zone"),
        ({"banks": "testing, nonsense"}, "bank_unknown"),
        ({"topics": ","}, "topic_unknown"),
        ({"open_for": "0m"}, "open_for_unusable"),
        ({"open_for": "8d"}, "open_for_unusable"),
        ({"open_for": "long"}, "open_for_unusable"),
        ({"catch_up": "25h"}, "catch_up_unusable"),
        ({"difficulty_min": 4, "difficulty_max": 2}, "difficulty_reversed"),
        ({"difficulty_min": 5}, "nothing_fits"),
        ({"name": "  "}, "schedule_nameless"),
    ],
)
async def test_what_cannot_be_used_is_named(
    context: Context, wish: dict[str, Any], code: str
) -> None:
    await add_questions(context)
    assert await refused(make(context, **wish)) == code
    assert await schedules.of_server(context, SERVER) == []


async def test_a_name_is_taken_once_even_at_the_same_moment(context: Context) -> None:
    await add_questions(context)
    results = await asyncio.gather(
        make(context), make(context, name="MORNING"), return_exceptions=True
    )
    codes = [result.code for result in results if isinstance(result, ModeratorError)]
    assert codes == ["schedule_name_taken"]
    assert len(await schedules.of_server(context, SERVER)) == 1


async def test_a_server_has_at_most_25(context: Context) -> None:
    await add_questions(context)
    for number in range(25):
        await make(context, name=f"number {number}")
    assert await refused(make(context, name="one more")) == "schedules_full"


async def test_the_first_schedule_sets_the_servers_zone(context: Context) -> None:
    await add_questions(context)
    await make(context, zone="Europe/Berlin")
    await make(context, name="second", zone="Asia/Tokyo")
    assert (await servers.get(context, SERVER)).zone == "Europe/Berlin"


async def test_a_zone_that_moderators_chose_stays(context: Context) -> None:
    await add_questions(context)
    await servers.change(context, SERVER, zone="asia/tokyo", notice_channel_id=5)
    made = await make(context, zone="Europe/Berlin")
    assert made.zone == "Europe/Berlin"
    server = await servers.get(context, SERVER)
    assert (server.zone, server.notice_channel_id) == ("Asia/Tokyo", 5)


async def test_a_server_clears_its_settings_one_by_one(context: Context) -> None:
    await servers.change(context, SERVER, moderator_role_id=7, notice_channel_id=5)
    cleared = await servers.change(context, SERVER, moderator_role_id=0)
    assert (cleared.moderator_role_id, cleared.notice_channel_id) == (None, 5)
    assert await refused(servers.change(context, SERVER, zone="nowhere")) == "rule_bad_zone"


async def test_an_edit_changes_only_what_is_given_and_plans_anew(context: Context) -> None:
    await add_questions(context)
    made = await make(context, days="mon,wed", banks="testing", role_id=7)
    await waking.plan(context)
    (before,) = await planned(context)
    assert before["due_at"] == datetime(2026, 3, 4, 9, tzinfo=UTC)

    context.woken.clear()
    changed = await change(context, made, time="14:00", banks="none", role_id=0)
    assert changed.cron == "0 14 * * MON,WED"
    assert (changed.banks, changed.role_id, changed.open_minutes) == ((), None, 1200)
    assert context.woken.is_set()
    assert await planned(context) == []

    await waking.plan(context)
    (after,) = await planned(context)
    assert after["due_at"] == datetime(2026, 3, 2, 14, tzinfo=UTC)


async def test_new_days_keep_the_time(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    assert (await change(context, made, days="weekends")).cron == "0 9 * * SAT,SUN"
    assert (await change(context, made, days="15 8 1 * *")).cron == "15 8 1 * *"


async def test_an_edit_without_a_change_says_so(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    assert await refused(change(context, made)) == "nothing_to_change"
    assert await refused(change(context, made, time="9:00")) == "nothing_to_change"


async def test_a_name_cannot_be_changed_to_anothers(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    await make(context, name="Evening")
    assert await refused(change(context, made, name="evening")) == "schedule_name_taken"
    assert (await change(context, made, name="MORNING")).name == "MORNING"


async def test_a_round_that_is_open_survives_an_edit(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    open_ = await add_open_round(context, schedule_id=made.id, local_date=date(2026, 3, 2))
    await change(context, made, time="10:00")
    (row,) = await context.store.read(rows, t.rounds, id=open_.id)
    assert row["state"] == State.OPEN


async def test_a_paused_schedule_plans_nothing_until_it_is_resumed(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    await waking.plan(context)
    paused = await schedules.pause(context, made, "holidays")
    assert (paused.paused_at, paused.pause_reason) == (context.clock(), "holidays")
    await waking.plan(context)
    assert await planned(context) == []
    assert await refused(schedules.pause(context, made, "")) == "schedule_not_running"

    clock_of(context).advance(days=10)
    resumed = await schedules.resume(context, made)
    assert (resumed.paused_at, resumed.pause_reason) == (None, "")
    assert await refused(schedules.resume(context, made)) == "schedule_not_paused"
    await waking.plan(context)
    (row,) = await planned(context)
    assert row["local_date"] == date(2026, 3, 13)


async def test_a_deleted_schedule_is_gone_but_its_rounds_stay(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    over = await add_open_round(context, schedule_id=made.id, state=State.REVEALED.value)
    await waking.plan(context)
    await schedules.delete(context, SERVER, made.id)
    assert await planned(context) == []
    assert await schedules.of_server(context, SERVER) == []
    assert len(await context.store.read(rows, t.rounds, id=over.id)) == 1
    assert await refused(schedules.delete(context, SERVER, made.id)) == "schedule_unknown"
    assert await refused(schedules.named(context, SERVER, "Morning")) == "schedule_unknown"
    assert (await make(context)).id != made.id  # the name is free again


async def test_other_servers_schedules_are_unknown(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    assert await refused(schedules.get(context, SERVER + 1, made.id)) == "schedule_unknown"
    assert await refused(schedules.delete(context, SERVER + 1, made.id)) == "schedule_unknown"
    assert await refused(schedules.named(context, SERVER + 1, "Morning")) == "schedule_unknown"
    assert (await schedules.named(context, SERVER, " morning ")).id == made.id


async def test_a_schedule_that_fails_is_paused_once_and_the_moderators_are_told(
    context: Context,
) -> None:
    await add_questions(context)
    made = await make(context)
    error = ModeratorError("channel_missing", channel=f"<#{CHANNEL}>")
    await schedules.fail(context, made.id, error)
    await schedules.fail(context, made.id, error)
    assert (await schedules.get(context, SERVER, made.id)).pause_reason == "channel_missing"
    assert len(publisher_of(context).told_moderators) == 1


async def test_the_outlook_across_the_end_of_summer_time(context: Context) -> None:
    await add_questions(context)
    clock_of(context).now = datetime(2026, 10, 23, 12, tzinfo=UTC)
    made = await make(context, time="02:30", zone="Europe/Berlin")
    outlook = await schedules.outlook(context, made)
    assert outlook.upcoming == (
        datetime(2026, 10, 24, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # the first 02:30 of the two
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    )


async def test_the_outlook_says_how_long_new_questions_last(context: Context) -> None:
    questions = [a_question(id=f"question-{n}", prompt=f"{n}?") for n in range(5)]
    await add_questions(context, a_bank(*questions))
    await add_open_round(context, questions[0])
    made = await make(context)
    outlook = await schedules.outlook(context, made)
    assert (outlook.stock.fitting, outlook.stock.unused) == (5, 4)
    assert outlook.new_until == datetime(2026, 3, 6, 9, tzinfo=UTC)

    for question in questions[1:]:
        await add_open_round(context, question)
    again = await schedules.outlook(context, made)
    assert (again.stock.unused, again.new_until) == (0, None)
    assert len(again.upcoming) == 3


async def test_a_date_that_had_its_post_gets_no_other(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    await add_open_round(context, schedule_id=made.id, local_date=date(2026, 3, 2))
    changed = await change(context, made, time="20:00")
    outlook = await schedules.outlook(context, changed)
    assert outlook.upcoming[0] == datetime(2026, 3, 3, 20, tzinfo=UTC)
    await waking.plan(context)
    (row,) = await planned(context)
    assert row["due_at"] == outlook.upcoming[0]
