"""What the way an answer is written gives away of its label.

The examples of a bank come from few hands, and hands have habits: right answers in several chatty
sentences, wrong ones in one sentence with a capital and ", so". Here a logistic regression sees the
answer alone, without question and reference. It is the measure of such habits, and what is left
out of training (`bot.grading.training.habits`).
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from bot.grading.tokens import ENDINGS

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


class Written(NamedTuple):
    """A text, the question that it answers, and whether it is right."""

    group: str
    text: str
    right: bool


def log_odds(rows: Sequence[Written], seed: int) -> list[float]:
    """Return each text's log-odds of being right by its writing, at most `MOST` either way, from
    the texts of other questions.
    """
    parts = [_parts(row.text) for row in rows]
    counts = Counter(part for some in parts for part in some)
    often = sorted(part for part, count in counts.items() if count >= FEWEST)
    places = {part: place for place, part in enumerate(often)}
    features = [[places[part] for part in some if part in places] for some in parts]
    truth = np.array([row.right for row in rows], np.float32)
    names, of_row = np.unique([row.group for row in rows], return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(names))[of_row] % FOLDS
    found = np.zeros(len(rows))
    for number in range(FOLDS):
        held = np.flatnonzero(fold == number)
        rest = np.flatnonzero(fold != number)
        if len(held) and len(np.unique(truth[rest])) == 2:
            weights = _regress([features[row] for row in rest], truth[rest], len(places))
            found[held] = [weights[[-1, *features[row]]].sum() for row in held]
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


def _regress(features: Sequence[list[int]], truth: npt.NDArray[np.float32], count: int) -> Floats:
    """Return the weight of each of `count` features, and last what every text has, for texts given
    by the features that they have.
    """
    starts = torch.tensor([0, *np.cumsum([len(some) for some in features])][:-1])
    present = torch.tensor([place for some in features for place in some], dtype=torch.long)
    wanted = torch.from_numpy(truth)
    weights = torch.zeros(count + 1, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> float:
        optimiser.zero_grad()
        sums = torch.nn.functional.embedding_bag(
            present, weights.unsqueeze(1), starts, mode="sum"
        ).squeeze(1)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            sums + weights[-1], wanted, reduction="sum"
        )
        loss = loss + PULL / 2 * weights[:-1].square().sum()
        loss.backward()
        return float(loss.detach())

    optimiser.step(closure)
    return weights.detach().numpy().astype(np.float64)
