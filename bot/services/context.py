"""What every service needs, in one value that is passed first."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from bot.clock import Clock
from bot.domain.round import Outcome, Round
from bot.errors import ModeratorError
from bot.grading.service import GraderService
from bot.settings import Settings
from bot.store import Store
from bot.store.queries.audit import Entry
from bot.store.queries.reminders import Reminder

if TYPE_CHECKING:
    from bot.services.setup import Setup

T = TypeVar("T")

CHANNELS_AT_ONCE = 8
"""Channels in which reactions are taken away at a time, four a second each: posts and reveals keep
room under Discord's 50 requests a second.
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The reactions that stand under a post, as indexes of options."""

    own: frozenset[int]
    """Those of the bot itself."""
    members: dict[int, set[int]]
    """Those of each member, without bots; nobody has an empty set."""


class Publisher(Protocol):
    """What rounds need of Discord; `bot.ui.publisher` does it. A method raises ModeratorError when
    Discord refuses for a reason that a moderator can mend, and DiscordError when it may do it
    later.
    """

    async def post(self, round_: Round) -> int:
        """Send the post and return the message's id. Twice within minutes sends it once."""
        ...

    async def find(self, round_: Round) -> int | None:
        """Look through the channel's history for the round's post."""
        ...

    async def add_reactions(self, round_: Round) -> None:
        """Put the options' reactions under the post."""
        ...

    async def reactions(self, round_: Round) -> Standing:
        """Read the reactions under the post."""
        ...

    async def remove_reactions(self, round_: Round, user_id: int, options: Sequence[int]) -> None:
        """Take a member's reactions away, in this order."""
        ...

    async def reveal(self, round_: Round, outcome: Outcome) -> int | None:
        """Turn the post into its reveal; return the id of the thread if one was asked for."""
        ...

    async def cancel(self, round_: Round) -> None:
        """Mark the post as cancelled."""
        ...

    async def tell_member(self, user_id: int, explanation_id: int) -> bool:
        """Send a member the grade of an explanation whose reply can no longer be edited; return
        False where that member takes no direct messages.
        """
        ...

    async def tell_moderators(
        self, server_id: int, channel_id: int, error: ModeratorError, schedule: str | None = None
    ) -> None:
        """Tell a server's moderators what is wrong with a channel, and which schedule was paused
        for it. Never raises: where nobody can be told it is logged.
        """
        ...

    async def post_entry(self, entry: Entry, look_first: bool) -> None:
        """Post what a moderator did in the entry's channel; with `look_first`, unless the
        channel's history has it already.
        """
        ...

    async def remind(self, reminder: Reminder, look_first: bool) -> tuple[int, bool]:
        """Tell a server's moderators how many reviews wait: in a new message (with `look_first`,
        unless the channel's history has it already), or in that which stands. Return the message's
        id, and whether it is new.
        """
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
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the next due time may have changed."""
    being_graded: set[int] = field(default_factory=set[int])
    """Explanations that a member waits for; the task that grades pending ones leaves them alone."""
    untidy: dict[int, datetime] = field(default_factory=dict[int, datetime])
    """Rounds whose reactions could not be put in order, and when (UTC) to try again."""
    processed: dict[tuple[int, int], list[int]] = field(
        default_factory=dict[tuple[int, int], list[int]]
    )
    """Options, by round and member, that are stored while their reaction may still stand."""
    going: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    """By post and member, the option whose reaction is being taken away right now; not where it was
    chosen again since that began.
    """
    taking: tuple[asyncio.Future[Any], asyncio.Task[None]] | None = None
    """Answers that are stored together, and what waits for them; the last of such."""
    audit_waits: dict[int, datetime] = field(default_factory=dict[int, datetime])
    """Servers whose audit channel took no entry, and when (UTC) to try again."""
    reminders: dict[int, datetime] = field(default_factory=dict[int, datetime])
    """Servers whose waiting reviews were looked at, and when (UTC) to look again."""
    setups: dict[tuple[int, int], "Setup"] = field(
        default_factory=lambda: dict[tuple[int, int], "Setup"]()
    )
    """Set-ups under way, by server and moderator."""
    turns: dict[int, set[asyncio.Task[Any]]] = field(
        default_factory=dict[int, set[asyncio.Task[Any]]]
    )
    """What each member has under way; nobody has an empty set (bot.ui.turns)."""
    being_told: dict[int, bool] = field(default_factory=dict[int, bool])
    """Explanations whose grade or review is being told, and whether to look once more after it."""
    untold: dict[int, datetime] = field(default_factory=dict[int, datetime])
    """Explanations whose grade Discord did not take, and when (UTC) to try again."""
    leaving: dict[int, dict[tuple[int, int], Round]] = field(
        default_factory=dict[int, dict[tuple[int, int], Round]]
    )
    """By channel: the keys of `processed` whose reactions are on their way out, in their order."""
    refused: dict[int, datetime] = field(default_factory=dict[int, datetime])
    """Rounds whose reactions Discord did not let go, and until when (UTC) none is asked for."""
    removing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CHANNELS_AT_ONCE))
    """Held while a reaction is taken away."""
    stopping: bool = False
    """The process is about to end: what is under way is finished, and nothing new is begun."""
    choosing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held from the choice of a question until a round has it: two rounds that are due together
    must not choose the same one.
    """
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a moderator's file is read: several large ones at once would fill the memory."""
    _channels: defaultdict[int, asyncio.Lock] = field(
        default_factory=lambda: defaultdict[int, asyncio.Lock](asyncio.Lock)
    )
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set[asyncio.Task[Any]])

    def wake(self) -> None:
        """Have the waking task look again at what is due next."""
        self.woken.set()

    def channel(self, channel_id: int) -> asyncio.Lock:
        """Return the lock under which rounds of a channel are posted and revealed, so that a
        moderator's command and the waking task never do the same step side by side.
        """
        return self._channels[channel_id]

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run `work` beside everything else; it must deal with its own errors."""
        task = asyncio.create_task(work, name=name)
        self._note(task)
        return task

    async def whole(self, work: Coroutine[Any, Any, T], name: str) -> T:
        """Await `work`. Whoever is cancelled meanwhile leaves it running, and `finish` waits for
        it: so a task that repeats steps can be ended between two of them at any time.
        """
        task = asyncio.create_task(work, name=name)
        self._note(task)
        return await asyncio.shield(task)

    def count_in(self) -> None:
        """Have `finish` wait for the current task: a person waits for what it does."""
        task = asyncio.current_task()
        assert task is not None
        self._note(task)

    def stop(self) -> None:
        """Begin nothing new from now on; `finish` comes next."""
        self.stopping = True

    async def finish(self) -> None:
        """Wait for what was started here or counted in."""
        while self._tasks:
            done, _ = await asyncio.wait(self._tasks)
            for task in done:
                if not task.cancelled():
                    task.exception()  # dealt with where it was raised, and seen here

    async def abandon(self, patience: float) -> int:
        """Cancel what `finish` would wait for; give it `patience` seconds to tidy up. Return how
        many pieces of work that were.
        """
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
        return len(tasks)

    def _note(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)  # the loop itself keeps weak references only
        task.add_done_callback(self._tasks.discard)
