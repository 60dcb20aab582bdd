"""The figures against numbers reckoned by hand, and what must hold of any input."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grading import metrics

LABELS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=60)
SURE = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def counts_of(pairs: list[tuple[int, int]], classes: int = 3) -> np.ndarray:
    truth, said = np.array(pairs).T
    return metrics.confusion(truth, said, classes)


def test_agreement_by_hand() -> None:
    # gold: 4 correct, 2 contradictory, 4 incorrect.
    gold = ["correct"] * 4 + ["contradictory"] * 2 + ["incorrect"] * 4
    said = [
        *("correct", "correct", "correct", "incorrect"),
        *("contradictory", "incorrect"),
        *("incorrect", "incorrect", "correct", "contradictory"),
    ]
    counts = metrics.confusion(metrics.as_indices(gold), metrics.as_indices(said), 3)
    assert counts.tolist() == [[3, 0, 1], [0, 1, 1], [1, 1, 2]]
    assert metrics.accuracy(counts) == pytest.approx(0.6)
    # F1: 6/8, 2/4, 4/8
    assert metrics.f1_by_class(counts) == pytest.approx([0.75, 0.5, 0.5])
    assert metrics.macro_f1(counts) == pytest.approx((0.75 + 0.5 + 0.5) / 3)
    assert metrics.weighted_f1(counts) == pytest.approx(0.4 * 0.75 + 0.2 * 0.5 + 0.4 * 0.5)


def test_two_way_takes_contradictory_for_incorrect() -> None:
    indices = metrics.as_indices(["correct", "contradictory", "incorrect"], metrics.TWO_WAY)
    assert indices.tolist() == [0, 1, 1]


def test_a_class_nobody_gave_is_left_out_of_the_mean_but_costs_recall() -> None:
    # Gold has no contradictory; one correct answer was called so.
    counts = counts_of([(0, 0), (0, 1), (2, 2), (2, 2)])
    # F1 correct: 2*1/(2+0+1) = 2/3; incorrect: 1
    assert metrics.macro_f1(counts) == pytest.approx((2 / 3 + 1) / 2)


@given(LABELS)
def test_agreement_stays_within_bounds_and_is_perfect_only_when_all_agree(
    pairs: list[tuple[int, int]],
) -> None:
    counts = counts_of(pairs)
    figures = (metrics.accuracy(counts), metrics.macro_f1(counts), metrics.weighted_f1(counts))
    assert all(0 <= figure <= 1 for figure in figures)
    agree = all(one == other for one, other in pairs)
    assert all((math.isclose(figure, 1)) == agree for figure in figures)


def test_calibration_error_by_hand() -> None:
    confidence = np.array([0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False])
    # Two of ten bins: |1 - .95| and |.5 - .55|, half of the answers each.
    assert metrics.calibration_error(confidence, right, 10) == pytest.approx(0.05)
    bins = metrics.reliability(confidence, right, 10)
    assert [(one.low, one.high, one.answers, one.accuracy) for one in bins] == [
        (0.5, 0.6, 2, 0.5),
        (0.9, 1.0, 2, 1.0),
    ]


def test_a_confidence_on_an_edge_counts_below_it() -> None:
    bins = metrics.reliability(np.array([0.0, 0.5, 1.0]), np.array([False, True, True]), 2)
    assert [(one.low, one.answers) for one in bins] == [(0.0, 2), (0.5, 1)]


@given(SURE)
def test_calibration_error_is_at_most_the_gap_without_bins_from_above(
    rows: list[tuple[float, bool]],
) -> None:
    confidence, right = (np.array(part) for part in zip(*rows, strict=True))
    whole = abs(confidence.mean() - right.mean())  # one bin: the least that any binning finds
    error = metrics.calibration_error(confidence.astype(float), right)
    assert whole - 1e-9 <= error <= 1


def test_risk_and_coverage_by_hand() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    right = np.array([True, False, True, True])
    assert metrics.risks(confidence, right) == pytest.approx([0, 1 / 2, 1 / 3, 1 / 4])
    assert metrics.aurc(confidence, right) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert metrics.accuracy_at(1.0, confidence, right) == pytest.approx(0.75)
    assert metrics.accuracy_at(0.5, confidence, right) == pytest.approx(0.5)
    assert metrics.accuracy_at(0.25, confidence, right) == pytest.approx(1.0)


def test_equally_sure_answers_have_no_order() -> None:
    same = np.full(4, 0.5)
    for right in ([True, True, True, False], [False, True, True, True]):
        assert metrics.risks(same, np.array(right)) == pytest.approx([0.25] * 4)


@given(SURE, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_no_figure(rows: list[tuple[float, bool]], chance) -> None:
    mixed = chance.sample(rows, len(rows))
    one, other = (
        tuple(np.array(part) for part in zip(*some, strict=True)) for some in (rows, mixed)
    )
    assert metrics.aurc(*one) == pytest.approx(metrics.aurc(*other))
    assert metrics.calibration_error(*one) == pytest.approx(metrics.calibration_error(*other))
    assert metrics.accuracy_at(0.5, *one) == pytest.approx(metrics.accuracy_at(0.5, *other))
    assert metrics.accuracy_at(1, *one) == pytest.approx(one[1].mean())


def test_nothing_is_measured_of_nothing() -> None:
    nothing, no_flags = np.array([]), np.array([], bool)
    assert metrics.calibration_error(nothing, no_flags) == 0
    assert metrics.aurc(nothing, no_flags) == 0
    assert metrics.accuracy_at(0.5, nothing, no_flags) == 0
