"""What a round earns: from being right, difficulty, fewer hints and the explanation; never from
speed, because a study group lives in many zones and thinking takes the time that it takes.
"""

POINTS_PER_DIFFICULTY = 20
"""A multiple of 4, so that a hint costs a whole number of points."""

EXPLANATION_SHARE = 0.5
"""A full explanation is worth half of the right option: explaining pays, guessing still counts."""

HINT_LEVELS = 3
_QUARTERS = HINT_LEVELS + 1


def worth(difficulty: int) -> int:
    """Return the points of the right option without hints: 20 a step of difficulty (1-5)."""
    if not 1 <= difficulty <= 5:
        raise ValueError(f"difficulty is 1 to 5, not {difficulty}")
    return POINTS_PER_DIFFICULTY * difficulty


def hint_cost(difficulty: int) -> int:
    """Return the points that each hint takes from the right option: a quarter of its worth.

    Even all three hints leave a quarter, so that asking for help and getting there is always
    better than giving up.
    """
    return worth(difficulty) // _QUARTERS


def points(difficulty: int, right: bool, hints: int, explanation: float) -> int:
    """Return a member's points in a round, 0 to 1.5 * worth.

    points = round(worth * (right + explanation / 2) * (1 - hints / 4))

    `hints` is the number taken (0-3). `explanation` is the best score (0..1) among the member's
    explanations that were graded correct, 0 where there is none. A wrong option does not take the
    explanation's points away: who understood and slipped has still understood. Hints lessen both,
    because they tell of both.
    """
    if not 0 <= hints <= HINT_LEVELS:
        raise ValueError(f"hints is 0 to {HINT_LEVELS}, not {hints}")
    if not 0 <= explanation <= 1:
        raise ValueError(f"explanation is 0 to 1, not {explanation}")
    share = right + EXPLANATION_SHARE * explanation
    return round(worth(difficulty) * share * (1 - hints / _QUARTERS))
