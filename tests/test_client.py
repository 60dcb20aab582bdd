"""The client's own part: the order of set-up, what it asks of Discord, and how it ends."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import aiohttp
import pytest
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket

from bot import client
from bot.errors import ConfigurationError, OperatorError
from bot.settings import BankSettings
from bot.store.queries import meta
from tests.support.contexts import settings_in
from tests.support.world import World, new_client


def syncs(world: World) -> int:
    return sum(
        request.method == "PUT" and request.path.endswith("/commands")
        for request in world.env.http_requests
    )


def test_no_privileged_intent_is_asked_for() -> None:
    assert {name for name, on in client.INTENTS if on} == {
        "guilds",
        "guild_reactions",
    }


async def test_commands_are_sent_when_they_changed_and_only_then(world: World) -> None:
    assert syncs(world) == 1
    await world.restart()
    assert syncs(world) == 1
    await world.context.store.write(meta.put, key="commands", value="of an older version")
    await world.restart()
    assert syncs(world) == 2


async def test_a_clock_that_was_set_back_is_named(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ahead = world.context.clock() + timedelta(hours=3)
    await world.context.store.write(meta.note_time, now=ahead)
    await world.restart()
    assert "The clock is 3:00:00 behind what the database has seen" in caplog.text


async def test_a_broken_bank_stops_the_start_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text('title = "Broken"\n[[question]]\nid = 7\n')
    started = new_client(settings_in(tmp_path, banks=BankSettings(folder=tmp_path)))
    with pytest.raises(ConfigurationError, match=r"broken\.toml:3"):
        await started.setup_hook()
    await started.close()


async def test_an_unusable_database_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "tutor.db").write_bytes(b"this is no database, " * 100)
    started = new_client(settings_in(tmp_path))
    with pytest.raises(OperatorError):
        await started.setup_hook()
    await started.close()


async def test_a_first_connection_that_fails_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "GATEWAY_AGAIN_S", 0.0)
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda self: 0.0)
    tries: list[str] = []

    async def from_client(bot: client.TutorClient, **_: object) -> None:
        tries.append("connection")
        if len(tries) == 3:
            await bot.close()
        raise aiohttp.ClientConnectionError("no route")

    monkeypatch.setattr(DiscordWebSocket, "from_client", from_client)
    bot = new_client(settings_in(tmp_path))
    await bot.connect()
    assert len(tries) == 3


async def test_the_same_error_of_a_later_connection_is_a_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = new_client(settings_in(tmp_path))
    monkeypatch.setattr(bot, "ws", object(), raising=False)
    with pytest.raises(AttributeError):
        await bot.connect()
    monkeypatch.undo()
    await bot.close()


async def test_an_error_in_an_event_is_logged_with_an_id(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch
) -> None:
    await world.ask()
    broken = Mock(side_effect=ZeroDivisionError("a bug"))
    monkeypatch.setattr("bot.services.answers.answer", broken)
    await world.react(world.alice, "A")
    assert "ZeroDivisionError" in caplog.text
    assert "on_raw_reaction_add" in caplog.text
    assert len(world.env.errors) == 1


async def test_a_full_disk_in_an_event_is_told_plainly(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch
) -> None:
    await world.ask()
    monkeypatch.setattr(
        "bot.services.answers.answer", Mock(side_effect=OperatorError("The disk is full."))
    )
    await world.react(world.alice, "A")
    (record,) = [r for r in caplog.records if "The disk is full." in r.getMessage()]
    assert record.levelname == "ERROR"
    assert record.exc_info is None
    assert len(world.env.errors) == 1


async def test_closing_twice_is_fine(tmp_path: Path) -> None:
    started = new_client(settings_in(tmp_path))
    await started.close()
    await started.close()
