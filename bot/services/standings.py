"""Standings: who earned how much in a server, and how one member does.

A week begins on Monday, a month on its first day, both at midnight in the server's zone. Points
belong to the moment of the reveal, when members first learn of them.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain import streaks
from bot.domain.calendar import local_day
from bot.services.context import Context
from bot.store.queries import servers, standings
from bot.store.queries.standings import Explained, Page, Place, Topic

PAGE_SIZE = 10
WEEKS = 8
"""How many weeks a member's own figures go back, the current one included."""


class Period(StrEnum):
    """What a leaderboard counts."""

    WEEK = "week"
    MONTH = "month"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """A page of a server's standings."""

    period: Period
    starts: datetime | None
    """When the period began, in UTC; None for all time."""
    page: Page


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """How one member does in one server."""

    places: dict[Period, Place | None]
    streak: int
    longest: int
    to_answer: bool
    """Whether a round of the newest study day is still open and the day not answered yet."""
    topics: tuple[Topic, ...]
    weeks: tuple[tuple[date, int], ...]
    """Points by week (its Monday), from the oldest; always `WEEKS` of them."""
    hints: int
    explanations: int
    waiting: int
    """Answers whose round is not revealed yet."""
    best: tuple[Explained, ...]

    @property
    def answered(self) -> int:
        """Answers to revealed rounds."""
        return sum(topic.answered for topic in self.topics)

    @property
    def right(self) -> int:
        """Right ones among them."""
        return sum(topic.right for topic in self.topics)

    @property
    def blank(self) -> bool:
        """Whether the member has not taken part in anything yet."""
        return not (self.answered or self.waiting or self.hints or self.explanations)


async def leaderboard(
    ctx: Context, server_id: int, user_id: int, period: Period, page: int = 0
) -> Leaderboard:
    """Return a page (from 0) of a server's standings, with the place of the member who asks."""
    starts = period_start(period, ctx.clock(), await _zone(ctx, server_id))
    found = await ctx.store.read(
        standings.page,
        server_id=server_id,
        user_id=user_id,
        since=starts,
        number=page,
        size=PAGE_SIZE,
    )
    return Leaderboard(period, starts, found)


async def of_member(ctx: Context, server_id: int, user_id: int) -> MemberStanding:
    """Return how a member does in a server."""
    zone, now = await _zone(ctx, server_id), ctx.clock()
    this_week = monday(local_day(now, zone))
    mondays = [this_week - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    who = {"server_id": server_id, "user_id": user_id}
    read = ctx.store.read
    days = await read(standings.days, **who)
    earned = await read(standings.earned, **who, since=midnight(mondays[0], zone))
    by_week: Counter[date] = Counter()
    for revealed_at, points in earned:
        by_week[monday(local_day(revealed_at, zone))] += points
    counts = await read(standings.counts, **who)
    return MemberStanding(
        places={
            period: await read(standings.place, **who, since=period_start(period, now, zone))
            for period in Period
        },
        streak=streaks.current(days.study, days.answered, days.open),
        longest=streaks.longest(days.study, days.answered, days.open),
        to_answer=bool(days.study) and max(days.study) in days.open - days.answered,
        topics=tuple(await read(standings.topics, **who)),
        weeks=tuple((day, by_week[day]) for day in mondays),
        hints=counts["hints"],
        explanations=counts["explanations"],
        waiting=counts["waiting"],
        best=tuple(await read(standings.best_explanations, **who)),
    )


def period_start(period: Period, now: datetime, zone: str) -> datetime | None:
    """Return when the period that `now` (aware) is in began in a zone, in UTC; None: never."""
    today = local_day(now, zone)
    match period:
        case Period.WEEK:
            return midnight(monday(today), zone)
        case Period.MONTH:
            return midnight(today.replace(day=1), zone)
        case Period.ALL:
            return None


def monday(day: date) -> date:
    """Return the Monday of the day's ISO week."""
    return day - timedelta(days=day.weekday())


def midnight(day: date, zone: str) -> datetime:
    """Return when a day begins in a zone, in UTC. Where the clocks skip midnight, it is the moment
    after the gap.
    """
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


async def _zone(ctx: Context, server_id: int) -> str:
    return await ctx.store.read(servers.zone, server_id=server_id, default=ctx.settings.server.zone)
