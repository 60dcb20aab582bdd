"""What the similarity grader's figures were set to, and what they were set on: calibration.json,
written by `python -m bot.grading.calibrate` and read here.
"""

import math
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.errors import OperatorError

PATH = Path(__file__).with_name("calibration.json")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Part):
    """A file of graded answers that the figures were chosen on."""

    file: str
    sha256: str
    answers: int
    questions: int


class Scores(_Part):
    """Two-way figures (correct or not) on answers to questions that were held out."""

    answers: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    """Expected calibration error, ten bins (Guo et al. 2017, arXiv:1706.04599)."""
    reviewed: float
    """Share that the review interval sends to a moderator."""
    accuracy_unreviewed: float
    """Accuracy of the rest."""
    correct_refused: float
    """Share of the correct answers that a cheap check refuses."""


class Calibration(_Part):
    """Similarity to probability, and where to draw the lines. See `calibrate` for the method."""

    intercept: float
    slope: float
    """Probability of correct = 1 / (1 + exp(-(intercept + slope * similarity)))."""
    threshold: float
    """A probability from which on a text is correct, and a key point covered."""
    review_below: float
    review_above: float
    """Probabilities between these are not sure."""
    zero: float
    full: float
    """Similarities at which the score is 0 and 1; it is a straight line between them."""
    model_sha256: str
    measured: str
    """How the scores came about."""
    scores: dict[str, Scores]
    """By set."""
    sources: tuple[Source, ...]

    def probability(self, similarity: float) -> float:
        """Return how likely a text of this similarity is correct, 0..1."""
        return 1 / (1 + math.exp(-(self.intercept + self.slope * similarity)))

    def score(self, similarity: float) -> float:
        """Return the score of a text of this similarity, 0..1."""
        return min(1.0, max(0.0, (similarity - self.zero) / (self.full - self.zero)))

    def is_unsure(self, probability: float) -> bool:
        """Tell whether a moderator should look."""
        return self.review_below < probability < self.review_above


@lru_cache
def read(path: Path = PATH) -> Calibration:
    """Read the file. Raises OperatorError when it is missing or not of this form."""
    try:
        return Calibration.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise OperatorError(
            f"The grader's thresholds in {path} cannot be read ({error}). "
            "Restore the file from the repository, or run `python -m bot.grading.calibrate FOLDER`."
        ) from error
