"""Fit what turns logits into decisions: temperature, threshold of acceptance, review band."""

import numpy as np
import numpy.typing as npt

from bot.grading.pair import Fitted, Logits

FOLDS = 5
TARGET = 0.85
"""Accuracy wanted of the grades that nobody reviews."""
MOST = 0.4
"""Share of the texts that may be reviewed: where TARGET would take more, the band ends there."""
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def probabilities(logits: Logits, temperature: float) -> Floats:
    """Return softmax(logits / temperature), shape (texts, 3)."""
    scaled = logits.astype(float) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def two_way_loss(correct: Floats, truth: npt.NDArray[np.bool_]) -> float:
    """Return the mean negative log likelihood of correct or not."""
    chance = np.clip(np.where(truth, correct, 1 - correct), 1e-6, 1)
    return float(-np.log(chance).mean())


def calibrate(logits: Logits, labels: Labels, groups: npt.NDArray[np.str_]) -> Fitted:
    """Fit temperature (Guo et al. 2017, arXiv:1706.04599), threshold and review band.

    `labels` are places in `bot.grading.pair.LABELS`, -1 for "not correct, nobody said which".
    `groups` are questions: `measured` holds what the same fit reaches on questions it has not seen
    (5 folds): accuracy and macro-F1 of correct or not, calibration error, the share that would be
    reviewed, and the accuracy of the rest. The temperature and the band look at correct or not,
    since that is what a member is told.
    """
    truth = labels == 0
    fitted = _fit(logits, truth)
    names = np.unique(groups)
    order = np.random.default_rng(0).permutation(len(names))
    fold = {str(names[index]): place % FOLDS for place, index in enumerate(order)}
    folds = np.array([fold[str(group)] for group in groups])
    chance = np.zeros(len(truth))
    accepted = np.zeros(len(truth), bool)
    sure = np.zeros(len(truth), bool)
    for number in np.unique(folds):
        held = folds == number
        if held.all():
            break
        found = _fit(logits[~held], truth[~held])
        chance[held] = probabilities(logits[held], found.temperature)[:, 0]
        accepted[held] = chance[held] >= found.accept
        sure[held] = (chance[held] <= found.review_below) | (chance[held] >= found.review_above)
    right: npt.NDArray[np.bool_] = accepted == truth
    measured = {
        "texts": float(len(truth)),
        "accuracy": float(right.mean()),
        "macro_f1": macro_f1(truth.astype(int), accepted.astype(int)),
        "calibration_error": calibration_error(chance, truth),
        "reviewed": float(1 - sure.mean()),
        "accuracy_unreviewed": float(right[sure].mean()) if sure.any() else 0.0,
    }
    return Fitted(
        fitted.temperature,
        fitted.accept,
        fitted.review_below,
        fitted.review_above,
        {name: round(value, 4) for name, value in measured.items()},
    )


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


def _fit(logits: Logits, truth: npt.NDArray[np.bool_]) -> Fitted:
    steps = [float(step) for step in np.geomspace(0.3, 5, 60)]
    temperature = min(
        steps, key=lambda step: two_way_loss(probabilities(logits, step)[:, 0], truth)
    )
    chance = probabilities(logits, temperature)[:, 0]
    places = np.arange(0.25, 0.751, 0.01)
    scores = [macro_f1(truth.astype(int), (chance >= place).astype(int)) for place in places]
    # Thresholds whose score is as good as the best within noise: the middle one, not the luckiest.
    good = places[np.array(scores) >= max(scores) - 0.005]
    accept = float(good[np.argmin(np.abs(good - np.median(good)))])
    right = (chance >= accept) == truth
    width = 0.0
    for candidate in np.arange(0.0, 0.5, 0.01):
        sure = np.abs(chance - accept) >= candidate
        if sure.mean() < 1 - MOST:
            break
        width = float(candidate)
        if right[sure].mean() >= TARGET:
            break
    return Fitted(
        round(temperature, 4),
        round(accept, 3),
        round(max(0.0, accept - width), 3),
        round(min(1.0, accept + width), 3),
    )
