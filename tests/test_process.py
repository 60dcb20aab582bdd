"""The process: told to stop, given up on, and alone on its database."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import cast

import discord
import pytest
from pydantic import SecretStr

from bot.client import TutorClient, run_client
from bot.errors import OperatorError
from bot.grading.service import GraderService
from bot.services import lease
from bot.services.context import Context
from bot.settings import Settings
from bot.store import Store
from bot.store import tables as t
from bot.store.lease import Holder, holder_of, this_process
from bot.store.queries import leases
from tests.support.contexts import (
    open_context,
    rows,
    settings_in,
)
from tests.support.ending import (
    PATIENCE_S,
    PretendClient,
    client_on,
    states,
    wait_for,
)
from tests.support.fakes import FakeGrader
from tests.support.world import run_client as simulated

ROOT = Path(__file__).parent.parent
OTHER = Holder(host="other", machine="another machine", process=1, began="7")


async def test_discord_is_still_heard_while_work_is_finished(context: Context) -> None:
    client = PretendClient(context)
    let = asyncio.Event()
    context.start(wait_for(let), "work")
    running = asyncio.create_task(run_client(client, SecretStr("token")))
    await client.started.wait()
    running.cancel()
    await asyncio.wait_for(client.heard_while_stopping.wait(), PATIENCE_S)
    assert not client.is_closed()
    let.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert client.is_closed()


async def test_the_collector_leaves_alone_what_is_imported(context: Context) -> None:
    """A walk through all of it takes tenths of a second, in which nobody is answered."""
    gc.unfreeze()
    gc.set_threshold(700)
    client = PretendClient(context)
    running = asyncio.create_task(run_client(client, SecretStr("token")))
    await client.started.wait()
    try:
        assert len(gc.get_objects()) < gc.get_freeze_count() / 10
        assert gc.get_threshold()[0] > 700
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_start_that_is_told_to_stop_ends_first(context: Context) -> None:
    client = PretendClient(context)
    client.set_up = False
    running = asyncio.create_task(run_client(client, SecretStr("token")))
    await client.started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert client.cancelled_in_setup


async def test_a_client_that_closed_itself_says_why(context: Context) -> None:
    client = PretendClient(context)
    client.connecting = asyncio.Event()  # Discord is away, and comes back when it likes
    running = asyncio.create_task(run_client(client, SecretStr("token")))
    await client.started.wait()
    client.failure = lease.LeaseLost("Another process has taken over.")
    await client.close()
    with pytest.raises(lease.LeaseLost):
        await asyncio.wait_for(running, PATIENCE_S)


TOLD = """
import asyncio, sys
from pathlib import Path
from pydantic import SecretStr
from bot.cli.serve import until_told
from bot.client import run_client
from bot.services.waking import Waker
from tests.support.contexts import add_questions, clock_of, open_context
from tests.support.schedules import make
from tests.support.ending import PretendClient, SlowDiscord

async def main(folder):
    async with open_context(folder) as context:
        slow = context.publisher = SlowDiscord()
        await add_questions(context)
        await make(context, time="13:00")
        clock_of(context).advance(hours=1, minutes=1)
        client = PretendClient(context)
        client._run(Waker(context).run(), "waker")

        async def answer_late():
            await slow.asked.wait()
            print("posting", flush=True)
            await client.heard_while_stopping.wait()
            slow.let.set()

        late = asyncio.create_task(answer_late())
        await until_told(run_client(client, SecretStr("token")))

asyncio.run(main(Path(sys.argv[1])))
"""


def end_by_sigterm(folder: Path) -> int:
    command = [sys.executable, "-c", TOLD, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "posting\n"
        child.send_signal(signal.SIGTERM)
        return child.wait(10)


async def test_sigterm_in_the_middle_of_a_post_finishes_it(tmp_path: Path) -> None:
    assert end_by_sigterm(tmp_path) == 0
    async with open_context(tmp_path) as context:
        posted, planned = sorted(await states(context))
        assert (posted, planned) == ("open", "planned")


async def test_what_discord_closed_it_for_is_told(context: Context) -> None:
    class Refused(PretendClient):
        async def start(self, token: str, *, reconnect: bool = True) -> None:
            self.is_set_up = True
            await self.close()
            for _ in range(9):
                await asyncio.sleep(0)
            raise OperatorError("Discord closed the connection for good.")

    with pytest.raises(OperatorError, match="for good"):
        await run_client(Refused(context), SecretStr("token"))


async def test_the_database_is_let_go_although_discord_is_not(context: Context) -> None:
    client = client_on(context, holder=this_process())
    await lease.take(context, this_process())

    async def fail() -> None:
        raise RuntimeError("a bug")

    client._connection.close = fail
    with pytest.raises(RuntimeError):
        await client.close()
    store = await Store.open(context.settings.database.url)
    assert await store.read(leases.current) is None
    await store.close()
    with pytest.raises(OperatorError, match="takes no more changes"):
        await context.store.write(leases.release, holder=OTHER)


STUCK = """
import threading
from bot.cli.told import leave_stuck_threads
held = threading.Event()
threading.Thread(target=held.wait, name={name!r}).start()
leave_stuck_threads(3)
held.set()
"""


@pytest.mark.parametrize(("name", "code"), [("grader_0", 3), ("backup_0", 3), ("another", 0)])
def test_a_thread_that_was_given_up_does_not_hold_up_the_end(name: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK.format(name=name)],
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == code


# --- One process on a database


def leasing(settings: Settings) -> TutorClient:
    grader = cast(GraderService, FakeGrader())
    return TutorClient(settings, grader=grader, holder=this_process())


async def test_a_second_client_is_told_and_changes_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    now = discord.utils.utcnow()
    parent = holder_of(os.getppid())
    store = await Store.open(settings.database.url)
    await store.write(leases.take, holder=parent, now=now, until=now + timedelta(seconds=30))
    second = leasing(settings)
    with pytest.raises(OperatorError, match=f"Another tutor runs .* process {os.getppid()} on"):
        await second.setup_hook()
    await second.close()
    found = await store.read(leases.current)
    assert found is not None
    assert found.holder == parent
    assert await store.read(rows, t.questions) == []
    await store.close()


async def test_the_lease_is_renewed_while_the_bot_runs_and_given_back(tmp_path: Path) -> None:
    async with simulated(tmp_path, leasing) as env:
        store = env.bot.context.store
        first = await store.read(leases.current)
        assert first.holder == this_process()
        await env.advance_time(60)
        later = await store.read(leases.current)
        assert later.expires_at - first.expires_at == timedelta(seconds=60)
        assert later.taken_at == first.taken_at
    store = await Store.open(settings_in(tmp_path).database.url)
    assert await store.read(leases.current) is None
    await store.close()


async def test_a_bot_whose_lease_was_taken_over_ends(tmp_path: Path) -> None:
    async with simulated(tmp_path, leasing) as env:
        context = env.bot.context
        ahead = env.now() + timedelta(minutes=5)  # it did not answer for so long
        until = ahead + timedelta(seconds=30)
        assert await context.store.write(leases.take, holder=OTHER, now=ahead, until=until) is None
        hung = asyncio.Event()
        with env._bot_scope():
            context.start(wait_for(hung), "work that the other process does too")
        await env.advance_time(11)
        assert isinstance(env.bot.failure, lease.LeaseLost)
        assert env.bot.is_closed()
    store = await Store.open(settings_in(tmp_path).database.url)
    found = await store.read(leases.current)
    assert found is not None
    assert found.holder == OTHER
    await store.close()
