"""Hints of an open round: what a member took, what the next one costs, and taking it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.round import Round, State
from bot.domain.scoring import worth
from bot.errors import MemberError
from bot.services import links
from bot.services.context import Context
from bot.store.queries import hints as queries


@dataclass(frozen=True, slots=True)
class Hints:
    """What a member sees of a round's hints."""

    round: Round
    taken: tuple[str, ...]
    """The texts of the levels that the member took, from level 1."""
    levels: int
    """How many there are."""
    next_level: int | None
    """None: all were taken."""
    ready_at: datetime | None
    """When the next level can be taken (UTC); None: now, or there is none."""
    cost: int
    """Points that the next level takes; 0 where there is none."""
    worth: int
    """Points of the right option without hints."""


async def look(ctx: Context, round_id: int, user_id: int, server_id: int) -> Hints:
    """Return a member's hints in an open round of this server.

    Raises MemberError: round_unknown, hints_closed, round_cancelled, no_hints.
    """
    now = ctx.clock()
    found = await ctx.store.read(
        queries.look,
        round_id=round_id,
        user_id=user_id,
        now=now,
        wait_seconds=ctx.settings.hints.wait_seconds,
    )
    return _hints(found, server_id, now)


async def take(ctx: Context, round_id: int, level: int, user_id: int, server_id: int) -> Hints:
    """Take a level, once; a level that was taken before is shown again and costs nothing more.

    Raises MemberError: as `look`, and hint_not_yet when the level cannot be taken now.
    """
    now = ctx.clock()
    found = await ctx.store.write(
        queries.take,
        round_id=round_id,
        server_id=server_id,
        user_id=user_id,
        level=level,
        now=now,
        wait_seconds=ctx.settings.hints.wait_seconds,
    )
    hints = _hints(found, server_id, now)
    if level > len(hints.taken):
        ready_at = hints.ready_at or now
        raise MemberError("hint_not_yet", level=level, when=f"<t:{ready_at.timestamp():.0f}:R>")
    return hints


def _hints(found: queries.Shelf | None, server_id: int, now: datetime) -> Hints:
    if found is None or found.round.server_id != server_id:
        raise MemberError("round_unknown")
    round_, next_ = found.round, found.offer
    if round_.state == State.CANCELLED:
        raise MemberError("round_cancelled")
    if round_.state != State.OPEN:
        raise MemberError("hints_closed", link=links.to_post(round_))
    if not round_.question.hints:
        raise MemberError("no_hints")
    ready_at = now + timedelta(seconds=next_.wait_seconds) if next_.wait_seconds else None
    return Hints(
        round=round_,
        taken=round_.question.hints[: found.taken],
        levels=len(round_.question.hints),
        next_level=next_.level,
        ready_at=ready_at,
        cost=next_.cost,
        worth=worth(round_.question.difficulty),
    )
