"""A round: one question posted in one channel, from opening to reveal."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.question import Question


class State(StrEnum):
    """Where a round stands: planned -> sending -> open -> revealed.

    A planned round may be skipped (its catch-up window passed), an open one cancelled.
    """

    PLANNED = "planned"
    SENDING = "sending"
    OPEN = "open"
    REVEALED = "revealed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class Manner(StrEnum):
    """How answers stand under a post: `concealed` removes each reaction once it is stored, so that
    nobody sees who chose what; `open` leaves it, and taking it back withdraws the answer.
    """

    CONCEALED = "concealed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Round:
    """A round as the services and the interface read it. Times are aware and in UTC."""

    id: int
    server_id: int
    channel_id: int
    schedule_id: int | None
    """None: a moderator asked for it by `/quiz now`."""
    local_date: date | None
    """The date in the schedule's zone; with `schedule_id` it is the occurrence."""
    due_at: datetime
    state: State
    manner: Manner
    open_minutes: int
    role_id: int | None
    """The role that the post pings."""
    thread: bool
    """Whether a discussion thread is opened at the reveal."""
    bank: str
    bank_title: str
    question_id: int
    question: Question
    message_id: int | None
    opened_at: datetime | None
    closes_at: datetime | None
    revealed_at: datetime | None
    late: bool
    """Whether it was posted after its due time by more than a few minutes."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a round came to; kept with the round, so that it stays right when members leave."""

    chosen: tuple[int, ...]
    """How many chose each option, in the order of the options."""
    right: int
    explained: int
    """How many members gave at least one explanation."""

    @property
    def answered(self) -> int:
        """How many members answered."""
        return sum(self.chosen)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reveal shows beside the question."""

    tally: Tally
    best: tuple[tuple[int, int], ...]
    """The members with the most points of the study day, as (user id, points)."""
