"""What the grader is trained on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """One graded text: `label` is "correct", "contradictory" or "incorrect", `weight` what its
    loss is multiplied by, `group` the question for folds, `source` where it comes from, `habit` the
    log-odds of correct that are known without reading what the answer says (`habits`).
    """

    question: str
    reference: str
    answer: str
    label: str
    weight: float
    group: str
    source: str
    habit: float = 0.0
