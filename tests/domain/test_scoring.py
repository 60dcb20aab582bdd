"""What a round earns."""

import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import scoring
from bot.domain.scoring import hint_cost, points, worth

DIFFICULTY = st.integers(1, 5)
HINTS = st.integers(0, 3)
SCORE = st.floats(0, 1)
steadily = settings(derandomize=True, database=None)


@pytest.mark.parametrize(
    ("difficulty", "right", "hints", "explanation", "expected"),
    [
        (1, True, 0, 0, 20),
        (5, True, 0, 0, 100),
        (3, True, 1, 0, 45),
        (3, True, 3, 0, 15),
        (3, True, 0, 1, 90),
        (3, False, 0, 1, 30),
        (3, False, 0, 0, 0),
        (2, True, 2, 0.5, 25),
        (4, True, 0, 0.81, 112),
    ],
)
def test_points(difficulty, right, hints, explanation, expected):
    assert points(difficulty, right, hints, explanation) == expected


@pytest.mark.parametrize(
    "given_",
    [(0, True, 0, 0), (6, True, 0, 0), (1, True, 4, 0), (1, True, -1, 0), (1, True, 0, 1.1)],
)
def test_what_cannot_be_is_refused(given_):
    with pytest.raises(ValueError, match="is"):
        points(*given_)


@steadily
@given(DIFFICULTY, st.booleans(), HINTS, SCORE)
def test_points_are_never_negative_and_have_a_top(difficulty, right, hints, explanation):
    assert 0 <= points(difficulty, right, hints, explanation) <= 1.5 * worth(difficulty)


@steadily
@given(DIFFICULTY, st.booleans(), HINTS, HINTS, SCORE, SCORE)
def test_fewer_hints_and_a_better_explanation_never_earn_less(
    difficulty, right, hints, other_hints, score, other_score
):
    fewer, more = sorted((hints, other_hints))
    worse, better = sorted((score, other_score))
    assert points(difficulty, right, fewer, score) >= points(difficulty, right, more, score)
    assert points(difficulty, right, hints, better) >= points(difficulty, right, hints, worse)
    assert points(difficulty, True, hints, score) >= points(difficulty, False, hints, score)


@steadily
@given(DIFFICULTY, HINTS)
def test_a_hint_costs_what_was_told(difficulty, hints):
    told = worth(difficulty) - hints * hint_cost(difficulty)
    assert points(difficulty, True, hints, 0) == told > 0


def test_time_has_no_part_in_it():
    assert set(inspect.signature(points).parameters) == {
        "difficulty",
        "right",
        "hints",
        "explanation",
    }
    assert "time" not in vars(scoring)
