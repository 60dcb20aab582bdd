"""What members, moderators and Discord's own weather do to the world: the verbs of the script.

Each is a plain function of the server; the control route calls it by its name with JSON values.
What they wait to see is in conditions.py.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.discord.conditions import CONDITIONS
from tests.discord.faults import Fault
from tests.discord.objects import channel_json, interaction_json, message_json
from tests.discord.world import Interaction, Message, World, new_token

if TYPE_CHECKING:
    from tests.discord.server import Server

Json = dict[str, Any]


def join(server: "Server", name: str, moderator: bool = False) -> int:
    """Somebody joins; return their id."""
    return server.world.add_user(name, moderator=moderator).id


def leave(server: "Server", user: int) -> None:
    """Somebody leaves; their reactions stay, and no direct message reaches them."""
    server.world.users[user].left = True


def open_channel(server: "Server", name: str) -> int:
    """A channel more; return its id."""
    channel = server.world.add_channel(name)
    server.world.notify("CHANNEL_CREATE", channel_json(server.world, channel))
    return channel.id


def deny(server: "Server", channel: int, permissions: list[str]) -> None:
    """Take these permissions, and no others, away from the bot in a channel."""
    found = server.world.channels[channel]
    found.denied = set(permissions)
    server.world.notify("CHANNEL_UPDATE", channel_json(server.world, found))


def delete_channel(server: "Server", channel: int) -> None:
    """Delete a channel with all that is in it."""
    found = server.world.deleted[channel] = server.world.channels.pop(channel)
    server.world.notify("CHANNEL_DELETE", channel_json(server.world, found))


def delete_message(server: "Server", channel: int, message: int) -> None:
    """Delete a message. The bot has no intent that would tell it."""
    found = server.world.channels[channel]
    found.deleted[message] = found.messages.pop(message)


def react(server: "Server", channel: int, message: int, user: int, emoji: str) -> None:
    """A member reacts."""
    found = server.world.channels[channel].messages[message]
    server.world.react(found, user, emoji)
    server.note("react", message=message, user=user, emoji=emoji)


def react_once(server: "Server", channel: int, message: int, user: int, emoji: str) -> None:
    """A member reacts, unless a reaction of theirs stands already or the post is gone."""
    held = server.world.channels.get(channel)
    found = held.messages.get(message) if held else None
    if found is not None and not any(user in users for users in found.reactions.values()):
        react(server, channel, message, user, emoji)


def unreact(server: "Server", channel: int, message: int, user: int, emoji: str) -> None:
    """A member takes their reaction back, if it still stands."""
    found = server.world.channels[channel].messages[message]
    if user in found.reactions.get(emoji, []):
        server.world.unreact(found, user, emoji)
        server.note("unreact", message=message, user=user, emoji=emoji)


def command(server: "Server", channel: int, user: int, data: Json) -> str | None:
    """A member uses a command; `data` is Discord's own form of it. Return the token, or None where
    no bot is there.
    """
    known = {one["name"]: one["id"] for one in server.world.commands}
    if data["name"] not in known:
        return None
    return _ask(server, 2, channel, user, None, {"id": known[data["name"]], "type": 1, **data})


def click(server: "Server", channel: int, user: int, message: int, custom_id: str) -> str | None:
    """A member presses a button of a message that they see."""
    return _ask(server, 3, channel, user, message, {"custom_id": custom_id, "component_type": 2})


def submit(server: "Server", token: str, text: str) -> str | None:
    """A member fills the one text input of the modal that an interaction opened, and sends it."""
    asked = server.world.interactions[token]
    assert asked.modal is not None
    part = asked.modal["components"][0]
    value = {"type": 4, "custom_id": part["component"]["custom_id"], "value": text}
    data = {
        "custom_id": asked.modal["custom_id"],
        "components": [{"type": 18, "component": value}],
    }
    server.note("submit", user=asked.user_id, text=text)
    return _ask(server, 5, asked.channel_id, asked.user_id, asked.source_id, data)


def _ask(
    server: "Server", kind: int, channel: int, user: int, message: int | None, data: Json
) -> str | None:
    if not server.gateway.connected:
        return None
    world = server.world
    asked = Interaction(
        world.new_id(), new_token(), kind, user, channel, message, world.clock(), time.monotonic()
    )
    asked.data = data
    world.interactions[asked.token] = asked
    world.notify("INTERACTION_CREATE", interaction_json(world, asked, data))
    return asked.token


def jump(server: "Server", to: str) -> None:
    """Let it become `to` (ISO, with a zone)."""
    server.world.clock.jump(datetime.fromisoformat(to))


def now(server: "Server") -> str:
    """Return what time it is, ISO in UTC."""
    return server.world.clock().isoformat()


def process(server: "Server", pid: int | None) -> None:
    """Say which process the bot is."""
    server.faults.pid = pid
    if pid is None and server.gateway.session is not None:
        server.gateway.session.socket = None  # dead, though its socket may not show it yet
    server.touched()


def order(server: "Server", faults: list[Json]) -> None:
    """Order faults, in the place of those that were."""
    server.faults.ordered = [Fault(**one) for one in faults]


def harm(server: "Server", lost: int = 0, doubled: int = 0, swapped: int = 0) -> None:
    """Lose, double or swap the next events."""
    gateway = server.gateway
    gateway.lost, gateway.doubled, gateway.swapped = lost, doubled, swapped


async def cut(server: "Server", forget: bool = False) -> None:
    """Cut the gateway's connection, and its session with it or not."""
    await server.gateway.cut(forget=forget)


def look(server: "Server", what: str, about: Json) -> Any:
    """Return what a condition shows now, without waiting."""
    return CONDITIONS[what](server, **about)


def requests(server: "Server") -> int:
    """Return how many requests the bot has made."""
    return server.count


def harmed(server: "Server") -> int:
    """Return how many requests, events and connections were harmed."""
    return len(server.faults.done) + server.gateway.harmed


def record(server: "Server") -> Json:
    """Return all that happened and all that stands, for the judge."""
    world = server.world
    return {
        "now": world.clock().isoformat(),
        "bot": world.bot.id,
        "guild": world.guild_id,
        "log": server.log,
        "findings": server.findings,
        "described": server.description.known,
        "harmed": server.faults.done,
        "identified": server.gateway.identified,
        "resumed": server.gateway.resumed,
        "channels": {
            str(channel.id): {
                "kind": channel.kind,
                "parent": channel.parent_id,
                "recipient": channel.recipient_id,
                "messages": [
                    _whole(world, one)
                    for one in sorted(
                        [*channel.messages.values(), *channel.deleted.values()],
                        key=lambda message: message.id,
                    )
                ],
            }
            for channel in [*world.channels.values(), *world.deleted.values()]
        },
        "private": [
            _whole(world, one) | {"user": one.visible_to} for one in world.private.values()
        ],
        "people": {
            str(user.id): {"name": user.name, "bot": user.bot, "moderator": user.moderator}
            for user in world.users.values()
        },
        "interactions": {
            token: {"user": one.user_id, "data": one.data}
            for token, one in world.interactions.items()
        },
    }


def _whole(world: World, message: Message) -> Json:
    return message_json(world, message) | {"reactors": message.reactions}


VERBS: dict[str, Callable[..., Any]] = {
    one.__name__: one
    for one in (
        join,
        leave,
        open_channel,
        deny,
        delete_channel,
        delete_message,
        react,
        react_once,
        unreact,
        command,
        click,
        submit,
        jump,
        now,
        process,
        order,
        harm,
        cut,
        look,
        requests,
        harmed,
        record,
    )
}
