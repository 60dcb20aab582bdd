"""The log keeps secrets out, keeps to one line, and gives bugs an id."""

import io
import logging
import re
import warnings
from collections.abc import Iterator

import pytest

from bot import logs

TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAw.GabcDE." + "x" * 38


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in logs._QUIET}
    stream = io.StringIO()
    logs.set_up("DEBUG", token="short-secret", stream=stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_a_record_is_one_line_with_its_time_in_utc(output: io.StringIO) -> None:
    logging.getLogger("bot.client").info("ready in %s ms", 12)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO    bot\.client: ready in 12 ms\n", output.getvalue()
    )


def test_a_line_break_in_a_message_does_not_start_a_record(output: io.StringIO) -> None:
    logging.getLogger("x").info("a\r\nb")
    assert output.getvalue().endswith("x: a\\r\\nb\n")
    assert output.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        "short-secret",
        "https://discord.com/api/v10/interactions/12/aW50ZXJhY3Rpb24.x/callback",
        "https://discord.com/api/v10/webhooks/12/aW50ZXJhY3Rpb24/messages/@original",
        "postgresql+asyncpg://tutor:aW50ZXJhY3Rpb24@db/tutor",
    ],
)
def test_secrets_are_hidden_in_messages_and_tracebacks(output: io.StringIO, secret: str) -> None:
    try:
        raise ValueError(f"it was {secret}")
    except ValueError:
        logging.getLogger("x").exception("with %s", secret)
    text = output.getvalue()
    assert text.count("[hidden]") >= 2
    assert "aW50ZXJhY3Rpb24" not in text
    assert secret not in text


def test_loggers_that_write_tokens_stay_above_debug(output: io.StringIO) -> None:
    for name in ("discord.http", "discord.gateway", "discord.webhook.async_", "aiosqlite"):
        logging.getLogger(name).debug("a payload")
    assert output.getvalue() == ""


def test_what_is_no_news_is_left_out(output: io.StringIO) -> None:
    logging.getLogger("discord.client").warning("%s is not installed, voice will NOT be supported")
    assert output.getvalue() == ""


def test_a_lost_connection_is_one_line_and_no_error(output: io.StringIO) -> None:
    try:
        raise ConnectionResetError("by peer")
    except ConnectionResetError:
        logging.getLogger("discord.client").exception("Attempting a reconnect in %.2fs", 1.5)
    (line,) = output.getvalue().splitlines()
    assert "WARNING discord.client: Attempting a reconnect in 1.50s" in line
    assert line.endswith("(ConnectionResetError: by peer)")


def test_warnings_go_to_the_log(output: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", UserWarning, stacklevel=1)
    assert "WARNING py.warnings: " in output.getvalue()


def test_a_bug_gets_an_id_and_its_traceback_is_indented(output: io.StringIO) -> None:
    try:
        raise KeyError("k")
    except KeyError as error:
        error_id = logs.report_bug("/hint", error)
    first, *rest = output.getvalue().splitlines()
    assert re.fullmatch("[0-9a-f]{8}", error_id)
    assert first.endswith(f"ERROR   bot.logs: bug {error_id} in /hint: KeyError")
    assert rest[-1] == "    KeyError: [hidden]", "what a foreign error says may be a member's text"
    assert all(line.startswith("    ") for line in rest)
