"""The group-commit writer: one task that commits many changes in one transaction.

A commit to disk is what costs, not the rows, so all changes that wait are committed together
(`make bench` measures it). Each runs in a savepoint of its own: one that fails takes nothing else
with it. What a change decides (a limit, a state) holds, because no other change runs beside it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from bot.errors import OperatorError
from bot.store.engine import Transactions
from bot.store.errors import may_pass, plain

LARGEST_BATCH = 1024
"""Things that are changed in one transaction: bounds how long the first waits for its commit."""

LOCK_PATIENCE_S = 20.0
"""How long a change is tried again while another process holds the database."""

_PAUSE_S = 0.02


T = TypeVar("T")

Together: TypeAlias = Callable[[sa.Connection, Sequence[Any]], Sequence[Any]]
"""A change that does many things in one go, and returns what came of each, in their order."""


@dataclass(frozen=True, slots=True)
class _Change:
    run: Together
    things: list[Any]
    done: asyncio.Future[list[Any]]


_Outcome: TypeAlias = tuple[Any, Exception | None]
"""What a change returned, or what it raised."""

_Work: TypeAlias = Sequence[tuple[Together, Sequence[Any]]]
"""Changes, each with its things."""


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
        self._waiting: deque[_Change] = deque()
        self._asked = asyncio.Event()
        self._batch: list[_Change] = []
        self._task: asyncio.Task[None] | None = None
        self._open = False

    def start(self) -> None:
        """Start the writing task in the running loop."""
        self._task = asyncio.create_task(self._work(), name="store-writer")
        self._open = True

    async def stop(self) -> None:
        """Commit what waits, then end. Changes asked for from now on are refused."""
        self._open = False
        self._asked.set()
        if self._task is not None:
            # Whoever gives up waiting for the end must not end the task with it.
            await asyncio.shield(self._task)

    async def write(self, change: Callable[[sa.Connection], Any]) -> Any:
        """Run a change and return its result once it is committed.

        Raises what the change raised (it is then rolled back, alone), or OperatorError when the
        database could not store it. A caller that is cancelled while it waits does not undo the
        change.
        """
        (outcome,) = await self.write_together(lambda connection, _: [change(connection)], None)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def write_together(self, change: Together, thing: Any) -> asyncio.Future[list[Any]]:
        """`write` a change of one thing, asked for at once. Things that wait one right after the
        other for the same change (the same function) are given to it together, and share the
        future: its result is what came of each, in their order, or the exception that it met.
        """
        if not self._open:
            raise _closed()
        last = self._waiting[-1] if self._waiting else None
        if last is None or last.run is not change or len(last.things) == LARGEST_BATCH:
            last = _Change(change, [], asyncio.get_running_loop().create_future())
            self._waiting.append(last)
            self._asked.set()
        last.things.append(thing)
        return last.done

    async def _work(self) -> None:
        try:
            while await self._next_batch():
                outcomes = await self._commit([(one.run, one.things) for one in self._batch])
                for change, outcome in zip(self._batch, outcomes, strict=True):
                    _settle(change, [self._in_plain_words(one) for one in outcome])
        finally:
            # However this ends, nobody is left waiting.
            self._open = False
            for change in (*self._batch, *self._waiting):
                _settle(change, [(None, _closed())] * len(change.things))
            self._waiting.clear()

    async def _next_batch(self) -> bool:
        """Fill the batch with all that waits; return whether there is any, ever."""
        self._batch = []
        while self._open and not self._waiting:
            self._asked.clear()
            await self._asked.wait()
        room = LARGEST_BATCH
        while self._waiting and len(self._waiting[0].things) <= room:
            self._batch.append(self._waiting.popleft())
            room -= len(self._batch[-1].things)
        return bool(self._batch)

    async def _commit(self, batch: _Work) -> list[list[_Outcome]]:
        try:
            return await self._persist(lambda connection: _run_all(connection, batch))
        except _BrokenError:
            apart = [await self._commit([(run, [one])]) for run, things in batch for one in things]
            each = (outcome for ((outcome,),) in apart)
            return [[next(each) for _ in things] for _, things in batch]
        except Exception as error:  # noqa: BLE001 - whatever it is, each caller gets it
            return [[(None, error)] * len(things) for _, things in batch]

    async def _persist(self, work: Callable[[sa.Connection], T]) -> T:
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


def _run_all(connection: sa.Connection, batch: _Work) -> list[list[_Outcome]]:
    if sum(len(things) for _, things in batch) == 1:
        ((run, things),) = batch
        return [[(run(connection, things)[0], None)]]
    return [_run(connection, run, things) for run, things in batch]


def _run(connection: sa.Connection, run: Together, things: Sequence[Any]) -> list[_Outcome]:
    """Change things together; where that fails, one by one."""
    try:
        with connection.begin_nested():
            return [(result, None) for result in run(connection, things)]
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
    if len(things) == 1:
        return [(None, failed)]
    return [_run(connection, run, [thing])[0] for thing in things]


def _settle(change: _Change, outcomes: Sequence[_Outcome]) -> None:
    if not change.done.done():  # else the caller was cancelled
        change.done.set_result([error or result for result, error in outcomes])


def _closed() -> OperatorError:
    return OperatorError("The bot is stopping and takes no more changes. Start it again.")
