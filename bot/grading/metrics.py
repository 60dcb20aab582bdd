"""The figures, as plain functions of arrays. Every formula stands here, with its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

THREE_WAY = ("correct", "contradictory", "incorrect")
"""The labels of SemEval-2013 Task 7, three-way (Dzikovska et al. 2013, S13-2045)."""
TWO_WAY = ("correct", "incorrect")
"""Its two-way labels: whatever is not correct is incorrect."""
BINS = 15
"""Of the calibration error, of equal width (Guo et al. 2017, arXiv:1706.04599, use 15)."""

Labels = npt.NDArray[np.int64]
"""Indices of classes, shape (answers,)."""
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers of which the grader was about equally sure."""

    low: float
    high: float
    answers: int
    confidence: float
    """Mean of what the grader said, 0..1."""
    accuracy: float
    """Share that was right, 0..1."""


def as_indices(labels: Sequence[str], classes: Sequence[str] = THREE_WAY) -> Labels:
    """Return the place of each label in `classes`; in two classes all but the first are one."""
    place = {name: index for index, name in enumerate(THREE_WAY)}
    found = np.array([place[label] for label in labels], np.int64)
    return np.minimum(found, len(classes) - 1)


def confusion(truth: Labels, said: Labels, classes: int) -> Counts:
    """Return how often each class (row) was called each class (column)."""
    counts = np.bincount(truth * classes + said, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def macro_f1_of(truth: Labels, said: Labels) -> float:
    """Return `macro_f1` of labels, whatever their numbers from 0 on."""
    return macro_f1(confusion(truth, said, int(max(truth.max(), said.max())) + 1))


def accuracy(counts: npt.NDArray[Any]) -> float:
    """Return the share of a confusion matrix that lies on its diagonal."""
    return float(np.trace(counts) / max(1, counts.sum()))


def f1_by_class(counts: npt.NDArray[Any]) -> Floats:
    """Return each class's F1 = 2 TP / (2 TP + FP + FN); 0 where the class was never right."""
    right = np.diagonal(counts).astype(float)
    named = counts.sum(axis=0) + counts.sum(axis=1)
    return 2 * right / np.maximum(named, 1)


def macro_f1(counts: npt.NDArray[Any]) -> float:
    """Return the mean of F1 over the classes that occur in the gold labels, each counting alike.

    As the scorer of SemEval-2013 Task 7 has it: a class that nobody gave is left out of the mean,
    though calling an answer so still costs the recall of its true class.
    """
    present = counts.sum(axis=1) > 0
    return float(f1_by_class(counts)[present].mean()) if present.any() else 0.0


def weighted_f1(counts: npt.NDArray[Any]) -> float:
    """Return the mean of F1 over classes, each weighted by how often it occurs in the gold labels.

    The task's second figure (Dzikovska et al. 2013, section 4).
    """
    support = counts.sum(axis=1)
    return float((f1_by_class(counts) * support).sum() / max(1, support.sum()))


def reliability(confidence: Floats, right: Flags, bins: int = BINS) -> list[Bin]:
    """Return the bins of equal width (low, high] that hold an answer; the first holds 0 as well."""
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            answers=int((place == number).sum()),
            confidence=float(confidence[place == number].mean()),
            accuracy=float(right[place == number].mean()),
        )
        for number in np.unique(place).tolist()
    ]


def calibration_error(confidence: Floats, right: Flags, bins: int = BINS) -> float:
    """Return the expected calibration error: sum over bins of (share of answers in the bin) times
    |accuracy - mean confidence|, with the confidence in the label that was given.

    Naeini et al. 2015; Guo et al. 2017, equation 3. 0 is perfect; 0 for no answers.
    """
    if not len(confidence):
        return 0.0
    gaps = [
        one.answers * abs(one.accuracy - one.confidence)
        for one in reliability(confidence, right, bins)
    ]
    return float(sum(gaps) / len(confidence))


def risks(confidence: Floats, right: Flags) -> Floats:
    """Return the share of errors among the k surest answers, for k = 1..n.

    Among answers that are equally sure none comes first: each stands for their mean, which is what
    any order of them gives on average.
    """
    order = np.argsort(-confidence, kind="stable")
    sure, wrong = confidence[order], (~right[order]).astype(float)
    starts = np.flatnonzero(np.r_[True, sure[1:] != sure[:-1]])
    sizes = np.diff(np.r_[starts, len(sure)])
    means = np.add.reduceat(wrong, starts) / sizes
    return np.cumsum(np.repeat(means, sizes)) / np.arange(1, len(sure) + 1)


def aurc(confidence: Floats, right: Flags) -> float:
    """Return the area under the risk-coverage curve: the mean of `risks`, lower is better.

    Geifman and El-Yaniv 2017 (arXiv:1705.08500) for the curve; Geifman, Uziel and El-Yaniv 2019
    (arXiv:1805.08206) for its area.
    """
    return float(risks(confidence, right).mean()) if len(confidence) else 0.0


def accuracy_at(coverage: float, confidence: Floats, right: Flags) -> float:
    """Return the accuracy of the surest `coverage` (0..1) of the answers, at least one of them."""
    if not len(confidence):
        return 0.0
    count = max(1, int(np.ceil(coverage * len(confidence) - 1e-9)))
    return float(1 - risks(confidence, right)[count - 1])
