"""The world's things as Discord's JSON. No rules here."""

from typing import Any

from tests.discord.world import (
    DM,
    MANAGE_GUILD,
    PERMISSIONS,
    THREAD,
    Channel,
    Interaction,
    Message,
    User,
    World,
)

BIRTH = "2020-01-01T00:00:00+00:00"
GRANTED = sum(PERMISSIONS.values())


def user_json(user: User) -> dict[str, Any]:
    """A user."""
    return {
        "id": str(user.id),
        "username": user.name,
        "discriminator": "0",
        "global_name": user.name,
        "avatar": None,
        "bot": user.bot,
        "flags": 0,
        "public_flags": 0,
    }


def member_json(world: World, user: User, *, permissions: int | None = None) -> dict[str, Any]:
    """A whole member, as events carry it; with what they may do, as interactions do."""
    data: dict[str, Any] = {
        "user": user_json(user),
        "nick": None,
        "avatar": None,
        "roles": [str(world.role_id)] if user.bot else [],
        "joined_at": BIRTH,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }
    return data if permissions is None else data | {"permissions": str(permissions)}


def channel_json(world: World, channel: Channel) -> dict[str, Any]:
    """A text channel, a thread, or direct messages."""
    if channel.kind == DM:
        assert channel.recipient_id is not None
        recipient = user_json(world.users[channel.recipient_id])
        return {
            "id": str(channel.id),
            "type": DM,
            "recipients": [recipient],
            "last_message_id": None,
        }
    data: dict[str, Any] = {
        "id": str(channel.id),
        "type": channel.kind,
        "guild_id": str(world.guild_id),
        "name": channel.name,
        "parent_id": str(channel.parent_id) if channel.parent_id else None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
    }
    if channel.kind == THREAD:
        return data | {
            "owner_id": str(world.bot.id),
            "message_count": len(channel.messages),
            "member_count": 1,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 1440,
                "archive_timestamp": BIRTH,
                "locked": False,
            },
        }
    denied = sum(PERMISSIONS[name] for name in channel.denied)
    return data | {
        "position": 0,
        "topic": None,
        "nsfw": False,
        "permission_overwrites": [
            {"id": str(world.role_id), "type": 0, "allow": "0", "deny": str(denied)}
        ],
    }


def message_json(world: World, message: Message, *, for_token: bool = False) -> dict[str, Any]:
    """A message as the bot reads it. Reactions say whether the bot's own is among them."""
    data: dict[str, Any] = {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "author": user_json(world.users[message.author_id]),
        "content": message.body.get("content") or "",
        "timestamp": message.at.isoformat(),
        "edited_timestamp": message.edited_at.isoformat() if message.edited_at else None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": message.body.get("attachments") or [],
        "embeds": message.body.get("embeds") or [],
        "components": message.body.get("components") or [],
        "pinned": False,
        "type": 0,
        "flags": message.flags,
        "reactions": [
            {
                "count": len(users),
                "count_details": {"burst": 0, "normal": len(users)},
                "me": world.bot.id in users,
                "me_burst": False,
                "emoji": {"id": None, "name": emoji},
                "burst_colors": [],
            }
            for emoji, users in message.reactions.items()
        ],
    }
    if message.nonce is not None:
        data["nonce"] = message.nonce
    return data | {"webhook_id": str(world.application_id)} if for_token else data


def guild_json(world: World) -> dict[str, Any]:
    """The server, as GUILD_CREATE brings it."""
    everyone = {"id": str(world.guild_id), "name": "@everyone", "permissions": "0", "position": 0}
    role = {"id": str(world.role_id), "name": "tutor", "permissions": str(GRANTED), "position": 1}
    plain = {"color": 0, "hoist": False, "managed": False, "mentionable": False, "flags": 0}
    colours = {"colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
    return {
        "id": str(world.guild_id),
        "name": "Study group",
        "owner_id": "1",
        "afk_timeout": 300,
        "afk_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [everyone | plain | colours, role | plain | colours],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "system_channel_id": str(world.system.id),
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "nsfw_level": 0,
        "large": False,
        "unavailable": False,
        "member_count": len(world.users),
        "voice_states": [],
        "members": [member_json(world, world.bot)],
        "channels": [
            channel_json(world, channel)
            for channel in world.channels.values()
            if channel.kind not in (DM, THREAD)
        ],
        "threads": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def interaction_json(world: World, asked: Interaction, data: dict[str, Any]) -> dict[str, Any]:
    """What INTERACTION_CREATE carries."""
    user = world.users[asked.user_id]
    channel = world.channels[asked.channel_id]
    where: dict[str, Any] = {
        "guild_id": str(world.guild_id),
        "member": member_json(world, user, permissions=MANAGE_GUILD if user.moderator else 0),
        "guild_locale": "en-US",
        "authorizing_integration_owners": {"0": str(world.guild_id)},
        "context": 0,
    }
    if channel.kind == DM:  # in which there is no server
        owners = {"authorizing_integration_owners": {"0": "0"}}
        where = {"user": user_json(user), **owners, "context": 1}
    made: dict[str, Any] = {
        "id": str(asked.id),
        "application_id": str(world.application_id),
        "type": asked.kind,
        "token": asked.token,
        "version": 1,
        "data": data,
        "channel_id": str(asked.channel_id),
        "channel": channel_json(world, channel),
        "locale": "en-US",
        "app_permissions": str(GRANTED),
        "entitlements": [],
        "attachment_size_limit": 10 * 1024 * 1024,
        **where,
    }
    if asked.source_id is not None:
        source = world.private.get(asked.source_id) or channel.messages[asked.source_id]
        made["message"] = message_json(world, source)
    return made
