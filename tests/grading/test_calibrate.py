"""How the figures are chosen, and the ones that ship."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from bot.errors import OperatorError
from bot.grading import calibrate, calibration
from bot.grading.encoder import SHA256


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sets in which answers in the reference's words are right, but for a few."""
    random = np.random.default_rng(1)
    for name in ("one", "two"):
        with gzip.open(tmp_path / f"{name}_train.jsonl.gz", "wt") as file:
            for number in range(20):
                subject = [f"{name}{chr(97 + number)}{chr(97 + index)}" for index in range(8)]
                for kept in range(9):
                    said = [
                        *subject[:kept],
                        *(f"other{chr(97 + index)}" for index in range(8 - kept)),
                    ]
                    right = kept > 4 if random.random() > 0.1 else kept <= 4
                    row = {
                        "question_id": f"q{number}",
                        "question": "Why is that?",
                        "references": [" ".join(subject)],
                        "answer": " the ".join(said),
                        "label3": "correct" if right else "incorrect",
                    }
                    file.write(json.dumps(row) + "\n")
    return tmp_path


def test_figures_are_chosen_and_measured_on_other_questions(folder: Path, words) -> None:
    found = calibrate.calibrate(folder, words)
    assert found.slope > 0
    assert found.review_below <= found.threshold <= found.review_above
    assert found.probability(1) > 0.8 > 0.2 > found.probability(0)
    assert found.score(found.zero) == 0
    assert found.score(1.0) == 1
    assert set(found.scores) == {"one", "two", "all"}
    assert found.scores["all"].answers == 360
    assert found.scores["all"].macro_f1 > 0.8
    assert found.scores["all"].accuracy_unreviewed >= found.scores["all"].accuracy - 0.05
    assert [source.questions for source in found.sources] == [20, 20]


def test_answers_to_a_question_share_a_fold() -> None:
    questions = np.array([f"q{index % 10}" for index in range(100)])
    fold = calibrate.folds(questions)
    assert set(fold) == set(range(calibrate.FOLDS))
    assert all(len(set(fold[questions == name])) == 1 for name in set(questions))


def test_the_measures() -> None:
    truth = np.array([True, True, False, False])
    assert calibrate.macro_f1(truth, truth) == 1
    assert calibrate.macro_f1(truth, ~truth) == 0
    assert calibrate.macro_f1(truth, np.ones(4, bool)) == pytest.approx((2 / 3 + 0) / 2)
    assert calibrate.calibration_error(np.full(4, 0.5), truth) == 0
    assert calibrate.calibration_error(np.full(4, 0.9), truth) == pytest.approx(0.4)


def test_bad_folders_and_rows_are_named(tmp_path: Path, words) -> None:
    with pytest.raises(OperatorError, match=r"no \*_train"):
        calibrate.calibrate(tmp_path, words)
    with gzip.open(tmp_path / "bad_train.jsonl.gz", "wt") as file:
        file.write('{"question_id": "q"}\n')
    with pytest.raises(OperatorError, match=r"bad_train\.jsonl\.gz:1: no answer, label3"):
        calibrate.calibrate(tmp_path, words)


def test_the_command_writes_the_file(
    folder: Path,
    tmp_path: Path,
    words,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = tmp_path / "calibration.json"
    monkeypatch.setattr(calibrate, "PATH", written)
    monkeypatch.setattr(calibrate, "Encoder", lambda *_, **__: words)
    assert calibrate.main([str(folder)]) == 0
    assert calibration.read(written).scores["all"].answers == 360
    assert json.loads(capsys.readouterr().out) == json.loads(written.read_text())


def test_the_command_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert calibrate.main([]) == 2
    assert "FOLDER" in capsys.readouterr().err


def test_the_shipped_figures_say_what_they_were_chosen_on() -> None:
    found = calibration.read()
    assert found.model_sha256 == SHA256
    assert {source.file for source in found.sources} == {
        "beetle_train.jsonl.gz",
        "saf_train.jsonl.gz",
        "sciEntsBank_train.jsonl.gz",
    }
    assert all(len(source.sha256) == 64 for source in found.sources)
    assert "folds by question" in found.measured
    assert set(found.scores) == {"beetle", "saf", "sciEntsBank", "all"}
    for scores in found.scores.values():
        assert 0.55 < scores.macro_f1 < 1
        assert scores.accuracy_unreviewed > scores.accuracy
        assert scores.correct_refused < 0.02
    assert 0 < found.review_below < found.threshold < found.review_above < 1


def test_a_broken_file_says_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "calibration.json"
    broken.write_text('{"slope": "steep"}')
    with pytest.raises(OperatorError, match=r"bot\.grading\.calibrate"):
        calibration.read(broken)
    with pytest.raises(OperatorError, match="cannot be read"):
        calibration.read(tmp_path / "nowhere.json")
