"""What the grader's tests share. The real weights are loaded once for all of them."""

import re

import numpy as np
import pytest

from bot.grading.calibration import Calibration
from bot.grading.similarity import SimilarityGrader, load
from bot.settings import GraderSettings


@pytest.fixture(scope="session")
def real_grader() -> SimilarityGrader:
    """The similarity grader with the installed weights."""
    return load(GraderSettings())


@pytest.fixture
def figures() -> Calibration:
    """Figures that are easy to reckon with: probability .5 at similarity .5."""
    return Calibration(
        intercept=-5,
        slope=10,
        threshold=0.5,
        review_below=0.3,
        review_above=0.7,
        zero=0.2,
        full=0.8,
        model_sha256="0" * 64,
        measured="not at all",
        scores={},
        sources=(),
    )


class WordEncoder:
    """A vector is the text's words, one dimension each: texts are alike as far as words are."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self._places: dict[str, int] = {}

    def encode(self, texts):
        self.calls.append(list(texts))
        vectors = np.zeros((len(texts), 2000), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, self._places.setdefault(word, len(self._places))] = 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)

    def count_tokens(self, text: str) -> int:
        return len(text.split())


@pytest.fixture
def words() -> WordEncoder:
    return WordEncoder()
