"""The routes that the bot uses: one table of what each does to the world.

An effect is a plain function of the world and the request, so that the server can let it happen and
still not answer. Templates are those of Discord's OpenAPI description.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.discord.limits import check_message
from tests.discord.objects import channel_json, message_json, user_json
from tests.discord.world import DM, EPHEMERAL, Channel, Interaction, Message, Refusal, World

FIRST_ANSWER_S = 3.0
MESSAGE_NOW, MESSAGE_LATER, UPDATE_LATER, UPDATE_NOW, AUTOCOMPLETE, MODAL = 4, 5, 6, 7, 8, 9
"""Types of an interaction's first answer."""
PAGE = 100


@dataclass
class Request:
    """What came in, read."""

    params: dict[str, str]
    query: dict[str, str] = field(default_factory=dict[str, str])
    body: dict[str, Any] = field(default_factory=dict[str, Any])
    files: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Name, type and size of each upload."""

    def id(self, name: str) -> int:
        """Return a snowflake of the path. Raises Refusal where it is none."""
        try:
            return int(self.params[name])
        except ValueError:
            raise Refusal(400, 50035, "Invalid Form Body") from None


Effect = Callable[[World, Request], Any]


@dataclass(frozen=True)
class Route:
    """One route: how it is told apart, which bucket limits it, and what it does."""

    method: str
    template: str
    effect: Effect
    bucket: str = ""
    """Of a limit; empty: none worth simulating."""

    @property
    def name(self) -> str:
        """As faults and reports call it."""
        return f"{self.method} {self.template}"


def _me(world: World, _: Request) -> Any:
    return user_json(world.bot)


def _application(world: World, _: Request) -> Any:
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "team": None,
        "owner": user_json(world.bot),
        "rpc_origins": [],
    }


def _put_commands(world: World, asked: Request) -> Any:
    listed: Any = asked.body
    world.commands = [
        {
            **command,
            "id": str(world.new_id()),
            "application_id": str(world.application_id),
            "version": "1",
            "default_member_permissions": command.get("default_member_permissions"),
        }
        for command in listed
    ]
    return world.commands


def _user(world: World, asked: Request) -> Any:
    user = world.users.get(asked.id("user_id"))
    if user is None:
        raise Refusal(404, 10013, "Unknown User")
    return user_json(user)


def _open_dm(world: World, asked: Request) -> Any:
    return channel_json(world, world.open_dm(int(asked.body["recipient_id"])))


def _history(world: World, asked: Request) -> Any:
    channel = world.channel(asked.id("channel_id"))
    if "read_message_history" in channel.denied:
        return []
    limit = int(asked.query.get("limit", 50))
    if not 1 <= limit <= PAGE:
        raise Refusal(400, 50035, "Invalid Form Body")
    found = sorted(channel.messages.values(), key=lambda message: message.id)
    if "after" in asked.query:
        found = [one for one in found if one.id > int(asked.query["after"])][:limit]
    elif "before" in asked.query:
        found = [one for one in found if one.id < int(asked.query["before"])][-limit:]
    else:
        found = found[-limit:]
    return [message_json(world, message) for message in reversed(found)]


def _post(world: World, asked: Request) -> Any:
    channel = world.channel(asked.id("channel_id"), *_to_send(asked))
    if channel.kind == DM and not _takes_dms(world, channel):
        raise Refusal(403, 50007, "Cannot send messages to this user")
    body, nonce = _content(asked), asked.body.get("nonce")
    enforce = bool(asked.body.get("enforce_nonce"))
    return message_json(world, world.send(channel, body, nonce=nonce, enforce=enforce))


def _to_send(asked: Request) -> tuple[str, ...]:
    return ("send_messages", "embed_links", *(("attach_files",) if asked.files else ()))


def _takes_dms(world: World, channel: Channel) -> bool:
    assert channel.recipient_id is not None
    user = world.users[channel.recipient_id]
    return user.takes_dms and not user.left


def _get_message(world: World, asked: Request) -> Any:
    return message_json(world, _named(world, asked, "read_message_history"))


def _edit(world: World, asked: Request) -> Any:
    message = _named(world, asked, *(("attach_files",) if asked.files else ()))
    if message.author_id != world.bot.id:
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    world.edit(message, _content(asked))
    return message_json(world, message)


def _put_reaction(world: World, asked: Request) -> Any:
    message = _named(world, asked, "add_reactions", "read_message_history")
    world.react(message, world.bot.id, asked.params["emoji_name"])


def _delete_reaction(world: World, asked: Request) -> Any:
    message = _named(world, asked, "manage_messages")
    world.unreact(message, asked.id("user_id"), asked.params["emoji_name"])


def _reactors(world: World, asked: Request) -> Any:
    message = _named(world, asked, "read_message_history")
    if int(asked.query.get("type", 0)) != 0:
        return []  # nobody here pays for super reactions
    limit, after = int(asked.query.get("limit", 25)), int(asked.query.get("after", 0))
    if not 1 <= limit <= PAGE:
        raise Refusal(400, 50035, "Invalid Form Body")
    users = sorted(message.reactions.get(asked.params["emoji_name"], []))
    return [user_json(world.users[id_]) for id_ in users if id_ > after][:limit]


def _thread(world: World, asked: Request) -> Any:
    message = _named(world, asked, "create_public_threads")
    thread = world.open_thread(message, str(asked.body["name"]))
    data = channel_json(world, thread)
    world.notify("THREAD_CREATE", data | {"newly_created": True})
    return data


def _respond(world: World, asked: Request) -> Any:
    found = world.interactions.get(asked.params["interaction_token"])
    late = found is None or time.monotonic() - found.began > FIRST_ANSWER_S
    if found is None or found.id != asked.id("interaction_id") or (late and not found.answered):
        raise Refusal(404, 10062, "Unknown interaction")
    if found.answered is not None:
        raise Refusal(400, 40060, "Interaction has already been acknowledged.")
    kind, data = int(asked.body["type"]), asked.body.get("data") or {}
    message: Message | None = None
    if kind == MODAL:
        if found.kind == 5:
            raise Refusal(400, 50035, "Invalid Form Body")
        found.modal = data
    elif kind in (MESSAGE_NOW, MESSAGE_LATER):
        body = {} if kind == MESSAGE_LATER else _content(Request({}, body=data))
        message = _say(world, found, body, private=bool(data.get("flags", 0) & EPHEMERAL))
        found.original_id = message.id
    elif kind in (UPDATE_LATER, UPDATE_NOW):
        found.original_id = found.source_id
    found.answered = kind
    world.touched()
    answer: dict[str, Any] = {
        "interaction": {
            "id": str(found.id),
            "type": found.kind,
            "response_message_loading": kind == MESSAGE_LATER,
            "response_message_ephemeral": bool(message and message.flags & EPHEMERAL),
        }
    }
    if message is not None:
        answer["interaction"]["response_message_id"] = str(message.id)
        shown = message_json(world, message, for_token=True)
        answer["resource"] = {"type": kind, "message": shown}
    return answer if asked.query.get("with_response") in ("true", "True", "1") else None


def _follow_up(world: World, asked: Request) -> Any:
    found = world.interaction(asked.params["webhook_token"])
    if found.answered is None:
        raise Refusal(404, 10015, "Unknown Webhook")
    original = _original(world, found)
    if found.answered == MESSAGE_LATER and original is not None and not original.body:
        # Discord fills the message that 'is thinking' with the first follow-up.
        world.edit(original, _content(asked))
        return message_json(world, original, for_token=True)
    private = bool(asked.body.get("flags", 0) & EPHEMERAL)
    message = _say(world, found, _content(asked), private=private)
    return message_json(world, message, for_token=True)


def _edit_original(world: World, asked: Request) -> Any:
    found = world.interaction(asked.params["webhook_token"])
    message = _original(world, found)
    if message is None:
        raise Refusal(404, 10008, "Unknown Message")
    world.edit(message, _content(asked))
    return message_json(world, message, for_token=True)


def _original(world: World, found: Interaction) -> Message | None:
    if found.original_id is None:
        return None
    return world.private.get(found.original_id) or world.channels[found.channel_id].messages.get(
        found.original_id
    )


def _say(world: World, found: Interaction, body: dict[str, Any], *, private: bool) -> Message:
    if private:
        return world.whisper(found, body)
    return world.send(world.channels[found.channel_id], body)


def _named(world: World, asked: Request, *needed: str) -> Message:
    return world.message(asked.id("channel_id"), asked.id("message_id"), *needed)


def _content(asked: Request) -> dict[str, Any]:
    """Return what a message is to hold, or raise Refusal where Discord would."""
    body = {
        name: asked.body[name] for name in ("content", "embeds", "components") if name in asked.body
    }
    check_message(body)
    if "attachments" in asked.body:
        body["attachments"] = [
            {"id": str(1 + index), "url": "http://127.0.0.1/none", "proxy_url": "", **upload}
            for index, upload in enumerate(asked.files)
        ]
    return body


_M = "/channels/{channel_id}/messages"
_R = _M + "/{message_id}/reactions/{emoji_name}"
ROUTES = (
    Route("GET", "/users/@me", _me),
    Route("GET", "/oauth2/applications/@me", _application),
    Route("PUT", "/applications/{application_id}/commands", _put_commands),
    Route("GET", "/users/{user_id}", _user),
    Route("POST", "/users/@me/channels", _open_dm),
    Route("GET", _M, _history, "read"),
    Route("POST", _M, _post, "write"),
    Route("GET", _M + "/{message_id}", _get_message, "read"),
    Route("PATCH", _M + "/{message_id}", _edit, "write"),
    Route("POST", _M + "/{message_id}/threads", _thread, "write"),
    Route("PUT", _R + "/@me", _put_reaction, "reaction"),
    Route("DELETE", _R + "/{user_id}", _delete_reaction, "reaction"),
    Route("GET", _R, _reactors, "read"),
    Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", _respond),
    Route("POST", "/webhooks/{webhook_id}/{webhook_token}", _follow_up, "webhook"),
    Route(
        "PATCH",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        _edit_original,
        "webhook",
    ),
)
