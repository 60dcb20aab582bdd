"""How a question does as an item of a test: how hard it was, whether it tells who knows from who
guesses, which distractors work, and whether it should be looked at.

A member's *rest score* is their share of right answers over the other questions: what they know,
measured without the question itself. It lies in 0..1. Every figure has a minimum number below which
it is None: a figure that chance alone explains would send moderators after good questions.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

LEAST_TRIED = 10
"""Members before shares are told. Of nine or fewer one member moves a share by more than ten
points, and who chose what could be guessed.
"""
LEAST_OTHERS = 5
"""Other questions that a member must have tried to have a rest score: a share of four or fewer says
more about luck than about the member.
"""
LEAST_RANKED = 20
"""Members with a rest score before discrimination is told. The standard error of a correlation near
0 is about 1 / sqrt(n - 1): 0.23 here, so that a usual 0.3 can just be told from nothing.
"""
LEAST_WELL = 8
"""Members who do well before the key is doubted: of fewer, a handful of slips would do it."""
LEAST_FOR_DEAD = 30
"""Members before a distractor counts as dead: of thirty, `DEAD` is one and a half."""

EASY = 0.95
"""Share right from which a question is too easy: nearly nobody learned from it."""
DEAD = 0.05
"""Share of all answers below which a distractor does no work; the usual line (Haladyna and Downing,
How many options is enough for a multiple-choice test item?, Educational and Psychological
Measurement 53, 1993).
"""
_SAME = 1e-9
"""Spread of rest scores, a standard deviation, below which they are the same but for rounding."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Those who chose an option, each by their first answer."""

    members: int = 0
    ranked: int = 0
    """Of them, those with a rest score."""
    rest: float = 0.0
    """Sum of their rest scores."""
    spread: float = 0.0
    """Sum of the squares of how far their rest scores are from the mean of all who tried."""
    well: int = 0
    """Of them, those whose rest score is above that mean: who do well. (Half of the members, where
    test theory likes the best 27 %: study groups are small.)
    """


@dataclass(frozen=True, slots=True)
class Item:
    """What the revealed rounds of one question came to in one server."""

    key: int
    """Index of the right option, from 0."""
    chosen: tuple[Chosen, ...]
    """In the order of the options."""
    hinted: int = 0
    """Members who took a hint."""
    hints: int = 0
    """Hints that they took."""
    graded: int = 0
    """Explanations with a grade."""
    correct: int = 0
    """Of them, those that were graded correct."""
    score: float = 0.0
    """Sum of their scores, each 0..1."""

    @property
    def tried(self) -> int:
        """Members who answered."""
        return sum(option.members for option in self.chosen)

    @property
    def ranked(self) -> int:
        """Members who answered and have a rest score."""
        return sum(option.ranked for option in self.chosen)

    @property
    def well(self) -> int:
        """Members who answered and do well in the other questions."""
        return sum(option.well for option in self.chosen)


class Reason(StrEnum):
    """Why a question should be looked at, the gravest first."""

    KEYED_WRONG = "keyed_wrong"
    """Members who do well choose a distractor more often than the key."""
    NEGATIVE = "negative"
    """Who gets it right does worse in the other questions."""
    TOO_HARD = "too_hard"
    """Guessing would do as well."""
    TOO_EASY = "too_easy"
    DEAD = "dead"
    """A distractor that nearly nobody chooses."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason to look at a question."""

    reason: Reason
    options: tuple[int, ...] = ()
    """The distractors that it is about, from 0; none where it is about the whole question."""


def share_right(item: Item) -> float | None:
    """Return the share of right answers, 0..1: the item's difficulty, as test theory calls it."""
    return item.chosen[item.key].members / item.tried if item.tried >= LEAST_TRIED else None


def shares(item: Item) -> tuple[float, ...] | None:
    """Return how often each option was chosen, as shares that add up to 1."""
    if item.tried < LEAST_TRIED:
        return None
    return tuple(option.members / item.tried for option in item.chosen)


def explanation_score(item: Item) -> float | None:
    """Return the mean score of the explanations, 0..1."""
    return item.score / item.graded if item.graded >= LEAST_TRIED else None


def discrimination(item: Item) -> float | None:
    """Return the point-biserial correlation of the item with the rest score, -1..1; None where too
    few have a rest score, or where right or rest score do not vary.
    """
    return point_biserial(item) if item.ranked >= LEAST_RANKED else None


def point_biserial(item: Item) -> float | None:
    """Return the point-biserial correlation of being right with the rest score, however few there
    are; None where one of the two does not vary.

    r = (M1 - M0) / s * sqrt(p * (1 - p)), with M1 and M0 the mean rest scores of those who are
    right and wrong, s the standard deviation of all of them (divided by n) and p the share who are
    right: Pearson's correlation for one variable of two values (Crocker and Algina, Introduction to
    Classical and Modern Test Theory, 1986). That the item is no part of the score it is held
    against is Henrysson's correction (Correction of item-total correlations in item analysis,
    Psychometrika 28, 1963).
    """
    right = item.chosen[item.key]
    n, wrong = item.ranked, item.ranked - right.ranked
    if not right.ranked or not wrong:
        return None
    deviation = math.sqrt(sum(option.spread for option in item.chosen) / n)
    if deviation < _SAME:
        return None
    rest = sum(option.rest for option in item.chosen)
    apart = right.rest / right.ranked - (rest - right.rest) / wrong
    r = apart / deviation * math.sqrt(right.ranked * wrong) / n
    return max(-1.0, min(1.0, r))


def findings(item: Item) -> tuple[Finding, ...]:
    """Return the reasons to look at a question, the gravest first; none below the minimum numbers.

    A question that nearly everybody gets right has dead distractors for that reason alone, so they
    are not told beside it.
    """
    share = share_right(item)
    if share is None:
        return ()
    distractors = [index for index in range(len(item.chosen)) if index != item.key]
    found: list[Finding] = []
    preferred = [i for i in distractors if item.chosen[i].well > item.chosen[item.key].well]
    if preferred and item.well >= LEAST_WELL:
        found.append(Finding(Reason.KEYED_WRONG, tuple(preferred)))
    r = discrimination(item)
    if r is not None and r < 0:
        found.append(Finding(Reason.NEGATIVE))
    if share <= 1 / len(item.chosen):
        found.append(Finding(Reason.TOO_HARD))
    if share >= EASY:
        found.append(Finding(Reason.TOO_EASY))
    elif item.tried >= LEAST_FOR_DEAD:
        dead = [i for i in distractors if item.chosen[i].members < DEAD * item.tried]
        if dead:
            found.append(Finding(Reason.DEAD, tuple(dead)))
    return tuple(found)
