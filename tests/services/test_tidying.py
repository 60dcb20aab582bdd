"""Reactions leave in order and at Discord's pace, and nothing waits for them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.round import Manner, Round
from bot.errors import ModeratorError
from bot.services import answers, rounds, tidying
from bot.services.context import CHANNELS_AT_ONCE, Context
from bot.services.status import status
from bot.store.queries import answers as queries
from tests.support.contexts import (
    ALICE,
    BOB,
    CARLA,
    CHANNEL,
    SERVER,
    add_open_round,
    clock_of,
    publisher_of,
)

A, B, C = range(3)
ALL_GONE: dict[int, set[int]] = {ALICE: set(), BOB: set(), CARLA: set()}
REFUSED = ModeratorError("permissions_missing", channel="<#1>", permissions="Manage Messages")


class Discord:
    """Lets one reaction after another go, when it is told to; notes which were asked for."""

    def __init__(self, context: Context) -> None:
        self.asked: list[tuple[int, int, int]] = []
        """(channel, member, option), in their order."""
        self.held: list[asyncio.Event] = []
        """Of the requests under way."""
        self._context = context
        self._publisher = publisher_of(context)
        self._remove = self._publisher.remove_reactions
        context.publisher.remove_reactions = self._slowly  # pyright: ignore[reportAttributeAccessIssue]

    async def _slowly(self, round_: Round, user_id: int, options: Sequence[int]) -> None:
        self.asked += [(round_.channel_id, user_id, option) for option in options]
        let = asyncio.Event()
        self.held.append(let)
        await let.wait()
        await self._remove(round_, user_id, options)

    async def let_go(self) -> None:
        """Let those go that are under way, and those that come of it begin."""
        held, self.held = self.held, []
        for let in held:
            let.set()
        await _turns()
        await self._context.store.write(lambda _: None)  # after what was noted of those
        await _turns()


async def _turns() -> None:
    """Let everybody do what they can do at once."""
    for _ in range(20):
        await asyncio.sleep(0)


async def react(context: Context, round_: Round, user_id: int, option: int) -> None:
    publisher_of(context).react(round_, user_id, option)
    assert round_.message_id is not None
    await answers.answer(context, round_.message_id, user_id, option)


async def test_one_at_a_time_in_order_and_no_answer_waits(context: Context) -> None:
    round_ = await add_open_round(context)
    discord = Discord(context)
    for user, option in ((BOB, B), (ALICE, A), (CARLA, C), (ALICE, C)):
        await react(context, round_, user, option)
    wanted = [(BOB, B), (ALICE, A), (ALICE, C), (CARLA, C)]
    for number in range(1, 5):
        await discord.let_go() if number > 1 else await asyncio.sleep(0)
        assert [one[1:] for one in discord.asked] == wanted[:number]
    await discord.let_go()
    assert (context.processed, context.leaving) == ({}, {})


async def test_what_waits_in_a_channel_keeps_one_copy_of_the_round(context: Context) -> None:
    """Each answer that comes alone reads the round anew: thousands of copies fill the memory."""
    round_ = await add_open_round(context)
    discord = Discord(context)
    for user in (ALICE, BOB, CARLA):
        await react(context, round_, user, A)
    (waiting,) = context.leaving.values()
    assert len(waiting) == 3
    assert len({id(one) for one in waiting.values()}) == 1
    while context.leaving:
        await discord.let_go()


async def test_channels_side_by_side_but_not_more_than_discord_takes(context: Context) -> None:
    discord = Discord(context)
    for number in range(CHANNELS_AT_ONCE + 2):
        round_ = await add_open_round(context, channel_id=CHANNEL + number)
        await react(context, round_, ALICE, A)
        await react(context, round_, BOB, B)
    assert len(discord.held) == CHANNELS_AT_ONCE
    await discord.let_go()
    channels = [channel for channel, _, _ in discord.asked]
    assert len(set(channels)) == CHANNELS_AT_ONCE + 2, "no channel waits for another's backlog"
    while context.leaving:
        assert len(discord.held) <= CHANNELS_AT_ONCE
        await discord.let_go()
    assert len(discord.asked) == 2 * (CHANNELS_AT_ONCE + 2)


async def test_a_reveal_waits_for_no_backlog(context: Context) -> None:
    round_ = await add_open_round(context)
    discord = Discord(context)
    for user in range(4001, 4021):
        await react(context, round_, user, A)
    async with asyncio.timeout(20):
        await rounds.close(context, round_.id)
    (revealed,) = publisher_of(context).reveals
    assert revealed[1].tally.chosen[A] == 20
    while context.leaving:
        await discord.let_go()
    standing = publisher_of(context).standing
    assert not any(options for users in standing.values() for options in users.values())
    assert context.processed == {}


async def test_moderators_see_how_many_and_until_when(context: Context) -> None:
    here = await add_open_round(context)
    elsewhere = await add_open_round(context, server_id=SERVER + 1, channel_id=CHANNEL + 1)
    found = await status(context, SERVER)
    assert (found.leaving, found.gone_at) == (0, context.clock())
    discord = Discord(context)
    for user in range(4001, 4009):
        await react(context, here, user, A)
        await react(context, elsewhere, user, A)
    await react(context, here, 4008, B)
    found = await status(context, SERVER)
    assert found.leaving == 9
    assert found.gone_at - context.clock() == 9 * timedelta(seconds=0.25)
    await discord.let_go()
    assert (await status(context, SERVER)).leaving == 8
    while context.leaving:
        await discord.let_go()


async def test_a_refusal_is_told_once_and_tried_again_later(context: Context) -> None:
    round_ = await add_open_round(context)
    publisher = publisher_of(context)
    for user in (ALICE, BOB):
        publisher.fail_next = [REFUSED]
        await react(context, round_, user, A)
        await context.finish()
    publisher.fail_next = []
    assert len(publisher.told_moderators) == 1
    assert publisher.calls.count("remove_reactions") == 1, "Discord is left in peace"
    clock_of(context).advance(seconds=30)
    publisher.fail_next = [REFUSED]
    await react(context, round_, CARLA, A)
    await context.finish()
    assert len(publisher.told_moderators) == 1
    clock_of(context).advance(seconds=30)
    await react(context, round_, CARLA, B)
    await context.finish()
    assert publisher.standing[round_.message_id or 0] == ALL_GONE
    assert (context.processed, context.refused) == ({}, {})


async def test_one_round_refused_holds_up_no_other_of_its_channel(context: Context) -> None:
    gone, here = await add_open_round(context), await add_open_round(context)
    publisher = publisher_of(context)
    remove = publisher.remove_reactions

    async def refuse(round_: Round, user_id: int, options: Sequence[int]) -> None:
        if round_.id == gone.id:
            raise ModeratorError("message_missing", channel="<#1>")
        await remove(round_, user_id, options)

    publisher.remove_reactions = refuse
    for user in (ALICE, BOB, CARLA):
        await react(context, gone, user, A)
        await react(context, here, user, B)
    await context.finish()
    assert publisher.standing[here.message_id or 0] == ALL_GONE
    assert len(publisher.told_moderators) == 1
    await rounds.close(context, gone.id)
    assert (context.processed, context.refused) == ({}, {}), "nothing is kept of what is over"


async def test_a_bug_keeps_no_other_reaction_standing(
    context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    round_ = await add_open_round(context)
    publisher_of(context).fail_next = [ZeroDivisionError()]
    await react(context, round_, ALICE, A)
    await react(context, round_, BOB, A)
    await context.finish()
    assert publisher_of(context).standing[round_.message_id or 0] == {ALICE: {A}, BOB: set()}
    assert "reactions of round" in caplog.text


async def test_what_waits_when_the_bot_stops_is_found_at_the_next_start(context: Context) -> None:
    round_ = await add_open_round(context)
    discord = Discord(context)
    for user in (ALICE, BOB, CARLA):
        await react(context, round_, user, B)
    await asyncio.sleep(0)
    context.stop()
    ending = asyncio.create_task(context.finish())
    await discord.let_go()
    async with asyncio.timeout(20):
        await ending
    standing = publisher_of(context).standing[round_.message_id or 0]
    assert standing == {ALICE: set(), BOB: {B}, CARLA: {B}}
    context.stopping = False
    context.processed.clear()
    await answers.reconcile(context, round_)
    while context.leaving:
        await discord.let_go()
    assert publisher_of(context).standing[round_.message_id or 0] == ALL_GONE


async def test_in_the_open_manner_what_is_chosen_again_stays(context: Context) -> None:
    round_ = await add_open_round(context, manner=Manner.OPEN)
    discord = Discord(context)
    await react(context, round_, BOB, C)
    await react(context, round_, BOB, A)
    await react(context, round_, ALICE, A)
    await react(context, round_, ALICE, B)
    await react(context, round_, ALICE, A)
    while context.leaving:
        await discord.let_go()
    assert [one[1:] for one in discord.asked] == [(BOB, C), (ALICE, B)]
    assert tidying.backlog(context, SERVER) == (0, timedelta(0))


async def test_chosen_again_while_it_is_taken_away_it_is_taken_away_again(
    context: Context,
) -> None:
    """Discord has removed the reaction and not answered yet when the member makes it again."""
    round_ = await add_open_round(context)
    discord = Discord(context)
    await react(context, round_, ALICE, A)
    await _turns()
    await react(context, round_, ALICE, A)
    await discord.let_go()
    publisher_of(context).react(round_, ALICE, A)  # it stood only after the first request
    stored = await context.store.read(queries.held_in, round_id=round_.id)
    assert stored[ALICE].processed == {A}  # so a start takes it for no newer answer
    await discord.let_go()
    assert discord.asked == [(CHANNEL, ALICE, A)] * 2
    assert publisher_of(context).standing[round_.message_id or 0][ALICE] == set()
    await context.finish()


async def test_what_discord_refused_and_was_chosen_again_goes_once(context: Context) -> None:
    round_ = await add_open_round(context)
    discord = Discord(context)
    await react(context, round_, ALICE, A)
    await _turns()
    publisher_of(context).fail_next = [REFUSED]
    await react(context, round_, ALICE, A)
    await discord.let_go()
    assert context.processed == {(round_.id, ALICE): [A]}
    clock_of(context).advance(seconds=31)
    await react(context, round_, BOB, B)
    while context.leaving:
        await discord.let_go()
    assert discord.asked == [(CHANNEL, ALICE, A), (CHANNEL, BOB, B), (CHANNEL, ALICE, A)]
    assert not context.processed
    assert not context.going
