"""A schedule: where, when and from which banks a server wants questions."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.round import Manner


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a moderator chooses about a schedule."""

    name: str
    """Unique among the server's schedules."""
    channel_id: int
    cron: str
    """Minute, hour, day, month, weekday, in the schedule's zone."""
    zone: str
    """IANA name."""
    banks: tuple[str, ...] = ()
    """Names of banks; empty: every bank."""
    topics: tuple[str, ...] = ()
    """Empty: every topic."""
    difficulty_min: int = 1
    difficulty_max: int = 5
    open_minutes: int
    manner: Manner
    role_id: int | None = None
    """The role that each post pings."""
    thread: bool = False
    """Whether a discussion thread is opened at each reveal."""
    catch_up_minutes: int
    """A post later than this is skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Plan):
    """A schedule that a server has. Times are aware and in UTC."""

    id: int
    server_id: int
    created_by: int
    """A member's id; 0: forgotten."""
    created_at: datetime
    active_since: datetime
    """When it was made, last edited or resumed: occurrences before it are not due."""
    paused_at: datetime | None
    """None: it runs."""
    pause_reason: str
    """A moderator's words, or the record of the error that stopped it (services/schedules.py)."""
