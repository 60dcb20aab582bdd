"""What simcord is told to take for an idle task, and that it still waits for all others."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
import simcord

from bot.demo.idle import LOOK_AGAIN_S, START_S, idles, recognise_idle_tasks
from tests.support.world import World


async def _wait_with_limit(event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(3600):
            await event.wait()


@asynccontextmanager
async def running(work: Coroutine[Any, Any, Any]) -> AsyncIterator[asyncio.Task[Any]]:
    task = asyncio.create_task(work)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    "wait",
    [
        lambda: asyncio.Event().wait(),
        lambda: asyncio.Queue[int]().get(),
        lambda: asyncio.wait_for(asyncio.Event().wait(), 3600),
        lambda: _wait_with_limit(asyncio.Event()),
    ],
)
async def test_a_task_that_waits_for_a_sign_idles(wait: Callable[[], Any]) -> None:
    async with running(wait()) as task:
        assert idles(task)


async def _await(awaitable: Awaitable[Any]) -> None:
    await awaitable


async def test_a_task_that_waits_for_a_result_does_not() -> None:
    result: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    async with running(_await(result)) as task:
        assert not idles(task)
    done = asyncio.create_task(asyncio.sleep(0))
    await done
    assert not idles(done)


async def test_an_act_ends_when_the_bot_is_quiet(world: World) -> None:
    recognise_idle_tasks()
    recognise_idle_tasks()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await world.env.settle()
    assert loop.time() - begun < 1


async def test_a_result_from_elsewhere_is_waited_for(world: World) -> None:
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[None] = loop.create_future()
    loop.call_later(0.05, answered.set_result, None)  # not the bot's: another thread, say
    with world.env._bot_scope():
        world.context.start(_await(answered), name="slow")
    await world.env.settle()
    assert answered.done()


async def test_a_start_has_more_time_than_simcord_gives_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []

    async def settle(_: simcord.Env, *, idle: float = 0.05, **options: object) -> None:
        given.append(options.get("timeout", idle))

    monkeypatch.setattr(simcord.Env, "_settle_internal", settle)
    recognise_idle_tasks()
    await world.env._settle_internal(timeout=5.0)
    await world.env._settle_internal(timeout=60.0)
    await world.env._settle_internal()
    assert given == [START_S, 60.0, LOOK_AGAIN_S]
    monkeypatch.undo()
