"""Changes a second: one transaction each, all that wait in one, and reads beside them."""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter

import sqlalchemy as sa
from rich.table import Table

from bot.store import Store, writer
from bot.store.queries import meta

ALONE, TOGETHER, READS = 500, 10_000, 1_000
HERE = Path(__file__).parents[2]
"""The database lies on the disk of the bot: where /tmp is memory, commits cost nothing."""


async def table() -> Table:
    """Measure on a database of its own, which is removed afterwards."""
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".bench-") as folder:
        began = perf_counter()
        store = await Store.open(f"sqlite+aiosqlite:///{folder}/tutor.db")
        created = perf_counter() - began
        await store.close()
        began = perf_counter()
        store = await Store.open(f"sqlite+aiosqlite:///{folder}/tutor.db")
        opened = perf_counter() - began
        alone, waited = await _alone(store)
        together = await _together(store)
        reads = await _reads(store)
        await store.close()
    result = Table("what", "a second", "each", title="Store (SQLite, synchronous=FULL)")
    result.add_row("changes, one transaction each", f"{alone:,.0f}", f"{1000 * waited:.2f} ms p99")
    result.add_row(
        f"changes, up to {writer.LARGEST_BATCH} in a transaction",
        f"{together:,.0f}",
        f"{together / alone:.1f} times as many",
    )
    result.add_row("reads, 4 at once", f"{reads:,.0f}", f"{1000 / reads:.2f} ms")
    result.add_row("make the database", "", f"{1000 * created:.0f} ms")
    result.add_row("open it", "", f"{1000 * opened:.0f} ms")
    return result


async def _alone(store: Store) -> tuple[float, float]:
    times: list[float] = []
    for number in range(ALONE):
        began = perf_counter()
        await store.write(_add, number)
        times.append(perf_counter() - began)
    return ALONE / sum(times), sorted(times)[ALONE * 99 // 100]


async def _together(store: Store) -> float:
    began = perf_counter()
    await asyncio.gather(*(store.write(_add, ALONE + number) for number in range(TOGETHER)))
    return TOGETHER / (perf_counter() - began)


async def _reads(store: Store) -> float:
    async def reader() -> None:
        for number in range(READS // 4):
            await store.read(meta.get, key=str(number))

    began = perf_counter()
    await asyncio.gather(*(reader() for _ in range(4)))
    return READS / (perf_counter() - began)


def _add(conn: sa.Connection, number: int) -> None:
    meta.put(conn, key=str(number), value="x" * 100)
