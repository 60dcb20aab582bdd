"""Loud channels beside int8 products, on a tiny encoder into which one is planted."""

from pathlib import Path

import numpy as np
import pytest
import torch

from bot.grading import outliers, pair
from tests.grading.tiny import save_tiny

TRIPLES = [
    (question, right, text)
    for question in ("", "why?")
    for right in ("it falls", "gravity pulls on it")
    for text in ("it is so", "because it is heavy", "nobody knows")
]
LOUD = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A saved model, one of whose inner channels is 1,000 for every token, and says nothing."""
    save_tiny(tmp_path)
    model = pair.load(tmp_path)
    layer = model.encoder.encoder.layer[0]
    with torch.no_grad():
        layer.intermediate.dense.bias[LOUD] = 1000.0
        layer.output.dense.weight.mul_(50)
        layer.output.dense.weight[:, LOUD] = 0.0
    model.save(tmp_path)
    return tmp_path


def test_a_split_encoder_says_what_the_whole_one_says(folder: Path) -> None:
    whole, parts = pair.load(folder), pair.load(folder)
    outliers.split(parts.encoder, lambda: parts.predict(TRIPLES[:1]))
    layer = parts.encoder.encoder.layer[0]
    assert isinstance(layer.output.dense, outliers.Split)
    assert LOUD in layer.output.dense.channels
    assert not layer.output.dense.rest.weight[:, LOUD].any()
    assert np.allclose(parts.predict(TRIPLES), whole.predict(TRIPLES), atol=1e-4)


def test_a_loud_channel_does_not_spoil_int8(folder: Path) -> None:
    """Without its own product it would leave the others a scale of 1,000 / 127, and the logits
    would be off by a tenth and more.
    """
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    from bot.grading.export import export
    from bot.grading.int8 import Int8Pairs

    export(folder)
    model = pair.load(folder)
    plain = model.predict(TRIPLES)
    small = Int8Pairs(folder, threads=1, batch=4, weights=model.sha256)
    assert np.abs(small.predict(TRIPLES) - plain).max() < 0.05 * np.abs(plain).max()
