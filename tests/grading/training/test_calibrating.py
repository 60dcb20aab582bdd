"""Temperature, threshold and review band, on answers whose chances are known."""

import numpy as np
import pytest

from bot.grading.training.calibrating import calibrate, calibration_error, macro_f1, probabilities


def made(count: int, heat: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return logits that are `heat` times too sure, true labels, and groups of ten."""
    rng = np.random.default_rng(4)
    logits = rng.normal(0, 1.2, (count, 3))
    chance = probabilities(logits.astype(np.float32), 1.0)
    labels = np.array([rng.choice(3, p=row / row.sum()) for row in chance])
    groups = np.array([f"q{place // 10}" for place in range(count)])
    return (logits * heat).astype(np.float32), labels, groups


def test_the_temperature_cools_what_is_too_sure() -> None:
    found = calibrate(*made(6000, heat=3.0))
    assert found.temperature == pytest.approx(3.0, rel=0.15)
    assert found.measured["calibration_error"] < 0.03
    assert found.review_below <= found.accept <= found.review_above


def test_sure_and_right_answers_need_no_review() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 600)
    logits = (8 * np.eye(3)[labels] + rng.normal(0, 0.5, (600, 3))).astype(np.float32)
    groups = np.array([f"q{place % 40}" for place in range(600)])
    found = calibrate(logits, labels, groups)
    assert found.measured["accuracy"] == 1
    assert found.measured["reviewed"] == 0
    assert found.review_below == found.accept == found.review_above


def test_two_way_labels_count_as_not_correct() -> None:
    logits, labels, groups = made(900, heat=1.0)
    both = calibrate(logits, np.where(labels == 0, 0, -1), groups)
    assert both == calibrate(logits, labels, groups)


def test_measures() -> None:
    assert macro_f1(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])) == pytest.approx(
        (2 / 3 + 4 / 5) / 2
    )
    chance = np.array([0.95, 0.95, 0.15, 0.15])
    truth = np.array([True, True, False, True])
    # Two bins of two: .05 and .35 away from what is true.
    assert calibration_error(chance, truth) == pytest.approx(0.2)
