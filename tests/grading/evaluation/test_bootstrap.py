"""Intervals where they can be reckoned by hand."""

import numpy as np
import pytest

from bot.grading.evaluation.bootstrap import intervals, share


def mean_of(values: np.ndarray):
    return lambda chosen: [float(values[chosen].mean())]


def test_answers_to_one_question_are_drawn_together() -> None:
    # Question a is all right, b all wrong: of two draws, the mean is 0, .5 or 1 with .25, .5, .25.
    values = np.array([1.0] * 10 + [0.0] * 10)
    (figure,) = intervals(mean_of(values), ["a"] * 10 + ["b"] * 10)
    assert (figure.value, figure.low, figure.high) == (0.5, 0.0, 1.0)


def test_questions_that_are_alike_leave_no_doubt() -> None:
    values = np.array([1.0, 0.0] * 8)
    clusters = [str(index // 2) for index in range(16)]
    (figure,) = intervals(mean_of(values), clusters)
    assert (figure.value, figure.low, figure.high) == (0.5, 0.5, 0.5)


def test_with_a_question_an_answer_it_is_the_normal_interval() -> None:
    values = (np.arange(400) % 4 == 0).astype(float)  # share .25
    (figure,) = intervals(mean_of(values), [str(index) for index in range(400)], resamples=4000)
    half = 1.96 * np.sqrt(0.25 * 0.75 / 400)
    assert figure.low == pytest.approx(0.25 - half, abs=0.01)
    assert figure.high == pytest.approx(0.25 + half, abs=0.01)


def test_doubt_grows_with_what_answers_to_a_question_share() -> None:
    values = (np.arange(400) % 4 == 0).astype(float)
    (alone,) = intervals(mean_of(values), [str(index) for index in range(400)])
    together = np.sort(values)
    (shared,) = intervals(mean_of(together), [str(index // 20) for index in range(400)])
    assert shared.high - shared.low > 3 * (alone.high - alone.low)


def test_several_figures_come_from_the_same_draws_and_the_same_seed() -> None:
    values = np.linspace(0, 1, 30)
    clusters = [str(index // 3) for index in range(30)]

    def both(chosen: np.ndarray) -> list[float]:
        return [float(values[chosen].mean()), float(1 - values[chosen].mean())]

    one, other = intervals(both, clusters, seed=3)
    assert one.low == pytest.approx(1 - other.high, abs=1e-4)
    assert intervals(both, clusters, seed=3) == [one, other]
    assert intervals(both, clusters, seed=4) != [one, other]


def test_one_question_says_nothing_of_others() -> None:
    (figure,) = intervals(mean_of(np.array([1.0, 0.0])), ["a", "a"])
    assert (figure.low, figure.high) == (0.0, 1.0)


def test_a_share_of_all_or_none_has_an_exact_interval() -> None:
    # Clopper and Pearson for 5 of 5: lower bound .025 ** (1/5) = .4782.
    all_ = share([True] * 20, [str(index // 4) for index in range(20)])
    assert (all_.value, all_.low, all_.high) == (1.0, 0.4782, 1.0)
    none = share([False] * 20, [str(index // 4) for index in range(20)])
    assert (none.value, none.low, none.high) == (0.0, 0.0, 0.5218)
    assert str(all_) == "1.000 [0.478, 1.000]"


def test_there_is_no_share_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        share([], [])
