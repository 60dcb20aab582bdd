"""The group-commit writer: one task that commits many changes in one transaction.

A commit to disk is what costs, not the rows, so all changes that wait are committed together
(`make bench` measures it). Each runs in a savepoint of its own: one that fails takes nothing else
with it. What a change decides (a limit, a state) holds, because no other change runs beside it.
"""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import exc

from bot.errors import OperatorError
from bot.store.engine import Transactions
from bot.store.errors import may_pass, plain

LARGEST_BATCH = 256
"""Changes in one transaction: bounds how long the first of them waits for its commit."""

LOCK_PATIENCE_S = 20.0
"""How long a change is tried again while another process holds the database."""

_PAUSE_S = 0.02


Together: TypeAlias = Callable[[sa.Connection, Sequence[Any]], Sequence[Any]]
"""A change that does many things in one go, and returns what came of each, in their order."""


@dataclass(frozen=True, slots=True)
class _Change:
    run: Together
    thing: Any
    done: asyncio.Future[Any]


_Outcome: TypeAlias = tuple[Any, Exception | None]
"""What a change returned, or what it raised."""


class _BrokenError(Exception):
    """A change broke the transaction, not only its savepoint."""


class Writer:
    """Runs changes in the order in which they were asked for. `start` before, `stop` after.

    A change may be run again (another process held the database, a neighbour broke the
    transaction), always after its first run was rolled back: it must have no other effect than on
    its connection.
    """

    def __init__(self, transactions: Transactions, url: sa.URL) -> None:
        self._transactions = transactions
        self._url = url
        self._waiting: asyncio.Queue[_Change | None] = asyncio.Queue()
        self._batch: list[_Change] = []
        self._task: asyncio.Task[None] | None = None
        self._open = False

    def start(self) -> None:
        """Start the writing task in the running loop."""
        self._task = asyncio.create_task(self._work(), name="store-writer")
        self._open = True

    async def stop(self) -> None:
        """Commit what waits, then end. Changes asked for from now on are refused."""
        if self._open:
            self._open = False
            self._waiting.put_nowait(None)
        if self._task is not None:
            # Whoever gives up waiting for the end must not end the task with it.
            await asyncio.shield(self._task)

    async def write(self, change: Callable[[sa.Connection], Any]) -> Any:
        """Run a change and return its result once it is committed.

        Raises what the change raised (it is then rolled back, alone), or OperatorError when the
        database could not store it. A caller that is cancelled while it waits does not undo the
        change.
        """
        return await self.write_together(lambda connection, _: [change(connection)], None)

    def write_together(self, change: Together, thing: Any) -> asyncio.Future[Any]:
        """`write` a change of one thing, asked for at once. Things that wait one right after the
        other for the same change (the same function) are given to it together.
        """
        if not self._open:
            raise _closed()
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(_Change(change, thing, done))
        return done

    async def _work(self) -> None:
        try:
            while await self._next_batch():
                await self._commit(self._batch)
        finally:
            # However this ends, nobody is left waiting.
            self._open = False
            while not self._waiting.empty():
                change = self._waiting.get_nowait()
                self._batch += [change] if change else []
            for change in self._batch:
                _settle(change, (None, _closed()))

    async def _next_batch(self) -> bool:
        """Fill the batch with all that waits; return whether there is any, ever."""
        self._batch = []
        change = await self._waiting.get()
        while change is not None:
            self._batch.append(change)
            if len(self._batch) == LARGEST_BATCH or self._waiting.empty():
                return True
            change = self._waiting.get_nowait()
        if self._batch:
            self._waiting.put_nowait(None)  # the end is met again, with nothing before it
        return bool(self._batch)

    async def _commit(self, batch: list[_Change]) -> None:
        try:
            outcomes = await self._persist(lambda connection: _run_all(connection, batch))
        except _BrokenError:
            for change in batch:
                await self._commit([change])
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, each caller gets it
            outcomes = [(None, error)] * len(batch)
        for change, outcome in zip(batch, outcomes, strict=True):
            _settle(change, self._in_plain_words(outcome))

    async def _persist(self, work: Callable[[sa.Connection], list[_Outcome]]) -> list[_Outcome]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + LOCK_PATIENCE_S
        while True:
            try:
                return await self._transactions.run(work)
            except Exception as error:
                if not may_pass(error) or loop.time() > deadline:
                    raise
            await asyncio.sleep(_PAUSE_S)

    def _in_plain_words(self, outcome: _Outcome) -> _Outcome:
        result, error = outcome
        known = plain(error, self._url) if error else None
        if known is None:
            return outcome
        known.__cause__ = error
        return result, known


def _run_all(connection: sa.Connection, batch: list[_Change]) -> list[_Outcome]:
    if len(batch) == 1:
        return [(batch[0].run(connection, [batch[0].thing])[0], None)]
    outcomes: list[_Outcome] = []
    for _, group in itertools.groupby(batch, key=lambda change: change.run):
        outcomes += _run_group(connection, list(group))
    return outcomes


def _run_group(connection: sa.Connection, group: list[_Change]) -> list[_Outcome]:
    """Run changes that go together; where that fails, one by one."""
    try:
        with connection.begin_nested():
            results = group[0].run(connection, [change.thing for change in group])
            return [(result, None) for result in results]
    except exc.IntegrityError as error:
        failed: Exception = error
    except exc.DBAPIError as error:
        # A full disk and the like make SQLite roll the whole transaction back by itself: what ran
        # before in this batch is undone, and what came after would not be in a transaction.
        if may_pass(error):
            raise
        raise _BrokenError from error
    except Exception as error:  # noqa: BLE001 - handed to the one who asked for this change
        failed = error
    if len(group) == 1:
        return [(None, failed)]
    return [_run_group(connection, [change])[0] for change in group]


def _settle(change: _Change, outcome: _Outcome) -> None:
    if change.done.done():  # the caller was cancelled
        return
    result, error = outcome
    if error is None:
        change.done.set_result(result)
    else:
        change.done.set_exception(error)


def _closed() -> OperatorError:
    return OperatorError("The bot is stopping and takes no more changes. Start it again.")
