"""Figures of a set of texts: probabilities, F1, calibration."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def probabilities(logits: npt.NDArray[np.floating]) -> Floats:
    """Return softmax(logits), shape (texts, 3)."""
    powers = np.exp(logits.astype(float) - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def macro_f1(truth: Labels, said: Labels) -> float:
    """Return the mean F1 over the labels that occur in `truth`."""
    scores = [
        2
        * np.count_nonzero((truth == value) & (said == value))
        / (np.count_nonzero(truth == value) + np.count_nonzero(said == value))
        for value in np.unique(truth)
    ]
    return float(np.mean(scores))


def calibration_error(probability: Floats, truth: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Return the expected calibration error of correct or not, ten bins of equal width."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        abs(truth[place == number].mean() - probability[place == number].mean())
        * np.count_nonzero(place == number)
        for number in np.unique(place)
    ]
    return float(sum(gaps) / len(truth))
