"""The log: one place that sets it up, keeps secrets out of it, and gives bugs an id.

Each record begins a line with its time in UTC; a traceback follows, indented, so that no text from
outside can pass for a record of its own. Of a foreign exception only the kind is written, because
what it says may be what a member wrote.
"""

import logging
import re
import secrets
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO, TypeAlias, cast

from bot.errors import TutorError

log = logging.getLogger(__name__)

_HIDDEN = "[hidden]"
_SECRETS = (
    # A bot token: three parts, separated by dots.
    (re.compile(r"[\w-]{18,}\.[\w-]{6,}\.[\w-]{20,}"), _HIDDEN),
    # An interaction's or a webhook's token in a path of Discord's API.
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.%-]+"), rf"\g<1>{_HIDDEN}"),
    # The password in a database's address.
    (re.compile(r"(\w://[^\s:/@]*:)[^\s/@]+@"), rf"\g<1>{_HIDDEN}@"),
)

_QUIET = {
    # At DEBUG these write interaction tokens or what members wrote, made-up custom ids included.
    "discord.http": logging.INFO,
    "discord.gateway": logging.INFO,
    "discord.webhook": logging.INFO,
    "discord.ui": logging.INFO,
    "aiosqlite": logging.INFO,
    "sqlalchemy.engine": logging.WARNING,
    # And these tell an operator nothing.
    "alembic": logging.WARNING,
    "matplotlib": logging.WARNING,
    "PIL": logging.WARNING,
}


_Raised: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)

_SPEAK = (
    TutorError,
    # The system, the network and the database: names of files, hosts and columns.
    OSError,
    sqlite3.Error,
    # Names in the program.
    AttributeError,
    ImportError,
    NameError,
    ZeroDivisionError,
)
"""What these say never holds a member's text."""


def in_short(error: BaseException) -> str:
    """Return an exception's kind and what it says, in one line; in place of what a member may have
    written, `[hidden]`.
    """
    kind = type(error)
    name = kind.__qualname__
    if isinstance(error, _SPEAK):
        return f"{name}: {error}"
    if kind.__module__.partition(".")[0] == "aiohttp":
        return f"{name}: {error}"
    # By their attributes, since this room does not know Discord. Its answers quote what was sent,
    # so they are told by its numbers.
    if kind.__module__ == "discord.errors" and hasattr(error, "status"):
        return f"{name}: {getattr(error, 'status', 0)} (error code {getattr(error, 'code', 0)})"
    if kind.__module__ == "discord.errors" and name in ("ConnectionClosed", "GatewayNotFound"):
        return f"{name}: {error}"
    return f"{name}: {_HIDDEN}" if str(error) else name


def _lines(error: BaseException, told: set[int]) -> Iterator[str]:
    """Yield the lines of a traceback as Python writes it, each exception `in_short`."""
    told.add(id(error))
    cause, context = error.__cause__, error.__context__
    earlier = cause or (None if error.__suppress_context__ else context)
    if earlier is not None and id(earlier) not in told:
        yield from _lines(earlier, told)
        yield "-- the cause of:" if cause else "-- and while that was dealt with:"
    yield "Traceback (most recent call last):"
    for entry in traceback.format_tb(error.__traceback__):
        yield from entry.splitlines()
    yield in_short(error)
    if isinstance(error, BaseExceptionGroup):
        inner: BaseException
        for inner in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from (f"  {line}" for line in _lines(inner, told))


class _Format(logging.Formatter):
    """`2026-11-23T15:00:00Z INFO    bot.client: what happened`."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text, in one line but for its traceback, without secrets."""
        time = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        message = record.getMessage()
        if record.name == "asyncio" and record.exc_info:
            # What follows shows the task, and with it what its exception says.
            message = message.partition("\n")[0]
        message = message.replace("\r", r"\r").replace("\n", r"\n")
        lines = [f"{time} {record.levelname:<8}{record.name}: {message}"]
        if record.exc_info:
            lines += self.formatException(record.exc_info).splitlines()
        if record.stack_info:
            lines += record.stack_info.splitlines()
        return self._without_secrets("\n    ".join(lines))

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging's own name for it
        """Return the traceback; see `in_short` for what it leaves out."""
        return "\n".join(_lines(ei[1], set())) if ei[1] is not None else ""

    def _without_secrets(self, text: str) -> str:
        if self._token:
            text = text.replace(self._token, _HIDDEN)
        for pattern, instead in _SECRETS:
            text = pattern.sub(instead, text)
        return text


_NO_NEWS = (
    # discord.py says these at each start: the bot has no use for voice, and the demo's stand-in
    # for Discord does without the guilds intent, which the bot asks for.
    "voice will NOT be supported",
    "Guilds intent seems to be disabled",
)


def _is_news(record: logging.LogRecord) -> bool:
    return not any(known in str(record.msg) for known in _NO_NEWS)


def _is_calm(record: logging.LogRecord) -> bool:
    """Let every record pass; say of a lost connection, which discord.py opens again by itself, what
    an operator can use: no error, and no traceback.
    """
    if record.name == "discord.client" and str(record.msg).startswith("Attempting a reconnect"):
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg = f"{record.getMessage()} ({in_short(error)})"
            record.args, record.exc_info, record.exc_text = (), None, None
    return True


def set_up(level: str = "INFO", *, token: str = "", stream: TextIO | None = None) -> None:
    """Send every record at `level` or above to `stream` (standard error when None).

    `token` is hidden wherever it would stand, whatever its shape. Calling it again replaces what
    was set up before.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Format(token))
    handler.addFilter(_is_news)
    handler.addFilter(_is_calm)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, floor in _QUIET.items():
        logging.getLogger(name).setLevel(max(floor, root.level))
    logging.captureWarnings(True)


def report_bug(where: str, error: BaseException) -> str:
    """Log an error that nobody foresaw, with its traceback, and return the id that it got.

    The person who met it is told the id (8 hexadecimal digits) and nothing more; `where` says what
    was being done, in words that hold nothing of a member's.
    """
    error_id = secrets.token_hex(4)
    log.error("bug %s in %s: %s", error_id, where, type(error).__name__, exc_info=error)
    return error_id
