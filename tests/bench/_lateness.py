"""How late the event loop is: what a member waits for when something hogs it."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from time import perf_counter

STEP_S = 0.002
"""Seconds between two looks at the loop."""


@asynccontextmanager
async def lateness() -> AsyncIterator["array[float]"]:
    """Collect, while inside, by how many seconds each look came too late."""
    late = array("d")
    task = asyncio.create_task(_watch(late))
    try:
        yield late
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed; 0 where there are none."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0.0


async def _watch(late: "array[float]") -> None:
    while True:
        due = perf_counter() + STEP_S
        await asyncio.sleep(STEP_S)
        late.append(max(0.0, perf_counter() - due))
