"""Neither the token nor what members write stands in the log, at any level, whatever goes wrong.
tests/discord looks for the same in the log of the real process on real sockets.
"""

import asyncio
import io
import logging
import sqlite3
from collections.abc import Iterator
from unittest.mock import MagicMock

import aiohttp
import discord
import pytest
import sqlalchemy as sa

from bot import logs
from bot.errors import OperatorError
from bot.store import tables as t
from tests.support import forging
from tests.support.contexts import grader_of
from tests.support.world import World

TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAw.GabcDE." + "x" * 38
WORDS = "My grandmother's maiden name is Quetzalcoatl"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as an operator gets it who asked for all of it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {
        name: one.level for name, one in root.manager.loggerDict.items() if hasattr(one, "level")
    }
    stream = io.StringIO()
    logs.set_up("DEBUG", token=TOKEN, stream=stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def silent(log: io.StringIO) -> str:
    """The log; fails where it tells anything of the token or of what was written."""
    written = log.getvalue()
    for secret in (TOKEN, WORDS, "Quetzalcoatl", "grandmother"):
        assert secret not in written
    return written


async def test_a_day_with_members_is_told_without_their_words(
    world: World, log: io.StringIO
) -> None:
    await world.ask()
    await world.react(world.bob, "A")
    await world.explain(world.alice, WORDS)
    await world.slash(world.moderator, "quiz now", banks=WORDS)
    await world.slash(
        world.moderator, "schedule create", name=WORDS[:50], channel=world.channel, time="09:00"
    )
    await world.slash(world.moderator, "schedule pause", name=WORDS[:50], reason=WORDS)
    for id_ in (WORDS, f"tutor:{WORDS}", f"tutor:hint:1{WORDS}"):
        await forging.send(world, world.alice, forging.click(world, id_))
        await forging.send(world, world.alice, forging.form(id_, [forging.labelled(WORDS)]))
    await forging.send(world, world.alice, forging.typed(WORDS[:30], []))
    assert len(world.env.errors) == 1, "the command that is not there"
    await world.slash(world.alice, "privacy export")
    await world.slash(world.moderator, "quiz close")
    await world.restart()
    assert silent(log).count("\n") > 30, "hardly anything was logged: this proves nothing"


async def test_errors_with_their_words_inside_are_told_without_them(
    world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await world.ask()
    response = MagicMock(status=400, reason="Bad Request")
    raised = [
        ValueError(WORDS),
        KeyError(WORDS),
        discord.HTTPException(response, {"code": 50035, "message": f"{WORDS} is too long"}),
        sa.exc.StatementError(WORDS, "INSERT", {"text": WORDS}, ValueError(WORDS)),
        ExceptionGroup(
            WORDS, [RuntimeError(WORDS), UnicodeDecodeError("utf-8", b"x", 0, 1, WORDS)]
        ),
    ]
    for number, error in enumerate(raised):
        grader_of(world.context).judge = lambda _, error=error: error
        member = world.server.add_member(world.env.create_user(f"member{number}"))
        id_ = f"tutor:explain-text:{opened.id}"
        sent = await forging.send(
            world, member, forging.form(id_, [forging.labelled(f"{WORDS} {number}.")])
        )
        assert sent.acknowledged
    written = silent(log)
    assert written.count("bug ") == len(raised)
    assert "400 (error code 50035)" in written
    assert "in grade" in written, "the way to the error is told"


async def test_a_statement_that_fails_is_told_without_its_values(
    world: World, log: io.StringIO
) -> None:
    def fails(connection: sa.Connection) -> None:
        connection.execute(sa.insert(t.explanations).values(text=WORDS))

    with pytest.raises((sa.exc.IntegrityError, OperatorError)) as caught:
        await world._as_bot(world.context.store.write(fails))
    logs.report_bug("test", caught.value)
    assert "NOT NULL constraint failed" in silent(log)


async def test_a_task_that_nobody_waited_for_is_told_without_its_words(log: io.StringIO) -> None:
    async def fail() -> None:
        raise ValueError(WORDS)

    loop, task = asyncio.get_running_loop(), asyncio.create_task(fail())
    await asyncio.sleep(0)
    loop.call_exception_handler(
        {
            "message": "Task exception was never retrieved",
            "exception": task.exception(),
            "task": task,
        }
    )
    written = silent(log)
    assert "Task exception was never retrieved" in written
    assert "ValueError: [hidden]" in written


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OperatorError("The disk is full."), "OperatorError: The disk is full."),
        (FileNotFoundError(2, "No such file", "a.db"), "No such file"),
        (aiohttp.ServerDisconnectedError(), "ServerDisconnectedError: Server disconnected"),
        (sqlite3.OperationalError("no such column: x"), "OperationalError: no such column: x"),
        (discord.ConnectionClosed(MagicMock(close_code=4004), shard_id=None), "4004"),
        (AssertionError(), "AssertionError"),
        (ValueError("x"), "ValueError: [hidden]"),
    ],
)
def test_an_error_that_holds_no_words_says_what_it_is(error: Exception, told: str) -> None:
    short = logs.in_short(error)
    assert told in short
    assert short.startswith(type(error).__name__)


def test_a_chain_of_errors_is_told_link_by_link(log: io.StringIO) -> None:
    try:
        try:
            raise OSError(28, "No space left on device")
        except OSError as error:
            raise RuntimeError(WORDS) from error
    except RuntimeError:
        logging.getLogger("x").exception("it failed")
    written = silent(log)
    first, second = written.index("No space left"), written.index("RuntimeError: [hidden]")
    assert first < written.index("the cause of") < second
    assert "raise RuntimeError(WORDS) from error" in written
