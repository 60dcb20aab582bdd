"""The demo without a browser: what its address answers, and that it begins and ends cleanly."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.demo import launcher
from bot.demo.history import post_time
from bot.errors import ConfigurationError, OperatorError
from tests.support.demo import running_demo

ROOT = Path(__file__).parents[2]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    """One demo for all who only look at it: it takes longer to start than they take."""
    async with running_demo() as address, aiohttp.ClientSession(address) as session:
        yield session


in_one_demo = pytest.mark.asyncio(loop_scope="module")


class Visitor:
    """Somebody who looks at a place through simcord's own interface."""

    def __init__(self, web: aiohttp.ClientSession, place: dict[str, Any]) -> None:
        self._web = web
        self._headers = {"X-Simcord-Capability": place["token"]}
        self._done = 0
        self.seen: dict[str, Any] = {}

    async def look(self) -> "Visitor":
        async with self._web.post("/api/pages", json={}, headers=self._headers) as answer:
            self.seen = await answer.json()
        self._headers["X-Simcord-Context"] = self.seen["context"]["id"]
        return self

    async def act(self, kind: str, **values: Any) -> None:
        self._done += 1
        body = {
            "protocol_version": 3,
            "request_id": f"r{self._done}",
            "sequence": self._done,
            "generation": self.seen["context"]["generation"],
            "bot_generation": self.seen["botGeneration"],
            "kind": kind,
        }
        async with self._web.post(
            "/api/action", json=body | values, headers=self._headers
        ) as answer:
            assert not (await answer.json())["rejected"]
        async with self._web.get("/api/state", headers=self._headers) as answer:
            self.seen = await answer.json()

    async def run(self, command: str) -> str:
        """Type a command and read the newest message."""
        async with self._web.get("/api/commands", headers=self._headers) as answer:
            entries = (await answer.json())["entries"]
        entry = next(each for each in entries if each["invocation"] == command)
        await self.act(
            "run_command",
            command_id=entry["commandId"],
            path=entry["path"],
            schema_fingerprint=entry["schemaFingerprint"],
            options={},
            published_revision=0,  # an old one: refreshes come by themselves
        )
        return self.texts()[-1]

    def texts(self) -> list[str]:
        """What stands in the messages, oldest first."""
        found: list[str] = []
        for id_ in self.seen["timeline"]:
            message = self.seen["messages"][id_]
            lines = [message["content"]]
            for embed in message["embeds"]:
                lines += [embed.get("title"), embed.get("description")]
                for field in embed.get("fields", ()):
                    lines += [field["name"], field["value"]]
            found.append("\n".join(line for line in lines if line))
        return found


async def _state(web: aiohttp.ClientSession) -> dict[str, Any]:
    async with web.get("/tutor/state") as answer:
        return await answer.json()


async def _skip(web: aiohttp.ClientSession, what: str) -> None:
    async with web.post("/tutor/skip", data=what, headers={"X-Tutor-Demo": "1"}) as answer:
        assert answer.status == 204


@in_one_demo
async def test_the_address_leads_to_the_daily_question(web: aiohttp.ClientSession) -> None:
    async with web.get("/", allow_redirects=False) as answer:
        state = await _state(web)
        assert answer.headers["Location"] == f"/discord#{state['places'][0]['token']}"
    async with web.get("/discord") as answer:
        assert "What to try" in await answer.text()
    assert [place["title"] for place in state["places"][:2]] == [
        "# daily-question",
        "# quiz-corner",
    ]
    assert {place["group"] for place in state["places"]} == {
        "Study hall",
        "Geography club, a new server",
        "Direct messages",
        "Threads",
    }
    for path in ("/tutor.css", "/tutor.js", "/app.js", "/favicon.ico"):
        async with web.get(path) as answer:
            assert answer.ok


@in_one_demo
async def test_three_days_have_been_played(web: aiohttp.ClientSession) -> None:
    place = (await _state(web))["places"][0]
    visitor = await Visitor(web, place).look()
    posts = [text for text in visitor.texts() if "🇦" in text]
    assert len(posts) == 4
    assert all("The answer is" in post for post in posts[:3])
    assert "Answer with a reaction" in posts[3]

    names = {who["id"]: who["name"] for who in visitor.seen["viewers"]}
    standing = await visitor.run("leaderboard")
    ranked = re.findall(r"<@(\d+)> · (\d\d+) points", standing)
    points = [int(count) for _, count in ranked]
    assert {names[id_] for id_, _ in ranked} == {"Amira", "Jonas", "Mei"}
    assert names[ranked[0][0]] == "Amira", "right every day"
    assert points == sorted(points, reverse=True)
    own = await visitor.run("me")
    assert "3 of 3 right" in own
    assert "4 explanations given" in own
    assert "1 hint" in own


@in_one_demo
async def test_a_page_opens_for_whom_it_was_last_used(web: aiohttp.ClientSession) -> None:
    places = (await _state(web))["places"]
    first = await Visitor(web, places[0]).look()
    grace = next(who for who in first.seen["viewers"] if who["name"] == "Grace")
    await first.act("viewer", viewer_id=grace["id"])

    second = await Visitor(web, places[1]).look()
    assert second.seen["viewerId"] == grace["id"]


@in_one_demo
async def test_a_page_can_be_opened_again_and_again(web: aiohttp.ClientSession) -> None:
    place = (await _state(web))["places"][0]
    for _ in range(20):
        assert (await Visitor(web, place).look()).seen["messages"]


@in_one_demo
async def test_strangers_are_kept_out(web: aiohttp.ClientSession) -> None:
    async with web.post("/api/pages", json={}) as answer:
        assert answer.status == 401
    async with web.post("/tutor/skip", data="hour") as answer:
        assert answer.status == 403
    async with web.get("/discord", headers={"Host": "elsewhere.example"}) as answer:
        assert answer.status == 403
    async with web.get("/tutor/state", headers={"Host": "elsewhere.example"}) as answer:
        assert answer.status == 403


async def test_a_skip_to_tomorrow_brings_the_next_question() -> None:
    async with running_demo() as address, aiohttp.ClientSession(address) as web:
        before = await _state(web)
        await _skip(web, "hour")
        later = await _state(web)
        assert "15:30" in before["clock"]
        assert "16:30" in later["clock"]

        await _skip(web, "tomorrow")
        state = await _state(web)
        assert "Friday 06 March, 09:01" in state["clock"]
        # The reveal has a thread; the newest two are listed.
        newest = state["places"][-1]
        assert newest["title"].endswith("2026-03-05")
        assert newest not in before["places"]
        threads = [place for place in state["places"] if place["group"] == "Threads"]
        assert [place["listed"] for place in threads] == [False, False, True, True]
        texts = (await Visitor(web, state["places"][0]).look()).texts()
        assert sum("The answer is" in text for text in texts) == 4
        assert "Answer with a reaction" in texts[-1]


@pytest.mark.parametrize(("hour", "posted"), [(0, 0), (1, 0), (5, 4), (9, 8), (10, 9), (23, 9)])
def test_todays_question_is_there_already(hour: int, posted: int) -> None:
    now = datetime(2026, 3, 5, hour, 20, tzinfo=UTC)
    assert post_time(now) == datetime(2026, 3, 5, posted, tzinfo=UTC)


def test_a_port_that_is_taken_is_said_before_anything_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OperatorError, match=f"cannot listen on port {port}"):
            launcher.main(port)


async def test_a_broken_bank_is_said_and_nothing_is_left_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.toml").write_text("[[question]]\n")
    monkeypatch.setenv("TUTOR_BANKS__FOLDER", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"broken\.toml"):
        async with running_demo():
            pass


# Whoever starts a program in the background has it ignore Ctrl-C, and so its children.
PRESSED = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from bot.demo.launcher import main
main(0)
"""


def test_ctrl_c_ends_it_and_leaves_nothing(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", PRESSED],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any("http://127.0.0.1:" in line for line in lines)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert "nothing of it was kept" in output
    assert "Traceback" not in errors
    assert process.returncode == 0
    assert [*tmp_path.glob("tutor-demo-*")] == []
    assert tempfile.gettempdir() != str(tmp_path)
