"""Heads, lines and key points, fitted on texts whose chances are known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from bot.grading.combine import (
    AIDED,
    CONTRADICTORY,
    CORRECT,
    FEATURES,
    INCORRECT,
    LEAST,
    PLAIN,
    POINTED,
    Head,
    Rule,
    softmax,
    strongest,
)
from bot.grading.metrics import Floats, calibration_error
from bot.grading.training.cases import MADE, Case
from bot.grading.training.fitting import MOST, OVERRULED, TARGET, fit

SKEWED = Head(
    (
        (0.4, 0.5, -0.2, 0.0, 0.6, -0.3, 0.5, 0.2),
        (-0.3, 0.0, 0.7, 0.0, -0.2, 0.5, 0.0, -0.2),
        (0.2, 0.0, 0.1, 0.8, 0.0, 0.0, -0.5, 0.0),
    )
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Keep torch to one thread: on tables as small as these, several wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def log_chances(count: int, seed: int, heat: float = 1.0) -> Floats:
    """Return the logarithms of three probabilities that come out of random logits."""
    logits = np.random.default_rng(seed).normal(0, 1.2, (count, 3))
    return np.maximum(np.log(softmax(logits * heat)), LEAST)


def figures(count: int, seed: int = 4) -> Floats:
    """Return features of texts without key points, whose wordings, sentences and words say more."""
    reference = log_chances(count, seed)
    further = log_chances(count, seed + 1)
    words = np.random.default_rng(seed + 2).uniform(-3, 0, (count, 2))
    return np.column_stack([reference, further[:, CORRECT], further[:, CONTRADICTORY], words])


def alone(reference: Floats) -> Floats:
    """Return features of texts that have nothing but their reference."""
    nothing = np.zeros((len(reference), 2))
    return np.column_stack([reference, reference[:, CORRECT], reference[:, CONTRADICTORY], nothing])


def drawn(chances: Floats, seed: int = 7) -> list[int]:
    """Return a label for each text by its chances."""
    rng = np.random.default_rng(seed)
    return [int(rng.choice(3, p=row / row.sum())) for row in chances.astype(float)]


def written(features: Floats, labels: Sequence[int], *, a_question: int = 10) -> list[Case]:
    """Return texts, so many a question in a row."""
    return [
        Case("set", f"q{place // a_question}", label, 1.0, row.astype(np.float32))
        for place, (row, label) in enumerate(zip(features, labels, strict=True))
    ]


def too_sure(count: int, heat: float) -> list[Case]:
    """Return texts whose features are `heat` times too sure of their labels."""
    labels = drawn(np.exp(log_chances(count, 4)))
    return written(alone(log_chances(count, 4, heat)), labels)


def sure_and_right(count: int = 600) -> list[Case]:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, count)
    logits = 8 * np.eye(3)[labels] + rng.normal(0, 0.5, (count, 3))
    return written(alone(np.maximum(np.log(softmax(logits)), LEAST)), labels.tolist())


def chance(head: Head, features: Floats) -> Floats:
    return head.probabilities(features.astype(np.float32)).astype(float)


# --- Heads


def test_the_head_that_the_labels_came_from_is_found_again() -> None:
    features = figures(4000)
    rule, measured = fit(written(features, drawn(chance(SKEWED, features))))
    fresh = figures(500, seed=90)
    truth = chance(SKEWED, fresh)
    assert np.abs(chance(rule.plain, fresh) - truth).mean() < 0.02
    assert np.abs(chance(Rule().plain, fresh) - truth).mean() > 0.1
    # What tells two labels apart is the difference of their rows.
    (correct, *_, incorrect), (right, *_, wrong) = rule.plain.weights, SKEWED.weights
    assert np.subtract(correct, incorrect) == pytest.approx(np.subtract(right, wrong), abs=0.35)
    assert measured["plain"]["calibration_error"] < 0.03


def test_texts_with_key_points_get_a_head_of_their_own() -> None:
    plain = figures(1000)
    more = np.column_stack([figures(1000, seed=20), figures(1000, seed=40)[:, :4]])
    # Only the points decide here: the reference says nothing about the label.
    labels = [CORRECT if row[FEATURES.index("point correct, most")] > -1 else 2 for row in more]
    cases = written(plain, drawn(chance(SKEWED, plain))) + written(more, labels)
    rule, measured = fit(cases)
    assert measured.keys() == {"plain", "pointed"}
    assert rule.aided == Rule().aided
    assert measured["pointed"]["accuracy"] > 0.95
    assert len(rule.plain.weights[0]) == 1 + PLAIN
    assert len(rule.pointed.weights[0]) == 1 + POINTED
    alone_rule, _ = fit(cases[:1000])
    assert alone_rule.plain == rule.plain
    assert alone_rule.pointed == Rule().pointed


def test_texts_whose_mistakes_are_known_get_one_too() -> None:
    place = FEATURES.index("mistake correct, most")
    rng = np.random.default_rng(3)
    more = np.column_stack([figures(1000), rng.uniform(-6, 0, (1000, AIDED - PLAIN))])
    labels = [INCORRECT if row[place] > -2 else CORRECT for row in more]
    rule, measured = fit(written(more, labels))
    assert measured.keys() == {"aided"}
    assert measured["aided"]["accuracy"] > 0.95
    assert (rule.plain, rule.pointed) == (Rule().plain, Rule().pointed)


def test_what_is_too_sure_is_cooled() -> None:
    cases = too_sure(6000, heat=3.0)
    rule, measured = fit(cases)
    features = np.array([one.features for one in cases])
    truth = np.array([one.label == CORRECT for one in cases])
    before = calibration_error(chance(Rule().plain, features)[:, CORRECT], truth)
    assert before > 0.1
    assert measured["plain"]["calibration_error"] < 0.03
    found, real = chance(rule.plain, features), np.exp(log_chances(6000, 4))
    assert np.abs(found - real).mean() < 0.02


def test_what_is_measured_is_of_questions_that_were_not_fitted_on() -> None:
    # Each question has figures and a label of its own, and the one says nothing about the other: a
    # head can learn eight questions by heart, which helps with no further one.
    rng = np.random.default_rng(5)
    own = np.repeat(rng.uniform(-4, 0, (8, POINTED)), 6, axis=0)
    labels = np.repeat(rng.permutation([CORRECT, INCORRECT] * 4), 6).tolist()
    cases = written(own + rng.normal(0, 0.01, own.shape), labels, a_question=6)
    rule, measured = fit(cases)
    by_heart = chance(rule.pointed, np.array([one.features for one in cases]))[:, CORRECT]
    assert ((by_heart >= 0.5) == (np.array(labels) == CORRECT)).mean() > 0.7
    assert measured["pointed"]["accuracy"] < 0.6


def test_two_way_labels_count_as_not_correct() -> None:
    features = figures(3000)
    labels = drawn(chance(SKEWED, features))
    three, of_three = fit(written(features, labels))
    two, of_two = fit(written(features, [label if label == CORRECT else -1 for label in labels]))
    apart = chance(three.plain, features)[:, CORRECT] - chance(two.plain, features)[:, CORRECT]
    assert np.abs(apart).mean() < 0.02
    for name in ("texts", "accuracy", "macro_f1", "calibration_error"):
        assert of_two["plain"][name] == pytest.approx(of_three["plain"][name], abs=0.02)


def test_partial_texts_change_nothing() -> None:
    cases = written(figures(600), drawn(chance(SKEWED, figures(600))))
    partial = [
        replace(one, label=INCORRECT, weight=0.0, features=cases[0].features) for one in cases[::2]
    ]
    rule, measured = fit(cases)
    with_partial, still = fit(cases + partial)
    assert still["plain"] == pytest.approx(measured["plain"], abs=1e-3)
    assert np.ravel(with_partial.plain.weights) == pytest.approx(
        np.ravel(rule.plain.weights), abs=1e-3
    )
    assert with_partial.contradicted == rule.contradicted


def test_made_texts_count_in_the_fit_and_not_in_what_is_measured() -> None:
    cases = too_sure(600, heat=1.0)
    likely = alone(np.log(np.array([[0.8, 0.1, 0.1]])))
    made = [
        Case("set", one.group, INCORRECT, MADE, likely[0].astype(np.float32)) for one in cases[::3]
    ]
    rule, measured = fit(cases)
    wary, of_wary = fit(cases + made)
    assert chance(wary.plain, likely)[0, CORRECT] < chance(rule.plain, likely)[0, CORRECT] - 0.05
    assert of_wary["plain"]["texts"] == measured["plain"]["texts"] == 600
    # As written texts they weigh four times as much.
    whole, of_whole = fit(cases + [replace(one, weight=1.0) for one in made])
    assert chance(whole.plain, likely)[0, CORRECT] < chance(wary.plain, likely)[0, CORRECT]
    assert of_whole["plain"]["texts"] == 800


@pytest.mark.parametrize(
    "cases",
    [
        [],
        written(figures(30), drawn(np.exp(figures(30)[:, :3]))),
        written(figures(60), [CORRECT] * 60),
        written(figures(60), [INCORRECT, CONTRADICTORY] * 30),
        [replace(one, weight=MADE) for one in written(figures(60), [CORRECT, INCORRECT] * 30)],
    ],
    ids=["nothing", "three questions", "all correct", "none correct", "all made"],
)
def test_a_head_with_too_little_to_go_by_stays_as_it_is(cases: list[Case]) -> None:
    rule, measured = fit(cases)
    assert (rule.plain, rule.pointed) == (Rule().plain, Rule().pointed)
    assert measured == {}


# --- Lines and doubt


def test_sure_and_right_texts_need_no_review() -> None:
    rule, measured = fit(sure_and_right())
    assert measured["plain"]["accuracy"] == 1
    assert measured["plain"]["reviewed"] == 0
    head = rule.plain
    assert head.review_below == head.accept == head.review_above


def test_where_texts_are_in_doubt_the_surer_ones_are_right_more_often() -> None:
    rule, measured = fit(too_sure(3000, heat=1.0))
    found, head = measured["plain"], rule.plain
    assert found["accuracy"] < TARGET
    assert 0.1 < found["reviewed"] < MOST + 0.05
    assert found["accuracy_unreviewed"] > found["accuracy"] + 0.03
    assert head.review_below < head.accept < head.review_above
    assert head.accept - head.review_below == pytest.approx(head.review_above - head.accept)


def test_the_line_of_acceptance_goes_where_the_grades_are_best() -> None:
    # Texts of two kinds whose chances of correct are .62 and .1: the line lies between.
    rng = np.random.default_rng(3)
    rows = np.log(np.array([[0.62, 0.19, 0.19], [0.1, 0.45, 0.45]]))
    kinds = rng.integers(0, 2, 2000)
    cases = written(alone(rows[kinds]), drawn(np.exp(rows[kinds])))
    rule, measured = fit(cases)
    assert 0.3 <= rule.plain.accept < 0.6
    assert measured["plain"]["accuracy"] == pytest.approx(0.76, abs=0.03)
    assert measured["plain"]["correct_accepted"] == pytest.approx(0.31 / 0.36, abs=0.03)
    assert measured["plain"]["others_accepted"] == pytest.approx(0.19 / 0.64, abs=0.03)


def test_with_key_points_the_highest_line_of_the_best_is_taken() -> None:
    # As above, with points that say what the reference says.
    rng = np.random.default_rng(3)
    rows = np.log(np.array([[0.62, 0.19, 0.19], [0.1, 0.45, 0.45]]))
    kinds = rng.integers(0, 2, 1200)
    plain = alone(rows[kinds])
    labels = drawn(np.exp(rows[kinds]))
    more = np.column_stack([plain, plain[:, [0, 0, 1, 1]]])
    rule, _ = fit(written(plain, labels) + written(more, labels))
    assert rule.plain.accept == pytest.approx(rule.pointed.accept - 0.1, abs=0.08)
    assert rule.pointed.accept > rule.plain.accept + 0.03


# --- Contradictions


def contradicted(chances: Floats) -> list[Case]:
    """Return right texts, of one question, by how sure the contradiction is."""
    rest = 1 - chances
    reference = np.log(np.column_stack([rest * 0.9, chances, rest * 0.1]))
    return written(alone(reference), [CORRECT] * len(chances), a_question=len(chances))


def test_a_sure_contradiction_overrules_few_right_texts() -> None:
    right = contradicted(np.linspace(0.01, 0.97, 1000))
    wrong = [replace(one, label=CONTRADICTORY) for one in contradicted(np.full(1000, 0.99))]
    made = [replace(one, weight=MADE) for one in contradicted(np.full(1000, 0.99))]
    rule, _ = fit(right + wrong + made)
    overruled = np.mean([strongest(one.features) >= rule.contradicted for one in right])
    assert overruled == pytest.approx(OVERRULED, abs=0.002)


def test_the_surest_contradiction_may_be_a_key_points() -> None:
    rng = np.random.default_rng(2)
    row = np.log(np.full(len(FEATURES), 0.3))
    rows = np.tile(row, (500, 1))
    rows[:, FEATURES.index("point contradictory, most")] = np.log(rng.uniform(0.3, 0.95, 500))
    right = written(rows, [CORRECT] * 500)
    rule, _ = fit(right)
    overruled = np.mean([strongest(one.features) >= rule.contradicted for one in right])
    assert overruled == pytest.approx(OVERRULED, abs=0.004)


@pytest.mark.parametrize(("sure", "line"), [(0.02, 0.5), (0.9999, 0.999)])
def test_the_line_of_contradiction_has_ends(sure: float, line: float) -> None:
    rule, _ = fit(contradicted(np.full(100, sure)))
    assert rule.contradicted == line


def test_without_right_texts_the_line_of_contradiction_stays() -> None:
    rule, _ = fit(written(figures(60), [INCORRECT] * 60))
    assert rule.contradicted == Rule().contradicted


# --- Key points


def test_slope_and_intercept_of_the_points_are_found_again() -> None:
    rng = np.random.default_rng(6)
    odds = rng.normal(0, 2, (1500, 3))
    covered = rng.random(odds.shape) < 1 / (1 + np.exp(-(0.6 * odds - 0.8)))
    row = np.zeros(len(FEATURES), np.float32)
    cases = [
        Case("bank", "q", INCORRECT, 0.0, row, tuple(zip(some, map(float, said), strict=True)))
        for some, said in zip(odds.tolist(), covered.tolist(), strict=True)
    ]
    rule, measured = fit(cases)
    assert rule.point_slope == pytest.approx(0.6, abs=0.06)
    assert rule.point_intercept == pytest.approx(-0.8, abs=0.1)
    assert measured == {}


@pytest.mark.parametrize("covered", [0.0, 1.0])
def test_points_of_which_all_or_none_are_covered_say_nothing(covered: float) -> None:
    row = np.zeros(len(FEATURES), np.float32)
    rule, _ = fit([Case("bank", "q", CORRECT, 1.0, row, ((1.0, covered), (-2.0, covered)))])
    assert (rule.point_slope, rule.point_intercept) == (1.0, 0.0)


def test_a_fit_comes_out_the_same_twice() -> None:
    cases = written(figures(300), drawn(np.exp(figures(300)[:, :3])))
    assert fit(cases) == fit(cases)
