"""Starts the demo: the real bot in a simulated Discord, a few days of history, one web page."""

import asyncio
import contextlib
import contextvars
import logging
import random
import signal
import socket
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import simcord
from aiohttp import web

from bot.client import TutorClient
from bot.demo.history import DAYS, Cast, build, play, post_time
from bot.demo.idle import recognise_idle_tasks
from bot.demo.places import HOST, Town
from bot.demo.zone import local_zone
from bot.errors import OperatorError
from bot.grading.service import GraderService
from bot.settings import DatabaseSettings, load

log = logging.getLogger(__name__)

SEED = 8
"""The same history every time: which question comes on which day."""
SETTLE_S = 60.0
"""How long an act of a person may take. The first explanation may wait for the model to load."""
TICK_S = 1.0
THREADS = "Threads"
THREADS_LISTED = 2
"""The newest ones; a link in the chat leads to the others."""


class BackgroundGrader(GraderService):
    """The real grader, loaded where simcord does not wait for it: it waits for everything that the
    bot starts, and loading takes seconds. Whoever asks for a grade is waited for as ever.
    """

    async def start(self) -> None:
        """Begin to load the model in the background; returns at once."""
        self._task = contextvars.Context().run(asyncio.create_task, self._run())


def main(port: int) -> None:
    """Run the demo until Ctrl-C. Raises OperatorError when the port is taken."""
    print("Playing the last three days on a simulated Discord …", flush=True)  # noqa: T201
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_until_terminated(demo(port, _say_address)))
    print("The demo has ended; nothing of it was kept.")  # noqa: T201


async def demo(
    port: int,
    ready: Callable[[str], None],
    *,
    now: datetime | None = None,
    zone: str | None = None,
    grader: GraderService | None = None,
) -> None:
    """Run the demo until it is cancelled; call `ready` with its address once it is open.

    `now` (aware) is the time at which it begins and `zone` (IANA) the one in which its people live,
    both the machine's own when None; `grader` is the one that ships when None. Port 0 takes a free
    one. Raises OperatorError when the port is taken.
    """
    zone = zone or local_zone()
    now = (now or datetime.now(ZoneInfo(zone))).astimezone(ZoneInfo(zone))
    begin = post_time(now) - timedelta(days=DAYS, hours=1)
    with _listen(port) as listening, tempfile.TemporaryDirectory(prefix="tutor-demo-") as folder:
        async with _bot(Path(folder), begin, grader) as env:
            town = Town(env, listening, zone)
            cast = await build(env, zone, post_time(now))
            await play(env, cast, until=now)
            try:
                await _open(town, cast)
                ready(f"http://{HOST}:{town.port}/")
                await _pump(town)
            finally:
                await town.close()


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise OperatorError(
            f"The demo cannot listen on port {port}: {error.strerror}. Something else uses it,"
            " perhaps another demo; end that, or choose a port: tutor demo --port 8766"
        ) from error


@contextlib.asynccontextmanager
async def _bot(
    folder: Path, begin: datetime, grader: GraderService | None
) -> AsyncGenerator[simcord.Env]:
    """The client in a simulated Discord whose time begins at `begin`."""
    recognise_idle_tasks()
    database = DatabaseSettings(url=f"sqlite+aiosqlite:///{folder}/tutor.db", backup_every_hours=0)
    settings = load().model_copy(update={"database": database})
    client = TutorClient(
        settings,
        grader=grader or BackgroundGrader(settings.grader),
        randomness=random.Random(SEED),  # noqa: S311 - nothing secret is chosen
    )
    env = simcord.Env(client, check_errors=False, settle_timeout=SETTLE_S)
    # simcord's time always begins on 2026-01-01.
    env.backend.clock._epoch = begin  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    try:
        await env.start()
    except BaseException:
        # simcord has cancelled everything of the bot by now, its store's writer too.
        with contextlib.suppress(asyncio.CancelledError):
            await client.close()
        raise
    try:
        with env.time_context():
            yield env
    finally:
        # Before simcord lets go: it would cancel the store's writer under the client's feet.
        with env.time_context():
            await client.close()
        await env.shutdown()


async def _open(town: Town, cast: Cast) -> None:
    """Open the page, with a place for each channel."""

    async def first(_request: web.Request) -> web.StreamResponse:
        place = next(iter(town.places.values()))
        raise web.HTTPSeeOther(f"/discord#{place.capability}")

    async def state(_request: web.Request) -> web.StreamResponse:
        await _find_places(town, cast)
        threads = [id_ for id_, place in town.places.items() if place.group == THREADS]
        old_threads = sorted(threads)[:-THREADS_LISTED]
        places = [
            {
                "title": place.title,
                "group": place.group,
                "token": place.capability,
                "channel": str(channel_id),
                "listed": channel_id not in old_threads,
            }
            for channel_id, place in town.places.items()
        ]
        now = town.env.now().astimezone(ZoneInfo(town.zone))
        return web.json_response(
            {
                "places": places,
                "clock": f"{now:%A %d %B, %H:%M}",
                "moderator": cast.moderator.user.global_name,
            }
        )

    async def skip(request: web.Request) -> web.StreamResponse:
        if "X-Tutor-Demo" not in request.headers:  # another site's form cannot set it
            raise web.HTTPForbidden
        now = town.env.now().astimezone(ZoneInfo(town.zone))
        tomorrow = cast.post_time.replace(year=now.year, month=now.month, day=now.day)
        ahead = timedelta(hours=1)
        if await request.text() == "tomorrow":
            ahead = tomorrow + timedelta(days=1, minutes=1) - now
        async with town.lock:
            await _advance(town, ahead.total_seconds())
        return web.Response(status=204)

    await town.open(
        web.get("/", first), web.get("/tutor/state", state), web.post("/tutor/skip", skip)
    )
    await _find_places(town, cast)


async def _find_places(town: Town, cast: Cast) -> None:
    """Add every place that is not there yet: a reveal opens a thread."""
    everybody = (*cast.members, cast.moderator)
    for channel in (cast.daily, cast.corner):
        if channel.id not in town.places:
            await town.add(channel, everybody, "Study hall", f"# {channel.name}")
    quiz = cast.club.quiz
    if quiz.id not in town.places:
        await town.add(quiz, cast.club.people, "Geography club, a new server", f"# {quiz.name}")
    user = cast.members[0].user
    if user.dm_channel.id not in town.places:
        await town.add(user.dm_channel, (user,), "Direct messages", f"Tutor, to {user.global_name}")
    threads = [*cast.daily.threads, *cast.corner.threads]
    for thread in threads:
        if thread.id not in town.places:
            await town.add(thread, everybody, THREADS, f"{thread.name}")


async def _pump(town: Town) -> None:
    """Let simulated time pass with real time, for ever."""
    last = time.perf_counter()
    while True:
        await asyncio.sleep(TICK_S)
        async with town.lock:
            now = time.perf_counter()
            await _advance(town, now - last)
            last = now


async def _advance(town: Town, seconds: float) -> None:
    """Move time on, and show what changed. What goes wrong in the bot is in its log."""
    try:
        await town.env.advance_time(seconds)
        if town.has_news():
            await town.refresh()
    except TimeoutError:
        log.warning("Something in the bot takes longer than %s s", SETTLE_S)


async def _until_terminated(work: Coroutine[Any, Any, None]) -> None:
    """Await `work`; SIGTERM ends it as Ctrl-C does."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _say_address(address: str) -> None:
    print(  # noqa: T201
        f"The tutor's demo is open:\n\n  {address}\n\n"
        "Open it in a browser. Ctrl-C here ends it; its data are in a temporary folder and go too.",
        flush=True,
    )
