"""The loopback Discord does as Discord does where the proofs depend on it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.discord.openapi import DESCRIPTION, Description, unchecked
from tests.discord.remote import Loopback, loopback

BEGINS = "2027-02-01T08:00:00+00:00"
A = "%F0%9F%87%A6"
"""🇦, as it stands in an address."""


class Bot:
    """A bot that speaks plain HTTP."""

    def __init__(self, discord: Loopback) -> None:
        self.discord = discord
        self.headers: Any = {}

    async def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Return the status and the JSON of an answer."""
        url = f"http://127.0.0.1:{self.discord.port}/api/v10{path}"
        async with self.discord.session.request(method, url, json=body) as got:
            self.headers = got.headers
            text = await got.text()
            return got.status, json.loads(text) if text.startswith(("{", "[")) else text

    async def code(self, method: str, path: str, body: Any = None) -> tuple[int, int]:
        """Return the status and Discord's own code of a refusal."""
        status, said = await self(method, path, body)
        return status, said["code"]


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Loopback]:
    folder = tmp_path_factory.mktemp("server")
    async with loopback(folder, folder, bot=False) as process:
        yield process


@pytest_asyncio.fixture(loop_scope="module")
async def discord(process: Loopback, tmp_path: Path) -> Loopback:
    """A world of its own for each test, in one process."""
    await process.reset(tmp_path / "world", BEGINS, 0.0)
    return process


@pytest.fixture
def bot(discord: Loopback) -> Bot:
    return Bot(discord)


async def a_post(bot: Bot, **body: Any) -> str:
    """Open a channel with a message in it; return the message's address."""
    channel = await bot.discord.do("open_channel", name="c")
    _, message = await bot("POST", f"/channels/{channel}/messages", {"content": "x", **body})
    return f"/channels/{channel}/messages/{message['id']}"


async def test_a_nonce_sends_once_for_some_minutes(bot: Bot) -> None:
    channel = await bot.discord.do("open_channel", name="c")
    body = {"content": "x", "nonce": "t1", "enforce_nonce": True}
    ids = [(await bot("POST", f"/channels/{channel}/messages", body))[1]["id"] for _ in "ab"]
    assert ids[0] == ids[1]
    await bot.discord.pass_time(10 * 60)
    _, later = await bot("POST", f"/channels/{channel}/messages", body)
    assert later["id"] != ids[0]
    _, free = await bot("POST", f"/channels/{channel}/messages", body | {"enforce_nonce": False})
    assert free["id"] != later["id"]


async def test_reactors_come_in_pages_by_id(bot: Bot) -> None:
    address = await a_post(bot)
    _, _, channel, _, message = address.split("/")
    users = [await bot.discord.do("join", name=f"m{n}") for n in range(5)]
    for user in reversed(users):
        await bot.discord.do(
            "react", channel=int(channel), message=int(message), user=user, emoji="🇦"
        )
    _, first = await bot("GET", f"{address}/reactions/{A}?limit=3&type=0")
    assert [int(one["id"]) for one in first] == users[:3]
    _, rest = await bot("GET", f"{address}/reactions/{A}?limit=3&after={users[2]}")
    assert [int(one["id"]) for one in rest] == users[3:]
    assert await bot("GET", f"{address}/reactions/{A}?type=1") == (200, [])
    assert await bot.code("GET", f"{address}/reactions/{A}?limit=101") == (400, 50035)


async def test_history_comes_in_pages_newest_first(bot: Bot) -> None:
    channel = await bot.discord.do("open_channel", name="c")
    path = f"/channels/{channel}/messages"
    ids = [(await bot("POST", path, {"content": f"{n}"}))[1]["id"] for n in range(4)]
    _, page = await bot("GET", f"{path}?after={ids[0]}&limit=2")
    assert [one["id"] for one in page] == [ids[2], ids[1]]
    _, page = await bot("GET", f"{path}?before={ids[2]}")
    assert [one["id"] for one in page] == [ids[1], ids[0]]


async def test_what_is_not_there_or_not_allowed_is_refused(bot: Bot) -> None:
    address = await a_post(bot)
    channel = int(address.split("/")[2])
    assert await bot.code("GET", f"/channels/{channel}/messages/1") == (404, 10008)
    assert await bot.code("POST", "/channels/1/messages", {"content": "x"}) == (404, 10003)
    await bot.discord.do("deny", channel=channel, permissions=["send_messages", "add_reactions"])
    assert await bot.code("POST", address.rsplit("/", 1)[0], {"content": "x"}) == (403, 50013)
    assert await bot.code("PUT", f"{address}/reactions/{A}/@me") == (403, 50013)
    await bot.discord.do("deny", channel=channel, permissions=["view_channel"])
    assert await bot.code("GET", address) == (403, 50001)


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2001},
        {"embeds": [{"description": "x" * 4097}]},
        {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
        {"embeds": [{"fields": [{"name": "a", "value": "x" * 1025}]}]},
        {"components": [{"type": 1, "components": [{"type": 2, "custom_id": "x" * 101}]}]},
    ],
)
async def test_what_is_too_long_is_refused(bot: Bot, body: dict[str, Any]) -> None:
    channel = await bot.discord.do("open_channel", name="c")
    assert await bot.code("POST", f"/channels/{channel}/messages", body) == (400, 50035)


async def test_a_thread_is_opened_once(bot: Bot) -> None:
    address = await a_post(bot)
    assert (await bot("POST", f"{address}/threads", {"name": "t"}))[0] == 200
    assert await bot.code("POST", f"{address}/threads", {"name": "t"}) == (400, 160004)


async def test_one_reaction_a_quarter_second_and_429_with_via(bot: Bot, tmp_path: Path) -> None:
    await bot.discord.reset(tmp_path / "limited", BEGINS, 1000.0)
    address = await a_post(bot)
    assert (await bot("PUT", f"{address}/reactions/{A}/@me"))[0] == 204
    assert bot.headers["X-RateLimit-Remaining"] == "0"
    status, said = await bot("PUT", f"{address}/reactions/{A}/@me")
    assert (status, bot.headers["Via"] != "") == (429, True)
    assert said["retry_after"] == pytest.approx(250, abs=5)


async def test_an_interaction_is_answered_once_and_its_token_ends(bot: Bot) -> None:
    async with _listening(bot) as gateway:
        address = await a_post(bot)
        _, _, channel, _, message = address.split("/")
        user = await bot.discord.do("join", name="alice")
        token = await bot.discord.do(
            "click", channel=int(channel), user=user, message=int(message), custom_id="b"
        )
        asked = await _event(gateway, "INTERACTION_CREATE")
        assert asked["member"]["user"]["id"] == str(user)
        path = f"/interactions/{asked['id']}/{token}/callback"
        private = {"type": 4, "data": {"content": "only you", "flags": 64}}
        assert (await bot("POST", path, private))[0] == 204
        assert await bot.code("POST", path, private) == (400, 40060)
        _, everybody = await bot("GET", f"/channels/{channel}/messages")
        assert [one["content"] for one in everybody] == ["x"]
        hook = f"/webhooks/1/{token}/messages/@original"
        assert (await bot("PATCH", hook, {"content": "changed"}))[1]["content"] == "changed"
        await bot.discord.pass_time(16 * 60)
        assert await bot.code("PATCH", hook, {"content": "late"}) == (401, 50027)
        unknown = f"/interactions/{asked['id']}/nobodys/callback"
        assert await bot.code("POST", unknown, private) == (404, 10062)


async def test_a_session_is_resumed_with_what_was_missed(bot: Bot) -> None:
    async with _listening(bot) as gateway:
        ready = await _event(gateway, "READY")
        await gateway.send_json({"op": 1, "d": 1})
        assert (await _op(gateway, 11))["op"] == 11
    await bot.discord.do("open_channel", name="missed")
    async with _connected(bot) as gateway:
        await gateway.send_json({"op": 6, "d": {"session_id": ready["session_id"], "seq": 2}})
        assert (await _event(gateway, "CHANNEL_CREATE"))["name"] == "missed"
        await _event(gateway, "RESUMED")
    await bot.discord.do("cut", forget=True)
    async with _connected(bot) as gateway:
        await gateway.send_json({"op": 6, "d": {"session_id": ready["session_id"], "seq": 2}})
        assert (await _op(gateway, 9))["d"] is False


def _connected(bot: Bot) -> Any:
    return bot.discord.session.ws_connect(f"ws://127.0.0.1:{bot.discord.port}/gateway/")


@asynccontextmanager
async def _listening(bot: Bot) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with _connected(bot) as gateway:
        await gateway.send_json({"op": 2, "d": {"token": "t"}})
        yield gateway


async def _event(gateway: aiohttp.ClientWebSocketResponse, name: str) -> Any:
    while True:
        said = await gateway.receive_json(timeout=10)
        if said["t"] == name:
            return said["d"]


async def _op(gateway: aiohttp.ClientWebSocketResponse, number: int) -> Any:
    while True:
        said = await gateway.receive_json(timeout=10)
        if said["op"] == number:
            return said


@pytest.mark.skipif(not DESCRIPTION.exists(), reason="Discord's description is not beside this")
async def test_a_misspelt_key_is_a_finding() -> None:
    description = Description()
    route = ("POST", "/channels/{channel_id}/messages")
    assert description.findings(*route, {}, {"content": "x", "nonce": "n"}) == []
    (found,) = description.findings(*route, {}, {"contents": "x"})
    assert "contents" in found
    (found,) = description.findings("GET", route[1], {"afterwards": "1"}, {})
    assert "afterwards" in found


async def test_without_the_description_nothing_is_checked(tmp_path: Path) -> None:
    absent = Description(tmp_path / "openapi.json")
    assert str(tmp_path) in unchecked(tmp_path / "openapi.json"), "it is said"
    assert not absent.known
    assert absent.findings("POST", "/channels/{channel_id}/messages", {}, {"contents": "x"}) == []
