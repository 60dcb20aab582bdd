"""`/schedule`, as moderators use it and as everybody else is refused."""

from typing import Any

import discord
import pytest

from bot.services import schedules
from bot.store import tables as t
from tests.support.contexts import rows
from tests.support.world import World, privately

REFUSED = "This is for moderators"


async def create(world: World, **options: Any) -> str:
    channel = options.pop("channel", world.channel)
    values = {"name": "Morning", "channel": channel, "time": "09:00"} | options
    return privately(await world.slash(world.moderator, "schedule create", **values))


async def stored(world: World) -> list[dict[str, Any]]:
    return await world.context.store.read(rows, t.schedules)


async def planned(world: World) -> list[dict[str, Any]]:
    return await world.context.store.read(rows, t.rounds, state="planned")


async def test_create_shows_the_next_three_posts_and_plans_one(world: World) -> None:
    told = await create(world, zone="Europe/Berlin", days="weekdays", open_for="90m")
    assert f"**Morning** is set up. It posts in <#{world.channel.id}>." in told
    assert "This server's day now follows Europe/Berlin" in told
    assert told.count(":F> (09:00 in Europe/Berlin)") == 3
    assert "3 questions fit, 3 not asked here yet." in told
    (row,) = await stored(world)
    assert (row["cron"], row["open_minutes"], row["created_by"]) == (
        "0 9 * * MON,TUE,WED,THU,FRI",
        90,
        world.moderator.id,
    )
    await world.env.settle()
    assert len(await planned(world)) == 1


async def test_a_scheduled_question_is_posted_when_it_is_due(world: World) -> None:
    await create(world)
    await world.pass_time(days=1, minutes=1)
    assert "Question number" in str(world.post().embeds[0].description)


@pytest.mark.parametrize("permission", ["manage_messages", "embed_links", "add_reactions"])
async def test_a_missing_permission_is_named_with_its_channel(
    world: World, permission: str
) -> None:
    shut = discord.PermissionOverwrite(**{permission: False})
    channel = world.server.create_text_channel("shut", overwrites={world.client.user: shut})
    told = await create(world, channel=channel)
    assert f"<#{channel.id}>: {permission.replace('_', ' ').title()}." in told
    assert await stored(world) == []


async def test_a_thread_needs_its_permission_only_when_asked_for(world: World) -> None:
    shut = discord.PermissionOverwrite(create_public_threads=False)
    channel = world.server.create_text_channel("flat", overwrites={world.client.user: shut})
    assert "Create Public Threads" in await create(world, channel=channel, thread=True)
    assert "is set up" in await create(world, channel=channel)


async def test_roles_are_pinged_only_where_that_works(world: World) -> None:
    quiet = world.server.create_role("quiet")
    assert "I may not ping" in await create(world, role=quiet)
    loud = world.server.create_role("loud", mentionable=True)
    assert "is set up" in await create(world, role=loud)
    (row,) = await stored(world)
    assert row["role_id"] == loud.id


async def test_mistakes_are_told_and_nothing_is_kept(world: World) -> None:
    assert "09:00, 18:30 or 6:30 pm" in await create(world, time="late")
    assert "There is no such bank. There are: testing." in await create(world, banks="nope")
    assert "No question fits" in await create(world, difficulty_min=5)
    assert await stored(world) == []


async def test_edit_changes_what_is_given_and_plans_anew(world: World) -> None:
    await create(world, days="mon")
    await world.env.settle()
    (before,) = await planned(world)
    told = privately(
        await world.slash(
            world.moderator,
            "schedule edit",
            name="morning",
            new_name="Evening",
            time="18:00",
            days="weekends",
            manner="open",
        )
    )
    assert "**Evening** is changed." in told
    await world.env.settle()
    (after,) = await planned(world)
    assert after["due_at"] != before["due_at"]
    (row,) = await stored(world)
    assert (row["name"], row["cron"], row["manner"]) == ("Evening", "0 18 * * SAT,SUN", "open")
    nothing = privately(await world.slash(world.moderator, "schedule edit", name="Evening"))
    assert "nothing was changed" in nothing


async def test_edit_takes_choices_back(world: World) -> None:
    loud = world.server.create_role("loud", mentionable=True)
    await create(world, role=loud, banks="testing")
    await world.slash(world.moderator, "schedule edit", name="Morning", banks="none", no_role=True)
    (row,) = await stored(world)
    assert (row["banks"], row["role_id"]) == ([], None)


async def test_list_and_show(world: World) -> None:
    empty = privately(await world.slash(world.moderator, "schedule list"))
    assert "/schedule create makes the first one" in empty
    await create(world, days="mon,fri", zone="Asia/Tokyo")
    listed = privately(await world.slash(world.moderator, "schedule list"))
    assert f"<#{world.channel.id}>, Mon, Fri at 09:00 (Asia/Tokyo)" in listed
    assert "Next: <t:" in listed
    shown = privately(await world.slash(world.moderator, "schedule show", name="Morning"))
    for line in ("every bank", "1 to 5", "20h", "concealed", "nobody", "6h"):
        assert line in shown


async def test_a_cron_line_is_shown_as_it_is(world: World) -> None:
    await create(world, days="0 9 1 * *")
    listed = privately(await world.slash(world.moderator, "schedule list"))
    assert "by the cron line `0 9 1 * *`" in listed


async def test_preview_tells_dates_and_no_question(world: World) -> None:
    await create(world, zone="America/New_York")
    told = privately(await world.slash(world.moderator, "schedule preview", name="Morning"))
    assert told.count("(09:00 in America/New_York)") == 3
    assert "Question number" not in told


async def test_pause_and_resume(world: World) -> None:
    await create(world)
    await world.env.settle()
    told = privately(
        await world.slash(world.moderator, "schedule pause", name="Morning", reason="exam *week*")
    )
    assert "**Morning** is paused" in told
    assert await planned(world) == []
    shown = privately(await world.slash(world.moderator, "schedule show", name="Morning"))
    assert r"exam \*week\*" in shown
    listed = privately(await world.slash(world.moderator, "schedule list"))
    assert "Paused since" in listed
    again = privately(await world.slash(world.moderator, "schedule pause", name="Morning"))
    assert again == "Morning is paused already."

    resumed = privately(await world.slash(world.moderator, "schedule resume", name="Morning"))
    assert "**Morning** runs again" in resumed
    await world.env.settle()
    assert len(await planned(world)) == 1


async def test_delete_asks_first(world: World) -> None:
    await create(world)
    asked = await world.slash(world.moderator, "schedule delete", name="Morning")
    assert "Delete **Morning**?" in privately(asked)
    assert (await stored(world))[0]["deleted_at"] is None
    assert asked.response is not None
    told = privately(await world.click(world.moderator, "Delete", asked.response.message))
    assert told == "**Morning** is deleted."
    assert (await stored(world))[0]["deleted_at"] is not None
    assert await planned(world) == []


async def test_an_unknown_name_is_told(world: World) -> None:
    for command in ("show", "preview", "pause", "resume", "delete", "edit"):
        told = privately(await world.slash(world.moderator, f"schedule {command}", name="nope"))
        assert told == "There is no schedule of that name. /schedule list shows them all."


async def test_members_are_refused_everywhere(world: World) -> None:
    await create(world)
    before = await stored(world)
    role = world.server.create_role("loud", mentionable=True)
    commands: dict[str, dict[str, Any]] = {
        "create": {"name": "Mine", "channel": world.channel, "time": "09:00", "role": role},
        "edit": {"name": "Morning", "time": "10:00"},
        "list": {},
        **{name: {"name": "Morning"} for name in ("show", "preview", "pause", "resume", "delete")},
    }
    for command, options in commands.items():
        told = privately(await world.slash(world.alice, f"schedule {command}", **options))
        assert told.startswith(REFUSED), command
    assert await stored(world) == before


async def test_the_delete_button_asks_who_presses_it(world: World) -> None:
    role = world.server.create_role("Teachers")
    teacher = world.server.add_member(world.env.create_user("tim"), roles=[role])
    await world.slash(world.moderator, "tutor settings", moderator_role=role)
    await create(world)
    asked = await world.slash(teacher, "schedule delete", name="Morning")
    assert "Delete **Morning**?" in privately(asked)
    # The role is taken back before the button is pressed.
    await world.slash(world.moderator, "tutor settings", clear="moderator_role")
    assert asked.response is not None
    told = privately(await world.click(teacher, "Delete", asked.response.message))
    assert REFUSED in told
    assert (await stored(world))[0]["deleted_at"] is None


async def test_what_is_offered_while_typing(world: World) -> None:
    await create(world)

    async def offered(command: str, option: str, typed: str, member: Any = None) -> list[str]:
        choices = await (member or world.moderator).autocomplete(
            world.channel, f"schedule {command}", option, typed
        )
        return [choice["value"] for choice in choices]

    assert await offered("edit", "name", "mor") == ["Morning"]
    assert await offered("create", "banks", "") == ["testing"]
    assert await offered("create", "banks", "testing, te") == []
    assert await offered("create", "topics", "pre") == ["Pre-training"]
    assert (await offered("create", "zone", "berl"))[0] == "Europe/Berlin"
    assert (await offered("create", "zone", "new york"))[0] == "America/New_York"
    assert (await offered("create", "zone", ""))[0] == "Etc/UTC"
    for option in ("zone", "banks", "topics"):
        assert await offered("create", option, "e", world.alice) == []
    assert await offered("edit", "name", "mor", world.alice) == []


async def test_a_deleted_channel_pauses_its_schedule_and_names_it(world: World) -> None:
    gone = world.server.create_text_channel("short-lived")
    await create(world, channel=gone)
    await world.env.settle()
    world.env.backend.delete_channel(gone.id)
    await world.pass_time(days=1, minutes=1)
    (kept,) = await schedules.of_server(world.context, world.server.id)
    assert kept.pause_reason == "channel_missing"
    shown = privately(await world.slash(world.moderator, "schedule show", name="Morning"))
    assert "the channel is gone, or I may not see it" in shown
    told = privately(await world.slash(world.moderator, "schedule resume", name="Morning"))
    assert "I can post in a text channel only" in told
