"""Interactions that Discord's own program would never send: any custom id, any option, any form,
from anybody. Discord's checks are gone round; the bot's are what is left.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import discord
import simcord
from discord import app_commands
from simcord.backend import serializers
from simcord.enums import InteractionType
from simcord.interactions import base_payload, store_interaction_attachment
from simcord.results import InteractionResult

from bot.ui.texts import errors as texts
from tests.support.world import World, build_world, run_client, said

T = TypeVar("T")

BUG = texts.BUG.partition("`")[0]
"""How the bot says that it met a bug."""
_BUTTON = 2
_OF_TYPE: dict[discord.AppCommandOptionType, Any] = {
    discord.AppCommandOptionType.string: "09:00",
    discord.AppCommandOptionType.integer: 1,
    discord.AppCommandOptionType.number: 1.0,
    discord.AppCommandOptionType.boolean: True,
}


class Stage:
    """A world that outlives one test: hypothesis plays its examples in it, one after another."""

    def __init__(self, runner: asyncio.Runner, world: World) -> None:
        self.runner, self.world = runner, world

    def play(self, act: Awaitable[T]) -> T:
        """Run something in the world; whatever the bot raised meanwhile is raised here."""

        async def run() -> T:
            with self.world.env.time_context():
                return await act

        done = self.runner.run(run())
        self.world.env._raise_errors_since(self.world.env._errors_acknowledged)
        return done


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Open a world on `folder` for many examples."""
    with asyncio.Runner() as runner:
        opened = run_client(folder)
        env = runner.run(opened.__aenter__())
        try:
            yield Stage(runner, runner.run(_build(env)))
        finally:
            runner.run(opened.__aexit__(None, None, None))


async def _build(env: simcord.Env) -> World:
    with env.time_context():
        return await build_world(env)


@dataclass(frozen=True)
class Sent:
    """An interaction as it comes to the bot, but for who sends it."""

    kind: InteractionType
    data: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict[str, Any])


def click(world: World, custom_id: str) -> Sent:
    """A button with this custom id, under the bot's newest post, whether it has one or not."""
    backend = world.env.backend
    stored = backend.get_message(world.channel.id, world.post().id)
    button = {"type": _BUTTON, "style": 2, "label": "x", "custom_id": custom_id}
    message = dict(serializers.message_payload(backend, stored))
    message["components"] = [{"type": 1, "components": [button]}]
    data = {"custom_id": custom_id, "component_type": _BUTTON}
    return Sent(InteractionType.MESSAGE_COMPONENT, data, {"message": message})


def form(custom_id: str, components: list[Any]) -> Sent:
    """A form that nobody was shown, with components of any shape."""
    data = {"custom_id": custom_id, "components": components}
    return Sent(InteractionType.MODAL_SUBMIT, data)


def typed(name: str, options: list[dict[str, Any]], **more: Any) -> Sent:
    """A command with options of any value; `more` is what else its data holds."""
    return Sent(InteractionType.APPLICATION_COMMAND, _command(name, options) | more)


def typing(name: str, option: app_commands.Parameter, text: str) -> Sent:
    """What Discord asks when it wants to offer something for an option while somebody types."""
    asked = {"name": option.display_name, "type": 3, "value": text, "focused": True}
    return Sent(InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE, _command(name, [asked]))


async def send(world: World, member: Any, sent: Sent) -> InteractionResult:
    """Have a member send it in #daily-question (or in `member.place`), and the bot answer."""
    (result,) = emit(world, member, sent)
    await world.env.settle()
    return result


def emit(world: World, member: Any, *sent: Sent) -> list[InteractionResult]:
    """Have a member send all of it in one instant; the results fill once the world settles."""
    backend, results = world.env.backend, []
    channel = getattr(member, "place", world.channel)
    guild = getattr(member, "guild", None)
    for one in sent:
        record, payload = base_payload(
            backend,
            type=one.kind,
            channel_id=channel.id,
            guild_id=guild.id if guild else None,
            user_id=member.id,
            data=one.data,
        )
        if "message" in one.more:
            record.source_message_id = int(one.more["message"]["id"])
        backend.emit("INTERACTION_CREATE", payload | one.more)
        results.append(InteractionResult(world.env, record))
    return results


def fitting(
    world: World, wanted: app_commands.Command[Any, ..., Any], *, all_: bool = False
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return values that fit the required options of a command (or all of them), and the data that
    Discord sends of the members, roles, channels and files among them.
    """
    options: list[dict[str, Any]] = []
    resolved: dict[str, Any] = {}
    for option in wanted.parameters:
        if option.required or all_:
            value = _value(world, option, resolved)
            options.append({"name": option.display_name, "type": option.type.value, "value": value})
    return options, ({"resolved": resolved} if resolved else {})


def labelled(text: Any) -> dict[str, Any]:
    """A form's text input in its label, as Discord sends it."""
    return {"type": 18, "component": {"type": 4, "custom_id": "text", "value": text}}


def commands(tree: app_commands.CommandTree[Any]) -> list[app_commands.Command[Any, ..., Any]]:
    """Every command that can be run, by itself or in a group."""
    return [one for one in tree.walk_commands() if isinstance(one, app_commands.Command)]


def polite(result: InteractionResult) -> str:
    """What somebody was told, who was told anything but that the bot has a bug, and by nobody else
    seen.
    """
    assert result.acknowledged, "nobody answered"
    told = said(result)
    assert BUG not in told, told
    return told


def _value(world: World, option: app_commands.Parameter, resolved: dict[str, Any]) -> Any:
    types = discord.AppCommandOptionType
    if option.choices:
        return option.choices[0].value
    if option.type in _OF_TYPE:
        return _OF_TYPE[option.type]
    backend = world.env.backend
    if option.type is types.channel:
        channel = dict(serializers.channel_payload(backend, world.channel._channel))
        resolved.setdefault("channels", {})[str(world.channel.id)] = channel | {"permissions": "0"}
        return str(world.channel.id)
    if option.type in (types.role, types.mentionable):
        role = next(iter(world.server._guild.roles.values()))
        resolved.setdefault("roles", {})[str(role.id)] = dict(serializers.role_payload(role))
        return str(role.id)
    if option.type is types.user:
        user = dict(serializers.user_payload(backend.get_user(world.bob.id)))
        resolved.setdefault("users", {})[str(world.bob.id)] = user
        return str(world.bob.id)
    assert option.type is types.attachment, option.type
    return store_interaction_attachment(backend, world.channel.id, "a.txt", b"What?", resolved)


def _command(name: str, options: list[dict[str, Any]]) -> dict[str, Any]:
    root, *path = name.split()
    for depth, part in enumerate(reversed(path)):
        options = [{"name": part, "type": 1 if depth == 0 else 2, "options": options}]
    return {"id": "1", "name": root, "type": 1, "options": options}
