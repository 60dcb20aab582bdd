"""Teaches simcord what an idle service of the bot looks like.

simcord runs every act of a person until the bot is quiet, and takes a task that waits for an
unknown future for work in progress. The bot has tasks that wait for ever by design: the waking task
for its event or the next due time, the writer and the grader for their queues. A task whose
innermost wait is `Event.wait` or `Queue.get` does nothing until somebody else acts, so it counts as
quiet; what that somebody does is watched as before.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import simcord
from simcord import _settlement as settlement

# simcord is pinned to the exact version, and has no public way to do this.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

LOOK_AGAIN_S = 0.002
START_S = 9.0
"""For so long a start may take; simcord's five seconds are few on a busy machine. What falls due
meanwhile is waited for by the wall clock, and after ten seconds the claim on the database does."""
_IDLE = frozenset({asyncio.Event.wait.__code__, asyncio.Queue.get.__code__})
_WAIT_FOR = asyncio.wait_for.__code__


def idles(task: asyncio.Task[Any]) -> bool:
    """Return whether the task waits for an event or a queue, with a time limit or without one."""
    coroutine: Any = task.get_coro()
    frame: Any = None
    while (inner := getattr(coroutine, "cr_frame", None)) is not None:
        frame = inner
        coroutine = coroutine.cr_await
    if frame is None:
        return False
    if frame.f_code is _WAIT_FOR:  # Python 3.11 runs what it limits in a task of its own
        limited = frame.f_locals.get("fut")
        return isinstance(limited, asyncio.Task) and idles(cast(asyncio.Task[Any], limited))
    return frame.f_code in _IDLE


def recognise_idle_tasks() -> None:
    """Patch simcord's two judgements of a waiting task, how often it looks, and for how long at a
    start. Doing it twice changes nothing.
    """
    _extend("_park_reason", lambda task: "waits for an event or a queue" if idles(task) else None)
    # Recognised waits are woken by virtual time alone, never by the wall clock.
    _extend("_recognized_wait", idles)
    # A bot that waits for its database is looked at again after 50 ms, and an act is several such
    # waits; the database needs less than one.
    settle = simcord.Env._settle_internal
    if (defaults := settle.__kwdefaults__) is None or getattr(settle, "extended", False):
        return
    defaults["idle"] = LOOK_AGAIN_S

    async def patient(env: simcord.Env, **options: Any) -> None:
        if options.get("timeout") is not None:
            options["timeout"] = max(options["timeout"], START_S)
        await settle(env, **options)

    patient.extended = True  # pyright: ignore[reportFunctionMemberAccess]
    simcord.Env._settle_internal = patient  # pyright: ignore[reportAttributeAccessIssue]


def _extend(name: str, judge: Callable[[asyncio.Task[Any]], Any]) -> None:
    original = getattr(settlement, name)
    if getattr(original, "extended", False):
        return

    def extended(state: Any, task: asyncio.Task[Any], *args: Any) -> Any:
        verdict = original(state, task, *args)
        if verdict or task.done():
            return verdict
        waiter = getattr(task, "_fut_waiter", None)
        if waiter is None or waiter.done():  # it is about to go on
            return verdict
        return judge(task)

    extended.extended = True  # pyright: ignore[reportFunctionMemberAccess]
    setattr(settlement, name, extended)
