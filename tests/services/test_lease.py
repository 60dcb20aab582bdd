"""One process runs on a database: a second one is told, a dead one's lease is taken over."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import system_clock
from bot.errors import OperatorError
from bot.services import lease
from bot.services.context import Context
from bot.store.lease import Holder, holder_of, is_running, this_process
from bot.store.queries import leases
from tests.support import postgres
from tests.support.contexts import clock_of, open_context, settings_in

ROOT = Path(__file__).parent.parent.parent
ME = this_process()
ELSEWHERE = Holder(host="other", machine="another machine", process=1, began="7")


def url_of(context: Context) -> str:
    return context.settings.database.url


async def never(seconds: float) -> None:
    raise AssertionError(f"nobody should wait, and this would {seconds} s")


def gone() -> Holder:
    """A process of this machine that has ended, and was known while it lived."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        holder = holder_of(child.pid)
        assert is_running(holder)
    return holder


async def test_the_second_process_is_told_who_runs(context: Context) -> None:
    await lease.take(context, ME)
    with pytest.raises(OperatorError) as raised:
        await lease.take(context, ELSEWHERE)
    with pytest.raises(OperatorError) as early:
        await lease.until_free(url_of(context), context.clock, never)
    path = url_of(context).removeprefix("sqlite+aiosqlite:///")
    assert str(raised.value) == (
        f"Another tutor runs on the database {path}: process {ME.process} on {ME.host}, since "
        "2026-03-02 12:00 UTC. Two would post and answer side by side. End that one first, or "
        "name another database in [database] url."
    )
    assert str(early.value) == str(raised.value)


async def test_of_two_that_start_at_once_one_runs(context: Context) -> None:
    outcomes = await asyncio.gather(
        lease.take(context, ME), lease.take(context, ELSEWHERE), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), OperatorError]


async def test_a_lease_given_back_is_free_at_once(context: Context) -> None:
    await lease.take(context, ME)
    await lease.release(context, ME)
    assert await lease.until_free(url_of(context), context.clock, never) is None
    await lease.take(context, ELSEWHERE)
    await lease.release(context, ME)  # not its own: it stays
    assert (await context.store.read(leases.current)).holder == ELSEWHERE


async def test_a_killed_process_of_this_machine_is_taken_over_at_once(context: Context) -> None:
    dead = gone()
    await lease.take(context, dead)
    found = await lease.until_free(url_of(context), context.clock, never)
    assert found == dead
    with pytest.raises(OperatorError):
        await lease.take(context, ME)  # without the word that it is dead, it is not
    await lease.take(context, ME, found)
    assert (await context.store.read(leases.current)).holder == ME


async def test_one_that_cannot_be_seen_is_waited_for_and_then_taken_over(
    context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    await lease.take(context, ELSEWHERE)
    clock = clock_of(context)
    clock.advance(seconds=12)
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        clock.advance(seconds=seconds)

    dead = await lease.until_free(url_of(context), clock, pause)
    assert waited == [18.0]
    assert "Process 1 on other had the database" in caplog.text
    assert "Waiting 18 s" in caplog.text
    await lease.take(context, ME, dead)


async def test_one_that_cannot_be_seen_and_renews_keeps_its_lease(context: Context) -> None:
    await lease.take(context, ELSEWHERE)
    clock = clock_of(context)

    async def pause(seconds: float) -> None:
        clock.advance(seconds=seconds)
        until = clock() + lease.LASTS
        await context.store.write(leases.renew, holder=ELSEWHERE, until=until)

    with pytest.raises(OperatorError, match="process 1 on other"):
        await lease.until_free(url_of(context), clock, pause)


async def test_a_lease_from_a_wrong_clock_is_not_waited_for_for_ever(context: Context) -> None:
    await lease.take(context, ELSEWHERE)
    clock = clock_of(context)
    clock.advance(days=-300)
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        clock.advance(seconds=seconds)

    dead = await lease.until_free(url_of(context), clock, pause)
    assert waited == [30.0]
    await lease.take(context, ME, dead)


async def test_an_expired_lease_is_free(context: Context) -> None:
    await lease.take(context, ELSEWHERE)
    clock_of(context).advance(seconds=30)
    assert await lease.until_free(url_of(context), context.clock, never) is None
    await lease.take(context, ME)


async def test_it_is_renewed_before_it_expires(context: Context) -> None:
    await lease.take(context, ME)
    clock = clock_of(context)
    ends: list[timedelta] = []

    async def pause(seconds: float) -> None:
        held = await context.store.read(leases.current)
        ends.append(held.expires_at - clock())
        if len(ends) == 5:
            raise asyncio.CancelledError
        clock.advance(seconds=seconds)

    with pytest.raises(asyncio.CancelledError):
        await lease.keep(context, ME, pause)
    assert ends == [lease.LASTS] * 5


async def test_who_lost_it_ends(context: Context) -> None:
    await lease.take(context, ME)
    clock = clock_of(context)

    async def pause(_: float) -> None:
        clock.advance(minutes=5)
        await lease.take(context, ELSEWHERE)

    with pytest.raises(lease.LeaseLost, match="did not answer for 30 s"):
        await lease.keep(context, ME, pause)


@postgres.of_a_file
async def test_a_database_that_cannot_be_written_does_not_end_it(
    context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    await lease.take(context, ME)
    await context.store.write(lambda conn: conn.exec_driver_sql("PRAGMA query_only=ON").close())
    pauses = 0

    async def pause(_: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await lease.keep(context, ME, pause)
    assert caplog.text.count("The lease could not be renewed: The database") == 2
    context.store._transactions._engine.dispose()  # the next connection may write again


@postgres.of_a_file
async def test_a_database_that_is_not_there_is_free(tmp_path: Path) -> None:
    url = settings_in(tmp_path).database.url
    async with open_context(tmp_path / "other") as context:
        assert await lease.until_free(url, context.clock, never) is None
    assert not (tmp_path / "tutor.db").exists()


RUNS = """
import asyncio, sys
from pathlib import Path
from bot.clock import system_clock
from bot.services import lease
from bot.store.lease import this_process
from tests.support.contexts import open_context

async def main():
    async with open_context(Path(sys.argv[1])) as context:
        context.clock = system_clock
        await lease.take(context, this_process())
        print("runs", flush=True)
        input()

asyncio.run(main())
"""


def running_bot(folder: Path) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", RUNS, str(folder)]
    child = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)
    assert child.stdout is not None
    assert child.stdout.readline() == "runs\n"
    return child


@postgres.of_a_file
async def test_beside_a_living_process_none_starts_and_after_its_kill_one_does(
    tmp_path: Path,
) -> None:
    url = settings_in(tmp_path).database.url
    child = running_bot(tmp_path)
    with pytest.raises(OperatorError, match=f"process {child.pid} on"):
        await lease.until_free(url, system_clock, never)
    child.kill()
    child.communicate()
    dead = await lease.until_free(url, system_clock, never)
    assert dead is not None
    assert dead.process == child.pid
    async with open_context(tmp_path) as context:
        context.clock = system_clock
        await lease.take(context, ME, dead)
        with pytest.raises(OperatorError, match=f"process {ME.process} on"):
            await lease.take(context, dead)


def test_a_process_is_known_from_a_later_one_with_its_id() -> None:
    assert is_running(ME)
    assert is_running(replace(ME, began="1")) is False
    assert is_running(ELSEWHERE) is None


def test_a_process_whose_state_is_hidden_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.lease._state", lambda _: ("", ""))
    assert is_running(ME)


def test_a_killed_process_that_nobody_waited_for_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    holder = holder_of(child.pid)
    assert is_running(holder)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # wait, and leave it a zombie
    assert is_running(holder) is False
    child.communicate()
