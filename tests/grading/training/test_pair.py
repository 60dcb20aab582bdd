"""The pair classifier: what it reads, and that a saved one says the same."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from bot.errors import OperatorError
from bot.grading import pair
from bot.grading.combine import Rule
from bot.grading.pair import PairModel
from bot.grading.tokens import LONGEST, Triple

PAIRS = [
    Triple("why does it move?", "it is warm", "because it is warm"),
    Triple("", "it is warm", "cold"),
    Triple("why?", "the " * 60, "it makes warm and cold " * 20),
    Triple("why?", "the warm", ""),
]


@pytest.fixture
def model(base: Path) -> PairModel:
    return pair.start_from(base).eval()


def test_company_changes_no_logits(model: PairModel) -> None:
    model.batch = 3
    together = model.predict(PAIRS)
    alone = np.concatenate([model.predict([one]) for one in PAIRS])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_each_text_counts(model: PairModel) -> None:
    question, reference, answer = PAIRS[0]
    changed = [
        Triple("why is it cold?", reference, answer),
        Triple("", reference, answer),
        Triple(question, "it is cold", answer),
        Triple(question, reference, "because it is cold"),
        Triple(question, answer, reference),
    ]
    logits = model.predict([PAIRS[0], *changed])
    assert (np.abs(logits[1:] - logits[0]).max(axis=1) > 1e-5).all()


def test_a_saved_model_says_the_same(model: PairModel, tmp_path: Path) -> None:
    model.rule = Rule(plain=replace(Rule().plain, accept=0.45), contradicted=0.9, point_slope=0.7)
    model.measured = {"plain": {"texts": 12.0, "accuracy": 0.9}}
    digest = model.save(tmp_path)
    loaded = pair.load(tmp_path, threads=1)
    np.testing.assert_allclose(loaded.predict(PAIRS), model.predict(PAIRS), atol=5e-3)
    assert (loaded.rule, loaded.measured) == (model.rule, model.measured)
    assert loaded.sha256 == model.sha256 == digest


def test_what_nobody_fitted_is_saved_as_such(model: PairModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = pair.load(tmp_path)
    assert (loaded.rule, loaded.measured) == (Rule(), {})


def test_what_no_pair_can_use_is_left_out(model: PairModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    saved = load_file(tmp_path / pair.WEIGHTS)
    words = model.encoder.embeddings.word_embeddings.weight
    assert len(saved["encoder.embeddings.word_embeddings.weight"]) == len(words) - 9
    assert len(saved["encoder.embeddings.position_embeddings.weight"]) == 2 + LONGEST
    assert {str(value.dtype) for value in saved.values()} == {"torch.float16"}


def test_damaged_weights_are_refused(model: PairModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    path = tmp_path / pair.WEIGHTS
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(OperatorError, match=r"not the weights that config\.json names"):
        pair.load(tmp_path)


def test_another_format_is_refused(base: Path) -> None:
    assert not pair.is_saved(base)
    with pytest.raises(OperatorError, match="format None"):
        pair.load(base)
