"""From what a pair model says of each pair to one grade: a pure function.

A pair is (question, one known text, the member's text). What a text's pairs say is summed
up in a few figures (`FEATURES`), logarithms of probabilities, and a linear head on them gives the
probabilities of the three labels. There are three heads, by what a text can be held against: texts
that are right, key points as well, and answers known to be right and to be wrong as well.
The heads, the lines to draw and the band of doubt are fitted on questions that the model was not
trained on (`bot.grading.training.fitting`) and kept with the weights (`Rule`, in config.json).

1. The best of the references counts: they say the same in different words, so agreeing with one is
   enough. Known wordings have a figure of their own, and so have known mistakes (who says what one
   of them says is wrong), and what the key points say on average and at most.
2. A contradiction of a reference or a key point, or by one sentence, that is surer than
   `Rule.contradicted` beats coverage, unless the text agrees as surely.
3. What is left is correct from `Head.accept` on, else the likelier of the other two labels.
"""

import math
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bot.domain.question import Verdict
from bot.grading.grade import KeyPointState

LABELS = (Verdict.CORRECT, Verdict.CONTRADICTORY, Verdict.INCORRECT)
"""The order of logits and probabilities."""
CORRECT, CONTRADICTORY, INCORRECT = range(3)

FEATURES = (
    "reference correct",
    "reference contradictory",
    "reference incorrect",
    "wording correct, most",
    "sentence contradictory, most",
    "known words",
    "nothing turned",
    "point correct, mean",
    "point correct, most",
    "point contradictory, mean",
    "point contradictory, most",
    "mistake correct, most",
    "mistake contradictory, most",
)
"""Logarithms of probabilities and shares. What is not there (no wording, no second sentence) is
taken from the reference. Texts without key points have the first `PLAIN` of them, texts with them
the first `POINTED`, and texts about which known wordings and known mistakes are there as well, all.
"""
PLAIN, POINTED, AIDED = 7, 11, 13
HEADS = {PLAIN: "plain", POINTED: "pointed", AIDED: "aided"}
"""The heads of `Rule`, by how many features their texts have."""
SMOOTHED = 0.05
"""A text without any known word counts as one with so large a share of them."""
LEAST = -7.0
"""No logarithm counts as less."""

Floats = npt.NDArray[np.float32]
Weights: TypeAlias = tuple[tuple[float, ...], ...]
"""A row a label, in the order of `LABELS`: the intercept, then a weight for each feature."""


def unfitted(features: int) -> Weights:
    """Return weights that leave the best reference's own probabilities as they are."""
    return tuple(
        (0.0, *(float(place == label) for place in range(features))) for label in range(len(LABELS))
    )


@dataclass(frozen=True, slots=True)
class Head:
    """From features to the probabilities of the labels, and where the lines are (0..1)."""

    weights: Weights
    accept: float = 0.5
    """A text is correct from this probability of correct on."""
    review_below: float = 0.35
    review_above: float = 0.65
    """Between these somebody should look."""

    def probabilities(self, features: Floats) -> Floats:
        """Return the labels' probabilities, shape (texts, 3), of features (texts, features)."""
        table = np.array(self.weights, np.float32)
        return softmax(features @ table[:, 1:].T + table[:, 0])


@dataclass(frozen=True, slots=True)
class Rule:
    """All that turns pairs into grades. Fitted on held-out questions, kept with the weights."""

    plain: Head = Head(unfitted(PLAIN))
    """For texts without key points."""
    pointed: Head = Head(unfitted(POINTED))
    """For texts with them."""
    aided: Head = Head(unfitted(AIDED))
    """For texts with them whose question has known wordings and known mistakes."""
    contradicted: float = 0.8
    """A contradiction is sure from this probability on."""
    point_slope: float = 1.0
    point_intercept: float = 0.0
    """A key point is covered with the probability sigmoid(slope * log-odds + intercept), where the
    log-odds are the pair's of correct (Platt 1999)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Logits of one text's pairs, shape (pairs, 3) each, in the order of `LABELS`."""

    references: Floats
    """The whole text against each reference; at least one row."""
    points: Floats
    """... against each key point."""
    wordings: Floats
    """... against known wordings."""
    sentences: Floats
    """Each sentence against the first reference; no row for a text of one sentence."""
    mistakes: Floats = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    """The whole text against known mistakes."""
    known: float = 1.0
    """Share of the text's words that stand in the question or in what is right
    (`surface.known_share`)."""
    turned: bool = False
    """It copies what is right with something turned over (`surface.is_turned`)."""


@dataclass(frozen=True, slots=True)
class Combined:
    """What the pairs come to."""

    label: Verdict
    probability: float
    """Of correct."""
    score: float
    needs_review: bool
    points: tuple[tuple[KeyPointState, float], ...]
    """State and probability of being covered, a key point each."""
    against: int | None
    """The sentence, from 0, that surely contradicts the reference; None: no single one does."""


def combine(evidence: Evidence, rule: Rule) -> Combined:
    """Return label, score and the rest for one text. See the module for the rule."""
    found = features(evidence)
    head = getattr(rule, HEADS[len(found)])
    (chance,) = head.probabilities(found[np.newaxis])
    support = float(chance[CORRECT])
    against = strongest(found)
    contradicts = against >= rule.contradicted and against > support
    probability = min(support, 1 - against) if contradicts else support
    if contradicts:
        label = Verdict.CONTRADICTORY
    elif probability >= head.accept:
        label = Verdict.CORRECT
    else:
        label = LABELS[1 + int(chance[1:].argmax())]
    states = tuple(_point(row, rule) for row in softmax(evidence.points))
    return Combined(
        label=label,
        probability=probability,
        score=_score(probability, states),
        needs_review=(contradicts and support >= head.accept)
        or head.review_below < probability < head.review_above,
        points=states,
        against=_sentence_against(evidence.sentences, rule),
    )


def features(evidence: Evidence) -> Floats:
    """Return the `FEATURES` that one text has: shape (PLAIN,), (POINTED,) or (AIDED,)."""
    references, points, wordings, mistakes, sentences = (
        np.log(np.maximum(softmax(logits), np.exp(LEAST)))
        for logits in (
            evidence.references,
            evidence.points,
            evidence.wordings,
            evidence.mistakes,
            evidence.sentences,
        )
    )
    best = references[references[:, CORRECT].argmax()]
    said = wordings[:, CORRECT].max() if len(wordings) else best[CORRECT]
    opposed = sentences[:, CONTRADICTORY].max() if len(sentences) else best[CONTRADICTORY]
    found = [*best, said, opposed, np.log(SMOOTHED + (1 - SMOOTHED) * evidence.known)]
    found.append(LEAST if evidence.turned else 0.0)
    if len(points):
        for column in (points[:, CORRECT], points[:, CONTRADICTORY]):
            found += [column.mean(), column.max()]
        if len(wordings) and len(mistakes):
            found += [mistakes[:, CORRECT].max(), mistakes[:, CONTRADICTORY].max()]
    return np.array(found, np.float32)


def strongest(features: Floats) -> float:
    """Return the probability of the surest contradiction in a text's features."""
    names = ("reference contradictory", "sentence contradictory, most", "point contradictory, most")
    places = [FEATURES.index(name) for name in names]
    return float(np.exp(max(features[place] for place in places if place < len(features))))


def softmax(logits: Floats) -> Floats:
    """Return probabilities: float, same shape (rows, 3), each row adds up to 1."""
    if not len(logits):
        return np.zeros((0, 3), np.float32)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def is_contradicted(probabilities: Floats, rule: Rule) -> bool:
    """Tell whether one pair's probabilities (3,) are a sure contradiction."""
    return bool(
        probabilities[CONTRADICTORY] >= rule.contradicted
        and probabilities[CONTRADICTORY] > probabilities[CORRECT]
    )


def log_odds(probabilities: Floats) -> float:
    """Return the log-odds of correct in one pair's probabilities (3,), at most 7 either way."""
    chance = float(np.clip(probabilities[CORRECT], 1e-6, 1 - 1e-6))
    return float(np.clip(np.log(chance / (1 - chance)), LEAST, -LEAST))


def rule_of(plain: Any) -> Rule:
    """Return the rule that `dataclasses.asdict` made plain data of. Raises ValueError, KeyError or
    TypeError where it did not.
    """
    _is_whole(plain, Rule)
    slope, intercept = (_finite(plain[name]) for name in ("point_slope", "point_intercept"))
    heads = {name: _head_of(plain[name], features) for features, name in HEADS.items()}
    return Rule(
        **heads,
        contradicted=_share(plain["contradicted"]),
        point_slope=slope,
        point_intercept=intercept,
    )


def _head_of(plain: Any, features: int) -> Head:
    _is_whole(plain, Head)
    weights = tuple(tuple(_finite(value) for value in row) for row in plain["weights"])
    if [len(row) for row in weights] != [1 + features] * len(LABELS):
        raise ValueError(f"a head needs {len(LABELS)} rows of {1 + features} weights")
    accept, below, above = (
        _share(plain[name]) for name in ("accept", "review_below", "review_above")
    )
    return Head(weights, accept, below, above)


def _is_whole(plain: Any, kind: type[Rule | Head]) -> None:
    wrong = {one.name for one in fields(kind)} ^ set(plain)
    if wrong:
        raise KeyError(f"missing or unknown: {', '.join(sorted(wrong))}")


def _finite(value: Any) -> float:
    if not math.isfinite(found := float(value)):
        raise ValueError(f"{value} is not finite")
    return found


def _share(value: Any) -> float:
    if not 0 <= (found := _finite(value)) <= 1:
        raise ValueError(f"{value} is not between 0 and 1")
    return found


def _sentence_against(sentences: Floats, rule: Rule) -> int | None:
    if not len(sentences):
        return None
    opposed = softmax(sentences)[:, CONTRADICTORY]
    worst = int(opposed.argmax())
    return worst if opposed[worst] >= rule.contradicted else None


def _point(row: Floats, rule: Rule) -> tuple[KeyPointState, float]:
    score = float(1 / (1 + np.exp(-(rule.point_slope * log_odds(row) + rule.point_intercept))))
    if is_contradicted(row, rule):
        return KeyPointState.CONTRADICTED, score
    return (KeyPointState.COVERED if score >= 0.5 else KeyPointState.MISSING), score


def _score(probability: float, points: tuple[tuple[KeyPointState, float], ...]) -> float:
    """Half how right the text is, half how much of it is there."""
    if not points:
        return probability
    covered = sum(state is KeyPointState.COVERED for state, _ in points)
    return (probability + covered / len(points)) / 2
