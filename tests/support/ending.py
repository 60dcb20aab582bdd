"""What tests of the bot's end share: a slow Discord, and clients that never log in."""

import asyncio
from typing import Any

from bot.client import TutorClient
from bot.domain.round import Outcome, Round
from bot.services.context import Context
from bot.store import tables as t
from tests.support.contexts import rows
from tests.support.fakes import RecordingPublisher

PATIENCE_S = 20


class SlowDiscord(RecordingPublisher):
    """A post, or a reveal, takes until `let` is set; `asked` says that as many as are expected are
    under way.
    """

    def __init__(self, expected: int = 1) -> None:
        super().__init__()
        self.expected = expected
        self.asked = asyncio.Event()
        self.let = asyncio.Event()

    async def post(self, round_: Round) -> int:
        await self._take_long()
        return await super().post(round_)

    async def reveal(self, round_: Round, outcome: Outcome) -> int | None:
        await self._take_long()
        return await super().reveal(round_, outcome)

    async def _take_long(self) -> None:
        self.expected -= 1
        if self.expected == 0:
            self.asked.set()
        await self.let.wait()


async def states(context: Context) -> list[str]:
    return sorted(row["state"] for row in await context.store.read(rows, t.rounds))


def client_on(context: Context, **options: Any) -> TutorClient:
    """A client that never logs in, with this context."""
    client = TutorClient(context.settings, grader=context.grader, **options)
    client.context = context
    return client


class PretendClient(TutorClient):
    """Is connected as soon as it starts, and reads Discord's events until it is closed."""

    set_up = True

    def __init__(self, context: Context) -> None:
        super().__init__(context.settings, grader=context.grader)
        self.context = context
        self.started = asyncio.Event()
        self.heard_while_stopping = asyncio.Event()
        self.cancelled_in_setup = False
        self.connecting: asyncio.Event | None = None

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        self.is_set_up = self.set_up
        self.started.set()
        if self.connecting is not None:
            await self.connecting.wait()
        try:
            while not self.is_closed():
                if self.context.stopping:
                    self.heard_while_stopping.set()
                await asyncio.sleep(0)  # an event from Discord
        except asyncio.CancelledError:
            self.cancelled_in_setup = not self.context.stopping
            raise


async def wait_for(event: asyncio.Event) -> None:
    await event.wait()
