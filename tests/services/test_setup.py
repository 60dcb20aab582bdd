"""The set-up's draft: whose it is, and what becomes of it."""

from datetime import timedelta

import pytest

from bot.domain.round import State
from bot.errors import ModeratorError
from bot.services import servers
from bot.services import setup as services
from bot.services.context import Context
from bot.services.setup import KEPT, STEPS, Step, turned
from bot.store.queries import questions
from tests.support.contexts import (
    ALICE,
    BOB,
    CHANNEL,
    SERVER,
    add_open_round,
    add_questions,
    clock_of,
)
from tests.support.questions import a_bank, a_question


async def test_a_set_up_is_the_persons_own(context: Context) -> None:
    setup = await services.begin(context, SERVER, ALICE, 1)
    assert services.find(context, SERVER, ALICE, 1) == setup
    for who in ((SERVER, BOB, 1), (SERVER + 1, ALICE, 1), (SERVER, ALICE, 2)):
        with pytest.raises(ModeratorError, match="setup_over"):
            services.find(context, *who)


async def test_old_set_ups_are_forgotten(context: Context) -> None:
    await services.begin(context, SERVER, ALICE, 1)
    clock_of(context).now += KEPT
    services.keep(context, services.find(context, SERVER, ALICE, 1))
    clock_of(context).now += KEPT + timedelta(seconds=1)
    await services.begin(context, SERVER, BOB, 2)
    assert list(context.setups) == [(SERVER, BOB)]


async def test_what_could_not_be_created_does_not_replace_what_is_newer(context: Context) -> None:
    old = await services.begin(context, SERVER, ALICE, 1)
    services.end(context, old)
    services.put_back(context, old)
    assert services.find(context, SERVER, ALICE, 1) == old
    services.end(context, old)
    new = await services.begin(context, SERVER, ALICE, 2)
    services.put_back(context, old)
    assert services.find(context, SERVER, ALICE, 2) == new


async def test_it_begins_in_the_servers_zone_and_needs_a_channel(context: Context) -> None:
    await servers.change(context, SERVER, zone="Asia/Tokyo")
    setup = await services.begin(context, SERVER, ALICE, 1)
    assert (setup.wish.zone, setup.step) == ("Asia/Tokyo", STEPS[0])
    with pytest.raises(ModeratorError, match="setup_channel"):
        turned(setup, 1)
    with pytest.raises(ModeratorError, match="setup_channel"):
        await services.plan(context, setup)
    assert turned(setup, -1).step is Step.CHANNEL


async def test_a_sample_was_asked_before_and_is_not_open(context: Context) -> None:
    one, two, three = (a_question(id=f"q-{n}", prompt=f"{n}?") for n in (1, 2, 3))
    await add_questions(context, a_bank(one, two, three))

    async def sampled() -> set[str | None]:
        found = [
            await context.store.read(
                questions.sample,
                server_id=SERVER,
                channel_id=CHANNEL,
                banks=(),
                topics=(),
                difficulty_min=1,
                difficulty_max=5,
                random=context.random,
            )
            for _ in range(25)
        ]
        return {one and one.question.id for one in found}

    assert await sampled() == {"q-1", "q-2", "q-3"}
    await add_open_round(context, one)
    assert await sampled() == {"q-2", "q-3"}
    await add_open_round(context, two, state=State.REVEALED)
    assert await sampled() == {"q-2"}
    await add_open_round(context, two)
    await add_open_round(context, three, channel_id=CHANNEL + 1)
    assert await sampled() == {None}
