"""`/tutor setup`, from its first select to the schedule."""

from collections.abc import Sequence
from typing import Any

import discord
import pytest
import sqlalchemy as sa
from simcord.results import InteractionResult

from bot.services import servers
from bot.services import setup as services
from bot.services.setup import KEPT
from bot.store import tables as t
from bot.store.queries import schedules as schedule_queries
from tests.support.contexts import add_questions, rows
from tests.support.questions import a_bank, a_question
from tests.support.world import World, privately, said, seen

OVER = "This set-up is over"


class Wizard:
    """The set-up's one message, as its moderator uses it."""

    def __init__(self, world: World, member: Any = None) -> None:
        self.world = world
        self.member = member or world.moderator
        self.message: Any = None
        self.result: InteractionResult | None = None

    async def begin(self) -> str:
        self.result = await self.world.slash(self.member, "tutor setup")
        told = privately(self.result)
        assert self.result.response is not None
        self.message = self.result.response.message
        return told

    def custom_id(self, what: str) -> str:
        (found,) = [one for one in self.ids() if one.startswith(f"tutor:setup:{what}:")]
        return found

    def ids(self) -> list[str]:
        return [child.custom_id for row in self.now().components for child in row.children]

    def now(self) -> discord.Message:
        """The message as it stands."""
        return next(
            message
            for message in self.world.channel.history(viewer=self.member)
            if message.id == self.message.id
        )

    def text(self) -> str:
        return seen(self.now())

    def button(self, what: str) -> Any:
        custom_id = self.custom_id(what)
        return next(
            child
            for row in self.now().components
            for child in row.children
            if child.custom_id == custom_id
        )

    def marked(self, what: str) -> list[str]:
        """What is marked as chosen in a select."""
        select = self.button(what)
        options = [option.value for option in select.options if option.default]
        return options or [str(value.id) for value in select.default_values]

    async def press(self, what: str) -> str:
        self.result = await self.member.click(self.now(), custom_id=self.custom_id(what))
        return self.text()

    def lists(self) -> list[Any]:
        """The lists of banks."""
        children = (child for row in self.now().components for child in row.children)
        return [child for child in children if child.custom_id.startswith("tutor:setup:banks")]

    async def choose_of(self, custom_id: str, *values: Any) -> str:
        self.result = await self.member.select(self.now(), values, custom_id=custom_id)
        return self.text()

    async def choose(self, what: str, *values: Any) -> str:
        self.result = await self.member.select(self.now(), values, custom_id=self.custom_id(what))
        return self.text()

    async def type(self, what: str, text: str) -> str:
        shown = await self.member.click(self.now(), custom_id=self.custom_id(what))
        self.result = await self.world.fill(self.member, shown, text)
        return self.text()


async def stored(world: World) -> list[dict[str, Any]]:
    return await world.context.store.read(rows, t.schedules)


async def at_step(world: World, number: int, channel: Any = None) -> Wizard:
    wizard = Wizard(world)
    await wizard.begin()
    if number > 1:
        await wizard.choose("channel", channel or world.channel)
    for _ in range(number - 1):
        await wizard.press("next")
    return wizard


async def test_the_whole_way_by_selects(world: World) -> None:
    ping = world.server.create_role("learners", mentionable=True)
    teachers = world.server.create_role("Teachers")
    await add_questions(world.context, a_bank(a_question(), name="second"))
    wizard = Wizard(world)
    assert "step 1 of 7: where" in await wizard.begin()
    assert wizard.button("next").disabled
    await wizard.choose("channel", world.corner)
    assert wizard.marked("channel") == [str(world.corner.id)]
    assert "step 2 of 7: roles" in await wizard.press("next")
    await wizard.choose("ping", ping)
    await wizard.choose("moderators", teachers)
    assert (wizard.marked("ping"), wizard.marked("moderators")) == (
        [str(ping.id)],
        [str(teachers.id)],
    )
    assert "step 3 of 7: time zone" in await wizard.press("next")
    assert wizard.marked("zone") == ["Etc/UTC"]
    await wizard.choose("zone", "Europe/Berlin")
    assert "step 4 of 7: days and time" in await wizard.press("next")
    assert (wizard.marked("time"), len(wizard.marked("days"))) == (["09:00"], 7)
    await wizard.choose("time", "18:00")
    await wizard.choose("days", "mon", "wed")
    assert "step 5 of 7: questions" in await wizard.press("next")
    assert wizard.marked("banks") == []
    await wizard.choose("banks", "testing")
    assert "step 6 of 7: manner" in await wizard.press("next")
    assert wizard.marked("manner") == ["concealed"]
    await wizard.choose("manner", "open")
    told = await wizard.press("next")
    assert "step 7 of 7: have a look" in told
    for words in (
        f"every permission that I need in <#{world.corner.id}>",
        "Mon, Wed at 18:00 (Europe/Berlin)",
        "testing",
        "open",
        f"<@&{ping.id}>",
        f"<@&{teachers.id}>",
        "3 questions fit",
    ):
        assert words in told
    assert wizard.result is not None
    sample = said(wizard.result)
    assert f"A question in <#{world.corner.id}> would look like this" in sample
    assert "Question number" in sample
    assert await stored(world) == []
    told = await wizard.press("create")
    assert f"**Question of the day** is set up. It posts in <#{world.corner.id}>." in told
    assert "Once /tutor settings names a channel for notices, I tell you there." in told
    assert "This server's day now follows Europe/Berlin" in told
    assert wizard.now().components == []
    (row,) = await stored(world)
    assert (row["name"], row["cron"], row["zone"], row["banks"], row["manner"]) == (
        "Question of the day",
        "0 18 * * MON,WED",
        "Europe/Berlin",
        ["testing"],
        "open",
    )
    assert (row["channel_id"], row["role_id"], row["created_by"]) == (
        world.corner.id,
        ping.id,
        world.moderator.id,
    )
    server = await servers.get(world.context, world.server.id)
    assert server.moderator_role_id == teachers.id
    assert world.context.setups == {}
    assert [message for message in world.corner.history() if message.embeds] == []


async def test_it_posts_when_it_is_due(world: World) -> None:
    wizard = await at_step(world, 7, world.corner)
    await wizard.press("create")
    await world.pass_time(days=1, minutes=1)
    assert "Question number" in str(world.post(world.corner).embeds[0].description)


async def test_back_keeps_what_was_chosen(world: World) -> None:
    wizard = Wizard(world)
    await wizard.begin()
    await wizard.choose("channel", world.channel)
    await wizard.press("next")
    await wizard.press("next")
    await wizard.choose("zone", "Asia/Tokyo")
    for name in ("roles", "where"):
        assert name in await wizard.press("back")
    assert wizard.button("back").disabled
    assert wizard.marked("channel") == [str(world.channel.id)]
    await wizard.press("next")
    await wizard.press("next")
    assert wizard.marked("zone") == ["Asia/Tokyo"]


async def test_cancel_at_every_step_leaves_nothing(world: World) -> None:
    for number in range(1, 8):
        wizard = await at_step(world, number)
        assert f"step {number} of 7" in wizard.text()
        assert await wizard.press("cancel") == (
            "Nothing was set up. /tutor setup starts again whenever you like."
        )
        assert wizard.now().components == []
    assert await stored(world) == []
    assert world.context.setups == {}


async def test_a_channel_without_its_permissions_is_refused_at_once(world: World) -> None:
    shut = discord.PermissionOverwrite(manage_messages=False, embed_links=False)
    channel = world.server.create_text_channel("shut", overwrites={world.client.user: shut})
    wizard = Wizard(world)
    await wizard.begin()
    told = await wizard.choose("channel", channel)
    assert f"I lack permissions in <#{channel.id}>: Embed Links, Manage Messages." in told
    assert wizard.marked("channel") == []
    assert wizard.button("next").disabled
    assert "I lack" not in await wizard.choose("channel", world.channel)


async def test_permissions_that_are_lost_on_the_way_are_told_at_the_end(world: World) -> None:
    wizard = await at_step(world, 7, world.corner)
    world.env.backend.delete_channel(world.corner.id)
    await world.env.settle()
    told = await wizard.press("create")
    assert "I can post in a text channel only" in told
    assert wizard.button("create").disabled
    assert await stored(world) == []
    for _ in range(6):
        await wizard.press("back")
    await wizard.choose("channel", world.channel)
    for _ in range(6):
        await wizard.press("next")
    assert "is set up" in await wizard.press("create")


async def test_roles_that_cannot_be(world: World) -> None:
    quiet = world.server.create_role("quiet")
    wizard = Wizard(world)
    await wizard.begin()
    await wizard.choose("channel", world.channel)
    await wizard.press("next")
    assert "I may not ping" in await wizard.choose("ping", quiet)
    assert "That role is everyone" in await wizard.choose("ping", world.server.default_role)
    assert "That role is everyone" in await wizard.choose("moderators", world.server.default_role)
    assert (wizard.marked("ping"), wizard.marked("moderators")) == ([], [])


async def test_only_managers_choose_the_moderator_role(world: World) -> None:
    role = world.server.create_role("Teachers")
    teacher = world.server.add_member(world.env.create_user("tim"), roles=[role])
    await world.slash(world.moderator, "tutor settings", moderator_role=role)
    wizard = Wizard(world, teacher)
    await wizard.begin()
    await wizard.choose("channel", world.channel)
    told = await wizard.press("next")
    assert "can be chosen by those who have Manage Server" in told
    assert not [one for one in wizard.ids() if "moderators" in one]
    manager = Wizard(world)
    await manager.begin()
    await manager.choose("channel", world.channel)
    await manager.press("next")
    assert manager.marked("moderators") == [str(role.id)]
    await manager.choose("moderators")
    for _ in range(5):
        await manager.press("next")
    assert "none; whoever has Manage Server is a moderator" in manager.text()
    await manager.press("create")
    assert (await servers.get(world.context, world.server.id)).moderator_role_id is None
    # The teacher is no moderator any more, in the middle of a set-up.
    await wizard.press("next")
    assert wizard.result is not None
    assert "This is for moderators" in said(wizard.result)


async def test_a_city_is_understood(world: World) -> None:
    wizard = await at_step(world, 3)
    meant = {
        "berlin": "Europe/Berlin",
        " new  york ": "America/New_York",
        "asia/kathmandu": "Asia/Kathmandu",
        "Honol": "Pacific/Honolulu",
    }
    for typed, zone in meant.items():
        await wizard.type("city", typed)
        assert wizard.marked("zone") == [zone]


async def test_a_city_of_several_is_chosen_and_a_wrong_one_told(world: World) -> None:
    wizard = await at_step(world, 3)
    told = await wizard.type("city", "argentina")
    assert "time zones fit what you typed. Choose yours below." in told
    offered = [option.value for option in wizard.button("zone").options]
    assert "America/Argentina/Ushuaia" in offered
    await wizard.choose("zone", "America/Argentina/Ushuaia")
    assert wizard.marked("zone") == ["America/Argentina/Ushuaia"]
    assert "More fit than I can show" in await wizard.type("city", "a")
    for wrong in ("Mars", " . "):
        told = await wizard.type("city", wrong)
        assert "There is no such time zone." in told
    await wizard.press("next")
    await wizard.press("back")
    assert wizard.marked("zone") == ["America/Argentina/Ushuaia"]


async def test_a_time_can_be_typed_and_banks_taken_back(world: World) -> None:
    wizard = await at_step(world, 4)
    await wizard.type("clock", "6:30 pm")
    assert wizard.marked("time") == ["18:30"]
    assert "That is no time of the day." in await wizard.type("clock", "late")
    assert wizard.marked("time") == ["18:30"]
    await wizard.press("next")
    await wizard.choose("banks", "testing")
    assert wizard.marked("banks") == ["testing"]
    await wizard.choose("banks")
    assert wizard.marked("banks") == []


async def add_banks(world: World, count: int) -> None:
    for number in range(count):
        name = f"bank-number-{number:03}"
        await add_questions(world.context, a_bank(a_question(), name=name, title=name))


def chosen_in(lists: Sequence[Any]) -> list[list[str]]:
    return [[option.value for option in one.options if option.default] for one in lists]


async def test_more_banks_than_a_list_holds(world: World) -> None:
    await add_banks(world, 26)
    wizard = await at_step(world, 5)
    first, second = wizard.lists()
    names = [option.value for one in (first, second) for option in one.options]
    assert names == [*(f"bank-number-{number:03}" for number in range(26)), "testing"]
    assert first.placeholder == "Banks from bank-number-000 to bank-number-012"
    assert "more bank" not in wizard.text()
    # What is chosen in one list leaves the others as they were.
    await wizard.choose_of(first.custom_id, "bank-number-001", "bank-number-002")
    await wizard.choose_of(second.custom_id, "bank-number-020", "testing")
    assert chosen_in(wizard.lists()) == [
        ["bank-number-001", "bank-number-002"],
        ["bank-number-020", "testing"],
    ]
    await wizard.choose_of(first.custom_id, "bank-number-003")
    await wizard.choose_of(second.custom_id)
    assert chosen_in(wizard.lists()) == [["bank-number-003"], []]
    for _ in range(2):
        await wizard.press("next")
    await wizard.press("create")
    (made,) = await stored(world)
    assert made["banks"] == ["bank-number-003"]


async def test_more_banks_than_a_message_holds(world: World) -> None:
    await add_banks(world, 101)
    wizard = await at_step(world, 5)
    assert [len(one.options) for one in wizard.lists()] == [25] * 4
    assert "2 more banks do not fit into these lists" in wizard.text()
    for one in wizard.lists():
        await wizard.choose_of(one.custom_id, *(option.value for option in one.options))
    for _ in range(2):
        await wizard.press("next")
    assert "bank-number-059, ban…" in wizard.text()  # more than a field holds
    await wizard.press("create")
    (made,) = await stored(world)
    assert len(made["banks"]) == 100


async def test_a_bank_that_went_away_is_chosen_no_more(world: World) -> None:
    await add_banks(world, 26)
    wizard = await at_step(world, 5)
    first, second = wizard.lists()
    await wizard.choose_of(first.custom_id, "bank-number-001")
    gone = sa.update(t.questions).where(t.questions.c.bank == "bank-number-001")
    now = world.context.clock()
    await world.context.store.write(lambda conn: conn.execute(gone.values(retired_at=now)))
    await wizard.choose_of(second.custom_id, "testing")
    assert chosen_in(wizard.lists()) == [[], ["testing"]]


async def test_after_a_restart_it_says_kindly_that_it_is_over(world: World) -> None:
    wizard = await at_step(world, 3)
    shown = await wizard.member.click(wizard.now(), custom_id=wizard.custom_id("city"))
    await world.restart()
    assert OVER in privately(await world.fill(wizard.member, shown, "Berlin"))
    for act in ("next", "back", "cancel", "city"):
        await wizard.press(act)
        assert wizard.result is not None
        assert OVER in privately(wizard.result)
    await wizard.choose("zone", "Asia/Tokyo")
    assert wizard.result is not None
    assert OVER in privately(wizard.result)
    assert "step 1 of 7" in await wizard.begin()


async def test_an_hour_later_or_begun_anew_it_is_over(world: World) -> None:
    wizard = await at_step(world, 2)
    await world.pass_time(seconds=KEPT.total_seconds() - 1)
    assert "time zone" in await wizard.press("next")
    await world.pass_time(seconds=KEPT.total_seconds() + 1)
    await wizard.press("next")
    assert wizard.result is not None
    assert OVER in privately(wizard.result)
    older, newer = await at_step(world, 2), Wizard(world)
    await newer.begin()
    await older.press("next")
    assert older.result is not None
    assert OVER in privately(older.result)
    assert "step 1 of 7" in newer.text()


async def test_two_moderators_do_not_disturb_each_other(world: World) -> None:
    role = world.server.create_role("More", permissions=discord.Permissions(manage_guild=True))
    nora = world.server.add_member(world.env.create_user("nora"), roles=[role])
    first, second = Wizard(world), Wizard(world, nora)
    await first.begin()
    await second.begin()
    await first.choose("channel", world.channel)
    await second.choose("channel", world.corner)
    for _ in range(6):
        await first.press("next")
        await second.press("next")
    assert "is set up" in await first.press("create")
    await world.slash(world.moderator, "tutor settings", audit_channel=world.corner)
    told = await second.press("create")
    assert "**Question of the day 2** is set up" in told
    assert "channel for notices" not in told
    assert {(row["name"], row["channel_id"]) for row in await stored(world)} == {
        ("Question of the day", world.channel.id),
        ("Question of the day 2", world.corner.id),
    }


async def test_a_second_press_of_create_finds_nothing_to_create(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wizard = await at_step(world, 7)
    create, seen_meanwhile = services.create, []

    async def slow(*args: Any) -> Any:
        seen_meanwhile.append(dict(world.context.setups))
        return await create(*args)

    monkeypatch.setattr(services, "create", slow)
    assert "is set up" in await wizard.press("create")
    assert seen_meanwhile == [{}]


async def test_a_full_server_is_told_and_nothing_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wizard = await at_step(world, 7)
    monkeypatch.setattr(schedule_queries, "MOST", 0)
    assert "which is the most there can be" in await wizard.press("create")
    monkeypatch.undo()
    await wizard.press("back")
    await wizard.press("next")
    assert "is set up" in await wizard.press("create")


async def test_the_sample_is_no_open_question(world: World) -> None:
    await world.ask(a_question(prompt="Open right now?"), bank="alone")
    wizard = await at_step(world, 5)
    await wizard.choose("banks", "alone")
    await wizard.press("next")
    await wizard.press("next")
    assert "step 7 of 7" in wizard.text()
    assert wizard.result is not None
    assert "Open right now?" not in said(wizard.result)


async def test_members_are_refused(world: World) -> None:
    wizard = await at_step(world, 2)
    told = privately(await world.slash(world.alice, "tutor setup"))
    assert told.startswith("This is for moderators")
    assert len(world.context.setups) == 1
    assert "roles" in wizard.text()
