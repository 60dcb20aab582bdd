"""`/tutor status` and `/tutor settings`, and who is a moderator."""

from typing import Any

import discord
from simcord.builders import Overwrite, OverwriteType

from bot import __version__
from bot.services import rounds, servers
from tests.support.contexts import grader_of
from tests.support.world import World, privately

REFUSED = "This is for moderators"


async def tutor(world: World, command: str, member: Any = None, **options: Any) -> str:
    return privately(await world.slash(member or world.moderator, f"tutor {command}", **options))


async def plan(world: World, name: str, channel: Any, **options: Any) -> None:
    await world.slash(
        world.moderator,
        "schedule create",
        name=name,
        channel=channel,
        time="09:00",
        **options,
    )


async def test_status_of_an_empty_server(world: World) -> None:
    told = await tutor(world, "status")
    assert "none; /tutor setup leads to a schedule" in told
    assert f"Tutor {__version__}" in told
    assert "ready" in told


async def test_status_names_what_is_missing_where(world: World) -> None:
    role = world.server.create_role("loud", mentionable=True)
    await plan(world, "Morning", world.channel, role=role)
    await plan(world, "Corner", world.corner)
    await world.ask()
    deny = discord.Permissions(manage_messages=True, attach_files=True).value
    shut = Overwrite(target_id=world.client.user.id, type=OverwriteType.MEMBER, allow=0, deny=deny)
    world.env.backend.edit_channel(world.corner.id, {}, overwrites=[shut])
    world.env.backend.delete_role(world.server.id, role.id)
    await world.env.settle()
    round_ = await rounds.current(world.context, world.channel.id)
    assert round_ is not None
    world.context.processed[round_.id, world.bob.id] = [0, 2]
    world.context.leaving[world.channel.id] = {(round_.id, world.bob.id): round_}
    told = await tutor(world, "status")
    assert "2 reactions are stored and still stand under their posts; the last goes <t:" in told
    assert f"<#{world.corner.id}>: missing Attach Files, Manage Messages" in told
    assert f"<#{world.channel.id}>: nothing is missing" in told
    assert "Morning: its role is gone" in told
    assert f"**Corner** in <#{world.corner.id}> <t:" in told
    assert f"/{world.channel.id}/{world.post().id}, closes <t:" in told


async def test_status_tells_of_paused_schedules_with_the_reason(world: World) -> None:
    await plan(world, "Morning", world.channel)
    await world.slash(world.moderator, "schedule pause", name="Morning", reason="exams")
    told = await tutor(world, "status")
    assert "**Morning** · Paused since" in told
    assert "exams" in told
    assert "none; /tutor setup leads to a schedule" in told


async def test_status_fits_into_a_message_whatever_a_server_has(world: World) -> None:
    for number in range(25):
        await plan(world, f"{number:02} {'x' * 40}", world.channel)
    assert "and " in await tutor(world, "status")
    assert "24 xxx" in privately(await world.slash(world.moderator, "schedule list"))


async def test_settings_are_shown_changed_and_taken_back(world: World) -> None:
    assert "Etc/UTC (now " in await tutor(world, "settings")
    role = world.server.create_role("Teachers")
    told = await tutor(
        world,
        "settings",
        zone="europe/berlin",
        moderator_role=role,
        notice_channel=world.corner,
    )
    assert "Saved." in told
    assert "Europe/Berlin (now " in told
    assert f"<@&{role.id}>" in told
    assert f"<#{world.corner.id}>" in told
    assert "Type a city" not in told
    assert "Type a city" in await tutor(world, "settings", zone="Mars")
    await tutor(world, "settings", clear="notice_channel")
    server = await servers.get(world.context, world.server.id)
    assert (server.zone, server.moderator_role_id, server.notice_channel_id) == (
        "Europe/Berlin",
        role.id,
        None,
    )


async def test_notices_need_a_channel_that_the_bot_can_write_to(world: World) -> None:
    shut = world.server.create_text_channel(
        "shut",
        overwrites={world.client.user: discord.PermissionOverwrite(send_messages=False)},
    )
    told = await tutor(world, "settings", notice_channel=shut)
    assert f"<#{shut.id}>: Send Messages." in told
    assert (await servers.get(world.context, world.server.id)).notice_channel_id is None


async def test_the_role_makes_a_moderator_but_does_not_choose_moderators(world: World) -> None:
    role = world.server.create_role("Teachers")
    teacher = world.server.add_member(world.env.create_user("tim"), roles=[role])
    assert (await tutor(world, "status", teacher)).startswith(REFUSED)
    await tutor(world, "settings", moderator_role=role)
    assert "Status" in await tutor(world, "status", teacher)
    other = world.server.create_role("Everybody's friends")
    told = await tutor(world, "settings", teacher, moderator_role=other)
    assert "is for those to say who have the Manage Server permission" in told
    told = await tutor(world, "settings", teacher, clear="moderator_role")
    assert "is for those to say who have the Manage Server permission" in told
    assert (await servers.get(world.context, world.server.id)).moderator_role_id == role.id


async def test_members_are_refused(world: World) -> None:
    for command in ("status", "settings", "audit"):
        assert (await tutor(world, command, world.alice)).startswith(REFUSED)
    told = await tutor(world, "settings", world.alice, zone="Asia/Tokyo")
    assert told.startswith(REFUSED)
    assert (await servers.get(world.context, world.server.id)).zone == "Etc/UTC"
    choices = await world.alice.autocomplete(world.channel, "tutor settings", "zone", "ber")
    assert choices == []


async def test_status_names_a_channel_that_is_gone_and_a_role_that_cannot_be_pinged(
    world: World,
) -> None:
    gone = world.server.create_text_channel("short-lived")
    role = world.server.create_role("loud", mentionable=True)
    await plan(world, "Lost", gone)
    await plan(world, "Quiet", world.channel, role=role)
    world.env.backend.delete_channel(gone.id)
    world.env.backend.edit_role(world.server.id, role.id, {"mentionable": False})
    await world.env.settle()
    told = await tutor(world, "status")
    assert "Lost: its channel is gone, or I may not see it." in told
    assert f"Quiet: <@&{role.id}> cannot be pinged." in told


async def test_status_tells_how_many_explanations_wait(world: World) -> None:
    grader_of(world.context).hold()
    await world.ask()
    await world.explain(world.alice, "It learns broad features from much data.")
    told = await tutor(world, "status")
    grader_of(world.context).release()
    assert "1 explanation is waiting" in told


async def test_everybody_is_no_moderator_role(world: World) -> None:
    told = await tutor(world, "settings", moderator_role=world.server.default_role)
    assert "That role is everyone" in told
    assert (await servers.get(world.context, world.server.id)).moderator_role_id is None


async def test_every_action_is_told_in_the_audit_channel(world: World) -> None:
    """One of each that there is, and nothing that only looks."""
    await tutor(world, "settings", audit_channel=world.corner)
    await plan(world, "Morning", world.channel)
    await world.slash(world.moderator, "schedule edit", name="Morning", time="10:00")
    await world.slash(world.moderator, "schedule pause", name="Morning", reason="exams")
    await world.slash(world.moderator, "schedule resume", name="Morning")
    asked = await world.slash(world.moderator, "schedule delete", name="Morning")
    assert asked.response is not None
    await world.click(world.moderator, "Delete", asked.response.message)
    await world.slash(world.moderator, "quiz now")
    await world.slash(world.moderator, "quiz close")
    for command, label, options in (
        ("quiz key", "Change the key", {"key": "B"}),
        ("quiz cancel", "Cancel the question", {}),
    ):
        asked = await world.slash(world.moderator, command, **options)
        assert asked.response is not None
        await world.click(world.moderator, label, asked.response.message)
    for command in ("tutor status", "tutor audit", "tutor settings", "schedule list"):
        await world.slash(world.moderator, command)
    told = [message.content for message in world.corner.history()]
    assert [text.split(" by ")[0] for text in told] == [
        "**/tutor settings**",
        "**/schedule create** Morning",
        "**/schedule edit** Morning",
        "**/schedule pause** Morning",
        "**/schedule resume** Morning",
        "**/schedule delete** Morning",
        "**/quiz now**",
        "**/quiz close**",
        "**/quiz key**",
        "**/quiz cancel**",
    ]
    by = f" by <@{world.moderator.id}>, <t:"
    assert all(by in text for text in told)
    assert f"audit goes to: none → <#{world.corner.id}>" in told[0]
    assert "cron line: 0 9 \\* \\* \\* → 0 10 \\* \\* \\*" in told[2]
    assert "reason of the pause: exams" in told[3]
    assert "key: A → B" in told[8]
    assert f"https://discord.com/channels/{world.server.id}/{world.channel.id}/" in told[8]


async def test_the_audit_is_shown_by_pages_to_moderators(world: World) -> None:
    assert "Nothing yet." in await tutor(world, "audit")
    for number in range(7):
        await plan(world, f"Plan {number}", world.channel)
    shown = await world.slash(world.moderator, "tutor audit")
    assert "Plan 6" in privately(shown)
    assert "Page 1 of 2" in privately(shown)
    assert "Plan 1 " not in privately(shown)
    assert shown.response is not None
    message = shown.response.message
    told = privately(await world.click(world.moderator, "Older", message))
    assert "Plan 1 " in told
    assert "Plan 0 " in told
    assert "Page 2 of 2" in told


async def test_the_audit_needs_a_channel_that_the_bot_can_write_to(world: World) -> None:
    shut = world.server.create_text_channel(
        "shut",
        overwrites={world.client.user: discord.PermissionOverwrite(read_message_history=False)},
    )
    told = await tutor(world, "settings", audit_channel=shut)
    assert f"<#{shut.id}>: Read Message History." in told
    assert "nowhere; /tutor audit shows" in await tutor(world, "settings")


async def test_status_tells_of_an_audit_channel_that_is_shut_or_gone(world: World) -> None:
    office = world.server.create_text_channel("office")
    await tutor(world, "settings", audit_channel=office, notice_channel=office)
    assert "channel for notices" not in await tutor(world, "status")
    assert "audit channel" not in await tutor(world, "status")
    deny = discord.Permissions(send_messages=True).value
    shut = Overwrite(target_id=world.client.user.id, type=OverwriteType.MEMBER, allow=0, deny=deny)
    world.env.backend.edit_channel(office.id, {}, overwrites=[shut])
    await world.env.settle()
    await plan(world, "Morning", world.channel)
    told = await tutor(world, "status")
    assert f"<#{office.id}>: missing Send Messages" in told
    assert "1 entry could not be posted in the audit channel yet; /tutor audit shows it." in told
    assert "**/schedule create** Morning" in await tutor(world, "audit")
    world.env.backend.delete_channel(office.id)
    await world.env.settle()
    told = await tutor(world, "status")
    assert "The audit channel is gone" in told
    assert "The channel for notices is gone" in told
    told = await tutor(world, "settings", clear="audit_channel")
    assert "nowhere; /tutor audit shows" in told


async def test_an_open_questions_new_key_is_told_nowhere_before_the_reveal(world: World) -> None:
    await tutor(world, "settings", audit_channel=world.corner)
    await world.ask()
    asked = await world.slash(world.moderator, "quiz key", key="B")
    assert asked.response is not None
    await world.click(world.moderator, "Change the key", asked.response.message)
    posted = world.corner.last_message.content
    assert posted.startswith("**/quiz key** by ")
    assert "The rest is told after the reveal." in posted
    assert "key:" not in posted
    assert "key:" not in await tutor(world, "audit")
    await world.slash(world.moderator, "quiz close")
    assert "key: A → B" in await tutor(world, "audit")
