"""The store as the services hold it: open, read, write, close."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from bot.store.engine import reader_engine, transactions
from bot.store.errors import in_plain_words, parse_url
from bot.store.migrations import upgrade
from bot.store.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


class Store:
    """A migrated database. Queries are plain functions whose first parameter is a connection.

    On SQLite a change runs in the writer's own thread: it must touch nothing but its connection and
    its parameters.
    """

    def __init__(self, url: sa.URL) -> None:
        self.url = url
        self._transactions = transactions(url)
        self._reading = reader_engine(url)
        self._writer = Writer(self._transactions, url)
        self._closed = False

    @classmethod
    async def open(cls, url: str) -> "Store":
        """Migrate the database at `url` (an SQLAlchemy URL with an async driver) and open it.

        Raises OperatorError when it cannot be opened, written, or is from a newer version, and
        ConfigurationError when the URL is at fault.
        """
        parsed = parse_url(url)
        await upgrade(parsed)
        store = cls(parsed)
        store._writer.start()
        return store

    async def close(self) -> None:
        """Commit what waits and let the files go. Closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._writer.stop()
        finally:
            await self._transactions.dispose()
            await self._reading.dispose()

    async def read(
        self, query: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query that changes nothing, on a connection of its own, and return its result.

        It sees every change whose `write` has returned. Raises OperatorError when the database
        cannot be read.
        """
        with in_plain_words(self.url, reading=True):
            async with self._reading.connect() as connection:
                return await connection.run_sync(query, *args, **kwargs)

    async def write(
        self, change: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a change and return its result once it is on the disk; see `Writer.write`."""
        return await self._writer.write(lambda connection: change(connection, *args, **kwargs))

    def write_together(
        self, change: Callable[[sa.Connection, Sequence[T]], Sequence[R]], thing: T
    ) -> asyncio.Future[list[R | Exception]]:
        """`write` for what comes in bursts: `change` is given every thing that waits for it right
        after the others, and they share the future: what came of each, in their order, or what it
        raised. It is the same function each time: a lambda would never meet itself.
        """
        return self._writer.write_together(change, thing)
