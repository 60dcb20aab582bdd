"""What is for moderators refuses members in the bot's own code, whatever Discord checked before.
The lists below name what is for everybody; every other command and button, also one that is added
later, must refuse.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import tables as t
from bot.ui.components import DYNAMIC_ITEMS
from bot.ui.texts import errors as texts
from bot.ui.texts import say
from tests.support import forging
from tests.support.contexts import rows
from tests.support.forging import Stage, commands, polite
from tests.support.world import World, privately

FOR_MEMBERS = {
    "explain",
    "hint",
    "leaderboard",
    "me",
    "privacy delete",
    "privacy export",
    "privacy show",
    "privacy training",
}
BUTTONS_FOR_MEMBERS = {
    "AppealButton",
    "BoardButton",
    "ConfirmButton",
    "ExplainButton",
    "HintButton",
    "TakeHintButton",
}
REFUSED = say("en", texts.MEMBER["moderators_only"])
KEPT = (t.rounds, t.schedules, t.servers, t.questions)


async def kept(world: World) -> list[Any]:
    return [await world.context.store.read(rows, table) for table in KEPT]


async def test_every_command_of_moderators_refuses_members(world: World) -> None:
    await world.ask()
    before = await kept(world)
    names = {command.qualified_name for command in commands(world.client.tree)}
    assert names >= FOR_MEMBERS, "a command is gone: take it from the list"
    for command in commands(world.client.tree):
        name = command.qualified_name
        if name in FOR_MEMBERS:
            continue
        for all_ in (False, True):
            options, more = forging.fitting(world, command, all_=all_)
            told = privately(
                await forging.send(world, world.alice, forging.typed(name, options, **more))
            )
            assert told == REFUSED, f"/{name} is not in FOR_MEMBERS and told a member: {told}"
    assert await kept(world) == before, "a command did something before it refused"


async def test_nothing_is_offered_to_members_while_they_type(world: World) -> None:
    await world.slash(
        world.moderator, "schedule create", name="Morning", channel=world.channel, time="09:00"
    )
    offered = 0
    for command in commands(world.client.tree):
        for option in command.parameters:
            if not option.autocomplete or command.qualified_name in FOR_MEMBERS:
                continue
            name, typed = command.qualified_name, ("", "m")
            for text in typed:
                seen = await forging.send(world, world.alice, forging.typing(name, option, text))
                assert seen.autocomplete_choices == [], f"/{name} {option.display_name}"
            shown = await forging.send(world, world.moderator, forging.typing(name, option, ""))
            offered += len(shown.autocomplete_choices or [])
    assert offered, "moderators are offered nothing either: this proves nothing"


OTHERS = [item for item in DYNAMIC_ITEMS if item.__name__ not in BUTTONS_FOR_MEMBERS]


@pytest.mark.parametrize("item", OTHERS, ids=lambda item: item.__name__)
@given(data=st.data())
@settings(
    max_examples=8,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_button_of_moderators_refuses_members(
    playing: Stage, item: Any, data: st.DataObject
) -> None:
    template = item.__discord_ui_compiled_template__
    custom_id = data.draw(
        st.from_regex(template, fullmatch=True).filter(lambda id_: len(id_) <= 100)
    )
    world = playing.world

    async def act() -> None:
        before = await kept(world)
        assert REFUSED in polite(
            await forging.send(world, world.alice, forging.click(world, custom_id))
        )
        assert await kept(world) == before

    playing.play(act())


def test_the_list_of_buttons_is_true() -> None:
    known = {item.__name__ for item in DYNAMIC_ITEMS}
    assert known >= BUTTONS_FOR_MEMBERS, "a button is gone: take it from the list"
    assert OTHERS, "no button is for moderators: this proves nothing"
