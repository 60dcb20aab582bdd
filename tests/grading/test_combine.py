"""One grade from what a pair model says of each pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.question import Verdict
from bot.grading import KeyPointState
from bot.grading.combine import Combined, Evidence, Rule, combine, softmax

YES, NO, OFF = (0.9, 0.04, 0.06), (0.03, 0.93, 0.04), (0.05, 0.1, 0.85)
RULE = Rule()
HALF = (0.5, 0.1, 0.4)


def logits(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.log(np.array(rows, np.float32).reshape(-1, 3))


def of(references=(OFF,), points=(), wordings=(), sentences=(), rule=RULE) -> Combined:
    parts = (logits(*rows) for rows in (references, points, wordings, sentences))
    return combine(Evidence(*parts), rule)


@pytest.mark.parametrize(
    ("row", "label"),
    [(YES, Verdict.CORRECT), (NO, Verdict.CONTRADICTORY), (OFF, Verdict.INCORRECT)],
)
def test_one_pair_alone_decides(row, label):
    found = of([row])
    assert found.label is label
    assert found.probability == pytest.approx(row[0], abs=1e-6)
    assert found.score == pytest.approx(found.probability)
    assert not found.needs_review
    assert found.points == ()


def test_agreeing_with_one_reference_or_wording_is_enough():
    assert of([OFF, YES]).label is Verdict.CORRECT
    assert of([OFF], wordings=[OFF, YES]).label is Verdict.CORRECT


def test_with_key_points_a_text_on_the_matter_is_correct_unless_it_contradicts():
    short, against = (0.25, 0.05, 0.7), (0.25, 0.5, 0.25)
    assert of([short], [OFF, short]).label is Verdict.CORRECT
    assert of([short]).label is Verdict.INCORRECT
    assert of([against], [OFF, against]).label is Verdict.CONTRADICTORY


def test_with_key_points_a_text_about_something_else_is_incorrect():
    off = (0.1, 0.02, 0.88)
    found = of([off], [off, off])
    assert found.label is Verdict.INCORRECT
    assert found.probability == pytest.approx(0.1, abs=1e-6)
    assert of([off], [off, off], rule=Rule(topical=0.05)).label is Verdict.CORRECT
    assert of([off], [off, off], wordings=[YES]).label is Verdict.CORRECT


def test_each_key_point_gets_its_state_and_score():
    found = of([YES], [YES, OFF, NO])
    assert [state for state, _ in found.points] == [
        KeyPointState.COVERED,
        KeyPointState.MISSING,
        KeyPointState.CONTRADICTED,
    ]
    assert [score for _, score in found.points] == pytest.approx([0.9, 0.05, 0.03], abs=1e-6)


def test_a_contradiction_anywhere_beats_coverage():
    for found in (of([YES], [YES, NO]), of([YES], sentences=[YES, NO])):
        assert found.label is Verdict.CONTRADICTORY
        assert found.probability == pytest.approx(0.07, abs=1e-6)
        assert found.needs_review, "agreement and contradiction, both sure: somebody should look"
    assert not of([NO], [NO, NO]).needs_review
    assert of([YES], sentences=[YES, NO]).against == 1
    assert of([YES], sentences=[YES, OFF]).against is None


def test_a_contradiction_that_is_not_sure_does_not():
    assert of([YES], sentences=[YES, (0.2, 0.6, 0.2)]).label is Verdict.CORRECT


def test_what_is_not_sure_is_for_review():
    assert of([HALF]).needs_review
    assert of([HALF]).label is Verdict.CORRECT
    assert of([HALF], rule=Rule(accept=0.6)).label is Verdict.INCORRECT
    assert not of([HALF], rule=Rule(review_below=0.5, review_above=0.6)).needs_review


def test_the_temperature_cools_every_pair():
    assert of([YES], rule=Rule(temperature=2)).probability < 0.9
    assert of([NO], [NO], rule=Rule(temperature=3)).points[0][0] is KeyPointState.MISSING


def test_the_score_is_half_rightness_half_coverage():
    found = of([YES], [YES, OFF])
    assert found.score == pytest.approx((found.probability + 0.5) / 2, abs=1e-6)


rows = st.lists(
    st.tuples(*[st.floats(-8, 8, width=32)] * 3),
    max_size=4,
).map(lambda found: np.array(found, np.float32).reshape(-1, 3))


@given(rows.filter(len), rows, rows, rows)
def test_whatever_the_model_says_the_grade_is_of_its_form(references, points, wordings, sentences):
    found = combine(Evidence(references, points, wordings, sentences), Rule())
    assert 0 <= found.probability <= 1
    assert 0 <= found.score <= 1
    assert len(found.points) == len(points)
    assert found.against is None or found.against < len(sentences)
    assert (found.label is Verdict.CORRECT) == (found.probability >= 0.5)


def test_softmax_is_steady_for_large_logits():
    assert softmax(np.array([[1000, 0, 0]], np.float32)).tolist() == [[1, 0, 0]]
    assert softmax(np.zeros((0, 3), np.float32)).shape == (0, 3)
