"""A whole evaluation: from files to report, table, plots and model card."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.bank.load import read_bank
from bot.domain.question import Verdict
from bot.errors import OperatorError
from bot.grading.evaluation import card, report, speed, table, targets
from bot.grading.evaluation.evaluate import Wanted, evaluate, held_by, write
from bot.grading.grade import Grade, Submission

ROOT = Path(__file__).parents[3]
QUESTIONS = list(read_bank(ROOT / "questions" / "evaluation.toml").bank.questions)


class Overlap:
    """Accepts a text that has a third of the reference's longer words: easily fooled, never tired.
    Short words are left out: any text has them.
    """

    name = "overlap"

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        return [self._one(one) for one in submissions]

    def _one(self, one: Submission) -> Grade:
        said = _longer(one.answer)
        shares = [
            len(said & _longer(text)) / max(1, len(_longer(text)))
            for text in (*one.references, *one.wordings)
        ]
        share = max(shares)
        label = Verdict.CORRECT if share > 0.33 else Verdict.INCORRECT
        return Grade(label, share, 0.5 + abs(share - 0.33) / 2, share > 0.3, (), (), self.name)


def _longer(text: str) -> set[str]:
    return {word for word in text.lower().split() if len(word) > 3}


def rows_file(folder: Path) -> Path:
    path = folder / "mine.jsonl"
    rows = [
        {"question_id": f"q{q}", "question": f"Why is number {q} so?", "label3": label,
         "references": [f"The {q} is so because water flows downhill to the sea."],
         "answer": f"{said} {n}", "dataset": "mine", "split": "train"}
        for q in range(4)
        for n, (said, label) in enumerate([
            ("because water flows downhill to the sea", "correct"),
            ("because the water flows uphill from the sea", "contradictory"),
            ("no idea at all", "incorrect"),
        ])
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> report.Report:
    folder = tmp_path_factory.mktemp("rows")
    wanted = Wanted(
        rows=[rows_file(folder)], questions=QUESTIONS, texts=10, speed=False,
        command="tutor evaluate mine.jsonl", commit="abc", note="A test.",
    )  # fmt: skip
    return evaluate(Overlap(), wanted)


def test_everything_that_is_wanted_is_measured(found: report.Report) -> None:
    assert set(found.sets) == {"mine train"}
    assert found.sets["mine train"].two_way.accuracy.value == pytest.approx(2 / 3, abs=1e-4)
    assert set(found.attacks) == {"the banks", "mine train"}
    assert found.attacks["the banks"]["off topic"].rate.value == 1.0
    assert found.attacks["the banks"]["shuffled"].rate.value < 0.5
    assert set(found.examples) == {"all that the bank knows", "explanation, key points"}
    # One right wording a question makes no pair.
    assert set(found.flips) == {
        "the banks, all that the bank knows", "the banks, explanation, key points",
    }  # fmt: skip
    assert found.speed is None
    assert len(found.sources["mine.jsonl"]) == 64


def test_the_report_is_written_read_and_drawn(found: report.Report, tmp_path: Path) -> None:
    written = write(found, tmp_path / "out")
    assert report.read(tmp_path / "out" / "report.json") == found
    assert {path.name for path in written} == {
        "report.json", "report.md", "reliability-mine-train.png", "attacks-the-banks.png",
        "attacks-mine-train.png",
    }  # fmt: skip
    for path in written[2:]:
        assert path.read_bytes().startswith(b"\x89PNG\r\n")
    said = (tmp_path / "out" / "report.md").read_text("utf-8")
    assert "`tutor evaluate mine.jsonl`" in said
    assert "**A test.**" in said
    assert "| mine train | 12 | 4 |" in said
    for family in found.attacks["the banks"]:
        assert f"| {family} |" in said


def test_a_report_of_another_form_is_told(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"version": 9}')
    with pytest.raises(OperatorError, match="cannot be read"):
        report.read(tmp_path / "report.json")


def test_only_held_out_questions_are_measured_when_a_run_names_them(tmp_path: Path) -> None:
    record = tmp_path / "run.json"
    record.write_text(json.dumps({"held": ["mine/q1", "mine/q2", f"bank/x/{QUESTIONS[0].id}"]}))
    held = held_by(record)
    wanted = Wanted(
        rows=[rows_file(tmp_path)], questions=QUESTIONS, held=held, held_by="run.json",
        attacks=False, speed=False,
    )  # fmt: skip
    found = evaluate(Overlap(), wanted)
    assert found.sets["mine train"].questions == 2
    assert {one.questions for one in found.examples.values()} == {1}
    assert "Only questions that the run of `run.json` held out" in table.markdown(found)
    record.write_text("{}")
    with pytest.raises(OperatorError, match="held out"):
        held_by(record)


BEFORE = {
    "config": {"name": "before"},
    "stages": {"entailment": {"steps": 20, "seconds": 60.0, "loss": 0.5, "history": []}},
}


@pytest.fixture
def weights(tmp_path: Path, found: report.Report) -> tuple[Path, report.Report]:
    """A folder of weights, and the report about them."""
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    config = {"format": 1, "sha256": digest, "temperature": 1.5, "accept": 0.5}
    run = {
        "seed": 7, "config": {"name": "shipped"}, "held": ["beetle/A"],
        "data": {"/data/nli/hans.jsonl.gz": "a" * 64, "questions/fine-tuning.toml": "b" * 64},
        "stages": {"answers": {"steps": 10, "seconds": 90.0, "loss": 0.4, "history": []}},
        "scores": {"beetle": {"three_way_macro_f1": 0.61}},
        "earlier": [BEFORE, {"config": {"name": "other"}}],
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "run.json").write_text(json.dumps(run))
    return tmp_path, found.model_copy(update={"weights": digest})


def test_the_model_card_says_what_was_measured_and_where_it_fails(
    weights: tuple[Path, report.Report],
) -> None:
    folder, found = weights
    said = card.write([found], folder).read_text("utf-8")
    assert "| HANS (McCoy et al. 2019) | MIT | `aaaaaaaaaaaa` |" in said
    assert "| before | entailment | 20 | 1.0 | 0.5 |" in said
    assert "| shipped | answers | 10 | 1.5 | 0.4 |" in said
    assert "Configuration of before" in said
    assert "Configuration of other" in said
    assert "| beetle | 0.61 |" in said
    assert "temperature: 1.5" in said
    assert "1 questions were held out" in said
    assert "Partly seen in training: the banks." in said
    assert "`tutor evaluate mine.jsonl`" in said
    assert "beetle UA, three-way macro-F1 | 0.74 | 0.78 |  | not measured |" in said
    failing = said[said.index("## Where it fails") :]
    assert "**shuffled** (questions of the banks" in failing
    assert "**off topic** (questions of the banks" not in failing
    assert found.examples["explanation, key points"].mistakes[0].question in failing


def test_a_card_is_not_made_for_other_weights(weights: tuple[Path, report.Report]) -> None:
    folder, found = weights
    with pytest.raises(OperatorError, match="other weights"):
        card.write([found, found.model_copy(update={"weights": "0" * 64})], folder)


def test_a_card_of_several_reports_names_each_command(
    weights: tuple[Path, report.Report],
) -> None:
    folder, found = weights
    held = found.model_copy(
        update={"held": "run.json", "command": "tutor evaluate --held run.json"}
    )
    said = card.write([found, held], folder).read_text("utf-8")
    assert "Made by `tutor evaluate mine.jsonl`" in said
    assert "Made by `tutor evaluate --held run.json`" in said
    assert said.count("Partly seen in training") == 1
    whole = report.merged([found, held])
    assert set(whole.sets) == {"mine train", "mine train, held out"}
    assert set(whole.attacks) == {
        "the banks", "the banks, held out", "mine train", "mine train, held out",
    }  # fmt: skip


def test_a_card_without_a_record_of_training_says_so(tmp_path: Path, found: report.Report) -> None:
    said = card.write([found], tmp_path).read_text("utf-8")
    assert "how they were trained is not known" in said


def test_targets_are_reached_or_not(found: report.Report) -> None:
    measured = found.sets["mine train"]
    renamed = found.model_copy(update={"sets": {"sciEntsBank UD": measured}})
    by_name = {one.what: one for one in targets.targets(renamed)}
    assert by_name["sciEntsBank UA, three-way macro-F1"].outcome == "not measured"
    two_way = by_name["sciEntsBank UD, two-way macro-F1"]
    assert two_way.value == measured.two_way.macro_f1.value
    assert two_way.outcome == "**not reached**"
    assert targets.Target("x", 0.05, 0.03, 0.04, most=True).outcome == "first"
    assert targets.Target("x", 0.7, 0.8, 0.8).outcome == "wanted"
    assert targets.least("negation") == 0.90
    assert targets.least("echo") == 0.95


def test_speed_of_a_grader_that_multiplies_matrices() -> None:
    import torch

    class Multiplying(Overlap):
        def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
            matrix = torch.ones(64, 64)
            for _ in submissions:
                matrix @ matrix
            return super().grade(submissions)

    found = speed.measure(Multiplying(), torch.get_num_threads(), times=5, tries=2)
    assert found.flops_per_second is not None
    assert found.share_of_peak is not None
    assert 0 < found.single_ms < 1000
    assert found.single_ms <= found.single_ms_p95
    assert 0 < found.share_of_peak < 1
    assert found.peak_flops_per_second > 1e8
    assert found.pairs_per_second == pytest.approx(4 * found.bulk_per_second, rel=0.01)
    # 32 products of 2 * 64^3 operations took the time of a batch.
    assert found.flops_per_second == pytest.approx(2 * 64**3 * found.bulk_per_second, rel=0.01)


def test_a_grader_outside_of_torch_has_no_share() -> None:
    import torch

    found = speed.measure(Overlap(), torch.get_num_threads(), times=2, tries=1)
    assert found.share_of_peak is None
    whole = report.Report(
        made="", command="", model="", weights="", commit="", seed=0, machine=speed.machine(),
        speed=found,
    )  # fmt: skip
    assert "does not run in torch" in "\n".join(table.sections(whole))
