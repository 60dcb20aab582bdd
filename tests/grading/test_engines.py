"""Both engines of the pair model, from its folder to a grade, on a tiny one."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.errors import OperatorError
from bot.grading import Submission, entailment
from bot.grading.int8 import MODEL, RECORD, Int8Pairs
from bot.grading.service import load_default
from bot.grading.tokens import LONGEST, Tokens, batches
from bot.settings import GraderSettings
from tests.grading.tiny import save_tiny, tokenizer

TEXTS = ("it is so", "because it falls", "gravity pulls on it", "nobody knows", "a b c " * 90)
TRIPLES = [
    (question, right, text) for question in ("", "why?") for right in TEXTS for text in TEXTS
]
SUBMISSIONS = [
    Submission("Why does it fall?", ("Gravity pulls on it.",), text, ("It is pulled.",))
    for text in ("Because gravity pulls. It is heavy.", "it floats in the air", "why", "")
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved model."""
    made = tmp_path_factory.mktemp("model")
    save_tiny(made)
    return made


@pytest.fixture(scope="module")
def exported(folder: Path) -> Path:
    """The same with its int8 model."""
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    from bot.grading.export import export

    assert export(folder) == folder / MODEL
    return folder


def settings(folder: Path, engine: str = "torch") -> GraderSettings:
    return GraderSettings(model=str(folder), engine=engine)


def test_a_saved_model_is_loaded_and_grades(folder: Path) -> None:
    grader = load_default(settings(folder))
    assert isinstance(grader, entailment.EntailmentGrader)
    sha = json.loads((folder / "config.json").read_text())["sha256"]
    assert grader.name == f"MPNet entailment {sha[:12]}"
    whole = grader.grade(SUBMISSIONS)
    alone = [grade for one in SUBMISSIONS for grade in grader.grade([one])]
    for one, other in zip(whole, alone, strict=True):
        assert one.label is other.label
        assert one.confidence == pytest.approx(other.confidence, abs=1e-4)


def test_other_weights_in_the_folder_are_no_pair_model(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"no model in .*grader\.model"):
        load_default(settings(tmp_path, "onnx"))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(OperatorError, match=r"config\.json cannot be read: KeyError\('rule'\)"):
        load_default(settings(tmp_path))


def test_bf16_says_nearly_what_fp32_says(folder: Path) -> None:
    from bot.grading import pair

    plain, fast = pair.load(folder).predict(TRIPLES), pair.load(folder, bf16=True).predict(TRIPLES)
    assert fast.dtype == np.float32
    assert 0 < np.abs(fast - plain).max() < 0.1 * np.abs(plain).max()


@pytest.mark.parametrize(
    ("precision", "native", "bf16"),
    [("auto", True, True), ("auto", False, False), ("fp32", True, False)],
)
def test_bf16_is_for_processors_that_multiply_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, precision: str, native: bool, bf16: bool
) -> None:
    import torch

    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_bf16": native})
    wanted = settings(folder).model_copy(update={"precision": precision})
    model = load_default(wanted)._pairs
    assert next(model.encoder.parameters()).dtype is (torch.bfloat16 if bf16 else torch.float32)


def test_int8_says_nearly_what_fp32_says(exported: Path) -> None:
    from bot.grading import pair

    model = pair.load(exported)
    plain = model.predict(TRIPLES)
    small = Int8Pairs(exported, threads=1, batch=4, weights=model.sha256)
    found = small.predict(TRIPLES)
    assert found.shape == (len(TRIPLES), 3)
    assert np.abs(found - plain).max() < 0.05 * np.abs(plain).max()
    assert np.corrcoef(found.ravel(), plain.ravel())[0, 1] > 0.99
    assert small.count_tokens("why so") == model.tokenizer.count("why so")


def test_the_engine_is_chosen_by_the_settings(exported: Path) -> None:
    plain, small = load_default(settings(exported)), load_default(settings(exported, "onnx"))
    assert small.name == f"{plain.name} int8"
    for one, other in zip(plain.grade(SUBMISSIONS), small.grade(SUBMISSIONS), strict=True):
        assert other.confidence == pytest.approx(one.confidence, abs=0.05)


def test_int8_runs_without_torch(exported: Path) -> None:
    code = (
        "import sys; from bot.grading.service import load_default; "
        "from bot.grading import Submission; from bot.settings import GraderSettings; "
        f"grader = load_default(GraderSettings(model={str(exported)!r}, engine='onnx')); "
        "grader.grade([Submission('Why?', ('So.',), 'it is so and not otherwise')]); "
        "print([m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_what_is_stale_damaged_or_not_there_is_told(exported: Path, tmp_path: Path) -> None:
    for name in (MODEL, RECORD, "tokenizer.json"):
        (tmp_path / name).write_bytes((exported / name).read_bytes())
    weights = json.loads((tmp_path / RECORD).read_text())["weights"]

    def load(weights: str = weights) -> Int8Pairs:
        return Int8Pairs(tmp_path, threads=1, batch=1, weights=weights)

    assert load().predict([]).shape == (0, 3)
    with pytest.raises(OperatorError, match="of other weights"):
        load("0" * 64)
    with (tmp_path / MODEL).open("ab") as file:
        file.write(b"x")
    with pytest.raises(OperatorError, match="damaged"):
        load()
    (tmp_path / RECORD).unlink()
    with pytest.raises(OperatorError, match="tutor grade export"):
        load()


def test_every_pair_is_in_one_batch_and_like_lengths_share_one() -> None:
    lengths = [10, 170, 11, 12, 168, 10]
    found = batches(lengths, 32)
    assert sorted(place for batch in found for place in batch) == list(range(6))
    assert [sorted(lengths[place] for place in batch) for batch in found] == [
        [10, 10, 11, 12],
        [168, 170],
    ]
    assert [len(batch) for batch in batches([9] * 70, 32)] == [32, 32, 6]
    assert batches([], 32) == []


def test_tokens_are_cut_from_question_and_reference_before_the_answer() -> None:
    tokens = Tokens(tokenizer())
    (row,) = tokens.encode([("q " * 90, "r " * 150, "a " * 30)])
    assert len(row.ids) == len(row.segments) == LONGEST
    assert [row.segments.count(part) for part in (1, 2, 3)] == [24, 134, 30]
    (long,) = tokens.encode([("q " * 90, "r " * 90, "a " * 150)])
    assert [long.segments.count(part) for part in (1, 2, 3)] == [24, 90, 74]
    (short,) = tokens.encode([("", "r r", "a")])
    assert short.segments == [0, 2, 2, 0, 3, 0]
