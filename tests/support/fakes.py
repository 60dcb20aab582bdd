"""Stand-ins for the clock, for Discord as the services see it, and for the grader."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.question import Verdict
from bot.domain.round import Outcome, Round
from bot.errors import ModeratorError
from bot.grading.grade import Grade, KeyPoint, KeyPointState, Submission
from bot.services.context import Standing
from bot.store.queries.audit import Entry
from bot.store.queries.reminders import Reminder

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday."""


class FixedClock:
    """A clock that moves when it is told to: `clock.advance(hours=1)`, `clock.now = …`."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> datetime:
        """Move on by timedelta's keywords and return the new time."""
        self.now += timedelta(**amount)
        return self.now


class RecordingPublisher:
    """A `Publisher` in memory. `fail_next` holds errors that the next calls raise, in order; set
    `before` to run something in the middle of the next call (a race, a member who reacts).
    """

    def __init__(self) -> None:
        self.posts: dict[int, Round] = {}
        """The rounds as they were posted, by message id."""
        self.standing: dict[int, dict[int, set[int]]] = {}
        """The reactions under each post: message id -> member -> options."""
        self.options_offered: dict[int, int] = {}
        """How many of the bot's own reactions stand under a post, by message id."""
        self.reveals: list[tuple[Round, Outcome]] = []
        self.cancelled: list[Round] = []
        self.told_members: list[tuple[int, int]] = []
        """(member, explanation id)"""
        self.told_moderators: list[tuple[int, int, ModeratorError, str | None]] = []
        """(server, channel, what is wrong, the schedule that was paused for it)"""
        self.entries: list[Entry] = []
        """What was posted in audit channels, in this order."""
        self.reminders: dict[int, list[Reminder]] = {}
        """What moderators were told of waiting reviews: message id -> what it said, in order."""
        self.closed_dms: set[int] = set()
        self.calls: list[str] = []
        self.fail_next: list[Exception] = []
        self._next_id = 9_000_000_000

    def react(self, round_: Round, user_id: int, *options: int) -> None:
        """Put a member's reactions under a round's post, as if the bot were away."""
        message_id = self._message_of(round_)
        self.standing.setdefault(message_id, {}).setdefault(user_id, set()).update(options)

    async def post(self, round_: Round) -> int:
        self._called("post")
        for message_id, posted in self.posts.items():
            if posted.id == round_.id:
                return message_id
        self._next_id += 1
        self.posts[self._next_id] = round_
        return self._next_id

    async def find(self, round_: Round) -> int | None:
        self._called("find")
        return next((id_ for id_, posted in self.posts.items() if posted.id == round_.id), None)

    async def add_reactions(self, round_: Round) -> None:
        self._called("add_reactions")
        self.options_offered[self._message_of(round_)] = len(round_.question.options)

    async def reactions(self, round_: Round) -> Standing:
        self._called("reactions")
        message_id = self._message_of(round_)
        standing = self.standing.get(message_id, {})
        return Standing(
            own=frozenset(range(self.options_offered.get(message_id, 0))),
            members={user: set(options) for user, options in standing.items() if options},
        )

    async def remove_reactions(self, round_: Round, user_id: int, options: Sequence[int]) -> None:
        self._called("remove_reactions")
        standing = self.standing.get(self._message_of(round_), {})
        standing[user_id] = standing.get(user_id, set()) - set(options)

    async def reveal(self, round_: Round, outcome: Outcome) -> int | None:
        self._called("reveal")
        self.reveals.append((round_, outcome))
        return self._message_of(round_) if round_.thread else None

    async def cancel(self, round_: Round) -> None:
        self._called("cancel")
        self.cancelled.append(round_)

    async def tell_member(self, user_id: int, explanation_id: int) -> bool:
        self._called("tell_member")
        if user_id in self.closed_dms:
            return False
        self.told_members.append((user_id, explanation_id))
        return True

    async def tell_moderators(
        self, server_id: int, channel_id: int, error: ModeratorError, schedule: str | None = None
    ) -> None:
        self.told_moderators.append((server_id, channel_id, error, schedule))

    async def post_entry(self, entry: Entry, look_first: bool) -> None:
        self._called("post_entry")
        if not (look_first and any(one.id == entry.id for one in self.entries)):
            self.entries.append(entry)

    async def remind(self, reminder: Reminder, look_first: bool) -> tuple[int, bool]:
        self._called("remind")
        message_id = reminder.message_id
        if message_id is None and look_first:
            standing = (
                id_
                for id_, told in self.reminders.items()
                if (told[0].server_id, told[0].begun_at) == (reminder.server_id, reminder.begun_at)
            )
            message_id = next(standing, None)
        sent = message_id is None
        if message_id is None:
            self._next_id += 1
            message_id = self._next_id
        self.reminders.setdefault(message_id, []).append(reminder)
        return message_id, sent

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.fail_next:
            raise self.fail_next.pop(0)

    def _message_of(self, round_: Round) -> int:
        if round_.message_id is not None:
            return round_.message_id
        return next(id_ for id_, posted in self.posts.items() if posted.id == round_.id)


UNSURE: dict[str, Any] = {"label": Verdict.INCORRECT, "score": 0.4, "needs_review": True}
"""What `a_grade` takes for one that a moderator should look at."""


def a_grade(submission: Submission | None = None, **changes: Any) -> Grade:
    """A sure grade of an explanation that is right and complete, open to change."""
    points = submission.key_points if submission else ()
    values: dict[str, Any] = {
        "label": Verdict.CORRECT,
        "score": 0.9,
        "confidence": 0.95,
        "needs_review": False,
        "flags": (),
        "key_points": tuple(KeyPoint(text, KeyPointState.COVERED, 0.9) for text in points),
        "model": "fake 1",
    }
    return Grade(**values | changes)


class FakeGrader:
    """A grader that answers at once with what `judge` says: a Grade, or an error to raise. After
    `hold()` it keeps everybody waiting until `release()`. `submissions` is what it was asked.
    """

    def __init__(self) -> None:
        self.state = "ready"
        self.reason = ""
        self.model = "fake 1"
        self.judge: Callable[[Submission], Grade | Exception] = a_grade
        self.submissions: list[Submission] = []
        self._open = asyncio.Event()
        self._open.set()
        self._free = asyncio.Event()
        self._waiting = 0

    def hold(self) -> None:
        """Keep whoever asks from now on waiting."""
        self._open.clear()

    def release(self) -> None:
        """Answer those who wait, and whoever asks from now on."""
        self._open.set()
        self._free.set()

    async def start(self) -> None:
        """As GraderService."""

    async def stop(self) -> None:
        """As GraderService."""

    def waiting(self) -> int:
        """As GraderService."""
        return self._waiting

    async def until_free(self) -> None:
        """As GraderService."""
        await self._free.wait()
        self._free.clear()

    async def grade(self, submission: Submission) -> Grade:
        """As GraderService."""
        self.submissions.append(submission)
        self._waiting += 1
        try:
            await self._open.wait()
        finally:
            self._waiting -= 1
        outcome = self.judge(submission)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
