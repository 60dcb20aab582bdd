"""What Discord refuses becomes an error that names who can act, and notices reach somebody."""

from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.errors import DiscordError, ModeratorError
from bot.services import answers, rounds, servers
from bot.services.audit import Entry
from bot.services.explanations import submit
from bot.store import tables as t
from bot.store.queries import audit
from bot.store.queries.reminders import Reminder
from bot.ui.publisher import nonce
from tests.support.contexts import rows
from tests.support.world import World

PERMISSIONS = ModeratorError("permissions_missing", channel="<#5>", permissions="Embed Links")


async def set_notice_channel(world: World, channel_id: int) -> None:
    values = {"server_id": world.server.id, "zone": "Etc/UTC", "notice_channel_id": channel_id}
    await world.context.store.write(lambda c: c.execute(t.servers.insert().values(values)))


def forbid(world: World, **permissions: bool) -> None:
    world.channel.set_permissions(
        world.client.user, overwrite=discord.PermissionOverwrite(**permissions)
    )


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_discord_in_trouble_is_nobodys_fault_here(world: World, status: int) -> None:
    round_ = await world.ask()
    world.env.inject_error("GET", "/channels/*/messages/*", status=status)
    with pytest.raises(DiscordError, match=str(status)):
        await world.context.publisher.reactions(round_)


async def test_a_lost_connection_is_nobodys_fault_here(world: World, monkeypatch) -> None:
    round_ = await world.ask()

    async def reset(*_, **__):
        raise ConnectionResetError(104, "Connection reset by peer")

    monkeypatch.setattr(world.client.http, "request", reset)
    with pytest.raises(DiscordError, match="ConnectionResetError"):
        await world.context.publisher.cancel(round_)


async def test_a_deleted_post_is_named_by_its_channel(world: World) -> None:
    round_ = await world.ask()
    await world.post().delete()
    with pytest.raises(ModeratorError) as caught:
        await world.context.publisher.reactions(round_)
    assert caught.value.code == "message_missing"
    assert caught.value.values == {"channel": f"<#{world.channel.id}>"}


async def test_a_deleted_channel_is_named(world: World) -> None:
    round_ = await world.ask()
    world.env.backend.delete_channel(world.channel.id)
    await world.env.settle()
    for call in (world.context.publisher.post, world.context.publisher.cancel):
        with pytest.raises(ModeratorError) as caught:
            await call(round_)
        assert caught.value.code == "channel_missing"


async def test_a_bug_stays_a_bug(world: World) -> None:
    round_ = await world.ask()
    world.env.inject_error("GET", "/channels/*/messages/*", status=400)
    with pytest.raises(discord.HTTPException):
        await world.context.publisher.reactions(round_)


async def test_moderators_are_told_where_they_said(world: World) -> None:
    await set_notice_channel(world, world.corner.id)
    await world.context.publisher.tell_moderators(
        world.server.id, world.channel.id, PERMISSIONS, "daily"
    )
    words = world.corner.last_message.content
    assert words.startswith("The schedule **daily** is paused. I lack permissions in <#5>: Embed")


async def test_nobody_to_tell_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    for channel_id in (0, 999):
        await world.context.publisher.tell_moderators(world.server.id, channel_id, PERMISSIONS)
    assert f"Server {world.server.id} has no channel for notices" in caplog.text


async def test_a_shut_notice_channel_is_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    shut = world.server.create_text_channel(
        "shut",
        overwrites={world.client.user: discord.PermissionOverwrite(send_messages=False)},
    )
    await set_notice_channel(world, shut.id)
    await world.context.publisher.tell_moderators(world.server.id, 5, PERMISSIONS)
    assert f"Moderators of server {world.server.id} were not told" in caplog.text


async def test_a_late_grade_is_sent_by_direct_message(world: World) -> None:
    round_ = await world.ask()
    ctx = world.context
    id_ = await submit(ctx, round_.id, world.alice.id, world.server.id, "It learns features.")
    assert await ctx.publisher.tell_member(world.alice.id, id_) is True
    await world.env.settle()
    sent = [r for r in world.env.http_requests if r.path == "/users/@me/channels"]
    assert len(sent) == 1


async def test_an_unfinished_thread_is_not_opened_twice(world: World) -> None:
    round_ = await world.ask(thread=True)
    await rounds.close(world.context, round_.id)
    await world.context.store.write(lambda c: c.execute(t.rounds.update().values(shown_at=None)))
    world.context.wake()
    await world.pass_time(minutes=1)
    (row,) = await world.context.store.read(rows, t.rounds)
    assert row["shown_at"] is not None
    assert row["thread_id"] is not None
    assert len(world.client.get_channel(world.channel.id).threads) == 1


async def test_reconciling_reads_nobody_where_nobody_reacted(world: World) -> None:
    round_ = await world.ask()
    before = len(world.env.http_requests)
    await answers.reconcile(world.context, round_)
    assert len(world.env.http_requests) == before + 1


async def test_the_nonce_fits_the_largest_round(world: World) -> None:
    round_ = await world.ask()
    longest = nonce(replace(round_, id=2**62))
    assert len(longest) <= 25
    assert nonce(round_) == nonce(replace(round_, message_id=None))


async def test_closed_direct_messages_are_no_error(world: World) -> None:
    round_ = await world.ask()
    ctx = world.context
    id_ = await submit(ctx, round_.id, world.alice.id, world.server.id, "It learns features.")
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    assert await ctx.publisher.tell_member(world.alice.id, id_) is False


async def test_a_discord_in_trouble_is_told_when_a_grade_is_sent(world: World) -> None:
    round_ = await world.ask()
    ctx = world.context
    id_ = await submit(ctx, round_.id, world.alice.id, world.server.id, "It learns features.")
    world.env.inject_error("POST", "/channels/*/messages", status=503)
    with pytest.raises(DiscordError):
        await ctx.publisher.tell_member(world.alice.id, id_)


async def entry_of(world: World) -> Entry:
    await servers.change(world.context, world.server.id, audit_channel_id=world.corner.id)
    note = {"server_id": world.server.id, "by": world.moderator.id, "now": world.context.clock()}
    await world.context.store.write(audit.note, action="quiz close", **note)
    (entry,) = await world.context.store.read(
        audit.unposted, server_id=world.server.id, since=world.context.clock()
    )
    return entry


async def test_an_entry_that_stands_already_is_not_posted_again(world: World) -> None:
    entry = await entry_of(world)
    publisher = world.context.publisher
    await publisher.post_entry(entry, look_first=False)
    await publisher.post_entry(replace(entry, id=entry.id + 1), look_first=True)
    count = len(world.corner.history())
    await publisher.post_entry(entry, look_first=True)
    await publisher.post_entry(replace(entry, id=entry.id + 1), look_first=True)
    assert len(world.corner.history()) == count


async def test_a_reminder_that_stands_already_is_edited_and_not_posted_again(world: World) -> None:
    now = world.context.clock()
    told = Reminder(world.server.id, now.date(), world.corner.id, now, 2, now)
    publisher = world.context.publisher
    id_, sent = await publisher.remind(told, look_first=False)
    assert sent
    await publisher.remind(replace(told, begun_at=now + timedelta(days=1)), look_first=True)
    assert await publisher.remind(replace(told, waiting=3), look_first=True) == (id_, False)
    assert len(world.corner.history()) == 2
    assert world.corner.history()[0].content.startswith("**3 grades wait")
    standing = replace(told, message_id=id_, waiting=0, oldest_at=None)
    assert await publisher.remind(standing, look_first=False) == (id_, False)
    assert world.corner.history()[0].content.startswith("No grade waits")
    with pytest.raises(ModeratorError) as caught:
        await publisher.remind(replace(standing, message_id=5), look_first=False)
    assert caught.value.code == "message_missing"


async def test_an_audit_channel_that_takes_nothing_is_named(world: World) -> None:
    entry = await entry_of(world)
    with pytest.raises(ModeratorError) as caught:
        await world.context.publisher.post_entry(replace(entry, channel_id=5), look_first=False)
    assert (caught.value.code, caught.value.values) == ("channel_missing", {"channel": "<#5>"})
    shut = world.server.create_text_channel(
        "shut",
        overwrites={world.client.user: discord.PermissionOverwrite(send_messages=False)},
    )
    with pytest.raises(ModeratorError) as caught:
        await world.context.publisher.post_entry(
            replace(entry, channel_id=shut.id), look_first=False
        )
    assert caught.value.values["permissions"] == "Send Messages"


async def test_a_discord_in_trouble_is_told_when_an_entry_is_posted(world: World) -> None:
    entry = await entry_of(world)
    world.env.inject_error("POST", "/channels/*/messages", status=503)
    with pytest.raises(DiscordError):
        await world.context.publisher.post_entry(entry, look_first=False)


async def test_nobody_is_pinged_by_an_entry(world: World) -> None:
    entry = replace(await entry_of(world), subject="@everyone **loud** " + "x" * 5000)
    await world.context.publisher.post_entry(entry, look_first=False)
    message = world.corner.last_message
    assert not message.mention_everyone
    (sent,) = [r for r in world.env.http_requests if r.path.endswith(f"{world.corner.id}/messages")]
    assert sent.json["allowed_mentions"] == {"parse": []}
    assert len(message.content) < 2000
