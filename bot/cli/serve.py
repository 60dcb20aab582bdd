"""`tutor run`: the client until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from typing import Any

from pydantic import SecretStr

from bot.client import run
from bot.refusals import refusals_told
from bot.settings import Settings

log = logging.getLogger(__name__)

STOPS = (signal.SIGINT, signal.SIGTERM)


def serve(settings: Settings, token: SecretStr) -> None:
    """Run the bot; returns after SIGINT or SIGTERM. Raises OperatorError when it cannot start."""
    with refusals_told():
        asyncio.run(until_told(run(settings, token)))


async def until_told(work: Coroutine[Any, Any, None]) -> None:
    """Await `work`. The first SIGINT or SIGTERM cancels it, and it cleans up; the second kills."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    told: list[str] = []

    def stop(name: str) -> None:
        log.info("%s: stopping; once more stops at once", name)
        told.append(name)
        forget()
        task.cancel()

    def forget() -> None:
        for number in STOPS:
            loop.remove_signal_handler(number)

    for number in STOPS:
        loop.add_signal_handler(number, stop, number.name)
    try:
        await task
    except asyncio.CancelledError:
        if not told:
            raise
    finally:
        forget()
