"""What the way an answer is written gives away of its label.

The examples of a bank come from few hands, and hands have habits: right answers in several chatty
sentences, wrong ones in one sentence with a capital and ", so". A model that is trained on them
learns the habit before the matter, and is at a loss where members write otherwise.

Here a logistic regression sees the answer alone, without question and reference. The log-odds of
"correct" that it gives an answer of a question it was not fitted on are added to the model's own
while it trains (the bias product of Clark et al. 2019, section 3.2, https://aclanthology.org/D19-1418),
so that what the model is left to learn is what the writing does not tell. How well the regression
does is the measure of a bank's habits (`told`): .5 gives nothing away.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch

from bot.grading.tokens import ENDINGS
from bot.grading.training import folds
from bot.grading.training.data import Answer, Asked

FOLDS = 5
FEWEST = 5
"""Answers that a word must stand in to count."""
PULL = 4.0
"""Of the weights towards zero, beside the sum of the losses; of 1, 2, 4, 8 and 16 the one with the
least loss on the banks' questions that it was not fitted on."""
LENGTHS = (4, 6, 8, 10, 12, 14, 16, 18, 20, 23, 27, 32, 40)
"""Where one class of lengths, in words, ends and the next begins."""
MOST = 4.0
"""No log-odds count as more, either way."""
_PART = re.compile(r"[\w']+|[^\w\s]")
_SENTENCE = re.compile(r"[.!?;:]+\s")

Floats = npt.NDArray[np.float64]


def marked(asked: Sequence[Asked], seed: int) -> list[Asked]:
    """Return the questions with each answer's `habit`: its log-odds of correct by its writing."""
    rows = [(one.group, answer) for one in asked for answer in one.answers]
    odds = iter(_log_odds(rows, seed))
    return [
        replace(one, answers=tuple(replace(answer, habit=next(odds)) for answer in one.answers))
        for one in asked
    ]


def told(asked: Sequence[Asked]) -> float:
    """Return how well habits tell marked right answers from wrong ones: the share of pairs, 0..1,
    of a right and a wrong answer in which the right one has the higher log-odds (the area under the
    ROC curve). Partial answers, which are neither, are left out. NaN without a pair.
    """
    answers = [answer for one in asked for answer in one.answers]
    right = np.array([one.habit for one in answers if one.label == "correct"])
    wrong = np.sort([one.habit for one in answers if one.label != "correct" and not one.covers])
    if not len(right) or not len(wrong):
        return float("nan")
    below = np.searchsorted(wrong, right, "left") + np.searchsorted(wrong, right, "right")
    return round(float(below.mean() / 2 / len(wrong)), 4)


def _log_odds(rows: Sequence[tuple[str, Answer]], seed: int) -> list[float]:
    parts = [_parts(answer.text) for _, answer in rows]
    counts = Counter(part for some in parts for part in some)
    places = {part: place for place, part in enumerate(sorted(counts)) if counts[part] >= FEWEST}
    features = np.zeros((len(rows), 1 + len(counts)), np.float32)
    features[:, -1] = 1.0
    for row, some in enumerate(parts):
        features[row, [places[part] for part in some if part in places]] = 1.0
    truth = np.array([answer.label == "correct" for _, answer in rows], np.float32)
    of_group = folds.assign((group for group, _ in rows), FOLDS, seed)
    fold = np.array([of_group[group] for group, _ in rows])
    found = np.zeros(len(rows))
    for number in range(FOLDS):
        held = fold == number
        if held.any() and len(np.unique(truth[~held])) == 2:
            found[held] = features[held] @ _regress(features[~held], truth[~held])
    return [round(float(value), 3) for value in np.clip(found, -MOST, MOST)]


def _parts(text: str) -> set[str]:
    """Return the text's words and marks, and how long it is, how it begins and how it is cut."""
    whole = text.rstrip(ENDINGS)
    parts = _PART.findall(whole)
    words = sum(part[0].isalnum() for part in parts)
    length = sum(words >= least for least in LENGTHS)
    sentences = len(_SENTENCE.findall(whole))
    begins = "capital" if whole[:1].isupper() else "none"
    shape = (f"<length {length}>", f"<cuts {min(sentences, 3)}>", f"<begins {begins}>")
    return {*(part.lower() for part in parts), *shape}


def _regress(features: npt.NDArray[np.float32], truth: npt.NDArray[np.float32]) -> Floats:
    inputs, wanted = torch.from_numpy(features), torch.from_numpy(truth)
    weights = torch.zeros(features.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            inputs @ weights, wanted, reduction="sum"
        )
        loss = loss + PULL / 2 * weights[:-1].square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)  # pyright: ignore[reportArgumentType]
    return weights.detach().numpy().astype(np.float64)
