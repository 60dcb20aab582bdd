"""One grade from what a pair model says of each pair."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.question import Verdict
from bot.grading import KeyPointState
from bot.grading.combine import (
    AIDED,
    FEATURES,
    LEAST,
    PLAIN,
    POINTED,
    SMOOTHED,
    Combined,
    Evidence,
    Head,
    Rule,
    combine,
    features,
    is_contradicted,
    log_odds,
    rule_of,
    softmax,
    strongest,
    unfitted,
)

YES, NO, OFF = (0.9, 0.04, 0.06), (0.03, 0.93, 0.04), (0.05, 0.1, 0.85)
HALF = (0.5, 0.1, 0.4)
SURE = (0.97, 0.01, 0.02)
RULE = Rule()


def logits(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.log(np.array(rows, np.float32).reshape(-1, 3))


def seen(references=(OFF,), points=(), wordings=(), sentences=(), mistakes=()) -> Evidence:
    parts = (references, points, wordings, sentences, mistakes)
    return Evidence(*(logits(*rows) for rows in parts))


def of(references=(OFF,), points=(), wordings=(), sentences=(), mistakes=(), rule=RULE) -> Combined:
    return combine(seen(references, points, wordings, sentences, mistakes), rule)


def minding(features: int, name: str) -> Head:
    """Return a head that asks this feature, and not the reference, whether a text is correct."""
    correct, *others = unfitted(features)
    changed = [0.0] * len(correct)
    changed[1 + FEATURES.index(name)] = 1.0
    return Head((tuple(changed), *others))


# --- The figures of a text


def chances(evidence: Evidence) -> dict[str, float]:
    return dict(zip(FEATURES, np.exp(features(evidence)).tolist(), strict=False))


def test_a_text_alone_has_the_figures_of_its_best_reference() -> None:
    found = chances(seen([OFF, YES, NO]))
    assert found == pytest.approx(
        {
            "reference correct": 0.9,
            "reference contradictory": 0.04,
            "reference incorrect": 0.06,
            "wording correct, most": 0.9,
            "sentence contradictory, most": 0.04,
            "known words": 1.0,
            "nothing turned": 1.0,
        }
    )
    assert len(found) == PLAIN


def test_wordings_sentences_and_points_have_figures_of_their_own() -> None:
    found = chances(seen([OFF], [YES, HALF, NO], [OFF, YES], [OFF, NO, YES]))
    assert list(found) == list(FEATURES[:POINTED])
    assert found["reference correct"] == pytest.approx(0.05)
    assert found["wording correct, most"] == pytest.approx(0.9)
    assert found["sentence contradictory, most"] == pytest.approx(0.93)
    assert found["point correct, most"] == pytest.approx(0.9)
    assert found["point contradictory, most"] == pytest.approx(0.93)
    # The mean is of logarithms: one point that is plainly missing pulls it far down.
    assert found["point correct, mean"] == pytest.approx((0.9 * 0.5 * 0.03) ** (1 / 3))
    assert found["point contradictory, mean"] == pytest.approx((0.04 * 0.1 * 0.93) ** (1 / 3))


def test_known_mistakes_have_figures_where_all_else_is_there() -> None:
    mistakes = [OFF, HALF, NO]
    found = chances(seen([OFF], [YES], [YES], mistakes=mistakes))
    assert list(found) == list(FEATURES)
    assert found["mistake correct, most"] == pytest.approx(0.5)
    assert found["mistake contradictory, most"] == pytest.approx(0.93)
    assert len(features(seen([OFF], [YES], mistakes=mistakes))) == POINTED
    assert len(features(seen([OFF], wordings=[YES], mistakes=mistakes))) == PLAIN


def test_what_the_words_tell_has_figures_of_its_own() -> None:
    found = chances(replace(seen([YES]), known=0.5, turned=True))
    assert found["known words"] == pytest.approx(SMOOTHED + (1 - SMOOTHED) / 2)
    assert found["nothing turned"] == pytest.approx(np.exp(LEAST))
    assert chances(replace(seen([YES]), known=0.0))["known words"] == pytest.approx(SMOOTHED)


def test_a_fitted_head_can_refuse_a_copy_in_which_something_was_turned() -> None:
    rule = Rule(plain=minding(PLAIN, "nothing turned"))
    assert combine(seen([YES]), rule).label is Verdict.CORRECT
    turned = combine(replace(seen([YES]), turned=True), rule)
    assert turned.label is not Verdict.CORRECT
    assert turned.probability < 0.1


def test_no_figure_is_less_than_the_least() -> None:
    far = np.array([[50, 0, -50]], np.float32)
    found = features(Evidence(far, far, far, far))
    assert found.dtype == np.float32
    assert found.min() == pytest.approx(LEAST)
    assert found.max() == pytest.approx(0)


@pytest.mark.parametrize(
    "evidence",
    [seen([NO]), seen([YES], sentences=[OFF, NO]), seen([YES], [OFF, NO])],
    ids=["reference", "sentence", "point"],
)
def test_the_surest_contradiction_is_found_wherever_it_is(evidence: Evidence) -> None:
    assert strongest(features(evidence)) == pytest.approx(0.93)


# --- The heads


@pytest.mark.parametrize(
    ("head", "points", "mistakes"),
    [
        (RULE.plain, (), ()),
        (RULE.pointed, (YES, NO, OFF), ()),
        (RULE.aided, (YES, NO, OFF), (YES, NO)),
    ],
)
@pytest.mark.parametrize("row", [YES, NO, OFF, HALF])
def test_an_unfitted_head_leaves_the_best_references_probabilities(
    row, head, points, mistakes
) -> None:
    found = features(seen([row, (0.01, 0.5, 0.49)], points, [OFF], [OFF], mistakes))
    assert head.probabilities(found[np.newaxis])[0] == pytest.approx(row, abs=1e-6)


@pytest.mark.parametrize(
    ("row", "label"),
    [(YES, Verdict.CORRECT), (NO, Verdict.CONTRADICTORY), (OFF, Verdict.INCORRECT)],
)
def test_one_pair_alone_decides(row, label) -> None:
    found = of([row])
    assert found.label is label
    assert found.probability == pytest.approx(row[0], abs=1e-6)
    assert found.score == pytest.approx(found.probability)
    assert not found.needs_review
    assert found.points == ()
    assert found.against is None


def test_agreeing_with_one_reference_is_enough() -> None:
    assert of([OFF, YES, NO]).label is Verdict.CORRECT


def test_a_fitted_head_can_make_a_known_wording_enough() -> None:
    rule = Rule(plain=minding(PLAIN, "wording correct, most"))
    assert of([OFF], wordings=[OFF, SURE]).label is Verdict.INCORRECT
    assert of([OFF], wordings=[OFF, SURE], rule=rule).label is Verdict.CORRECT
    assert of([OFF], wordings=[OFF], rule=rule).label is Verdict.INCORRECT


def test_a_fitted_head_can_make_a_known_mistake_enough() -> None:
    head, said = minding(AIDED, "mistake contradictory, most"), (0.96, 0.001, 0.039)
    for rule, label in ((RULE, Verdict.CORRECT), (Rule(aided=head), Verdict.INCORRECT)):
        assert of([SURE], [SURE], [SURE], mistakes=[said], rule=rule).label is label
    assert of([SURE], [SURE], mistakes=[said], rule=Rule(aided=head)).label is Verdict.CORRECT


def test_texts_with_key_points_have_a_head_of_their_own() -> None:
    count = POINTED
    plain = Rule(plain=minding(PLAIN, "wording correct, most"))
    pointed = Rule(pointed=minding(count, "point correct, most"))
    for rule, points, label in (
        (plain, [], Verdict.CORRECT),
        (plain, [OFF, SURE], Verdict.INCORRECT),
        (pointed, [], Verdict.INCORRECT),
        (pointed, [OFF, SURE], Verdict.CORRECT),
    ):
        assert of([OFF], points, wordings=[SURE], rule=rule).label is label


def test_the_intercepts_count() -> None:
    (_, *correct), *others = unfitted(PLAIN)
    generous = Head(((3.0, *correct), *others))
    found = of([OFF], rule=Rule(plain=generous))
    raised = 0.05 * np.exp(3)
    assert found.probability == pytest.approx(raised / (raised + 0.95), abs=1e-6)
    assert found.label is Verdict.CORRECT


# --- Contradiction, lines, doubt


@pytest.mark.parametrize(
    "parts",
    [{"points": [YES, NO]}, {"sentences": [YES, NO]}, {"points": [YES], "sentences": [NO, OFF]}],
)
def test_a_contradiction_anywhere_beats_coverage(parts: dict[str, Any]) -> None:
    found = of([YES], **parts)
    assert found.label is Verdict.CONTRADICTORY
    assert found.probability == pytest.approx(0.07, abs=1e-6)
    assert found.needs_review, "agreement and contradiction, both sure: somebody should look"


def test_a_contradiction_that_agrees_with_the_rest_needs_nobody() -> None:
    found = of([NO], [NO, NO])
    assert (found.label, found.needs_review) == (Verdict.CONTRADICTORY, False)


def test_a_contradiction_that_is_not_sure_beats_nothing() -> None:
    doubtful = (0.2, 0.6, 0.2)
    assert of([YES], sentences=[YES, doubtful]).label is Verdict.CORRECT
    assert of([YES], sentences=[NO], rule=Rule(contradicted=0.94)).label is Verdict.CORRECT
    assert of([YES], sentences=[NO], rule=Rule(contradicted=0.92)).label is Verdict.CONTRADICTORY


def test_a_surer_agreement_stands() -> None:
    assert of([SURE], [SURE, NO]).label is Verdict.CORRECT


def test_the_sentence_that_contradicts_is_named() -> None:
    assert of([YES], sentences=[YES, NO]).against == 1
    assert of([YES], sentences=[YES, OFF]).against is None
    assert of([YES], sentences=[NO], rule=Rule(contradicted=0.94)).against is None


@pytest.mark.parametrize(
    ("accept", "row", "label"),
    [
        (0.49, HALF, Verdict.CORRECT),
        (0.51, HALF, Verdict.INCORRECT),
        (0.51, (0.5, 0.4, 0.1), Verdict.CONTRADICTORY),
        (0.3, (0.32, 0.3, 0.38), Verdict.CORRECT),
    ],
)
def test_a_text_is_correct_from_the_line_on(accept, row, label) -> None:
    assert of([row], rule=Rule(plain=replace(RULE.plain, accept=accept))).label is label


@pytest.mark.parametrize(
    ("below", "above", "doubted"),
    [(0.35, 0.65, True), (0.51, 0.65, False), (0.35, 0.49, False), (0.5, 0.5, False)],
)
@pytest.mark.parametrize("points", [(), (OFF,)])
def test_what_lies_in_the_band_of_doubt_is_for_review(below, above, doubted, points) -> None:
    changes = {"review_below": below, "review_above": above}
    head = "pointed" if points else "plain"
    rule = replace(RULE, **{head: replace(getattr(RULE, head), **changes)})
    assert of([HALF], points, rule=rule).needs_review is doubted


# --- Key points and score


def test_each_key_point_gets_its_state_and_score() -> None:
    found = of([YES], [YES, OFF, NO])
    assert [state for state, _ in found.points] == [
        KeyPointState.COVERED,
        KeyPointState.MISSING,
        KeyPointState.CONTRADICTED,
    ]
    assert [score for _, score in found.points] == pytest.approx([0.9, 0.05, 0.03], abs=1e-6)


def test_slope_and_intercept_make_a_points_probability() -> None:
    less = (0.4, 0.1, 0.5)
    odds = 0.4 / 0.6
    for slope, intercept, state in (
        (1.0, 0.5, KeyPointState.COVERED),
        (1.0, 0.3, KeyPointState.MISSING),
        (2.0, 0.5, KeyPointState.MISSING),
    ):
        rule = Rule(point_slope=slope, point_intercept=intercept)
        ((found, score),) = of([YES], [less], rule=rule).points
        raised = odds**slope * np.exp(intercept)
        assert found is state
        assert score == pytest.approx(raised / (1 + raised), abs=1e-6)


def test_a_contradicted_point_is_so_whatever_its_probability() -> None:
    ((state, score),) = of([YES], [NO], rule=Rule(point_intercept=5.0)).points
    assert state is KeyPointState.CONTRADICTED
    assert score > 0.5


def test_the_score_is_half_rightness_half_coverage() -> None:
    found = of([YES], [YES, OFF])
    assert found.score == pytest.approx((found.probability + 0.5) / 2, abs=1e-6)


def test_one_pair_contradicts_where_it_is_sure_and_surer_than_it_agrees() -> None:
    assert is_contradicted(np.array(NO), RULE)
    assert not is_contradicted(np.array(NO), Rule(contradicted=0.94))
    assert not is_contradicted(np.array((0.5, 0.45, 0.05)), Rule(contradicted=0.4))


def test_log_odds_have_an_end_either_way() -> None:
    assert log_odds(np.array((0.8, 0.1, 0.1))) == pytest.approx(np.log(4))
    assert log_odds(np.array((1.0, 0.0, 0.0))) == -LEAST
    assert log_odds(np.array((0.0, 1.0, 0.0))) == LEAST


# --- Whatever comes


rows = st.lists(
    st.tuples(*[st.floats(-8, 8, width=32)] * 3),
    max_size=4,
).map(lambda found: np.array(found, np.float32).reshape(-1, 3))


def heads(count: int) -> st.SearchStrategy[Head]:
    row = st.tuples(*[st.floats(-4, 4)] * (1 + count))
    return st.tuples(row, row, row).map(Head)


rules = st.just(RULE) | st.builds(
    Rule,
    plain=heads(PLAIN),
    pointed=heads(POINTED),
    aided=heads(AIDED),
    contradicted=st.floats(0.51, 0.999),
    point_slope=st.floats(-5, 5),
    point_intercept=st.floats(-5, 5),
)


@given(rows.filter(len), rows, rows, rows, rows, rules)
def test_whatever_the_model_says_the_grade_is_of_its_form(
    references, points, wordings, sentences, mistakes, rule
) -> None:
    found = combine(Evidence(references, points, wordings, sentences, mistakes), rule)
    assert 0 <= found.probability <= 1
    assert 0 <= found.score <= 1
    assert len(found.points) == len(points)
    assert all(0 <= score <= 1 for _, score in found.points)
    assert found.against is None or found.against < len(sentences)
    assert (found.label is Verdict.CORRECT) == (found.probability >= 0.5)


def test_softmax_is_steady_for_large_logits() -> None:
    assert softmax(np.array([[1000, 0, 0]], np.float32)).tolist() == [[1, 0, 0]]
    assert softmax(np.zeros((0, 3), np.float32)).shape == (0, 3)


# --- The rule as data


FITTED = Rule(
    plain=replace(minding(PLAIN, "wording correct, most"), accept=0.44, review_below=0.3),
    pointed=replace(minding(POINTED, "point correct, mean"), review_above=0.71),
    aided=replace(minding(AIDED, "mistake correct, most"), accept=0.6),
    contradicted=0.91,
    point_slope=0.7,
    point_intercept=-0.2,
)


def test_a_rule_comes_back_from_json() -> None:
    assert rule_of(json.loads(json.dumps(asdict(FITTED)))) == FITTED


def _without_pointed(plain: dict[str, Any]) -> None:
    del plain["pointed"]


def _without_weights(plain: dict[str, Any]) -> None:
    del plain["plain"]["weights"]


def _of_other_features(plain: dict[str, Any]) -> None:
    plain["pointed"]["weights"] = plain["plain"]["weights"]


def _of_two_labels(plain: dict[str, Any]) -> None:
    plain["plain"]["weights"] = plain["plain"]["weights"][:2]


def _with_a_word(plain: dict[str, Any]) -> None:
    plain["contradicted"] = "often"


def _with_nothing(plain: dict[str, Any]) -> None:
    plain["plain"]["weights"][0][0] = None


def _of_an_older_form(plain: dict[str, Any]) -> None:
    plain["temperature"] = 1.5


def _without_a_line(plain: dict[str, Any]) -> None:
    del plain["pointed"]["accept"]


def _with_a_line_beyond(plain: dict[str, Any]) -> None:
    plain["contradicted"] = 7


def _with_another_line(plain: dict[str, Any]) -> None:
    plain["plain"]["topical"] = 0.2


@pytest.mark.parametrize(
    ("damage", "error", "told"),
    [
        (_without_pointed, KeyError, "pointed"),
        (_without_weights, KeyError, "weights"),
        (_of_other_features, ValueError, f"3 rows of {1 + POINTED} weights"),
        (_of_two_labels, ValueError, f"3 rows of {1 + PLAIN} weights"),
        (_with_a_word, ValueError, "often"),
        (_with_nothing, TypeError, "NoneType"),
        (_of_an_older_form, KeyError, "temperature"),
        (_with_another_line, KeyError, "topical"),
        (_without_a_line, KeyError, "accept"),
        (_with_a_line_beyond, ValueError, "7 is not between"),
    ],
)
def test_what_is_no_rule_is_refused(
    damage: Callable[[dict[str, Any]], None], error: type[Exception], told: str
) -> None:
    plain = json.loads(json.dumps(asdict(FITTED)))
    damage(plain)
    with pytest.raises(error, match=told):
        rule_of(plain)
