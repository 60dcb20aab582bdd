"""Whatever members type, nobody is pinged by it and nothing in it works where it is shown: looked
for in every byte that the bot sends to Discord while every command is fed with it.
"""

import re
from collections.abc import Iterator
from typing import Any

import discord
import pytest

from bot.domain.question import Verdict
from bot.grading import KeyPoint, KeyPointState
from bot.ui.plain import visible
from bot.ui.texts import say
from bot.ui.texts import schedules as texts
from tests.hostile.texts import TEXTS, wrong_with
from tests.support import forging
from tests.support.contexts import grader_of
from tests.support.fakes import a_grade
from tests.support.forging import polite
from tests.support.world import World, privately

STRING = discord.AppCommandOptionType.string
SHOWN = ("content", "title", "description", "text", "name", "value", "label", "placeholder")
"""Where Discord shows a text: of messages, embeds, fields, footers, authors, buttons and forms."""


def messages(world: World) -> Iterator[Any]:
    """Every message that the bot sent or edited, as it went to Discord."""
    for request in world.env.http_requests:
        body = request.json if isinstance(request.json, dict) else {}
        if request.path.endswith("/callback"):
            body = body.get("data") or {}
        if body and request.method in ("POST", "PATCH", "PUT"):
            yield body


def shown(body: Any) -> Iterator[str]:
    """Every text of a message that people see."""
    if isinstance(body, dict):
        for key, value in body.items():
            if key == "choices":  # these are shown as they are: no Markdown, no mentions
                continue
            if isinstance(value, str) and key in SHOWN:
                yield value
            yield from shown(value)
    if isinstance(body, list):
        for one in body:
            yield from shown(one)


def judged(world: World) -> None:
    """Fail where a message pings or shows something raw."""
    sent = 0
    for body in messages(world):
        if "content" in body or "embeds" in body:
            mentions = body.get("allowed_mentions")
            assert mentions is not None, f"whom it pings is left to Discord: {body}"
            assert mentions["parse"] == [], body
            assert not mentions.get("users"), body
            assert not mentions.get("roles"), body
        for text in shown(body):
            # Channels and times are mentioned by the bot itself, with numbers of its own.
            assert wrong_with(re.sub(r"<#\d{15,}>|<t:\d{9,}(:\w)?>", "", text)) == [], text
            sent += 1
    assert sent


async def test_a_quoted_explanation_is_plain_words(world: World) -> None:
    """The grader quotes the sentence of a member that contradicts a key point."""
    await world.ask()
    quote = ""
    grader_of(world.context).judge = lambda _: a_grade(
        label=Verdict.CONTRADICTORY,
        score=0.1,
        key_points=(KeyPoint("A point.", KeyPointState.CONTRADICTED, 0.9, quote),),
    )
    for number, text in enumerate(TEXTS):
        quote = text
        member = world.server.add_member(world.env.create_user(f"member{number}"))
        privately(await world.explain(member, text[:990] + "."))
    judged(world)


@pytest.mark.parametrize("hostile", TEXTS, ids=range(len(TEXTS)))
async def test_a_schedules_name_and_reason_are_plain_words(world: World, hostile: str) -> None:
    name = hostile[:50]
    told = await world.slash(
        world.moderator, "schedule create", name=name, channel=world.channel, time="09:00"
    )
    if not name.strip():
        return
    privately(told)
    for command in ("preview", "resume", "pause", "pause", "show"):
        options = {"reason": hostile[:200]} if command == "pause" and hostile[:200] else {}
        privately(await world.slash(world.moderator, f"schedule {command}", name=name, **options))
    for command in ("schedule list", "tutor status", "schedule delete"):
        options = {"name": name} if command.endswith("delete") else {}
        privately(await world.slash(world.moderator, command, **options))
    option = next(
        one
        for command in forging.commands(world.client.tree)
        if command.qualified_name == "schedule show"
        for one in command.parameters
    )
    offered = await forging.send(
        world, world.moderator, forging.typing("schedule show", option, "")
    )
    (choice,) = offered.autocomplete_choices or []
    assert choice["value"] == " ".join(name.split())
    assert choice["name"] == (visible(name) or "-")
    judged(world)


async def test_whatever_is_typed_into_a_command_comes_back_plain(world: World) -> None:
    """Every text option of every command, as a moderator; also of commands that come later."""
    await world.ask()
    tried = 0
    for command in forging.commands(world.client.tree):
        options, more = forging.fitting(world, command, all_=True)
        for option in command.parameters:
            if option.type is not STRING or option.choices:
                continue
            for number, text in enumerate(TEXTS):
                if number % 3 and tried % 3:  # a third of them for each: all in all, all of them
                    tried += 1
                    continue
                typed = {"name": option.display_name, "type": 3, "value": text[: option.max_value]}
                others = [one for one in options if one["name"] != option.display_name]
                name = command.qualified_name
                polite(
                    await forging.send(
                        world, world.moderator, forging.typed(name, [*others, typed], **more)
                    )
                )
                tried += 1
    assert tried > 100
    judged(world)


async def test_moderators_are_told_of_a_schedule_by_its_plain_name(world: World) -> None:
    name = "**[x](https://evil.example)** @everyone"
    notices = world.server.create_text_channel("notices")
    await world.slash(world.moderator, "tutor settings", notice_channel=notices)
    await world.slash(
        world.moderator, "schedule create", name=name, channel=world.corner, time="09:00"
    )
    world.env.backend.delete_channel(world.corner.id)
    await world.pass_time(days=2)
    told = notices.history()[-1]
    assert "everyone" in told.content, "nobody was told of the pause: this proves nothing"
    judged(world)


def test_what_is_shown_raw_is_found() -> None:
    """The judge itself: an answer with a member's text as it is would not pass."""
    for text in ("**x** is set up. [y](https://evil.example)", "a\u202eb", "<@1> answered"):
        assert wrong_with(text)
    assert wrong_with(say("en", texts.CREATED, name="x", channel="")) == []
