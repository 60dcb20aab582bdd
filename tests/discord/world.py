"""What a Discord holds: one server, its people and channels, messages, reactions, interactions.

Plain data and Discord's rules about it. It outlives every bot process. Who is told of a change is
`notify`'s matter (the gateway's), how it travels is rest.py's.
"""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.discord.clock import SharedClock

EPOCH_MS = 1_420_070_400_000
"""Discord's: the first second of 2015."""
NONCE_KEPT = timedelta(minutes=3)
"""Discord says 'a few minutes'."""
TOKEN_KEPT = timedelta(minutes=15)
MOST_REACTIONS = 20
TEXT, DM, THREAD = 0, 1, 11
"""Types of channels."""
EPHEMERAL = 64
"""A message's flag."""

PERMISSIONS = {
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "create_public_threads": 1 << 35,
    "send_messages_in_threads": 1 << 38,
}
"""What README's invitation grants the bot."""
MANAGE_GUILD = 1 << 5


class Refusal(Exception):  # noqa: N818 - an answer of Discord's
    """What Discord answers instead of doing it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message


@dataclass
class User:
    """A person or a bot."""

    id: int
    name: str
    bot: bool = False
    moderator: bool = False
    takes_dms: bool = True
    left: bool = False


@dataclass
class Message:
    """A message as it stands. `reactions`: emoji -> users in the order of their coming."""

    id: int
    channel_id: int
    author_id: int
    body: dict[str, Any]
    """Content, embeds, components and attachments, as they were last sent."""
    at: datetime
    flags: int = 0
    nonce: str | None = None
    edited_at: datetime | None = None
    reactions: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    visible_to: int | None = None
    """The one member who sees it; None: everybody."""
    token: str = ""
    """Of the interaction that it answers; empty: none."""


@dataclass
class Channel:
    """A text channel, a thread, or somebody's direct messages with the bot."""

    id: int
    kind: int
    name: str
    parent_id: int | None = None
    recipient_id: int | None = None
    denied: set[str] = field(default_factory=set[str])
    """Permissions that the bot lacks here."""
    messages: dict[int, Message] = field(default_factory=dict[int, Message])
    deleted: dict[int, Message] = field(default_factory=dict[int, Message])
    """What stood here: nobody sees it but the judge."""


@dataclass
class Interaction:
    """Something that a member asked of the bot."""

    id: int
    token: str
    kind: int
    """2: command, 3: component, 5: modal."""
    user_id: int
    channel_id: int
    source_id: int | None
    at: datetime
    began: float
    """Of the monotonic clock: three seconds are real ones."""
    answered: int | None = None
    """The type of its first answer."""
    original_id: int | None = None
    """The message that `@original` names."""
    modal: dict[str, Any] | None = None
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    """What was pressed, sent or asked for, in Discord's form."""


class World:
    """Everything that Discord remembers. What members do is in stage.py, the bot in rest.py."""

    def __init__(self, clock: SharedClock) -> None:
        self.clock = clock
        self._numbers = itertools.count(1)
        self.notify: Callable[[str, dict[str, Any]], None] = lambda event, data: None
        self.touched: Callable[[], None] = lambda: None
        self.guild_id = self.new_id()
        self.role_id = self.new_id()
        self.users: dict[int, User] = {}
        self.channels: dict[int, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[dict[str, Any]] = []
        self.deleted: dict[int, Channel] = {}
        """Channels that are gone. What was deleted out of one that stands is in its `deleted`."""
        self.private: dict[int, Message] = {}
        """Ephemeral messages: nobody but their member and the bot's token reaches them."""
        self._nonces: dict[str, tuple[Message, datetime]] = {}
        self.bot = self.add_user("tutor", bot=True)
        self.application_id = self.bot.id
        self.system = self.add_channel("general")

    def new_id(self) -> int:
        """Return a snowflake of now; later ones are greater."""
        millis = int(self.clock().timestamp() * 1000) - EPOCH_MS
        return (millis << 22) | (next(self._numbers) & 0x3FFFFF)

    def add_user(self, name: str, *, bot: bool = False, moderator: bool = False) -> User:
        """Let somebody join."""
        user = User(self.new_id(), name, bot, moderator)
        self.users[user.id] = user
        return user

    def add_channel(self, name: str) -> Channel:
        """Make a text channel in which the bot may do all that it asks for."""
        channel = Channel(self.new_id(), TEXT, name)
        self.channels[channel.id] = channel
        return channel

    # What stands

    def channel(self, channel_id: int, *needed: str) -> Channel:
        """Return a channel that the bot sees and may do `needed` in. Raises Refusal."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refusal(404, 10003, "Unknown Channel")
        where = self.channels[channel.parent_id] if channel.parent_id else channel
        if "view_channel" in where.denied:
            raise Refusal(403, 50001, "Missing Access")
        if channel.kind == THREAD:
            # Of a thread the channel above it tells, and sending has a permission of its own.
            needed = tuple(
                "send_messages_in_threads" if n == "send_messages" else n for n in needed
            )
        if where.kind == TEXT and where.denied.intersection(needed):
            raise Refusal(403, 50013, "Missing Permissions")
        return channel

    def message(self, channel_id: int, message_id: int, *needed: str) -> Message:
        """Return a message, or raise Refusal."""
        message = self.channel(channel_id, *needed).messages.get(message_id)
        if message is None:
            raise Refusal(404, 10008, "Unknown Message")
        return message

    def interaction(self, token: str) -> Interaction:
        """Return the interaction of a webhook token that still lives. Raises Refusal."""
        found = self.interactions.get(token)
        if found is None:
            raise Refusal(404, 10015, "Unknown Webhook")
        if self.clock() - found.at > TOKEN_KEPT:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return found

    # What changes

    def send(
        self,
        channel: Channel,
        body: dict[str, Any],
        *,
        nonce: str | None = None,
        enforce: bool = False,
    ) -> Message:
        """Let the bot send a message; an enforced nonce that was used lately gives that one."""
        now = self.clock()
        if nonce is not None and enforce:
            before = self._nonces.get(nonce)
            if before and now - before[1] < NONCE_KEPT:
                return before[0]
        message = Message(self.new_id(), channel.id, self.bot.id, body, now, nonce=nonce)
        channel.messages[message.id] = message
        if nonce is not None:
            self._nonces[nonce] = (message, now)
        self.touched()
        return message

    def whisper(self, found: Interaction, body: dict[str, Any]) -> Message:
        """Show something to the one member alone who asked."""
        message = Message(
            self.new_id(),
            found.channel_id,
            self.bot.id,
            body,
            self.clock(),
            EPHEMERAL,
            visible_to=found.user_id,
            token=found.token,
        )
        self.private[message.id] = message
        self.touched()
        return message

    def edit(self, message: Message, body: dict[str, Any]) -> None:
        """Change what was given, and leave the rest."""
        message.body = message.body | body
        message.edited_at = self.clock()
        self.touched()

    def react(self, message: Message, user_id: int, emoji: str) -> None:
        """Put a reaction there, once."""
        users = message.reactions.get(emoji)
        if users is None:
            if len(message.reactions) >= MOST_REACTIONS:
                raise Refusal(400, 30010, "Maximum number of reactions reached (20)")
            users = message.reactions.setdefault(emoji, [])
        if user_id not in users:
            users.append(user_id)
            self.notify(
                "MESSAGE_REACTION_ADD", self._reaction(message, user_id, emoji, joined=True)
            )
            self.touched()

    def unreact(self, message: Message, user_id: int, emoji: str) -> None:
        """Take a reaction away; one that is not there is unknown."""
        users = message.reactions.get(emoji, [])
        if user_id not in users:
            raise Refusal(404, 10014, "Unknown Emoji")
        users.remove(user_id)
        if not users:
            del message.reactions[emoji]
        self.notify(
            "MESSAGE_REACTION_REMOVE", self._reaction(message, user_id, emoji, joined=False)
        )
        self.touched()

    def open_dm(self, user_id: int) -> Channel:
        """Return the bot's direct messages with somebody."""
        if user_id not in self.users:
            raise Refusal(404, 10013, "Unknown User")
        for channel in self.channels.values():
            if channel.recipient_id == user_id:
                return channel
        channel = Channel(self.new_id(), DM, "", recipient_id=user_id)
        self.channels[channel.id] = channel
        return channel

    def open_thread(self, message: Message, name: str) -> Channel:
        """Open the one thread that a message may have; it has the message's id."""
        if message.id in self.channels:
            raise Refusal(400, 160004, "A thread has already been created for this message")
        thread = Channel(message.id, THREAD, name, parent_id=message.channel_id)
        self.channels[thread.id] = thread
        self.touched()
        return thread

    def _reaction(
        self, message: Message, user_id: int, emoji: str, *, joined: bool
    ) -> dict[str, Any]:
        from tests.discord.objects import member_json

        data: dict[str, Any] = {
            "user_id": str(user_id),
            "channel_id": str(message.channel_id),
            "message_id": str(message.id),
            "guild_id": str(self.guild_id),
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
            "message_author_id": str(message.author_id),
        }
        return data | {"member": member_json(self, self.users[user_id])} if joined else data


def new_token() -> str:
    """Return an interaction's token."""
    return secrets.token_urlsafe(24)
