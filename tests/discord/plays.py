"""What is played: rounds of one schedule day after day, and a day of three schedules with a change
of the clocks in it. The occurrences that are due stand here by hand, in UTC: the judge's measure.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.question import Bank, Question
from tests.discord import moderators
from tests.discord.driver import Driver, Post
from tests.discord.explaining import explain
from tests.support.questions import a_bank, a_question, write_bank

OPTIONS = 3
"""Fewer options, fewer requests, no less to prove."""


@dataclass
class People:
    """Who plays."""

    mona: int
    """Moderates."""
    alice: int
    bob: int
    carla: int


def questions(count: int = 6) -> Bank:
    """Questions whose secrets (key points, explanation, misconceptions) no other text contains."""
    return a_bank(*(_question(number) for number in range(1, count + 1)))


def _question(number: int) -> Question:
    key = "ABC"[number % OPTIONS]
    return a_question(
        id=f"question-{number}",
        prompt=f"Question number {number}: which one is it?",
        options=tuple(f"Statement {letter} of number {number}." for letter in "abc"),
        answer=key,
        hints=tuple(f"Help{level}n{number} is what to think of." for level in (1, 2, 3)),
        explanation=f"Reference{number} says why the right one is right.",
        key_points=(f"Pointone{number} is said first.", f"Pointtwo{number} is said next."),
        misconceptions={
            letter: f"Belief{letter}{number} is held." for letter in "ABC" if letter != key
        },
        source=f"Source{number} of the proof.",
        difficulty=1 + number % 5,
    )


def write_questions(folder: Path) -> Path:
    """Write the bank into a folder of its own, and return it."""
    banks = folder / "banks"
    banks.mkdir()
    write_bank(banks, questions())
    return banks


async def gather(driver: Driver) -> People:
    """Have everybody join. Dora reacts only where the bot is dead."""
    join = driver.discord.do
    driver.dora = await join("join", name="dora")
    return People(
        mona=await join("join", name="mona", moderator=True),
        alice=await join("join", name="alice"),
        bob=await join("join", name="bob"),
        carla=await join("join", name="carla"),
    )


# Rounds of one schedule, day after day


class Daily:
    """One schedule, 09:00 UTC, two hours, with a thread at the reveal."""

    BEGINS = "2027-02-01T08:00:00+00:00"
    _FIRST = datetime(2027, 2, 1, 9, tzinfo=UTC)

    def __init__(self, driver: Driver, manner: str = "concealed") -> None:
        self.driver, self.manner = driver, manner
        self.days = 0
        self.due: list[tuple[int, str]] = []
        """(channel, when) of every occurrence that came."""

    async def begin(self) -> None:
        """Start the bot and make the schedule."""
        self.people = await gather(self.driver)
        self.channel = await self.driver.discord.do("open_channel", name="daily")
        await self.driver.revive()
        await moderators.schedule(
            self.driver,
            self.people.mona,
            self.channel,
            name="Daily",
            time="09:00",
            zone="Etc/UTC",
            open_for="2h",
            manner=self.manner,
            thread=True,
        )

    async def round(self) -> None:
        """Play the next day's round from its due time to its reveal."""
        post = await self.opened()
        await concealed_answers(self.driver, self.people, post)
        await self.driver.hint(post, self.people.alice)
        await explain(self.driver, post, self.people.bob, right=True)
        await self.over()
        await self.shown(post)

    async def end(self) -> None:
        """Have everybody look at how they do."""
        people = self.people
        for user in filter(None, (people.alice, people.carla, self.driver.dora)):
            await self.driver.me(user, self.channel)

    async def next_day(self) -> str:
        """Let it become the next day's due time, and return it."""
        due = (self._FIRST + timedelta(days=self.days)).isoformat()
        self.days += 1
        await self.driver.discord.jump(due)
        return due

    async def opened(self) -> Post:
        """Wait for the next day's post."""
        due = await self.next_day()
        self.due.append((self.channel, due))
        count = sum(channel == self.channel for channel, _ in self.due)
        return await self.driver.post(self.channel, count, due, self.manner)

    async def over(self) -> None:
        """Let it become the end of the round."""
        _, due = self.due[-1]
        await self.driver.discord.jump(later(due, hours=2, minutes=1))

    async def shown(self, post: Post) -> None:
        """Wait for the reveal and the beginning of its discussion."""
        await self.driver.until("revealed", channel=self.channel, message=post.id, thread=True)


async def concealed_answers(driver: Driver, people: People, post: Post) -> None:
    """Alice changes her mind once, bob does not."""
    await driver.answer(post, people.alice, driver.chance.randrange(post.options))
    await driver.answer(post, people.alice, driver.chance.randrange(post.options))
    await driver.answer(post, people.bob, driver.chance.randrange(post.options))


# A day of three schedules


class ChangingDay:
    """The night in which Berlin's clocks jump from 02:00 to 03:00, and the day after it.

    "Gap" is meant for 02:30, which that night does not have: due right after the gap. "Morning" is
    open, "York" is in another zone and has a thread; a moderator closes it.
    """

    BEGINS = "2027-03-27T14:00:00+00:00"
    GAP, MORNING, YORK = (
        "2027-03-28T01:00:00+00:00",
        "2027-03-28T07:00:00+00:00",
        "2027-03-28T13:00:00+00:00",
    )

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.due: list[tuple[int, str]] = []
        self.between: Callable[[], Awaitable[None]] = _nothing
        """Called after a round, when nobody does anything."""

    async def play(self) -> None:
        """Start the bot, make the schedules, and live through the day."""
        driver = self.driver
        people = await gather(driver)
        channels = [await driver.discord.do("open_channel", name=name) for name in ("a", "b", "c")]
        gap, morning, york = channels
        self.due = [(gap, self.GAP), (morning, self.MORNING), (york, self.YORK)]
        await driver.revive()
        berlin, new_york = "Europe/Berlin", "America/New_York"
        for channel, options in (
            (gap, {"name": "Gap", "time": "02:30", "zone": berlin, "manner": "concealed"}),
            (morning, {"name": "Morning", "time": "09:00", "zone": berlin, "manner": "open"}),
            (york, {"name": "York", "time": "09:00", "zone": new_york, "thread": True}),
        ):
            await moderators.schedule(driver, people.mona, channel, open_for="2h", **options)
        post = await self._due(gap, self.GAP, "concealed")
        await concealed_answers(driver, people, post)
        await driver.hint(post, people.alice)
        await explain(driver, post, people.bob, right=True)
        await self._over(gap, self.GAP, post)

        post = await self._due(morning, self.MORNING, "open")
        await open_answers(driver, people, post)
        await driver.hint(post, people.carla)
        await driver.hint(post, people.carla, level=2)
        await self._over(morning, self.MORNING, post)

        post = await self._due(york, self.YORK, "concealed")
        await driver.answer(post, people.carla, driver.chance.randrange(post.options))
        await explain(driver, post, people.carla, right=False)
        await explain(driver, post, people.carla, right=True)
        await moderators.close(driver, people.mona, post)
        await driver.until("revealed", channel=york, message=post.id, thread=True)

    async def _due(self, channel: int, when: str, manner: str) -> Post:
        self.driver.reached("due")
        await self.driver.discord.jump(when)
        return await self.driver.post(channel, 1, when, manner)

    async def _over(self, channel: int, when: str, post: Post) -> None:
        self.driver.reached("reveal")
        await self.driver.discord.jump(later(when, hours=2, minutes=1))
        await self.driver.until("revealed", channel=channel, message=post.id)
        await self.between()


async def _nothing() -> None:
    pass


async def open_answers(driver: Driver, people: People, post: Post) -> None:
    """Alice changes her mind, bob takes his answer back, carla's stays."""
    first, second = driver.chance.sample(range(post.options), 2)
    await driver.react(post, people.alice, first)
    await driver.react(post, people.bob, first)
    await driver.react(post, people.carla, second)
    await driver.answer(post, people.alice, second, before=first)
    await driver.withdraw(post, people.bob, first)


def later(when: str, **amount: float) -> str:
    """Return an ISO time moved forward by so many hours, minutes."""
    return (datetime.fromisoformat(when) + timedelta(**amount)).isoformat()
