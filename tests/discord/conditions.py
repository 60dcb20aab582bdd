"""What people wait to see of the world: each a plain function of the server that returns None while
it does not hold.
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tests.discord.objects import message_json
from tests.discord.world import THREAD, Message

if TYPE_CHECKING:
    from tests.discord.server import Server

CANCELLED = "This question was cancelled"


def ready(server: "Server") -> Any:
    """A bot listens."""
    return server.gateway.connected or None


def stopped(_: "Server") -> Any:
    """Never: whoever waits for it is told when the bot's process is gone."""
    return None


def quiet(server: "Server") -> Any:
    """No request waits for its answer."""
    return server.under_way == 0 or None


def struck(server: "Server", count: int) -> Any:
    """So many requests were harmed, or are being harmed."""
    return len(server.faults.done) >= count or None


def posts(server: "Server", channel: int, count: int, offered: bool = True) -> Any:
    """`count` posts with buttons stand in a channel, each with the bot's reactions (`offered`)."""
    found = [
        one
        for one in server.world.channels[channel].messages.values()
        if one.body.get("components") or _revealed(one) or _cancelled(one)
    ]
    if len(found) < count:
        return None
    newest = found[-1]
    own = [e for e, users in newest.reactions.items() if server.world.bot.id in users]
    if offered and len(own) < _options(newest):
        return None
    return message_json(server.world, newest)


def _options(message: Message) -> int:
    described = message.body["embeds"][0]["description"]
    return sum(line[:1] in "🇦🇧🇨🇩🇪🇫" for line in described.splitlines() if line)


def said(server: "Server", part: str, channel: int = 0) -> Any:
    """The bot has written something with `part` in it, in a channel or the one for notices."""
    found = server.world.channels[channel or server.world.system.id]
    return any(part in str(one.body) for one in found.messages.values()) or None


def gone(server: "Server", channel: int, message: int, user: int, emoji: str) -> Any:
    """A member's reaction was taken away."""
    found = server.world.channels[channel].messages[message]
    return user not in found.reactions.get(emoji, []) or None


def opened(server: "Server", token: str) -> Any:
    """An interaction opened a modal, or was answered (`told`) instead."""
    if server.world.interactions[token].modal is not None:
        return {"modal": True}
    told = answered(server, token)
    return told and {"told": told}


def answered(server: "Server", token: str) -> Any:
    """An interaction was answered privately: its own reply stands there, or another one in the
    place of the message that it came from, or a word beside it.
    """
    world, asked = server.world, server.world.interactions[token]
    own = world.private.get(asked.original_id or 0)
    if own is not None and own.body:
        edited = own.edited_at is not None and own.edited_at >= asked.at
        if own.id > asked.id or edited:
            return message_json(world, own)
    told = [one for one in world.private.values() if one.token == token and one.body]
    return message_json(world, told[-1]) if told else None


def shown(server: "Server", token: str, parts: list[str], but: Sequence[str] = ()) -> Any:
    """The member sees one of `parts` in the reply to an interaction, or in what came since: a later
    private message or a direct one. Messages with any of `but` are others.
    """
    world, asked = server.world, server.world.interactions[token]
    direct = [one for one in world.channels.values() if one.recipient_id == asked.user_id]
    told = [
        one
        for one in [
            *(one for one in world.private.values() if one.visible_to == asked.user_id),
            *(one for channel in direct for one in channel.messages.values()),
        ]
        if one.id == asked.original_id or one.id > asked.id
    ]
    for one in told:
        body = json.dumps(one.body, ensure_ascii=False)
        if any(part in body for part in parts) and not any(part in body for part in but):
            return message_json(world, one)
    return None


def revealed(server: "Server", channel: int, message: int, thread: bool = False) -> Any:
    """A post shows its reveal, and its thread has begun where it is to have one."""
    found = server.world.channels[channel].messages[message]
    begun = server.world.channels.get(message)
    if thread and not (begun and begun.kind == THREAD and begun.messages):
        return None
    return _revealed(found) or None


def _revealed(message: Message) -> bool:
    return bool(message.body.get("attachments")) and not message.body.get("components")


def cancelled(server: "Server", channel: int, message: int) -> Any:
    """A post says that it is cancelled."""
    return _cancelled(server.world.channels[channel].messages[message]) or None


def _cancelled(message: Message) -> bool:
    return CANCELLED in json.dumps(message.body.get("embeds"))


CONDITIONS: dict[str, Callable[..., Any]] = {
    one.__name__: one
    for one in (
        *(ready, stopped, quiet, struck, posts, said, gone),
        *(opened, answered, shown, revealed, cancelled),
    )
}
