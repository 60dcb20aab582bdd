"""From what a pair model says of each pair to one grade: a pure function, so that rules can be
compared on figures (`tutor check --grade`, `tutor evaluate`).

A pair is (question, one text that is right, the member's text). The rule, and why:

1. Without key points a text is as right as its best pair with a reference or a known wording:
   references say the same in different words, so agreeing with one is enough.
2. With key points the pairs are asked two things. Does the text speak of the matter: is one of its
   pairs with references, key points or wordings at least a little (`Rule.topical`) correct? And if
   so, does it agree or contradict: the mean over all pairs of logit(correct) - logit(contradictory)
   is the log-odds of that. A short right answer says too little to be called correct beside a
   long reference, but it contradicts none of them. Chosen with the next to last checkpoint on
   eight questions that were written for it and trained on by none: it accepts 53 % of 32 right
   texts and 17 % of 41 wrong ones, rule 1 accepts 25 % and 12 %.
3. A contradiction of a reference or a key point, or by one sentence, that is surer than
   `Rule.contradicted` beats coverage, unless the text agrees as surely.
4. What is left is correct from `Rule.accept` on (with key points: from one half on), else the
   likelier of the other two labels.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.domain.question import Verdict
from bot.grading.grade import KeyPointState

LABELS = (Verdict.CORRECT, Verdict.CONTRADICTORY, Verdict.INCORRECT)
"""The order of logits and probabilities."""
CORRECT, CONTRADICTORY, INCORRECT = range(3)

CONTRADICTED = 0.8
"""The default of `Rule.contradicted`."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the lines are, in probabilities 0..1. Set on held-out questions, kept with the weights
    (`config.json`).
    """

    temperature: float = 1.0
    """Divides logits (Guo et al. 2017, arXiv:1706.04599)."""
    accept: float = 0.5
    """A text is correct, and a key point covered, from this probability of correct on."""
    review_below: float = 0.35
    review_above: float = 0.65
    """Between these somebody should look."""
    topical: float = 0.2
    """From this probability of correct of one pair on, a text speaks of the matter."""
    contradicted: float = CONTRADICTED
    """A contradiction is sure from here on."""


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


@dataclass(frozen=True, slots=True)
class Combined:
    """What the pairs come to."""

    label: Verdict
    probability: float
    """Of correct, calibrated as far as one pair is."""
    score: float
    needs_review: bool
    points: tuple[tuple[KeyPointState, float], ...]
    """State and probability of being covered, a key point each."""
    against: int | None
    """The sentence, from 0, that surely contradicts the reference; None: no single one does."""


def combine(evidence: Evidence, rule: Rule) -> Combined:
    """Return label, score and the rest for one text. See the module for the rule."""
    references, points, wordings, sentences = (
        softmax(logits / rule.temperature)
        for logits in (
            evidence.references,
            evidence.points,
            evidence.wordings,
            evidence.sentences,
        )
    )
    best = references[references[:, CORRECT].argmax()]
    said = np.concatenate([references, wordings])[:, CORRECT].max()
    support, accept, opposes = float(said), rule.accept, bool(best[CONTRADICTORY] > best[INCORRECT])
    if len(points):
        every = np.concatenate([evidence.references, evidence.points, evidence.wordings])
        margin = (every[:, CORRECT] - every[:, CONTRADICTORY]).mean() / rule.temperature
        agrees = float(1 / (1 + np.exp(-margin)))
        topic = max(support, float(points[:, CORRECT].max()))
        on_topic = topic >= rule.topical
        support, accept = (agrees if on_topic else min(agrees, topic)), 0.5
        opposes = on_topic or opposes
    worst = int(sentences[:, CONTRADICTORY].argmax()) if len(sentences) else None
    one = float(sentences[worst, CONTRADICTORY]) if worst is not None else 0.0
    of_points = float(points[:, CONTRADICTORY].max()) if len(points) else 0.0
    against = max(float(best[CONTRADICTORY]), one, of_points)
    contradicts = against >= rule.contradicted and against > support
    probability = min(support, 1 - against) if contradicts else support
    if contradicts:
        label = Verdict.CONTRADICTORY
    elif probability >= accept:
        label = Verdict.CORRECT
    else:
        label = Verdict.CONTRADICTORY if opposes else Verdict.INCORRECT
    states = tuple(_point(row, rule) for row in points)
    torn = against >= rule.contradicted and support >= accept
    return Combined(
        label=label,
        probability=probability,
        score=_score(probability, states),
        needs_review=torn or rule.review_below < probability < rule.review_above,
        points=states,
        against=worst if one >= rule.contradicted else None,
    )


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


def _point(row: Floats, rule: Rule) -> tuple[KeyPointState, float]:
    score = float(row[CORRECT])
    if is_contradicted(row, rule):
        return KeyPointState.CONTRADICTED, score
    return (KeyPointState.COVERED if score >= rule.accept else KeyPointState.MISSING), score


def _score(probability: float, points: tuple[tuple[KeyPointState, float], ...]) -> float:
    """Half how right the text is, half how much of it is there."""
    if not points:
        return probability
    covered = sum(state is KeyPointState.COVERED for state, _ in points)
    return (probability + covered / len(points)) / 2
