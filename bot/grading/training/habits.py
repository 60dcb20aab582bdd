"""Training that does not learn how its examples are written.

What an answer's writing alone says of its label (`bot.grading.writing`) is added to the model's
logits while it trains: the bias product of Clark et al. 2019, section 3.2,
https://aclanthology.org/D19-1418. What the model is left to learn is what the writing does not
tell. A model that learns the habits of those who wrote its examples is at a loss where members
write otherwise.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bot.grading import writing
from bot.grading.training.data import Asked


def marked(asked: Sequence[Asked], seed: int) -> list[Asked]:
    """Return the questions with each answer's `habit`: its log-odds of correct by its writing."""
    rows = [
        writing.Written(one.group, answer.text, answer.label == "correct")
        for one in asked
        for answer in one.answers
    ]
    odds = iter(writing.log_odds(rows, seed))
    return [
        replace(one, answers=tuple(replace(answer, habit=next(odds)) for answer in one.answers))
        for one in asked
    ]


def told(asked: Sequence[Asked]) -> float | None:
    """Return how well habits tell marked right answers from wrong ones: the share of pairs, 0..1,
    of a right and a wrong answer in which the right one has the higher log-odds (the area under the
    ROC curve). Partial answers, which are neither, are left out. None without a pair.
    """
    answers = [answer for one in asked for answer in one.answers]
    right = np.array([one.habit for one in answers if one.label == "correct"])
    wrong = np.sort([one.habit for one in answers if one.label != "correct" and not one.covers])
    if not len(right) or not len(wrong):
        return None
    below = np.searchsorted(wrong, right, "left") + np.searchsorted(wrong, right, "right")
    return round(float(below.mean() / 2 / len(wrong)), 4)
