"""What every service needs, in one value that is passed first."""

import random
from dataclasses import dataclass, field
from typing import Protocol

from bot.clock import Clock
from bot.domain.round import Round, Tally
from bot.grading.service import GraderService
from bot.settings import Settings
from bot.store import Store


class Publisher(Protocol):
    """What rounds need of Discord; `bot.ui.publisher` does it. Each method raises ModeratorError
    when Discord refuses for a reason that a moderator can mend, and TransientError-like exceptions
    of the transport otherwise.
    """

    async def post(self, round_: Round) -> int:
        """Send the post (idempotent within minutes by its nonce) and return the message's id."""
        ...

    async def find(self, round_: Round) -> int | None:
        """Look through the channel's history for the round's post."""
        ...

    async def add_reactions(self, round_: Round) -> None:
        """Put the options' reactions under the post."""
        ...

    async def unprocessed(self, round_: Round) -> dict[int, list[int]]:
        """Return the options that each member's reactions stand for, by member, without bots."""
        ...

    async def remove_reactions(self, round_: Round, user_id: int, options: list[int]) -> None:
        """Take a member's reactions away."""
        ...

    async def reveal(self, round_: Round, tally: Tally) -> int | None:
        """Turn the post into its reveal; return the id of the thread if one was asked for."""
        ...

    async def cancel(self, round_: Round) -> None:
        """Mark the post as cancelled."""
        ...


@dataclass(slots=True)
class Context:
    """Settings, store, clock, randomness, Discord and grader, as one."""

    settings: Settings
    store: Store
    clock: Clock
    random: random.Random
    publisher: Publisher
    grader: GraderService
    tasks: set[object] = field(default_factory=set)
