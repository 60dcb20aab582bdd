"""When a member may have the next hint, and what it costs.

A question has three levels, fewer or none. Level 1 comes at once. The next level comes after an
answer or an explanation given since the last one, or after a wait: long enough to think about the
hint, short enough not to lose the member.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.scoring import hint_cost


@dataclass(frozen=True, slots=True)
class Offer:
    """What a member can have next."""

    level: int | None
    """1 to 3; None: there are no more."""
    wait_seconds: int
    """Whole seconds until then, rounded up; 0: now."""
    cost: int
    """In points; 0 where there is no next level."""

    @property
    def ready(self) -> bool:
        """Whether the next level may be given now."""
        return self.level is not None and self.wait_seconds == 0


def offer(
    taken_at: Sequence[datetime],
    worked_at: datetime | None,
    now: datetime,
    *,
    levels: int,
    difficulty: int,
    wait_seconds: int,
) -> Offer:
    """Return the next of `levels` hints for a member who took 1..n at `taken_at` (in that order).

    `worked_at` is the time of the member's latest answer or explanation in the round. All times are
    aware. Should the clock have been set back, nobody waits longer than `wait_seconds`.
    """
    if len(taken_at) >= levels:
        return Offer(None, 0, 0)
    level, cost = len(taken_at) + 1, hint_cost(difficulty)
    if not taken_at or (worked_at is not None and worked_at > taken_at[-1]):
        return Offer(level, 0, cost)
    remaining = taken_at[-1] + timedelta(seconds=wait_seconds) - now
    seconds = math.ceil(remaining.total_seconds())
    return Offer(level, min(max(seconds, 0), wait_seconds), cost)
