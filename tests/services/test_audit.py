"""Every action of a moderator is noted with it, told once where the server wants it, and kept."""

from typing import Any

import pytest

from bot.domain.round import Manner
from bot.errors import DiscordError, ModeratorError
from bot.services import audit, drafts, rounds, schedules, servers
from bot.services.context import Context
from bot.services.drafts import Wish
from bot.services.waking import Waker
from bot.store import tables as t
from bot.store.queries import audit as queries
from bot.store.queries import exports, privacy
from tests.support.contexts import (
    CHANNEL,
    MONA,
    SERVER,
    add_open_round,
    add_questions,
    clock_of,
    publisher_of,
    regrade,
    rows,
)
from tests.support.schedules import make

AUDIT = 2077
REFUSED = ModeratorError("permissions_missing", channel="<#2077>", permissions="Send Messages")
AWAY = DiscordError("Discord answered 503")


async def entries(context: Context) -> list[tuple[str, str, Any, Any]]:
    found = await context.store.read(rows, t.audit)
    assert {row["done_by"] for row in found} <= {MONA}
    return [(row["action"], row["subject"], row["before"], row["after"]) for row in found]


async def note(context: Context, action: str = "quiz close", server_id: int = SERVER) -> None:
    await context.store.write(
        queries.note, server_id=server_id, by=MONA, action=action, now=context.clock()
    )


async def want_audit(context: Context, server_id: int = SERVER, channel_id: int = AUDIT) -> None:
    await servers.change(context, server_id, audit_channel_id=channel_id)


def posted(context: Context) -> list[str]:
    return [entry.action for entry in publisher_of(context).entries]


async def test_what_is_done_to_a_schedule(context: Context) -> None:
    await add_questions(context)
    made = await make(context, zone="Europe/Berlin")
    plan = await schedules.get(context, SERVER, made.id)
    paused = await schedules.pause(context, plan, "exams", MONA)
    await schedules.resume(context, paused, MONA)
    await schedules.delete(context, SERVER, made.id, MONA)
    create, pause, resume, delete = await entries(context)
    assert create[:3] == ("schedule create", "Morning", {})
    assert (create[3]["cron"], create[3]["server_zone"]) == ("0 9 * * *", "Europe/Berlin")
    assert pause == ("schedule pause", "Morning", {}, {"pause_reason": "exams"})
    assert resume == ("schedule resume", "Morning", {"pause_reason": "exams"}, {})
    assert delete[:2] == ("schedule delete", "Morning")
    assert (delete[2]["channel_id"], delete[3]) == (CHANNEL, {})


async def test_an_edit_tells_what_changed_and_no_more(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    plan = await drafts.draft(context, SERVER, Wish(name="Noon", time="12:00"), made)
    await schedules.edit(context, made, plan, MONA)
    assert (await entries(context))[-1] == (
        "schedule edit",
        "Morning",
        {"name": "Morning", "cron": "0 9 * * *"},
        {"name": "Noon", "cron": "0 12 * * *"},
    )


async def test_what_is_done_to_rounds(context: Context) -> None:
    await add_questions(context)
    asked: dict[str, Any] = {"open_minutes": 60, "manner": Manner.OPEN, "by": MONA}
    round_ = await rounds.open_now(context, SERVER, CHANNEL, **asked)
    await rounds.close(context, round_.id, MONA)
    await regrade(context, round_.id, "B")
    await regrade(context, round_.id)
    found = await entries(context)
    assert [entry[0] for entry in found] == ["quiz now", "quiz close", "quiz key", "quiz cancel"]
    assert found[0][3] == {
        "channel_id": CHANNEL,
        "open_minutes": 60,
        "manner": "open",
        "thread": False,
        "role_id": None,
    }
    assert found[3][2:] == (
        {"state": "revealed"},
        {
            "state": "cancelled",
            "streaks_shorter": 0,
            "streaks_longer": 0,
            "members_gaining": 0,
            "members_losing": 0,
        },
    )
    assert {row["round_id"] for row in await context.store.read(rows, t.audit)} == {round_.id}


async def test_what_is_refused_or_done_by_the_bot_is_no_action(context: Context) -> None:
    await add_questions(context)
    made = await make(context)
    round_ = await add_open_round(context)
    before = await entries(context)
    await rounds.close(context, round_.id)
    await schedules.fail(context, made.id, REFUSED)
    with pytest.raises(ModeratorError):
        await schedules.pause(context, made, "", MONA)
    with pytest.raises(ModeratorError):
        await rounds.close(context, round_.id, MONA)
    with pytest.raises(ModeratorError):
        await servers.change(context, SERVER, zone="nowhere", by=MONA)
    await servers.change(context, SERVER, zone="Etc/UTC", by=MONA)  # as it was
    assert await entries(context) == before


async def test_settings_tell_what_changed(context: Context) -> None:
    await servers.change(context, SERVER, zone="Asia/Tokyo", moderator_role_id=7, by=MONA)
    assert await entries(context) == [
        (
            "tutor settings",
            "",
            {"zone": "Etc/UTC", "moderator_role_id": None},
            {"zone": "Asia/Tokyo", "moderator_role_id": 7},
        )
    ]


async def test_entries_are_posted_once_in_their_order(context: Context) -> None:
    await note(context, "quiz now")  # before there was a channel: nowhere, now and later
    await want_audit(context)
    for action in ("quiz close", "quiz key"):
        await note(context, action)
    waker = Waker(context)
    await waker.step()
    await waker.step()
    await Waker(context).step()
    assert posted(context) == ["quiz close", "quiz key"]
    assert [entry.channel_id for entry in publisher_of(context).entries] == [AUDIT, AUDIT]
    assert await audit.waiting(context, SERVER) == 0


async def test_one_that_was_posted_and_not_noted_is_not_posted_twice(context: Context) -> None:
    await want_audit(context)
    await note(context)
    publisher = publisher_of(context)
    post = publisher.post_entry

    async def killed(entry: queries.Entry, look_first: bool) -> None:
        await post(entry, look_first)
        raise SystemExit

    publisher.post_entry = killed
    with pytest.raises(SystemExit):
        await audit.post_waiting(context)
    publisher.post_entry = post
    clock_of(context).advance(minutes=10)  # Discord has forgotten the nonce
    assert await audit.waiting(context, SERVER) == 1
    await Waker(context).step()
    assert posted(context) == ["quiz close"]
    assert await audit.waiting(context, SERVER) == 0


async def test_a_discord_in_trouble_gets_them_later(context: Context) -> None:
    await want_audit(context)
    await note(context)
    publisher_of(context).fail_next = [AWAY]
    waker = Waker(context)
    await waker.step()
    await waker.step()
    assert posted(context) == []
    assert await waker._pause() <= audit.TRY_AGAIN
    clock_of(context).advance(seconds=30)
    await waker.step()
    assert posted(context) == ["quiz close"]


@pytest.mark.parametrize("error", [REFUSED, ZeroDivisionError()])
async def test_a_shut_channel_holds_up_its_own_server_alone(
    context: Context, error: Exception
) -> None:
    await want_audit(context)
    await want_audit(context, SERVER + 1, AUDIT + 1)
    for server_id in (SERVER, SERVER + 1):
        await note(context, server_id=server_id)
    publisher_of(context).fail_next = [error]
    await Waker(context).step()
    (entry,) = publisher_of(context).entries
    assert entry.server_id == SERVER + 1
    calls = len(publisher_of(context).calls)
    clock_of(context).advance(minutes=30)
    await audit.post_waiting(context)
    assert len(publisher_of(context).calls) == calls  # Discord is not asked again and again
    assert await audit.waiting(context, SERVER) == 1
    await want_audit(context, SERVER, AUDIT + 2)  # mended: at once, in the new channel
    await audit.post_waiting(context)
    assert publisher_of(context).entries[-1].channel_id == AUDIT + 2


async def test_what_nobody_took_for_a_week_stays_in_the_database_alone(context: Context) -> None:
    await want_audit(context)
    await note(context)
    clock_of(context).advance(days=8)
    await audit.post_waiting(context)
    assert posted(context) == []
    assert await audit.waiting(context, SERVER) == 0
    assert (await audit.page(context, SERVER)).entries[0].action == "quiz close"


async def test_who_turns_the_audit_off_is_told_where_it_was(context: Context) -> None:
    await servers.change(context, SERVER, audit_channel_id=AUDIT, by=MONA)
    await servers.change(context, SERVER, audit_channel_id=0, by=MONA)
    await note(context)
    await audit.post_waiting(context)
    assert [(one.channel_id, one.after) for one in publisher_of(context).entries] == [
        (AUDIT, {"audit_channel_id": AUDIT}),
        (AUDIT, {"audit_channel_id": None}),
    ]


async def test_pages_begin_with_the_newest(context: Context) -> None:
    for number in range(7):
        await note(context, f"action {number}")
    await note(context, "elsewhere", SERVER + 1)
    first, last = [await audit.page(context, SERVER, number) for number in (0, 99)]
    assert [one.action for one in first.entries] == [f"action {n}" for n in (6, 5, 4, 3, 2)]
    assert (first.page, first.pages) == (0, 2)
    assert ([one.action for one in last.entries], last.page) == (["action 1", "action 0"], 1)
    empty = await audit.page(context, SERVER + 2)
    assert (empty.entries, empty.page, empty.pages) == ((), 0, 1)


async def test_a_key_is_told_after_the_reveal_only(context: Context) -> None:
    await want_audit(context)
    round_ = await add_open_round(context)
    await regrade(context, round_.id, "B")
    await audit.post_waiting(context)

    async def told() -> list[dict[str, Any]]:
        (entry,) = (await audit.page(context, SERVER)).entries
        (action,) = (await context.store.read(exports.of_member, user_id=MONA))["moderator_actions"]
        return [entry.before, entry.after, action["before"], action["after"]]

    assert await told() == [{}, {}, {}, {}]
    (sent,) = publisher_of(context).entries
    assert (sent.before, sent.after, sent.withheld) == ({}, {}, True)
    await rounds.close(context, round_.id)
    assert await told() == [{"key": "A"}, {"key": "B"}, {"key": "A"}, {"key": "B"}]


async def test_the_moderator_is_forgotten_and_the_entry_stays(context: Context) -> None:
    await note(context)
    (before,) = await context.store.read(rows, t.audit)
    await context.store.write(privacy.delete, user_id=MONA)
    assert await context.store.read(rows, t.audit) == [before | {"done_by": 0}]


async def test_the_end_of_the_process_leaves_the_rest_to_the_next(context: Context) -> None:
    await want_audit(context)
    await note(context)
    context.stop()
    await audit.post_waiting(context)
    assert posted(context) == []
    assert await audit.waiting(context, SERVER) == 1
