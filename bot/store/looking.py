"""Reading a database without making, changing or migrating it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.errors import in_plain_words, place, require_driver

T = TypeVar("T")


def is_missing(url: sa.URL) -> bool:
    """Return whether the database is a file that is not there yet."""
    return url.get_backend_name() == "sqlite" and not Path(place(url)).exists()


async def look(url: sa.URL, query: Callable[[sa.Connection], T]) -> T:
    """Run a query on the database at `url`, whatever its version. Raises OperatorError when it is
    not there or cannot be read.
    """
    require_driver(url)
    reading = url
    if url.get_backend_name() == "sqlite":
        reading = url.set(database=_uri(place(url)), query={"mode": "ro", "uri": "true"})
    engine = create_async_engine(reading, poolclass=NullPool)
    try:
        with in_plain_words(url):
            async with engine.connect() as connection:
                return await connection.run_sync(query)
    finally:
        await engine.dispose()


def _uri(file: str) -> str:
    return Path(file).absolute().as_uri()
