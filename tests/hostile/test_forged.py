"""Made-up custom ids, forms and options: each is answered politely, changes nothing that is not the
member's own, and raises nothing.
"""

from typing import Any

import discord
import pytest
import simcord
from discord import app_commands
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.round import State
from bot.services import rounds
from bot.store import tables as t
from bot.ui import buttons, explanations
from bot.ui.components import DYNAMIC_ITEMS
from bot.ui.texts import errors as texts
from bot.ui.texts import explanations as explanation_texts
from bot.ui.texts import say
from bot.ui.turns import AT_ONCE
from tests.hostile.texts import texts as typed
from tests.support import forging
from tests.support.contexts import rows
from tests.support.custom_ids import check, template
from tests.support.forging import Stage, polite
from tests.support.world import World, privately, said

briefly = settings(
    max_examples=30,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
MEMBER = texts.MEMBER
LONGEST_ID = 100
"""Characters, by Discord's limits."""


own_ids = st.one_of(*(st.from_regex(template(item), fullmatch=True) for item in DYNAMIC_ITEMS))
custom_ids = st.one_of(
    own_ids,
    st.from_regex(explanations._SENT, fullmatch=True),
    st.tuples(own_ids, st.text(max_size=5)).map("".join),
    st.tuples(st.text(max_size=3), own_ids).map("".join),
    st.text(max_size=30).map("tutor:".__add__),
    st.text(min_size=1, max_size=LONGEST_ID),
).filter(lambda id_: 0 < len(id_) <= LONGEST_ID)


@given(custom_id=custom_ids)
@briefly
def test_one_button_at_most_takes_an_id_and_it_is_made_of_it(custom_id: str) -> None:
    check(custom_id)


@given(digits=st.from_regex(r"[0-9]{1,90}", fullmatch=True))
@example(digits="9223372036854775807")
@example(digits="9223372036854775808")
@example(digits="0" * 90)
@briefly
def test_a_number_is_one_that_a_database_can_hold(digits: str) -> None:
    number = buttons.number(digits)
    assert 0 <= number < 2**63
    assert number in (int(digits), 0)


@pytest.mark.parametrize(
    "digits", ["", "-1", "+1", "1_0", "１", "٣", " 1", "1 ", "1\n", "0x1", "1e3"]
)
def test_ids_are_read_strictly(digits: str) -> None:
    for item in DYNAMIC_ITEMS:
        for known in ("explain", "hint", "delete-schedule", "take-hint", "appeal"):
            assert not template(item).fullmatch(f"tutor:{known}:{digits}")
            assert not template(item).fullmatch(f"tutor:{known}:{digits}:1")
    assert not explanations._SENT.fullmatch(f"tutor:explain-text:{digits}")


async def of_others(world: World) -> list[Any]:
    """Everything that alice may not change."""
    read = world.context.store.read
    answers = await read(rows, t.answers, user_id=world.bob.id)
    explained = await read(rows, t.explanations, user_id=world.bob.id)
    return [answers, explained, *[await read(rows, one) for one in (t.rounds, t.schedules)]]


@given(custom_id=custom_ids)
@example(custom_id="tutor:hint:99999999999999999999999999999")
@example(custom_id="tutor:board:week:999999:next")
@example(custom_id="tutor:take-hint:1:9")
@example(custom_id="tutor:regrade:1:cancel:00000000")
@briefly
def test_any_button_is_answered_politely(playing: Stage, custom_id: str) -> None:
    world = playing.world

    async def act() -> None:
        before = await of_others(world)
        result = await forging.send(world, world.alice, forging.click(world, custom_id))
        if custom_id.startswith("tutor:"):
            told = polite(result)
            known = any(template(item).fullmatch(custom_id) for item in DYNAMIC_ITEMS)
            assert known or told == say("en", MEMBER["button_unknown"])
        else:
            assert not result.acknowledged, "it is no button of the bot's"
        assert await of_others(world) == before

    playing.play(act())


part = st.one_of(
    st.builds(forging.labelled, st.one_of(typed(), st.none(), st.integers(), st.just({}))),
    st.just({"type": 18}),
    st.just({"type": 18, "component": None}),
    st.just({"type": 1, "components": []}),
)


@given(
    id_=st.one_of(st.integers(0, 3).map(str), st.from_regex(r"[0-9]{1,60}", fullmatch=True)),
    components=st.lists(part, max_size=3),
)
@briefly
def test_any_form_is_answered_politely(playing: Stage, id_: str, components: list[Any]) -> None:
    world = playing.world

    async def act() -> None:
        before = await of_others(world)
        polite(
            await forging.send(
                world, world.alice, forging.form(f"tutor:explain-text:{id_}", components)
            )
        )
        assert await of_others(world) == before

    playing.play(act())


async def elsewhere(world: World) -> Any:
    """Somebody of another server, in its channel, who knows ids of this one."""
    other = world.env.create_guild("Elsewhere")
    stranger = other.add_member(world.env.create_user("eve"))
    stranger.place = other.create_text_channel("there")
    await world.env.settle()
    return stranger


async def test_nobody_reaches_into_another_server(world: World) -> None:
    opened = await world.ask()
    await world.slash(
        world.moderator, "schedule create", name="Morning", channel=world.channel, time="09:00"
    )
    eve = await elsewhere(world)
    unknown = say("en", MEMBER["round_unknown"])
    for what in ("hint", "explain"):
        told = polite(
            await forging.send(world, eve, forging.click(world, f"tutor:{what}:{opened.id}"))
        )
        assert told == unknown
    told = polite(
        await forging.send(world, eve, forging.click(world, f"tutor:take-hint:{opened.id}:1"))
    )
    assert unknown in told
    form = [forging.labelled("It learns broad features first.")]
    told = polite(
        await forging.send(world, eve, forging.form(f"tutor:explain-text:{opened.id}", form))
    )
    assert unknown in told
    for what in ("regrade:1:cancel:00000000", "delete-schedule:1"):
        told = polite(await forging.send(world, eve, forging.click(world, f"tutor:{what}")))
        assert say("en", MEMBER["moderators_only"]) in told
    assert (await rounds.get(world.context, opened.id)).state is State.OPEN
    read = world.context.store.read
    assert await read(rows, t.hints) == await read(rows, t.explanations) == []
    assert len(await read(rows, t.schedules)) == 1


async def test_a_moderator_elsewhere_is_none_here(world: World) -> None:
    opened = await world.ask()
    await world.slash(
        world.moderator, "schedule create", name="Morning", channel=world.channel, time="09:00"
    )
    eve = await elsewhere(world)
    boss = eve.guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    mallory = eve.guild.add_member(world.env.create_user("mallory"), roles=[boss])
    mallory.place = eve.place
    await world.env.settle()
    told = polite(
        await forging.send(
            world, mallory, forging.click(world, f"tutor:regrade:{opened.id}:cancel:00000000")
        )
    )
    assert say("en", texts.MODERATOR["round_unknown"]) in told
    told = polite(
        await forging.send(world, mallory, forging.click(world, "tutor:delete-schedule:1"))
    )
    assert say("en", texts.MODERATOR["schedule_unknown"]) in told
    assert (await rounds.get(world.context, opened.id)).state is State.OPEN
    assert len(await world.context.store.read(rows, t.schedules)) == 1


async def test_replays_after_the_end_change_nothing(world: World) -> None:
    opened = await world.ask()
    await world._as_bot(rounds.close(world.context, opened.id))
    for what in (f"hint:{opened.id}", f"explain:{opened.id}", f"take-hint:{opened.id}:1"):
        assert "closed" in polite(
            await forging.send(world, world.alice, forging.click(world, f"tutor:{what}"))
        ), what
    form = [forging.labelled("It learns broad features first.")]
    told = polite(
        await forging.send(
            world, world.alice, forging.form(f"tutor:explain-text:{opened.id}", form)
        )
    )
    assert "closed" in told
    read = world.context.store.read
    assert await read(rows, t.hints) == await read(rows, t.explanations) == []


async def test_one_form_sent_again_and_again_is_a_few_attempts(world: World) -> None:
    opened = await world.ask()
    form = [forging.labelled("It learns broad features first.")]
    for _ in range(6):
        sent = await forging.send(
            world, world.alice, forging.form(f"tutor:explain-text:{opened.id}", form)
        )
        polite(sent)
    assert say("en", MEMBER["no_attempts_left"], n=3) in said(sent)
    assert len(await world.context.store.read(rows, t.explanations)) == 3


async def test_in_a_direct_message_there_is_no_server(world: World) -> None:
    opened = await world.ask()
    await world.alice.send_dm("hello")
    dm = world.env.backend.get_dm_channel(world.alice.id)
    user = world.alice.user
    user.place = simcord.ChannelHandle(world.env, None, dm)
    for what in (f"hint:{opened.id}", f"explain:{opened.id}", "board:week:0:next"):
        told = polite(await forging.send(world, user, forging.click(world, f"tutor:{what}")))
        assert texts.NOT_IN_PRIVATE in told, what
    for name in ("explain", "me", "leaderboard"):
        assert texts.NOT_IN_PRIVATE in polite(
            await forging.send(world, user, forging.typed(name, []))
        ), name
    assert polite(await forging.send(world, user, forging.typed("hint", []))) == say(
        "en", MEMBER["no_open_round"]
    )
    assert {type(error) for error in world.env.errors} == {app_commands.NoPrivateMessage}
    form = [forging.labelled("x")]
    told = polite(
        await forging.send(world, user, forging.form(f"tutor:explain-text:{opened.id}", form))
    )
    assert texts.NOT_IN_PRIVATE in told


WRONG: dict[discord.AppCommandOptionType, list[Any]] = {
    discord.AppCommandOptionType.string: ["", 7, {"a": 1}, "x" * 6001],
    discord.AppCommandOptionType.integer: ["1", 1.5, True, 2**70],
    discord.AppCommandOptionType.number: ["1", True],
    discord.AppCommandOptionType.boolean: ["yes", 1],
    discord.AppCommandOptionType.channel: ["1"],
    discord.AppCommandOptionType.role: ["1"],
    discord.AppCommandOptionType.user: ["1"],
    discord.AppCommandOptionType.attachment: ["1"],
}


async def test_every_option_out_of_range_is_refused(world: World) -> None:
    """As a moderator: so nothing but the options stands in the way."""
    await world.ask()
    before = await of_others(world)
    unfit = say("en", MEMBER["command_unfit"])
    made: list[tuple[str, forging.Sent]] = []
    for command in forging.commands(world.client.tree):
        for option in command.parameters:
            fine, more = forging.fitting(world, command)
            others = [one for one in fine if one["name"] != option.display_name]
            values = list(WRONG.get(option.type, []))
            if option.choices:
                values.append("none of the choices")
            if option.min_value is None and not option.choices and "" in values:
                values.remove("")
            if isinstance(option.max_value, int):
                text = option.type is discord.AppCommandOptionType.string
                most = option.max_value + 1
                values.append("x" * most if text else most)
            for value in values:
                sent = {"name": option.display_name, "type": option.type.value, "value": value}
                name = command.qualified_name
                what = f"/{name} {option.display_name}: {value!r:.40}"
                made.append((what, forging.typed(name, [*others, sent], **more)))
    assert len(made) > 100
    for start in range(0, len(made), AT_ONCE):
        some = made[start : start + AT_ONCE]
        results = forging.emit(world, world.moderator, *(sent for _, sent in some))
        await world.env.settle()
        for (what, _), result in zip(some, results, strict=True):
            assert result.acknowledged, what
            assert polite(result) == unfit, what
    assert await of_others(world) == before


@pytest.mark.parametrize("name", ["nothing", "quiz nothing", "quiz", "schedule now"])
async def test_a_command_that_is_not_there_is_refused(world: World, name: str) -> None:
    told = polite(await forging.send(world, world.alice, forging.typed(name, [])))
    assert told == say("en", MEMBER["command_unfit"])
    (error,) = world.env.errors
    assert isinstance(error, (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch))


async def test_required_options_may_be_missing(world: World) -> None:
    told = polite(await forging.send(world, world.moderator, forging.typed("schedule create", [])))
    assert told == say("en", MEMBER["command_unfit"])
    (error,) = world.env.errors
    assert isinstance(error, app_commands.CommandSignatureMismatch)


async def test_a_known_form_is_taken_all_the_same(world: World) -> None:
    """What the tests above forge is what Discord sends, but for what is made up in it."""
    opened = await world.ask()
    form = [forging.labelled("It learns broad features first.")]
    sent = await forging.send(
        world, world.alice, forging.form(f"tutor:explain-text:{opened.id}", form)
    )
    assert say("en", explanation_texts.CORRECT) in privately(sent)
