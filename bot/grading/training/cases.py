"""Held-out texts as the grader reads them: what `bot.grading.training.fitting` fits on.

A bank's example is read in three ways: beside all that the bank knows, beside explanation and key
points, and beside the explanation alone. Hard negatives and positives made of right texts join
them, at a lower weight.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np

from bot.grading.combine import HEADS, Floats, Rule, features, log_odds, softmax
from bot.grading.entailment import EntailmentGrader
from bot.grading.grade import Submission
from bot.grading.pair import LABELS, PairModel
from bot.grading.training import perturb
from bot.grading.training.data import NOT_CORRECT, Answer, Asked
from bot.grading.training.pairs import Pair

MADE = 0.25
"""What a made text weighs beside a written one."""
MADE_OF_EACH = 1
MADE_OF_REFERENCE = 3
"""Copies of a reference, with something turned or only another dress, are what `is_turned` is for.
"""
OTHERS = 3
"""Right answers to other questions that are held against a question."""
RIGHT_TEXTS = 2
"""Right texts of a question that others are made of, beside its reference."""
WRONG_TEXTS = 2
"""Wrong answers of a question that are shown in another dress."""
AT_ONCE = 64
_NUMBERS = {label: number for number, label in enumerate(LABELS)} | {NOT_CORRECT: -1}


@dataclass(frozen=True, slots=True)
class Case:
    """One text. `label` is a place in `LABELS`, -1 for "not correct, nobody said which". `weight`
    is 1 for a written text, less for a made one, and 0 for a partial one, which may be accepted or
    not. `points` hold, where somebody said what the text covers, each key point's log-odds of
    correct and 1 if it is covered, else 0.
    """

    source: str
    group: str
    label: int
    weight: float
    features: Floats
    points: tuple[tuple[float, float], ...] = ()

    @property
    def head(self) -> str:
        """The name of the head of `Rule` that grades such texts."""
        return HEADS[len(self.features)]


def cases_of(model: PairModel, held: Sequence[Asked]) -> list[Case]:
    """Return the cases of the questions that have references."""
    grader = EntailmentGrader(model, Rule(), "")
    found: list[Case] = []
    texts = [text for one in held if one.references for text in _texts(one, held)]
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start : start + AT_ONCE]
        evidence = grader.evidence([submission for *_, submission in some])
        for (one, answer, weight, submission), seen in zip(some, evidence, strict=True):
            if seen is None:
                continue
            points: tuple[tuple[float, float], ...] = ()
            alone = submission.references == one.references  # one way of several with points
            if weight != MADE and answer.covers is not None and alone:
                points = tuple(
                    (log_odds(row), float(place in answer.covers))
                    for place, row in enumerate(softmax(seen.points))
                )
            label = _NUMBERS[answer.label]
            found.append(Case(one.source, one.group, label, weight, features(seen), points))
    return found


_Text = tuple[Asked, Answer, float, Submission]


def _texts(one: Asked, held: Sequence[Asked]) -> Iterator[_Text]:
    for answer in one.answers:
        partial = bool(one.points) and answer.label == "incorrect" and answer.covers != ()
        for submission in _ways(one, answer.text):
            yield one, answer, 0.0 if partial else 1.0, submission
    rng = Random(one.group)  # noqa: S311 - no secret hangs on it
    others = [text for other in held if other is not one for text in other.references]
    neighbours = rng.sample(others, min(8, len(others)))
    elsewhere = [text for other in held if other.group != one.group for text in other.right()]
    for text in rng.sample(elsewhere, min(OTHERS, len(elsewhere))):
        for submission in _ways(one, text):
            yield one, Answer(text, "incorrect"), MADE, submission
    right = one.right()
    for text in rng.sample(right, min(RIGHT_TEXTS, len(right))) + list(one.references[:1]):
        pair = _held(one, Answer(text, "correct"))
        most = MADE_OF_REFERENCE if text in one.references else MADE_OF_EACH
        negatives = perturb.negatives(pair, neighbours, rng, most=most)
        yield from _made(one, pair, [*negatives, *perturb.positives(pair, rng, most=most)])
    wrong = [each for each in one.answers if each.label in perturb.WRONG and not each.covers]
    for answer in rng.sample(wrong, min(WRONG_TEXTS, len(wrong))):
        pair = _held(one, answer)
        yield from _made(one, pair, perturb.positives(pair, rng, most=MADE_OF_EACH))


def _held(one: Asked, answer: Answer) -> Pair:
    reference = one.references[0]
    return Pair(one.question, reference, answer.text, answer.label, 1.0, one.group, one.source)


def _made(one: Asked, pair: Pair, changed: Sequence[Pair]) -> Iterator[_Text]:
    for made in changed:
        # What turns the reference itself over is no text about this reference.
        if made.reference == pair.reference:
            for submission in _ways(one, pair.answer):
                answer = Answer(made.answer, made.label)
                yield one, answer, MADE, replace(submission, answer=made.answer)


def _ways(one: Asked, text: str) -> Iterator[Submission]:
    if not one.points:
        yield Submission(one.question, one.references, text)
        return
    joined = " ".join(one.points)
    known = (tuple(one.right()), tuple(one.wrong()))
    whole = Submission(one.question, (*one.references, joined), text, one.points, *known)
    yield whole.without(text)
    yield Submission(one.question, one.references, text, one.points)
    yield Submission(one.question, one.references, text)


def as_row(case: Case) -> dict[str, Any]:
    """Return the case as plain data, without its text."""
    return {
        "set": case.source,
        "group": case.group,
        "label": case.label,
        "weight": case.weight,
        "features": [round(float(value), 4) for value in case.features],
        "points": [[round(value, 4), covered] for value, covered in case.points],
    }


def of_row(row: dict[str, Any]) -> Case:
    """Return the case that `as_row` made plain data of."""
    return Case(
        row["set"],
        row["group"],
        row["label"],
        row["weight"],
        np.array(row["features"], np.float32),
        tuple((value, covered) for value, covered in row["points"]),
    )
