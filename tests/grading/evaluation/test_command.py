"""`tutor evaluate`: what it writes and what it refuses."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import logs
from bot.cli import app as cli
from bot.domain.question import Verdict
from bot.grading.entailment import WEIGHTS, weights_of
from bot.grading.evaluation import report
from bot.grading.grade import Grade, Submission
from bot.settings import GraderSettings

ROOT = Path(__file__).parents[3]


class Refusing:
    """Finds everything incorrect."""

    name = "refusing"

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        return [Grade(Verdict.INCORRECT, 0.0, 0.8, False, (), (), self.name) for _ in submissions]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "banks").mkdir()
    shutil.copy(ROOT / "questions" / "fine-tuning.toml", tmp_path / "banks")
    (tmp_path / "config.toml").write_text("[banks]\nfolder = 'banks'\n")
    (tmp_path / "mine.jsonl").write_text(
        "".join(
            json.dumps({"question": f"Why {n}?", "references": ["So."], "answer": f"It {n}.",
                        "label3": "correct" if n % 2 else "incorrect"}) + "\n"
            for n in range(6)
        )
    )  # fmt: skip
    monkeypatch.setenv("TUTOR_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logs, "set_up", lambda *_, **__: None)
    monkeypatch.setattr("bot.cli.grade.load_default", lambda _: Refusing())
    return tmp_path


def tutor(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["evaluate", *arguments])


def test_it_writes_the_report_and_prints_the_figures(home: Path) -> None:
    done = tutor("mine.jsonl", "--no-speed", "--texts", "5", "--out", "out", "--note", "Mine.")
    assert done.exit_code == 0, done.output
    found = report.read(home / "out/report.json")
    assert found.model == "refusing"
    assert found.note == "Mine."
    assert found.sets["mine"].two_way.accuracy.value == 0.5
    assert found.attacks["the banks"]["negation"].rate.value == 1.0
    assert found.examples["explanation, key points"].good_accepted is not None
    assert found.examples["explanation, key points"].good_accepted.value == 0.0
    assert "| mine | 6 | 6 | 0.500" in done.stdout
    assert "report.md" in done.stderr
    assert (home / "out/reliability-mine.png").is_file()


def test_only_what_is_asked_for_is_measured(home: Path) -> None:
    done = tutor("mine.jsonl", "--no-speed", "--no-attacks", "--no-banks", "--out", "out")
    assert done.exit_code == 0, done.output
    found = report.read(home / "out/report.json")
    assert (found.attacks, found.examples, found.speed) == ({}, {}, None)


def test_a_card_is_made_beside_the_weights_and_again_from_the_report(home: Path) -> None:
    (home / "weights").mkdir()
    (home / "weights/run.json").write_text(json.dumps({"seed": 1, "held": ["mine/Why 1?"]}))
    done = tutor(
        "mine.jsonl", "--no-speed", "--no-attacks", "--no-banks", "--out", "out",
        "--card", "weights", "--held", "weights/run.json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert report.read(home / "out/report.json").sets["mine"].answers == 1
    first = (home / "weights/MODEL_CARD.md").read_text("utf-8")
    assert "# The tutor's grader" in first
    (home / "weights/MODEL_CARD.md").unlink()
    done = tutor("--report", "out/report.json", "--card", "weights")
    assert done.exit_code == 0, done.output
    assert (home / "weights/MODEL_CARD.md").read_text("utf-8") == first


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--report", "mine.jsonl"], 2, "--card"),
        (["--report", "mine.jsonl", "--card", "."], 1, "cannot be read"),
        (["config.toml", "--no-speed", "--no-banks"], 1, "config.toml:1"),
        (["--official", ".", "--no-speed", "--no-banks"], 1, "no XML files"),
        (["not-there.jsonl"], 2, "not-there.jsonl"),
    ],
)
def test_what_cannot_be_done_is_told(arguments: list[str], code: int, told: str) -> None:
    done = tutor(*arguments)
    assert done.exit_code == code
    assert told in done.output


def test_the_weights_that_the_settings_mean(tmp_path: Path) -> None:
    assert weights_of(GraderSettings(model=str(tmp_path))) == tmp_path
    assert weights_of(GraderSettings()) == WEIGHTS
