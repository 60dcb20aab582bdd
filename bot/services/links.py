"""Addresses that Discord opens at the right place."""

from bot.domain.round import Round


def to_message(server_id: int, channel_id: int, message_id: int) -> str:
    """Return the address of a message."""
    return f"https://discord.com/channels/{server_id}/{channel_id}/{message_id}"


def to_post(round_: Round) -> str:
    """Return the address of a round's post, which turns into its reveal."""
    assert round_.message_id is not None
    return to_message(round_.server_id, round_.channel_id, round_.message_id)
