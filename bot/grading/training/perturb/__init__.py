"""Hard negatives and hard positives for training: each generator makes one pair of another, with
the label that the new text deserves, or nothing where it is not sure. The word lists lie beside
the code as TOML. The attacks of bot/grading/evaluation are other code and other lists, on purpose.
"""

from bot.grading.training.perturb.table import (
    GENERATORS,
    NEGATIVES,
    POSITIVES,
    Generator,
    negatives,
    of_reference,
    positives,
)

__all__ = [
    "GENERATORS",
    "NEGATIVES",
    "POSITIVES",
    "Generator",
    "negatives",
    "of_reference",
    "positives",
]
