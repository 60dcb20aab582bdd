"""Whether Discord lets the bot work in the channels of its schedules: for `tutor doctor`.

It logs in over HTTP, without the gateway, so that it can look while the bot runs. It only reads.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

import discord
from pydantic import SecretStr

from bot.domain.schedule import Schedule
from bot.refusals import refusals_told
from bot.ui.permissions import label, needed

Found = list[tuple[bool, str]]
"""Each: whether all is well there, and what was seen or what to do."""


def invitation(application_id: int) -> str:
    """Return the address that adds the bot to a server with the permissions that it needs."""
    permissions = discord.Permissions(**dict.fromkeys(needed(thread=True), True))
    return discord.utils.oauth_url(application_id, permissions=permissions)


async def look(
    token: SecretStr,
    schedules: Sequence[Schedule],
    client: Callable[[], discord.Client] | None = None,
) -> Found:
    """Log in and look at the channel of each schedule.

    `client` makes the client, for tests. Raises OperatorError when Discord refuses the token or
    cannot be reached.
    """
    with refusals_told():
        asking = client() if client else discord.Client(intents=discord.Intents(guilds=True))
        try:
            await asking.login(token.get_secret_value())
            return await _look(asking, schedules)
        finally:
            await asking.close()


async def _look(client: discord.Client, schedules: Sequence[Schedule]) -> Found:
    assert client.user is not None
    assert client.application_id is not None
    invite = invitation(client.application_id)
    servers = [server async for server in client.fetch_guilds(limit=200, with_counts=False)]
    if not servers:
        return [(False, f"{client.user} is in no server yet. Invite it: {invite}")]
    found: Found = [(True, f"logged in as {client.user}, in {_count(len(servers), 'server')}")]
    if not schedules:
        found.append((True, "no schedule runs, so there is no channel to look at"))
    by_server: dict[int, list[Schedule]] = defaultdict(list)
    for schedule in schedules:
        by_server[schedule.server_id].append(schedule)
    for server_id, of_server in by_server.items():
        try:
            server = await client.fetch_guild(server_id, with_counts=False)
            me = await server.fetch_member(client.user.id)
        except (discord.NotFound, discord.Forbidden):
            names = ", ".join(schedule.name for schedule in of_server)
            text = f"the bot is not in server {server_id} any more ({names}). Invite it: {invite}"
            found.append((False, text))
            continue
        for schedule in of_server:
            found.append(await _look_at(server, me, schedule))
    return found


async def _look_at(
    server: discord.Guild, me: discord.Member, schedule: Schedule
) -> tuple[bool, str]:
    where = f"{server.name}, schedule {schedule.name}"
    try:
        channel = await server.fetch_channel(schedule.channel_id)
    except (discord.NotFound, discord.InvalidData):
        return False, f"{where}: its channel is gone. In Discord: /schedule edit"
    except discord.Forbidden:
        return False, (
            f"{where}: the bot may not see channel {schedule.channel_id}. In the channel's"
            f" settings, under Permissions, allow it: {_list(needed(schedule.thread))}"
        )
    where = f"{server.name}, #{channel.name}, schedule {schedule.name}"
    if not isinstance(channel, discord.TextChannel):
        return False, f"{where}: is not a text channel. In Discord: /schedule edit"
    granted = channel.permissions_for(me)
    lacking = [name for name in needed(schedule.thread) if not getattr(granted, name)]
    if lacking:
        until = " (its timeout in this server takes them away)" if me.is_timed_out() else ""
        return False, (
            f"{where}: the bot lacks {_list(lacking)}{until}. Allow it in the channel's settings,"
            " under Permissions."
        )
    if schedule.role_id is not None:
        role = server.get_role(schedule.role_id)
        if role is None:
            return False, f"{where}: the role that it pings is gone. In Discord: /schedule edit"
        if not role.mentionable and not granted.mention_everyone:
            return False, (
                f"{where}: nobody is notified, because the bot may not mention @{role.name}."
                " In the role's settings, allow anyone to mention it."
            )
    return True, where


def _list(names: Sequence[str]) -> str:
    return ", ".join(label(name) for name in names)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
