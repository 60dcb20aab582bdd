"""The lease on PostgreSQL, where processes of several machines may meet."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio

from bot.errors import OperatorError
from bot.services import lease
from bot.services.context import Context
from bot.store import Store
from bot.store.lease import Holder, Lease, this_process
from bot.store.queries import leases
from tests.support import postgres
from tests.support.contexts import clock_of, open_context

pytestmark = pytest.mark.skipif(bool(postgres.missing()), reason=postgres.missing())

PROCESSES = [Holder(host=f"host {n}", machine=f"machine {n}", process=n, began="7") for n in (1, 2)]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres.running_server() as url:
        yield url


@pytest_asyncio.fixture
async def contexts(tmp_path: Path, url: str) -> AsyncIterator[list[Context]]:
    """Two processes with one clock and one database; nobody has its lease."""
    async with AsyncExitStack() as stack:
        context = await stack.enter_async_context(open_context(tmp_path))
        made: list[Context] = []
        for _ in PROCESSES:
            store = await Store.open(url)
            stack.push_async_callback(store.close)
            made.append(replaced(context, store))
        yield made
        for one, holder in zip(made, PROCESSES, strict=True):
            await lease.release(one, holder)


def replaced(context: Context, store: Store) -> Context:
    return Context(
        context.settings,
        store,
        context.clock,
        context.random,
        context.publisher,
        context.grader,
    )


async def held(context: Context) -> Lease:
    return cast(Lease, await context.store.read(leases.current))


async def test_of_many_tries_at_once_one_process_gets_it(contexts: list[Context]) -> None:
    for _ in range(10):
        outcomes = await asyncio.gather(
            *(lease.take(c, h) for c, h in zip(contexts, PROCESSES, strict=True)),
            return_exceptions=True,
        )
        assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "OperatorError"]
        winner = outcomes.index(None)
        assert (await held(contexts[0])).holder == PROCESSES[winner]
        await lease.release(contexts[winner], PROCESSES[winner])


async def test_the_second_is_told_before_anything_is_migrated(
    contexts: list[Context], url: str
) -> None:
    first, _ = contexts
    await lease.take(first, this_process())
    with pytest.raises(OperatorError, match="Another tutor runs on the database postgresql"):
        await lease.until_free(url, first.clock)
    await lease.release(first, this_process())
    assert await lease.until_free(url, first.clock) is None


async def test_an_expired_one_is_taken_over_and_its_holder_ends(contexts: list[Context]) -> None:
    first, second = contexts
    await lease.take(first, PROCESSES[0])
    clock_of(first).advance(seconds=30)
    await lease.take(second, PROCESSES[1])
    assert (await held(first)).holder == PROCESSES[1]

    async def pause(_: float) -> None:
        pass

    with pytest.raises(lease.LeaseLost):
        await lease.keep(first, PROCESSES[0], pause)
