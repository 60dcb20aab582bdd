"""A changed answer when the bot dies, or is away, before the earlier reaction is gone: what was
dealt with is never taken for newer, and who goes back on purpose is heard.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.domain.round import Manner, Round
from bot.services import answers, privacy
from bot.services.context import Context, Standing
from bot.store import tables as t
from bot.store.queries import answers as queries
from tests.support.contexts import (
    ALICE,
    BOB,
    add_open_round,
    clock_of,
    publisher_of,
    rows,
)

A, B, C, D = range(4)


class Killed(BaseException):
    """The process died here."""


async def settled(context: Context, work: Callable[..., Awaitable[None]], *about: object) -> None:
    """Do it, and wait until what it takes away is gone. Raises what ended that."""
    await work(context, *about)
    tasks = list(context._tasks)
    await context.finish()
    for error in filter(None, (task.exception() for task in tasks)):
        raise error


async def held(
    context: Context, round_: Round, user_id: int = ALICE
) -> tuple[int, list[int]] | None:
    """Return the stored option, and those that were dealt with and not seen to go."""
    found = await context.store.read(rows, t.answers, round_id=round_.id, user_id=user_id)
    return (found[0]["option"], found[0]["processed"]) if found else None


async def react(context: Context, round_: Round, option: int) -> None:
    """React while the bot is there; what it removes, Discord tells."""
    clock_of(context).advance(seconds=1)
    standing = stand(context, round_)
    publisher_of(context).react(round_, ALICE, option)
    before = standing | {option}
    assert round_.message_id is not None
    await settled(context, answers.answer, round_.message_id, ALICE, option)
    for gone in before - stand(context, round_):
        await answers.withdraw(context, round_.message_id, ALICE, gone)


async def unreact(context: Context, round_: Round, option: int) -> None:
    """Take a reaction back while the bot is there."""
    assert round_.message_id is not None
    publisher_of(context).standing[round_.message_id][ALICE].discard(option)
    await answers.withdraw(context, round_.message_id, ALICE, option)


def stand(context: Context, round_: Round) -> set[int]:
    assert round_.message_id is not None
    return set(publisher_of(context).standing.get(round_.message_id, {}).get(ALICE, set()))


async def change_and_die(context: Context, round_: Round, first: int, then: int) -> None:
    """Change an answer; the process dies when the change is stored, and nothing was removed."""
    await react(context, round_, first)
    publisher_of(context).fail_next = [Killed()]
    with pytest.raises(Killed):
        await react(context, round_, then)
    context.processed.clear()
    context.untidy.clear()


async def start(context: Context, round_: Round, *standing: int) -> None:
    """Start again; these are the reactions that Alice has there by now."""
    clock_of(context).advance(minutes=1)
    publisher_of(context).standing[round_.message_id] = {ALICE: set(standing)}
    await settled(context, answers.reconcile_all)


@pytest.fixture(params=list(Manner))
def manner(request: pytest.FixtureRequest) -> Manner:
    return request.param


@pytest.mark.parametrize(("first", "then"), [(A, B), (B, A)])
async def test_a_change_outlives_a_kill_before_the_earlier_reaction_goes(
    context: Context, first: int, then: int
) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    await change_and_die(context, round_, first, then)
    await start(context, round_, first, then)
    assert await held(context, round_) == (then, [then])
    assert stand(context, round_) == {then}


async def test_killed_again_while_it_removes_both(context: Context) -> None:
    round_ = await add_open_round(context)
    publisher_of(context).fail_next = [Killed()]
    with pytest.raises(Killed):
        await react(context, round_, B)
    publisher_of(context).fail_next = [Killed()]
    with pytest.raises(Killed):
        await react(context, round_, A)
    context.processed.clear()
    await start(context, round_, B)  # A went first, and then it died
    assert (await held(context, round_) or ())[0] == A
    assert stand(context, round_) == set()


async def test_what_was_seen_to_go_is_heard_when_it_comes_again(
    context: Context, manner: Manner
) -> None:
    round_ = await add_open_round(context, manner=manner)
    await react(context, round_, A)
    await react(context, round_, B)
    await react(context, round_, A)
    assert await held(context, round_) == (A, [A] if manner is Manner.OPEN else [])
    await react(context, round_, B)
    await start(context, round_, A)
    assert (await held(context, round_) or ())[0] == A


async def test_a_removal_that_nothing_tells_of_is_known(context: Context) -> None:
    """The event of it may be lost; who comes back to the option while the bot is away is heard."""
    round_ = await add_open_round(context)
    for option in (A, B):
        publisher_of(context).react(round_, ALICE, option)
        await settled(context, answers.answer, round_.message_id, ALICE, option)
    assert await held(context, round_) == (B, [])
    await start(context, round_, A)
    assert await held(context, round_) == (A, [])


async def test_chosen_again_while_the_bot_takes_it_away_it_is_kept(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    await react(context, round_, A)
    remove = context.publisher.remove_reactions

    async def again(asked: Round, user_id: int, options: Sequence[int]) -> None:
        await remove(asked, user_id, options)
        context.publisher.remove_reactions = remove
        publisher_of(context).react(round_, ALICE, A)
        await answers.answer(context, round_.message_id, ALICE, A)

    context.publisher.remove_reactions = again
    publisher_of(context).react(round_, ALICE, B)
    await settled(context, answers.answer, round_.message_id, ALICE, B)
    assert await held(context, round_) == (A, [A])
    assert stand(context, round_) == {A}


async def test_gone_by_a_kill_after_its_removal_it_is_forgotten_at_the_start(
    context: Context,
) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    publisher_of(context).options_offered[round_.message_id] = 4
    await change_and_die(context, round_, A, B)
    await start(context, round_, B)
    assert await held(context, round_) == (B, [B])
    await start(context, round_, A, B)
    assert (await held(context, round_) or ())[0] == A, "added while the bot was away"
    assert stand(context, round_) == {A}


async def test_who_takes_the_change_back_while_the_bot_is_dead_goes_back(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    await change_and_die(context, round_, A, B)
    await start(context, round_, A)
    assert (await held(context, round_) or ())[0] == A
    assert stand(context, round_) == {A}


async def test_a_post_cleared_of_the_last_choice_brings_no_earlier_one_back(
    context: Context,
) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    await change_and_die(context, round_, A, B)

    async def own_a_alone(_: Round) -> None:
        publisher_of(context).options_offered[round_.message_id] = 1

    context.publisher.add_reactions = own_a_alone
    await start(context, round_, A)
    assert (await held(context, round_) or ())[0] == B


async def test_taken_back_with_two_earlier_ones_left_nobody_can_tell(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    await react(context, round_, A)
    publisher_of(context).fail_next = [Killed(), Killed()]
    for option in (B, C):
        with pytest.raises(Killed):
            await react(context, round_, option)
    context.processed.clear()
    await start(context, round_, A, B)
    assert await held(context, round_) is None
    assert stand(context, round_) == set()


async def test_a_new_choice_beside_a_superseded_one_is_heard(
    context: Context, manner: Manner
) -> None:
    round_ = await add_open_round(context, manner=manner)
    for option in (A, B):
        publisher_of(context).fail_next = [Killed()]
        with suppress(Killed):  # the first one in the open manner has nothing to remove
            await react(context, round_, option)
    context.processed.clear()
    publisher_of(context).fail_next = []
    await start(context, round_, A, C)
    assert (await held(context, round_) or ())[0] == C
    assert stand(context, round_) == ({C} if manner is Manner.OPEN else set())


@pytest.mark.parametrize("seen", [True, False])
async def test_un_react_and_change_in_either_order(context: Context, seen: bool) -> None:
    """Alice takes A back before or after she chooses B, with or without the bot there."""
    for order in ("take back, choose", "choose, take back"):
        round_ = await add_open_round(context, manner=Manner.OPEN)
        publisher_of(context).options_offered[round_.message_id] = 4
        await react(context, round_, A)
        if not seen:
            await start(context, round_, B)
        elif order == "take back, choose":
            await unreact(context, round_, A)
            await react(context, round_, B)
        else:
            publisher_of(context).react(round_, ALICE, B)
            await settled(context, answers.answer, round_.message_id, ALICE, B)
            await answers.withdraw(context, round_.message_id, ALICE, A)
        assert (await held(context, round_) or ())[0] == B
        await react(context, round_, A)
        assert (await held(context, round_) or ())[0] == A, order
        assert stand(context, round_) == {A}


async def test_everything_is_stored_before_anything_is_removed(context: Context) -> None:
    """Removing takes a quarter of a second each: a kill meanwhile must find it all stored."""
    round_ = await add_open_round(context)
    publisher_of(context).react(round_, ALICE, A)
    publisher_of(context).react(round_, BOB, B)
    publisher_of(context).fail_next = []

    async def killed(*_: object) -> None:
        raise Killed

    context.publisher.remove_reactions = killed
    with pytest.raises(Killed):
        await settled(context, answers.reconcile, round_)
    assert (await held(context, round_, ALICE), await held(context, round_, BOB)) == (
        (A, [A]),
        (B, [B]),
    )


async def test_nothing_is_removed_from_a_round_that_ends_meanwhile(context: Context) -> None:
    round_ = await add_open_round(context, state="revealed")
    publisher_of(context).react(round_, ALICE, A)
    await settled(context, answers.reconcile, round_)
    assert stand(context, round_) == {A}


async def test_deleted_with_the_member_s_data(context: Context) -> None:
    """A reaction that may still stand would be read as a new answer."""
    for manner, left in ((Manner.OPEN, {C}), (Manner.CONCEALED, {A, C})):
        round_ = await add_open_round(context, manner=manner)
        await change_and_die(context, round_, A, B)
        publisher_of(context).standing[round_.message_id] = {ALICE: {A, B, C}}
        await privacy.delete(context, ALICE)
        assert stand(context, round_) == left


async def test_a_burst_keeps_its_order(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    for option in (A, B, C, D):
        publisher_of(context).react(round_, ALICE, option)
    await asyncio.gather(
        *(answers.answer(context, round_.message_id, ALICE, option) for option in (D, B, A, C))
    )
    await context.finish()
    assert await held(context, round_) == (C, [C])
    assert stand(context, round_) == {C}


async def test_a_look_at_the_post_calls_off_no_removal(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member changes their mind while the bot looks at the post: what the look found is older."""
    round_ = await add_open_round(context, manner=Manner.OPEN)
    assert round_.message_id is not None
    await react(context, round_, A)
    clock_of(context).advance(seconds=1)
    looks: list[str] = []

    async def change() -> None:
        publisher_of(context).react(round_, ALICE, B)
        await answers.answer(context, round_.message_id or 0, ALICE, B)

    def meanwhile(real: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def wrapped(work: object, *what: object, **about: object) -> object:
            last = work is queries.held_in and bool(looks)
            looks.extend(["held"] if work is queries.held_in else [])
            found = await real(work, *what, **about)
            if last:
                await change()
            return found

        return wrapped

    store = context.store
    monkeypatch.setattr(store, "read", meanwhile(store.read))
    await answers.reconcile(context, round_)
    await context.finish()
    if len(looks) == 1:
        await change()  # the last look was the writer's: nothing comes between
        await context.finish()
    assert stand(context, round_) == {B}
    stored = await held(context, round_)
    assert stored is not None
    assert stored[0] == B


async def test_a_reaction_that_went_while_the_post_was_read_is_no_newer_answer(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_ = await add_open_round(context)
    assert round_.message_id is not None
    publisher, reading = publisher_of(context), asyncio.Event()
    remove, read = publisher.remove_reactions, publisher.reactions

    async def when_read(about: Round, user_id: int, options: Sequence[int]) -> None:
        await reading.wait()
        await remove(about, user_id, options)

    async def slowly(about: Round) -> Standing:
        found = await read(about)
        reading.set()
        await context.finish()
        # The first page was read before its reaction went, the second after it had gone.
        return replace(found, members={ALICE: {A}})

    monkeypatch.setattr(context.publisher, "remove_reactions", when_read)
    monkeypatch.setattr(context.publisher, "reactions", slowly)
    for option in (A, B):
        publisher.react(round_, ALICE, option)
        await answers.answer(context, round_.message_id, ALICE, option)
    clock_of(context).advance(seconds=1)
    await answers.reconcile(context, round_)
    await context.finish()
    stored = await held(context, round_)
    assert stored is not None
    assert stored[0] == B
