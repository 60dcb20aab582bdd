"""The one clock. Everything that needs the time takes a `Clock`; nothing else reads the time."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Returns now as an aware datetime in UTC. The bot passes `discord.utils.utcnow`."""


def system_clock() -> datetime:
    """Return now in UTC, for commands that run without Discord."""
    return datetime.now(UTC)
