"""Probabilities, F1 and calibration error, reckoned by hand."""

import numpy as np
import pytest

from bot.grading.training.measures import calibration_error, macro_f1, probabilities


def test_probabilities_are_the_softmax_however_large_the_logits() -> None:
    found = probabilities(np.array([[0, np.log(2), 0], [2000, 0, 2000], [-9, -9, -9]], np.float32))
    np.testing.assert_allclose(found, [[0.25, 0.5, 0.25], [0.5, 0, 0.5], [1 / 3] * 3], atol=1e-6)


def test_macro_f1_is_the_mean_over_the_labels() -> None:
    found = macro_f1(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]))
    assert found == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_a_label_that_no_text_has_takes_no_part() -> None:
    # The text that is called 2 counts against 1, and there is no F1 of 2.
    found = macro_f1(np.array([0, 1, 1]), np.array([0, 1, 2]))
    assert found == pytest.approx((1 + 2 / 3) / 2)


def test_a_label_that_is_never_said_counts_as_nothing() -> None:
    assert macro_f1(np.array([0, 1]), np.array([0, 0])) == pytest.approx((2 / 3 + 0) / 2)


def test_the_calibration_error_is_the_gap_in_each_bin_by_its_texts() -> None:
    chance = np.array([0.95, 0.95, 0.15, 0.15])
    truth = np.array([True, True, False, True])
    # Two bins of two: .05 and .35 away from what is true.
    assert calibration_error(chance, truth) == pytest.approx(0.2)
    # In one bin .55 on average, and three of four are true.
    assert calibration_error(chance, truth, bins=1) == pytest.approx(0.2)
    assert calibration_error(chance[:3], truth[:3]) == pytest.approx((0.05 * 2 + 0.15) / 3)


def test_a_probability_of_one_has_a_bin() -> None:
    assert calibration_error(np.array([1.0, 1.0]), np.array([True, False])) == pytest.approx(0.5)
