"""Hints: level by level, each paid once, whatever is clicked at the same moment."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.round import State
from bot.errors import MemberError
from bot.services import hints
from bot.services.context import Context
from bot.store import tables as t
from tests.support.contexts import ALICE, BOB, SERVER, add_open_round, clock_of, rows
from tests.support.questions import a_question


async def _taken(context: Context, round_id: int) -> list[tuple[int, int, int]]:
    found = await context.store.read(rows, t.hints, round_id=round_id)
    return [(row["user_id"], row["level"], row["cost"]) for row in found]


async def test_looking_costs_nothing_and_tells_the_cost(context: Context) -> None:
    round_ = await add_open_round(context, a_question(difficulty=3))
    found = await hints.look(context, round_.id, ALICE, SERVER)
    assert (found.taken, found.next_level, found.cost, found.worth) == ((), 1, 15, 60)
    assert await _taken(context, round_.id) == []


async def test_a_hint_is_taken_and_stays(context: Context) -> None:
    round_ = await add_open_round(context)
    shown = await hints.take(context, round_.id, 1, ALICE, SERVER)
    assert shown.taken == round_.question.hints[:1]
    assert await _taken(context, round_.id) == [(ALICE, 1, 10)]
    assert (await hints.look(context, round_.id, ALICE, SERVER)).taken == shown.taken
    assert (await hints.look(context, round_.id, BOB, SERVER)).taken == ()


async def test_two_clicks_at_once_take_one_level(context: Context) -> None:
    round_ = await add_open_round(context)
    first, second = await asyncio.gather(
        hints.take(context, round_.id, 1, ALICE, SERVER),
        hints.take(context, round_.id, 1, ALICE, SERVER),
    )
    assert first.taken == second.taken == round_.question.hints[:1]
    assert await _taken(context, round_.id) == [(ALICE, 1, 10)]


async def test_the_next_level_comes_after_the_wait(context: Context) -> None:
    round_ = await add_open_round(context)
    ready_at = context.clock() + timedelta(seconds=60)
    assert (await hints.take(context, round_.id, 1, ALICE, SERVER)).ready_at == ready_at

    clock_of(context).advance(seconds=59)
    with pytest.raises(MemberError) as early:
        await hints.take(context, round_.id, 2, ALICE, SERVER)
    assert early.value.code == "hint_not_yet"
    assert early.value.values["when"] == f"<t:{ready_at.timestamp():.0f}:R>"

    clock_of(context).advance(seconds=1)
    assert len((await hints.take(context, round_.id, 2, ALICE, SERVER)).taken) == 2


@pytest.mark.parametrize("work", ["answer", "explanation"])
async def test_the_next_level_comes_after_work(context: Context, work: str) -> None:
    round_ = await add_open_round(context)
    await hints.take(context, round_.id, 1, ALICE, SERVER)
    now = clock_of(context).advance(seconds=1)
    row = {"server_id": SERVER, "round_id": round_.id, "user_id": ALICE}
    if work == "answer":
        table, row = t.answers, row | {"option": 1, "answered_at": now}
    else:
        table, row = t.explanations, row | {"attempt": 1, "text": "x", "submitted_at": now}
    await context.store.write(lambda conn: conn.execute(table.insert().values(row)))

    assert (await hints.look(context, round_.id, ALICE, SERVER)).ready_at is None
    assert len((await hints.take(context, round_.id, 2, ALICE, SERVER)).taken) == 2


async def test_no_level_is_jumped_and_none_comes_after_the_last(context: Context) -> None:
    round_ = await add_open_round(context)
    with pytest.raises(MemberError):
        await hints.take(context, round_.id, 3, ALICE, SERVER)
    for level in (1, 2, 3):
        found = await hints.take(context, round_.id, level, ALICE, SERVER)
        clock_of(context).advance(minutes=2)
    assert (found.taken, found.next_level, found.cost) == (round_.question.hints, None, 0)
    with pytest.raises(MemberError):
        await hints.take(context, round_.id, 4, ALICE, SERVER)
    assert len(await _taken(context, round_.id)) == 3


async def test_a_level_taken_before_is_free(context: Context) -> None:
    round_ = await add_open_round(context)
    await hints.take(context, round_.id, 1, ALICE, SERVER)
    assert len((await hints.take(context, round_.id, 1, ALICE, SERVER)).taken) == 1
    assert len(await _taken(context, round_.id)) == 1


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.REVEALED, "hints_closed"),
        (State.CANCELLED, "round_cancelled"),
    ],
)
async def test_a_round_that_is_over_gives_no_hints(
    context: Context, state: State, code: str
) -> None:
    round_ = await add_open_round(context, state=state.value)
    for ask in (
        hints.look(context, round_.id, ALICE, SERVER),
        hints.take(context, round_.id, 1, ALICE, SERVER),
    ):
        with pytest.raises(MemberError) as refused:
            await ask
        assert refused.value.code == code
    assert await _taken(context, round_.id) == []


async def test_other_servers_and_unknown_rounds_are_refused(context: Context) -> None:
    round_ = await add_open_round(context)
    for ask in (
        hints.take(context, round_.id, 1, ALICE, SERVER + 1),
        hints.look(context, round_.id + 1, ALICE, SERVER),
    ):
        with pytest.raises(MemberError) as refused:
            await ask
        assert refused.value.code == "round_unknown"
    assert await _taken(context, round_.id) == []


async def test_a_question_without_hints_says_so_and_takes_nothing(context: Context) -> None:
    round_ = await add_open_round(context, a_question(hints=()))
    for ask in (
        hints.look(context, round_.id, ALICE, SERVER),
        hints.take(context, round_.id, 1, ALICE, SERVER),
    ):
        with pytest.raises(MemberError, match="no_hints"):
            await ask
    assert await _taken(context, round_.id) == []


async def test_a_question_with_two_hints_has_no_third(context: Context) -> None:
    round_ = await add_open_round(context, a_question(hints=("one", "two")))
    await hints.take(context, round_.id, 1, ALICE, SERVER)
    clock_of(context).advance(hours=1)
    shown = await hints.take(context, round_.id, 2, ALICE, SERVER)
    assert (shown.taken, shown.levels, shown.next_level) == (("one", "two"), 2, None)
    clock_of(context).advance(hours=1)
    with pytest.raises(MemberError, match="hint_not_yet"):
        await hints.take(context, round_.id, 3, ALICE, SERVER)
    assert len(await _taken(context, round_.id)) == 2
