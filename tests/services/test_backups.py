"""Backups by the clock while the bot runs, and a restore that waits for nobody."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.errors import OperatorError
from bot.services import backups, lease
from bot.services.context import Context
from bot.settings import DatabaseSettings
from bot.store.copies import copies
from bot.store.lease import Holder, this_process
from bot.store.queries import meta
from tests.support.contexts import clock_of, open_context
from tests.support.world import run_client

ELSEWHERE = Holder(host="other", machine="another machine", process=1, began="7")


def daily(folder: Path) -> DatabaseSettings:
    url = f"sqlite+aiosqlite:///{folder / 'tutor.db'}"
    return DatabaseSettings(url=url, backups=folder / "backups", backups_kept=2)


@pytest_asyncio.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    async with open_context(tmp_path, database=daily(tmp_path)) as context:
        yield context


def names(context: Context) -> list[str]:
    return [copy.name for copy in copies(context.settings.database.backups)]


def test_they_are_wanted_once_a_day_and_on_sqlite_alone(tmp_path: Path) -> None:
    assert DatabaseSettings().backup_every_hours == 24
    assert backups.are_wanted(daily(tmp_path))
    assert not backups.are_wanted(DatabaseSettings(backup_every_hours=0))
    assert not backups.are_wanted(DatabaseSettings(url="postgresql+asyncpg://u:p@h/n"))


async def test_the_first_is_made_at_once_and_the_next_a_day_later(context: Context) -> None:
    hour = timedelta(hours=1)
    assert await backups.copy_if_due(context) == hour
    assert names(context) == ["tutor-20260302-120000.db"]
    clock_of(context).advance(hours=23, minutes=50)
    assert await backups.copy_if_due(context) == timedelta(minutes=10)
    assert len(names(context)) == 1
    clock_of(context).advance(minutes=10)
    assert await backups.copy_if_due(context) == hour
    assert names(context) == ["tutor-20260302-120000.db", "tutor-20260303-120000.db"]
    clock_of(context).advance(days=1)
    await backups.copy_if_due(context)
    assert names(context) == ["tutor-20260303-120000.db", "tutor-20260304-120000.db"]


async def test_a_copy_from_a_clock_that_ran_ahead_holds_nothing_up(context: Context) -> None:
    clock_of(context).advance(days=300)
    await backups.copy_if_due(context)
    clock_of(context).advance(days=-300)
    await backups.copy_if_due(context)
    assert "tutor-20260302-120000.db" in names(context)


async def test_one_that_fails_is_told_and_tried_again(
    context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    folder = context.settings.database.backups
    folder.write_text("in the way")
    assert await backups.copy_if_due(context) == timedelta(hours=1)
    assert "No backup was made: The database" in caplog.text
    folder.unlink()
    await backups.copy_if_due(context)
    assert len(names(context)) == 1


async def test_they_go_on_for_ever(context: Context) -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise asyncio.CancelledError
        clock_of(context).advance(seconds=seconds)

    with pytest.raises(asyncio.CancelledError):
        await backups.keep_copying(context, pause)
    assert waited == [3600.0] * 3
    assert len(names(context)) == 1


async def test_the_client_makes_them_when_it_runs(tmp_path: Path) -> None:
    async with run_client(tmp_path, database=daily(tmp_path)) as env:
        await env.settle()
        assert len(copies(tmp_path / "backups")) == 1
        await env.advance_time(25 * 3600)
        assert len(copies(tmp_path / "backups")) == 2


async def test_the_client_makes_none_where_none_are_wanted(tmp_path: Path) -> None:
    async with run_client(tmp_path) as env:
        await env.advance_time(25 * 3600)
    assert not (tmp_path / "backups").exists()


# --- Restore


async def closed(context: Context) -> DatabaseSettings:
    await backups.copy_if_due(context)
    await context.store.write(meta.put, key="a", value="after the copy")
    return context.settings.database


def wipe(settings: DatabaseSettings) -> None:
    Path(settings.url.removeprefix("sqlite+aiosqlite:///")).write_bytes(b"\0" * 9000)


def value(settings: DatabaseSettings) -> object:
    with closing(sqlite3.connect(settings.url.removeprefix("sqlite+aiosqlite:///"))) as conn:
        return conn.execute("SELECT value FROM meta WHERE key = 'a'").fetchone()


@pytest.mark.parametrize("holder", [this_process(), ELSEWHERE])
async def test_nothing_is_restored_under_a_bot_that_runs(context: Context, holder: Holder) -> None:
    settings = await closed(context)
    await lease.take(context, holder)
    await context.store.close()
    with pytest.raises(OperatorError) as raised:
        await backups.put_back(settings, None, context.clock)
    assert str(raised.value).endswith(
        f"process {holder.process} on {holder.host}. Stop it first; after a kill its claim ends by "
        "itself at 12:00:30 UTC. Nothing was changed."
    )
    assert value(settings) == ("after the copy",)


async def test_a_bot_that_ended_or_gave_no_sign_for_long_is_in_nobody_s_way(
    context: Context,
) -> None:
    settings = await closed(context)
    await lease.take(context, ELSEWHERE)
    await context.store.close()
    clock_of(context).advance(seconds=31)
    done = await backups.put_back(settings, None, context.clock)
    assert value(settings) is None
    assert done.aside is not None


async def test_a_copy_is_nobody_s(context: Context) -> None:
    """Made while the bot ran, it would keep the next start waiting."""
    await lease.take(context, ELSEWHERE)
    settings = await closed(context)
    await lease.release(context, ELSEWHERE)
    await context.store.close()
    await backups.put_back(settings, None, context.clock)
    with closing(sqlite3.connect(settings.url.removeprefix("sqlite+aiosqlite:///"))) as conn:
        assert conn.execute("SELECT count(*) FROM leases").fetchone() == (0,)


async def test_a_database_whose_lease_cannot_be_read_is_restored(context: Context) -> None:
    settings = await closed(context)
    await context.store.close()
    wipe(settings)
    done = await backups.put_back(settings, None, context.clock)
    assert value(settings) is None
    assert done.aside is not None
    assert done.aside.read_bytes() == b"\0" * 9000
