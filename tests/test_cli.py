"""The command `tutor`: what it prints, and what it exits with."""

import asyncio
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from bot import logs
from bot.cli import app as cli
from bot.cli import progress
from bot.cli.examples import verdicts
from bot.cli.serve import until_told
from bot.domain.question import Verdict
from bot.errors import ConfigurationError, OperatorError
from bot.grading.grade import Grade, Submission
from bot.store.lease import holder_of
from bot.store.queries import leases
from tests.bank.files import line_of, question, write_bank
from tests.support.fakes import a_grade

ROOT = Path(__file__).parent.parent
TOKEN = "aaaaaaaaaaaaaaaaaaaaaaaa.bbbbbb." + "c" * 38


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration that leads to the shipped banks and a database of its own."""
    for name in list(os.environ):
        if name.startswith("TUTOR_") or name == "DISCORD_TOKEN":
            monkeypatch.delenv(name)
    text = f"[banks]\nfolder = '{ROOT / 'questions'}'\n"
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("TUTOR_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logs, "set_up", lambda *_, **__: None)
    return tmp_path


def tutor(*arguments: str, stdin: str | bytes | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, arguments, input=stdin)


def process(*arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run a command in a process of its own."""
    command = [sys.executable, "-c", "from bot.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


# --- The command itself


def test_version_and_help_in_a_process_of_their_own() -> None:
    assert process("--version").stdout == "tutor 0.1.0\n"
    helped = process("--help")
    assert helped.returncode == 0
    assert "A Discord bot that teaches." in helped.stdout


def test_the_command_line_imports_nothing_heavy() -> None:
    heavy = "torch transformers discord matplotlib alembic sqlalchemy numpy pydantic simcord"
    code = f"import bot.cli, sys; print([m for m in '{heavy}'.split() if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert found.stdout == "[]\n"


def test_every_command_has_help() -> None:
    listed = tutor("--help").output
    for name in ("demo", "run", "check", "grade", "db", "doctor"):
        assert f"│ {name} " in listed
        assert tutor(name, "--help").exit_code == 0


@pytest.mark.parametrize("arguments", [["bogus"], ["check", "--nope"], ["demo", "--port", "0"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    assert tutor(*arguments).exit_code == 2


def test_a_bug_gets_an_id_and_no_traceback_for_the_person(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: object) -> None:
        raise KeyError("secret detail")

    monkeypatch.setattr("bot.settings.load", broken)
    done = tutor("db", "info")
    assert done.exit_code == 1
    assert "secret detail" not in done.stderr
    (record,) = caplog.records
    assert record.getMessage().split()[1] in done.stderr
    assert record.exc_info


def test_every_command_tells_mistakes_of_configuration_with_78(home: Path) -> None:
    (home / "config.toml").write_text("[log]\nlevel = 'LOUD'")
    for arguments in (["run"], ["grade"], ["db", "info"], ["db", "backup"], ["db", "upgrade"]):
        done = tutor(*arguments)
        assert done.exit_code == 78
        assert done.stderr.startswith(f"{home}/config.toml:2: log.level must be 'DEBUG'")


# --- check


def test_the_shipped_configuration_and_banks_are_in_order() -> None:
    done = tutor("check")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "The configuration and the banks are in order.\n"


def a_bank(folder: Path, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text("title = 'Mine'\n", encoding="utf-8")
    return path


def test_findings_are_lines_with_the_path_as_seen_from_here(home: Path) -> None:
    (home / "banks").mkdir()
    one, other = a_bank(home / "banks"), a_bank(home / "banks", "other.toml")
    done = tutor("check", str(home / "banks"))
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == ["banks/mine.toml", "banks/other.toml"]
    only = tutor("check", str(one))
    assert only.stdout.splitlines() == lines[:1]
    assert tutor("check", str(one), str(other)).stdout == done.stdout


def test_check_goes_on_to_the_banks_when_the_configuration_is_wrong(home: Path) -> None:
    (home / "config.toml").write_text("[log]\nlevle = 'INFO'")
    path = a_bank(home)
    done = tutor("check", str(path))
    assert done.exit_code == 78
    first, second = done.stdout.splitlines()
    assert first == f"{home}/config.toml:2: [log] has no levle. Did you mean level?"
    assert second.startswith("mine.toml:1: has no question")


def test_a_path_that_is_not_there_is_wrong_usage() -> None:
    assert tutor("check", "nowhere.toml").exit_code == 2


def test_a_configured_folder_that_is_not_there_is_a_finding(home: Path) -> None:
    (home / "config.toml").write_text("[banks]\nfolder = 'nowhere'")
    done = tutor("check")
    assert done.exit_code == 1
    assert done.stdout.startswith("nowhere:1: there is no such folder; create it, or set")


def test_without_a_configuration_no_banks_are_looked_for(home: Path) -> None:
    (home / "config.toml").write_text("[banks]\nfolder = 1")
    done = tutor("check")
    assert done.exit_code == 78
    assert len(done.stdout.splitlines()) == 1


def test_programs_are_run_only_when_asked_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # One of the banks: to read all of them three times takes seconds.
    (home / "banks").mkdir()
    shutil.copy(ROOT / "questions" / "python-programs.toml", home / "banks")
    (home / "config.toml").write_text("[banks]\nfolder = 'banks'", encoding="utf-8")
    asked: list[str] = []

    def prove_all(questions: Any) -> Iterator[list[str]]:
        for one in questions:
            asked.append(one.id)
            yield ["the program printed something else"]

    monkeypatch.setattr("bot.bank.run_code.prove_all", prove_all)
    monkeypatch.delitem(sys.modules, "bot.cli.check", raising=False)
    assert tutor("check").exit_code == 0
    assert not asked
    done = tutor("check", "--run-code")
    assert done.exit_code == 1
    assert asked
    assert len(done.stdout.splitlines()) == len(asked)
    assert all(
        line.endswith("the program printed something else") for line in done.stdout.split("\n")[:-1]
    )
    monkeypatch.delitem(sys.modules, "bot.cli.check", raising=False)


def test_examples_that_the_grader_gets_wrong_are_listed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a grader that accepts everything: what is not right is listed, and partial is fair."""
    asked = LineGrader()
    monkeypatch.setattr("bot.cli.grade.load_default", lambda _: asked)
    texts = {
        "correct": ("One is right.", "Two as well.", "Three agrees.", "Four in other words."),
        "partial": ("Half of it.", "A piece only."),
        "incorrect": ("It rains.", "Cats purr.", "Nobody knows."),
        "contradictory": ("None of it holds.", "Quite the opposite."),
    }
    examples = [{"text": t, "label": label} for label, some in texts.items() for t in some]
    path = write_bank(home / "mine.toml", question(examples=examples))
    assert tutor("check", "mine.toml").exit_code == 0
    assert not asked.submissions
    done = tutor("check", "mine.toml", "--grade")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    wrong = [*texts["incorrect"], *texts["contradictory"]]
    assert [line.split(":")[1] for line in lines] == [str(line_of(path, text)) for text in wrong]
    assert "calls this incorrect example correct, confidence 0.95: 'It rains.'" in lines[0]
    assert [line.split() for line in done.stderr.splitlines()] == [
        f"{label} {len(some)}: {len(some)} correct, 0 contradictory, 0 incorrect".split()
        for label, some in texts.items()
    ]
    first = asked.submissions[0]
    assert first.answer == "One is right."
    assert first.wordings == texts["correct"][1:]  # it is not held against itself


# --- grade


def test_json_lines_are_graded_and_bad_ones_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.grade.load_default", lambda _: LineGrader())
    good = {"id": "a", "question": "Why?", "references": ["Because."], "answer": "Because."}
    done = tutor("grade", stdin=json.dumps(good).encode() + b"\n\xff\n")
    assert done.exit_code == 1
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["id"], first["label"]) == ("a", "correct")
    assert second["line"] == 2
    assert "error" in second
    assert tutor("grade", stdin=json.dumps(good)).exit_code == 0


def test_the_int8_model_is_exported_and_compared(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = home / "model.int8.onnx"
    made.write_bytes(b"x" * 2_000_000)
    monkeypatch.setattr("bot.grading.export.export", lambda _: made)
    monkeypatch.setattr("bot.grading.entailment.load", lambda *_: LineGrader())
    (home / "config.toml").write_text("[banks]\nfolder = 'banks'")
    (home / "banks").mkdir()
    examples = [{"text": f"Text {n}.", "label": "correct"} for n in range(3)]
    write_bank(home / "banks/mine.toml", question(examples=examples))
    done = tutor("grade", "export")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"{made}: 2.0 MB",
        "Its grades agree with fp32 on 3 of 3 examples (100.0%).",
        'Set grader.engine to "onnx" in config.toml to use it.',
    ]
    monkeypatch.setattr(
        "bot.grading.entailment.load",
        lambda settings: LineGrader() if settings.engine == "torch" else Contrary(),
    )
    done = tutor("grade", "export")
    assert done.exit_code == 1
    assert "agree with fp32 on 0 of 3 examples" in done.stdout
    assert "Leave grader.engine at torch" in done.stdout
    assert not made.exists()


def test_a_sample_of_the_examples_is_spread_over_the_banks(home: Path) -> None:
    (home / "banks").mkdir()
    for bank, label in (("a", "correct"), ("b", "incorrect"), ("c", "correct")):
        examples = [{"text": f"Text {bank} {n}.", "label": label} for n in range(4)]
        write_bank(home / f"banks/{bank}.toml", question(examples=examples, id=f"floor-{bank}"))
    grader = LineGrader()
    for most, texts in ((3, ["a 0", "b 0", "c 0"]), (4, ["a 0", "a 3", "b 2", "c 1"])):
        grader.submissions.clear()
        assert len(verdicts([home / "banks"], grader, batch=2, most=most)) == most
        assert [one.answer for one in grader.submissions] == [f"Text {text}." for text in texts]
    assert len(verdicts([home / "banks"], grader, batch=2, most=99)) == 12


class LineGrader:
    """Finds everything correct."""

    name = "yes"

    def __init__(self) -> None:
        self.submissions: list[Submission] = []

    def grade(self, submissions: list[Submission]) -> list[Grade]:
        self.submissions += submissions
        return [a_grade(submission) for submission in submissions]


class Contrary(LineGrader):
    """Finds everything incorrect."""

    def grade(self, submissions: list[Submission]) -> list[Grade]:
        return [a_grade(submission, label=Verdict.INCORRECT) for submission in submissions]


def test_a_missing_model_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> Any:
        raise OperatorError("The grader's weights are not installed.")

    monkeypatch.setattr("bot.cli.grade.load_default", missing)
    done = tutor("grade", stdin="")
    assert (done.exit_code, done.stderr) == (1, "The grader's weights are not installed.\n")


# --- db


def test_the_database_is_made_described_and_copied(home: Path) -> None:
    file = home / "data/tutor.db"
    assert "none: `tutor run` makes the file when it starts" in tutor("db", "info").stdout
    assert not file.exists()
    newest = max((ROOT / "bot/store/migrations/versions").glob("0*.py")).name[:4]
    upgraded = tutor("db", "upgrade")
    assert upgraded.stdout == f"{file} was brought from version none to {newest}.\n"
    assert tutor("db", "upgrade").stdout == f"{file} is at the newest version already, {newest}.\n"
    copied = tutor("db", "backup")
    copy = Path(copied.stdout.strip())
    assert copy.parent == home / "data/backups"
    assert copy.is_file()
    lines = dict(line.split(maxsplit=1) for line in tutor("db", "info").stdout.splitlines())
    assert (lines["database"], lines["version"], lines["rounds"]) == (str(file), newest, "0")
    assert str(copy) in lines["last"]


def test_a_backup_is_put_back_and_what_was_there_is_kept(home: Path) -> None:
    file = home / "data/tutor.db"
    tutor("db", "upgrade")
    copy = Path(tutor("db", "backup").stdout.strip())
    file.write_bytes(b"\0" * 9000)
    refused = tutor("db", "upgrade")
    assert refused.exit_code == 1
    assert f"The database {file} is damaged: " in refused.stderr
    assert f"tutor db restore {copy}" in refused.stderr
    done = tutor("db", "restore", str(copy))
    assert done.exit_code == 0
    first, second = done.stdout.splitlines()
    assert first == f"{file} is now what {copy} holds."
    (aside,) = (home / "data").glob("tutor.db.replaced-*")
    assert second == f"What was there before is kept as {aside}; delete it when all is well."
    assert aside.read_bytes() == b"\0" * 9000
    assert "is at the newest version already" in tutor("db", "upgrade").stdout
    file.unlink()
    assert tutor("db", "restore").stdout == f"{file} is now what {copy} holds.\n"
    missing = tutor("db", "restore", "nowhere.db")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert missing.stderr == f"There is no backup nowhere.db. The newest good one is {copy}.\n"


def test_no_database_is_upgraded_under_a_bot_that_runs(home: Path) -> None:
    tutor("db", "upgrade")
    now = discord.utils.utcnow()
    engine = sa.create_engine(f"sqlite:///{home}/data/tutor.db")
    with engine.begin() as conn:
        parent = holder_of(os.getppid())
        leases.take(conn, holder=parent, now=now, until=now + timedelta(seconds=30))
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    engine.dispose()
    done = tutor("db", "upgrade")
    assert done.exit_code == 1
    assert f"Another tutor runs on the database {home}/data/tutor.db: process" in done.stderr


def test_a_database_that_cannot_be_copied_is_told(home: Path) -> None:
    done = tutor("db", "backup")
    assert done.exit_code == 1
    assert f"There is no database {home}/data/tutor.db yet." in done.stderr


# --- doctor


def test_doctor_prints_every_look_and_exits_with_1_for_findings(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bot.grading.entailment.load", lambda _: SimpleNamespace(name="a small model")
    )
    done = tutor("doctor")
    assert done.exit_code == 1
    lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in done.stdout.splitlines()}
    assert lines["configuration"] == "ok: every setting is valid"
    assert lines["token"].startswith("DISCORD_TOKEN is not set")
    assert lines["model"] == "ok: a small model loads"


# --- demo


def test_the_demo_gets_its_port(monkeypatch: pytest.MonkeyPatch) -> None:
    ports: list[int] = []
    monkeypatch.setattr("bot.demo.launcher.main", ports.append)
    assert tutor("demo", "--port", "9000").exit_code == 0
    assert tutor("demo").exit_code == 0
    assert ports == [9000, 8765]


@pytest.mark.parametrize(
    ("missing", "code", "expected"),
    [
        ("simcord", 1, "The demo needs simcord, which is not installed. Run `make setup`"),
        ("bot.demo.history", 1, "Something went wrong that should not have"),
    ],
)
def test_a_demo_without_its_extra_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, missing: str, code: int, expected: str
) -> None:
    monkeypatch.delitem(sys.modules, "bot.demo.launcher", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    done = tutor("demo")
    assert done.exit_code == code
    assert expected in done.stderr


# --- run


def test_run_without_a_token_says_how_to_get_one() -> None:
    done = tutor("run")
    assert done.exit_code == 78
    assert done.stderr.startswith("DISCORD_TOKEN is not set: the tutor logs in with it.")
    assert "tutor demo" in done.stderr


def test_run_tells_mistakes_of_configuration_and_token_together(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "config.toml").write_text("[log]\nlevel = 'LOUD'")
    monkeypatch.setenv("DISCORD_TOKEN", "nonsense")
    done = tutor("run")
    assert done.exit_code == 78
    first, second = done.stderr.splitlines()
    assert "log.level must be" in first
    assert second.startswith("DISCORD_TOKEN is not a bot's token")


def running(monkeypatch: pytest.MonkeyPatch, run: Any) -> Result:
    """`tutor run` with this in place of the client."""
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setattr("bot.cli.serve.run", run)
    return tutor("run")


def refused(kind: type[discord.HTTPException], status: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="no")
    return kind(response, "no")


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [
        (discord.LoginFailure("no"), 78, "Discord refuses the token in DISCORD_TOKEN: it was"),
        (discord.PrivilegedIntentsRequired(None), 78, "Discord refuses the intents"),
        (discord.GatewayNotFound(), 1, "Discord itself is in trouble"),
        (refused(discord.HTTPException, 429), 1, "(HTTP 429)"),
        (
            discord.ConnectionClosed(SimpleNamespace(close_code=4011), shard_id=None),  # pyright: ignore
            1,
            "Discord closed the connection for good (code 4011)",
        ),
        (OperatorError("The database is locked."), 1, "The database is locked.\n"),
        (ConfigurationError("The banks have mistakes."), 78, "The banks have mistakes.\n"),
    ],
)
def test_what_keeps_the_bot_from_starting_is_told(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, expected: str
) -> None:
    async def run(*_: object) -> None:
        raise error

    done = running(monkeypatch, run)
    assert done.exit_code == code
    assert expected in done.stderr
    assert TOKEN not in done.output


async def test_only_a_signal_is_a_clean_end() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await until_told(cancelled())


def test_no_network_at_the_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real client, with a resolver that knows no host."""

    async def no_such_host(*_: object, **__: object) -> Any:
        raise OSError(-2, "Name or service not known")

    async def run(_: object, token: Any) -> None:
        async with discord.Client(intents=discord.Intents.none()) as client:
            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", no_such_host)
            await client.start(token.get_secret_value())

    done = running(monkeypatch, run)
    assert done.exit_code == 1
    assert done.stderr.startswith("Discord cannot be reached (Cannot connect to host discord.com")
    assert "Check this machine's network, DNS and proxy" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(monkeypatch: pytest.MonkeyPatch, number: signal.Signals) -> None:
    steps: list[str] = []

    async def run(settings: Any, token: Any) -> None:
        assert settings.log.level == "INFO"
        assert token.get_secret_value() == TOKEN
        try:
            threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            steps.append("closed")

    done = running(monkeypatch, run)
    assert (done.exit_code, steps) == (0, ["closed"])


# --- progress


def test_progress_is_shown_on_a_terminal_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress.working("Looking"):
        assert list(progress.steps([1, 2], "Running")) == [1, 2]
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with progress.working("Looking"):
        pass
    assert list(progress.steps([1, 2], "Running")) == [1, 2]
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Looking" in shown.err
    assert "Running" in shown.err


def test_main_sets_the_log_up_first(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(logs, "set_up", lambda level: stream.write(level))
    monkeypatch.setattr(sys, "argv", ["tutor", "--version"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert (caught.value.code, stream.getvalue()) == (0, "WARNING")
