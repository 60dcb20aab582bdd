"""The bot's process: the real client and its real set-up, with what `tutor run` cannot be told
(where Discord is, the clock, the grader, chance) injected.

`python -m tests.discord.bot_process` imports everything once and then forks: a line of JSON on
standard input starts a bot and its pid is printed; when it has ended, its status is. So a proof
that starts the bot hundreds of times does not pay for the imports each time, and what is killed is
a process all the same.
"""

import asyncio
import ctypes
import importlib
import json
import os
import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot import logs
from bot.cli.serve import until_told
from bot.cli.told import FINDINGS
from bot.client import COGS, TutorClient, run_client
from bot.domain.question import Verdict
from bot.errors import TutorError
from bot.grading import Grade, KeyPoint, KeyPointState, Submission
from bot.grading.service import GraderService
from bot.refusals import refusals_told
from bot.settings import GraderSettings, load
from bot.store.lease import this_process
from discord.gateway import DiscordWebSocket
from discord.http import Route
from tests.discord.clock import SharedClock

TOKEN = "bG9vcGJhY2s.loop.back"
PR_SET_PDEATHSIG = 1
"""Of Linux's prctl."""
RIGHT = "because the features"
"""What a text must hold to be graded correct here."""
BROKEN = 99
"""The status of a bot that ended with an exception that is nobody's but a bug's."""

BEFOREHAND = (
    *COGS,
    "alembic.command",
    "alembic.runtime.migration",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
)
"""What the bot imports when it first needs it."""


class PlainGrader:
    """Grades by one phrase, at once: what a grade is made of is no matter of these proofs."""

    name = "plain 1"

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        """Return one grade for each submission; the first key point is covered by a right one."""
        return [_grade(one) for one in submissions]


def _grade(submission: Submission) -> Grade:
    right = RIGHT in submission.answer
    states = [KeyPointState.COVERED if right else KeyPointState.MISSING]
    states += [KeyPointState.MISSING] * (len(submission.key_points) - 1)
    return Grade(
        label=Verdict.CORRECT if right else Verdict.INCORRECT,
        score=0.8 if right else 0.2,
        confidence=0.9,
        needs_review=False,
        flags=(),
        key_points=tuple(
            KeyPoint(text, state, 0.9 if state is KeyPointState.COVERED else 0.1)
            for text, state in zip(submission.key_points, states, strict=True)
        ),
        model=PlainGrader.name,
    )


def _load(_: GraderSettings) -> PlainGrader:
    return PlainGrader()


async def _run(config: Path, clock: SharedClock, seed: int) -> None:
    settings = load(config, {})
    logs.set_up(settings.log.level, token=TOKEN)
    client = TutorClient(
        settings,
        grader=GraderService(settings.grader, _load),
        randomness=random.Random(seed),
        holder=this_process(),
        clock=clock,
    )
    # It waits for servers that come after READY; here the one server comes at once.
    client._connection.guild_ready_timeout = 0

    def look_again() -> None:
        if hasattr(client, "context"):
            client.context.wake()

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, look_again)
    await run_client(client, SecretStr(TOKEN))


def _die_with_the_parent() -> None:
    """Leave no bot behind where a proof is killed itself; where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _child(given: dict[str, Any]) -> None:
    _die_with_the_parent()
    output = os.open(given["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(0)
    url = f"127.0.0.1:{given['port']}"
    Route.BASE = f"http://{url}/api/v10"
    address = type(DiscordWebSocket.DEFAULT_GATEWAY)
    DiscordWebSocket.DEFAULT_GATEWAY = address(f"ws://{url}/gateway/")
    clock = SharedClock(Path(given["clock"]))
    with refusals_told():
        asyncio.run(until_told(_run(Path(given["config"]), clock, given["seed"])))


def main() -> None:
    """Start one bot after another, until standard input closes."""
    for name in BEFOREHAND:
        importlib.import_module(name)
    _say("here")
    while line := sys.stdin.readline():
        # A jump of the clock may be told before the child listens; that must not end it.
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        pid = os.fork()
        if not pid:
            try:
                _child(json.loads(line))
            except TutorError as error:  # as `tutor run` ends for it
                sys.stderr.write(f"{error}\n")
                os._exit(FINDINGS)
            except BaseException:  # noqa: BLE001 - the child must never go on as its parent
                sys.excepthook(*sys.exc_info())
                os._exit(BROKEN)
            os._exit(0)
        _say(f"started {pid}")
        _say(f"ended {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
