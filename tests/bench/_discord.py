"""The loopback Discord of tests/discord with what only a benchmark asks of it: crowds and times.

`python -m tests.bench._discord CLOCK`, as tests/discord/server.py. Times are of the monotonic
clock, which all processes of a machine share.
"""

import asyncio
import copy
import sys
import time
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.discord import conditions, stage
from tests.discord import server as served
from tests.discord.gateway import Gateway, Session
from tests.discord.objects import guild_json, interaction_json
from tests.discord.rest import Request, Route
from tests.discord.world import TEXT, Channel, Interaction, new_token

AT_ONCE = 20
"""Explanations whose first answer their members wait for."""
SLICE = 100
"""Members who act before others, such as the socket, get a turn."""


class CrowdedServer(served.Server):
    """Notes when an interaction got its first answer, and what was taken away in which order."""

    def reset(self, clock: str, scale: float = 1.0, at: str | None = None) -> None:
        super().reset(clock, scale, at)
        self.guilds: dict[int, Channel] = {}
        """Further servers, each with its one channel."""
        self.answered: dict[str, float] = {}
        self.asked: list[str] = []
        self.removed: list[tuple[int, int]] = []
        """(message, user) of each reaction that the bot took away."""
        self.asking: asyncio.Task[None] | None = None
        self.gateway = CrowdedGateway(self)

    def _serve(self, route: Route, asked: Request, entry: dict[str, Any]) -> web.Response:
        answer = super()._serve(route, asked, entry)
        if "interaction_token" in asked.params:
            self.answered.setdefault(asked.params["interaction_token"], time.monotonic())
        elif route.method == "DELETE" and answer.status == 204:
            self.removed.append((asked.id("message_id"), asked.id("user_id")))
        return answer


class CrowdedGateway(Gateway):
    """Tells a bot of every server that it is in."""

    def __init__(self, server: CrowdedServer) -> None:
        super().__init__(server.world, f"ws://127.0.0.1:{server.port}/gateway/")
        self._server = server

    def _identify(self, socket: web.WebSocketResponse) -> Session:
        session = super()._identify(socket)
        for guild_id, channel in self._server.guilds.items():
            world = copy.copy(self._world)
            world.guild_id, world.system, world.channels = guild_id, channel, {channel.id: channel}
            self._dispatch("GUILD_CREATE", guild_json(world))
        return session


def crowd(server: CrowdedServer, members: int, channels: int) -> dict[str, list[int]]:
    """Let members join and open channels; return their ids."""
    world = server.world
    return {
        "members": [world.add_user(f"m{number}").id for number in range(members)],
        "channels": [stage.open_channel(server, f"c{number}") for number in range(channels)],
    }


def found(server: CrowdedServer, count: int) -> list[tuple[int, int]]:
    """Put the bot into further servers, before it starts; return (server, channel) of each."""
    for number in range(count):
        guild_id = server.world.new_id()
        channel = Channel(server.world.new_id(), TEXT, f"g{number}")
        server.guilds[guild_id] = server.world.channels[channel.id] = channel
    return [(guild_id, channel.id) for guild_id, channel in server.guilds.items()]


async def burst(server: CrowdedServer, reactions: list[tuple[int, int, int, str]]) -> list[float]:
    """Let members react, as fast as it goes: (channel, message, user, emoji). Return when."""
    at: list[float] = []
    for number, (channel, message, user, emoji) in enumerate(reactions):
        server.world.react(server.world.channels[channel].messages[message], user, emoji)
        at.append(time.monotonic())
        if number % SLICE == 0:
            await asyncio.sleep(0)
    return at


def ask(
    server: CrowdedServer, channel: int, message: int, users: list[int], custom_id: str, pace: float
) -> None:
    """Have members press a button, one each `pace` seconds, until `answers` is called."""

    async def press() -> None:
        number = 0
        while True:
            token = stage.click(server, channel, users[number % len(users)], message, custom_id)
            server.asked += [token] if token else []
            number += 1
            await asyncio.sleep(pace)

    server.asking = asyncio.create_task(press())


async def answers(server: CrowdedServer, patience: float) -> dict[str, Any]:
    """Stop pressing; return the seconds that each first answer took, and how many got none within
    `patience`.
    """
    if server.asking is not None:
        server.asking.cancel()
        server.asking = None
    deadline = time.monotonic() + patience
    while any(token not in server.answered for token in server.asked):
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(0.02)
    began = {token: server.world.interactions[token].began for token in server.asked}
    took = [server.answered[token] - at for token, at in began.items() if token in server.answered]
    server.asked = []
    return {"took": took, "unanswered": len(began) - len(took)}


async def explain(
    server: CrowdedServer, channel: int, message: int, texts: list[tuple[int, str]], custom_id: str
) -> None:
    """Have members send their explanations, (user, text), from the modal of a post: as fast as the
    bot says that it took them, with so many under way as it can in Discord's 3 s.
    """
    world = server.world
    under_way: set[str] = set()
    for user, text in texts:
        while len(under_way) >= AT_ONCE and server.gateway.connected:
            await asyncio.sleep(0.005)
            under_way = {token for token in under_way if token not in server.answered}
        field = {"type": 18, "component": {"type": 4, "custom_id": "t", "value": text}}
        data = {"custom_id": custom_id, "components": [field]}
        now = world.clock(), time.monotonic()
        asked = Interaction(world.new_id(), new_token(), 5, user, channel, message, *now)
        world.interactions[asked.token] = asked
        server.asked.append(asked.token)
        under_way.add(asked.token)
        world.notify("INTERACTION_CREATE", interaction_json(world, asked, data))


def removed(server: CrowdedServer) -> list[tuple[int, int]]:
    """Return (message, user) of each reaction that the bot took away, in their order."""
    return server.removed


def hurry(server: CrowdedServer, scale: float) -> None:
    """Multiply the seconds of every limit by this from now on."""
    server.buckets.scale = scale


def standing(server: CrowdedServer) -> int:
    """Return how many members' reactions stand."""
    bot = server.world.bot.id
    return sum(
        len(users) - (bot in users)
        for channel in server.world.channels.values()
        for message in channel.messages.values()
        for users in message.reactions.values()
    )


def sweep(server: CrowdedServer) -> None:
    """Take every member's reaction away, without a word."""
    bot = server.world.bot.id
    for channel in server.world.channels.values():
        for message in channel.messages.values():
            message.reactions = {
                emoji: [bot] for emoji, users in message.reactions.items() if bot in users
            }


def posted(server: CrowdedServer, channels: list[int]) -> dict[str, Any]:
    """Return how many of these channels have their post, and how many with all its reactions."""
    posts = [conditions.posts(server, channel, 1, offered=False) for channel in channels]
    offered = [conditions.posts(server, channel, 1) for channel in channels]
    return {"posts": sum(map(bool, posts)), "offered": sum(map(bool, offered))}


VERBS = (crowd, found, burst, ask, answers, explain, removed, hurry, standing, sweep, posted)


if __name__ == "__main__":
    stage.VERBS.update({verb.__name__: verb for verb in VERBS})
    served.Server = CrowdedServer
    asyncio.run(served.main(Path(sys.argv[1])))
