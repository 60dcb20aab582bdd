"""The script's hands: Discord's process, the bot's process, and waiting for what is seen."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

HERE = Path(__file__).parents[2]
LOOK_S = 0.02
KILLED = -9
"""The status of a process that was killed."""
STOP_S = 10.0
"""A bot that is told to stop ends within this."""
CONFIG = """
[database]
url = "sqlite+aiosqlite:///{folder}/tutor.db"
backups = "{folder}/backups"
[banks]
folder = "{banks}"
[hints]
wait_seconds = 0
[explanations]
attempts = 9
[log]
level = "DEBUG"
"""


class Killed(Exception):  # noqa: N818 - what the script waits for as well
    """The bot died before a member saw what they waited for."""


class Stuck(AssertionError):  # noqa: N818
    """A member waited in vain: with a living bot, that is a finding."""


@dataclass
class Loopback:
    """Discord's process, and the folder of the bot's files in its present world."""

    session: aiohttp.ClientSession
    port: int
    zygote: asyncio.subprocess.Process | None
    """What forks the bot; None: nobody is to start one."""
    banks: Path
    folder: Path = field(default_factory=Path)
    pid: int | None = None
    statuses: list[int] = field(default_factory=list[int])
    """How the bot's processes of this world have ended; -9: killed."""
    patience: float = 30.0
    """Seconds that anybody waits for what they are to see."""

    async def do(self, verb: str, **about: Any) -> Any:
        """Have a verb of stage.py done, and return what it returns."""
        async with self.session.post(f"http://127.0.0.1:{self.port}/_/{verb}", json=about) as got:
            if got.status != 200:
                raise AssertionError(f"{verb} {about}: {await got.text()}")
            return await got.json()

    async def wait(self, what: str, **about: Any) -> Any:
        """Wait until a condition of stage.py holds; return what is seen. Raises Killed, Stuck."""
        got = await self.do("wait", what=what, patience=self.patience, **about)
        if "seen" in got:
            return got["seen"]
        if got.get("killed"):
            raise Killed
        raise Stuck(f"{what} {about}: not seen. The bot's log is {self.folder / 'bot.log'}")

    async def listening(self) -> None:
        """Wait until a bot listens. Raises Killed also where its process ended by itself; Stuck."""
        waiting = asyncio.create_task(self.wait("ready"))
        try:
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=LOOK_S)
                if not waiting.done() and self.pid is not None and not _lives(self.pid):
                    raise Killed
            return waiting.result()
        finally:
            waiting.cancel()

    async def reset(self, folder: Path, at: str, scale: float) -> None:
        """Begin a world at `at` (ISO), with a folder of its own for the bot's files; `scale`
        multiplies the seconds of Discord's limits.
        """
        await self.kill()
        self.folder, self.statuses = folder, []
        _furnish(folder, self.banks)
        await self.do("reset", clock=str(folder / "clock"), scale=scale, at=at)

    async def start(self, seed: int = 0) -> None:
        """Start the bot on the folder's files. Nothing is waited for."""
        await self._ended()
        assert self.zygote is not None
        self.pid = await self._fork(self.zygote, "bot.log", seed)
        await self.do("process", pid=self.pid)

    async def refused(self) -> tuple[int, str]:
        """Start a bot on the folder's files, beside one that may run, that is expected to end by
        itself. Return its status and what it wrote; raises TimeoutError where it goes on.
        """
        log = self.folder / "refused.log"
        log.unlink(missing_ok=True)
        busy = self.pid is not None or self.zygote is None
        zygote = await _spawn("tests.discord.bot_process") if busy else self.zygote
        assert zygote is not None
        try:
            assert not busy or await _line(zygote) == "here"
            pid = await self._fork(zygote, log.name)
            try:
                async with asyncio.timeout(self.patience):
                    status = int((await _line(zygote)).removeprefix("ended "))
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                await _line(zygote)
                raise
        finally:
            if busy:
                await _end(zygote)
        return status, log.read_text("utf-8")

    async def _fork(self, zygote: asyncio.subprocess.Process, log: str, seed: int = 0) -> int:
        given = {
            "port": self.port,
            "clock": str(self.folder / "clock"),
            "config": str(self.folder / "config.toml"),
            "log": str(self.folder / log),
            "seed": seed,
        }
        assert zygote.stdin is not None
        zygote.stdin.write(json.dumps(given).encode() + b"\n")
        return int((await _line(zygote)).removeprefix("started "))

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, and have the bot look at its clock."""
        now = datetime.fromisoformat(await self.do("now"))
        await self.jump((now + timedelta(seconds=seconds)).isoformat())

    async def jump(self, to: str) -> None:
        """Let it become `to`, and have the bot look at its clock."""
        await self.do("jump", to=to)
        self._signal(signal.SIGUSR1)

    async def kill(self) -> None:
        """End the bot's process at once; nothing happens where there is none."""
        await self.strike()
        await self._ended()

    async def strike(self) -> None:
        """End the bot's process at once, in the middle of what the script does: it finds out."""
        self._signal(signal.SIGKILL)
        await self.do("process", pid=None)

    def hang(self, hangs: bool) -> None:
        """Have the bot's process do nothing at all, or go on."""
        self._signal(signal.SIGSTOP if hangs else signal.SIGCONT)

    async def stop(self) -> int:
        """Tell the bot to stop as `systemctl stop` does; return its status."""
        self._signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_S):
            return await self._ended()

    async def stop_amid(self) -> None:
        """`stop` in the middle of what the script does: it finds out. Raises TimeoutError."""
        pid = self.pid
        self._signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_S):
            while True:
                if pid is None or not _lives(pid):
                    break
                await asyncio.sleep(LOOK_S)
        await self.do("process", pid=None)

    async def _ended(self) -> int:
        if self.pid is None:
            return 0
        self.pid = None
        assert self.zygote is not None
        self.statuses.append(int((await _line(self.zygote)).removeprefix("ended ")))
        return self.statuses[-1]

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None:
            # It may have died this moment; nobody else has its number before the zygote reads it.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _furnish(folder: Path, banks: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG.format(folder=folder, banks=banks), "utf-8")


@asynccontextmanager
async def loopback(
    folder: Path,
    banks: Path,
    *,
    bot: bool = True,
    modules: tuple[str, str] = ("tests.discord.server", "tests.discord.bot_process"),
) -> AsyncIterator[Loopback]:
    """Start both processes, or Discord's alone, and end them. `folder` must be there, and `banks`
    hold the questions. `modules` are what they run.
    """
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:
        server = await _spawn(modules[0], str(folder / "clock"))
        zygote = await _spawn(modules[1]) if bot else None
        try:
            port = int(await _line(server))
            assert zygote is None or await _line(zygote) == "here"
            here = Loopback(session, port, zygote, banks)
            try:
                yield here
            finally:
                await here.kill()
        finally:
            for process in filter(None, (server, zygote)):
                await _end(process)


async def _spawn(module: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=HERE,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # Ctrl-C is for the script alone, which ends the others in their order.
        start_new_session=True,
    )


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().strip()
    assert line, "a process of the loopback Discord has ended; its reason stands above"
    return line


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
