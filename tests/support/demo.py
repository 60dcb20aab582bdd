"""The whole demo in the test's own event loop, with an instant grader."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast

from bot.demo.launcher import demo
from bot.grading.service import GraderService
from tests.support.fakes import FakeGrader

AFTERNOON = datetime(2026, 3, 5, 15, 30, tzinfo=UTC)


@asynccontextmanager
async def running_demo(now: datetime = AFTERNOON) -> AsyncIterator[str]:
    """Run the demo on a free port and yield its address; it is closed at the end."""
    opened: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    grader = cast(GraderService, FakeGrader())
    running = asyncio.create_task(demo(0, opened.set_result, now=now, zone="UTC", grader=grader))
    try:
        await asyncio.wait({running, opened}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        yield await opened
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
