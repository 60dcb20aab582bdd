"""The group-commit writer: one task that commits many changes in one transaction.

A commit to disk is what costs, not the rows: one transaction a change reaches about a thousand
changes a second, one for all that wait many times that (`make bench`). Each change runs in a
savepoint of its own, so that one that fails takes nothing else with it.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

LARGEST_BATCH = 256
"""Changes in one transaction: bounds how long the first of them waits for its commit."""


@dataclass(frozen=True, slots=True)
class _Change:
    run: Callable[[sa.Connection], Any]
    done: asyncio.Future[Any]


class Writer:
    """Runs changes in the order in which they were asked for. `start` before, `stop` after."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: asyncio.Queue[_Change | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the writing task in the running loop."""
        self._task = asyncio.create_task(self._work(), name="store-writer")

    async def stop(self) -> None:
        """Commit what waits, then end."""
        if self._task is not None:
            self._waiting.put_nowait(None)
            await self._task
            self._task = None

    async def write(self, change: Callable[[sa.Connection], Any]) -> Any:
        """Run a change and return its result once it is committed.

        Raises what the change raised (it is then rolled back, alone), or what the commit raised.
        A caller that is cancelled while it waits does not undo the change.
        """
        if self._task is None or self._task.done():
            raise RuntimeError("the store is closed")
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(_Change(change, done))
        return await done

    async def _work(self) -> None:
        ending = False
        while not ending:
            batch: list[_Change] = []
            item = await self._waiting.get()
            while True:
                if item is None:
                    ending = True
                    break
                batch.append(item)
                if len(batch) == LARGEST_BATCH or self._waiting.empty():
                    break
                item = self._waiting.get_nowait()
            if batch:
                await self._commit(batch)

    async def _commit(self, batch: list[_Change]) -> None:
        outcomes: list[tuple[_Change, Any, Exception | None]] = []
        try:
            async with self._engine.begin() as connection:
                outcomes = await connection.run_sync(_run_each, batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, each caller gets it
            outcomes = [(change, None, error) for change in batch]
        for change, result, error in outcomes:
            with contextlib.suppress(asyncio.InvalidStateError):  # the caller was cancelled
                if error is None:
                    change.done.set_result(result)
                else:
                    change.done.set_exception(error)


def _run_each(
    connection: sa.Connection, batch: list[_Change]
) -> list[tuple[_Change, Any, Exception | None]]:
    outcomes: list[tuple[_Change, Any, Exception | None]] = []
    for change in batch:
        try:
            with connection.begin_nested():
                outcomes.append((change, change.run(connection), None))
        except Exception as error:  # noqa: BLE001 - handed to the one who asked for this change
            outcomes.append((change, None, error))
    return outcomes
