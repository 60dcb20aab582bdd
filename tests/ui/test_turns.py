"""How much one member may have under way."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.errors import MemberError
from bot.ui.turns import AT_ONCE, end_turn, take_turn


class Member:
    """Somebody whose clicks are all worked on until `let` is set."""

    def __init__(self, context: Any, user_id: int) -> None:
        self.interaction: Any = SimpleNamespace(
            client=SimpleNamespace(context=context), user=SimpleNamespace(id=user_id)
        )
        self.let = asyncio.Event()
        self.outcomes: list[bool | str] = []

    async def click(self, *, waits: bool = False) -> None:
        try:
            self.outcomes.append(take_turn(self.interaction))
        except MemberError as error:
            self.outcomes.append(error.code)
        if waits:
            end_turn(self.interaction)
        await self.let.wait()


async def clicks(member: Member, times: int, **how: Any) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(member.click(**how)) for _ in range(times)]
    await asyncio.sleep(0)
    return tasks


async def test_some_are_worked_on_as_many_are_refused_and_the_rest_is_let_go() -> None:
    context = SimpleNamespace(turns={})
    alice, bob = Member(context, 1), Member(context, 2)
    tasks = await clicks(alice, 3 * AT_ONCE)
    assert alice.outcomes == [True] * AT_ONCE + ["too_fast"] * AT_ONCE + [False] * AT_ONCE
    tasks += await clicks(bob, 1)
    assert bob.outcomes == [True]
    alice.let.set()
    bob.let.set()
    await asyncio.gather(*tasks)
    assert context.turns == {}
    await asyncio.gather(*await clicks(alice, 1))
    assert alice.outcomes[-1] is True


async def test_what_only_waits_takes_no_turn() -> None:
    context = SimpleNamespace(turns={})
    alice = Member(context, 1)
    tasks = await clicks(alice, 3 * AT_ONCE, waits=True)
    assert alice.outcomes == [True] * 3 * AT_ONCE
    assert context.turns == {}
    alice.let.set()
    await asyncio.gather(*tasks)


async def test_a_task_takes_one_turn() -> None:
    context = SimpleNamespace(turns={})
    alice = Member(context, 1)

    async def twice() -> None:
        assert take_turn(alice.interaction)
        assert take_turn(alice.interaction)
        assert len(context.turns[1]) == 1

    await asyncio.create_task(twice())
    await asyncio.sleep(0)
    assert context.turns == {}


@pytest.mark.parametrize("error", [ValueError(), asyncio.CancelledError()])
async def test_a_turn_ends_however_its_task_ends(error: BaseException) -> None:
    context = SimpleNamespace(turns={})
    alice = Member(context, 1)

    async def fail() -> None:
        assert take_turn(alice.interaction)
        raise error

    await asyncio.gather(asyncio.create_task(fail()), return_exceptions=True)
    await asyncio.sleep(0)
    assert context.turns == {}
