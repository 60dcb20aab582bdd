"""Held-out texts as the grader reads them: how often, at what weight, with which figures."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bot.grading import pair
from bot.grading.combine import (
    AIDED,
    CONTRADICTORY,
    CORRECT,
    INCORRECT,
    LEAST,
    PLAIN,
    POINTED,
    log_odds,
    softmax,
)
from bot.grading.pair import PairModel
from bot.grading.tokens import Triple
from bot.grading.training.cases import (
    AT_ONCE,
    MADE,
    MADE_OF_EACH,
    MADE_OF_REFERENCE,
    OTHERS,
    Case,
    as_row,
    cases_of,
    of_row,
)
from bot.grading.training.data import NOT_CORRECT, Answer, Asked

BANK = Asked(
    "bank",
    "bank/heat/why",
    "Why is heat warm?",
    ("Heat is warm because it moves. What moves faster is not cold.",),
    (
        Answer("it moves, that makes heat warm", "correct", (0, 1)),
        Answer("heat is warm as it moves faster", "correct"),
        Answer("Heat moves a lot.", "incorrect", (0,)),
        Answer("heat is warm because it does not move", "contradictory", ()),
        Answer("because of the moon", "incorrect", ()),
    ),
    ("Heat moves.", "What moves faster is warm."),
)
GRADED = Asked(
    "graded",
    "graded/light",
    "Why does light move?",
    ("Light is warm and moves faster.", "The warm moves faster."),
    (
        Answer("Light moves faster because it is warm.", "correct"),
        Answer("Light moves slower because it is warm.", NOT_CORRECT),
    ),
)
HELD = (BANK, GRADED)


@pytest.fixture
def model(base: Path) -> PairModel:
    made = pair.start_from(base).eval()
    with torch.no_grad():
        made.head[-1].weight.mul_(20)  # so that texts differ
    return made


def written(cases: Sequence[Case]) -> list[Case]:
    return [one for one in cases if one.weight != MADE]


def logs(model: PairModel, question: str, right: Sequence[str], text: str) -> np.ndarray:
    """Return log-probabilities of the text beside each right text, as the model has them."""
    return np.log(softmax(model.predict([Triple(question, one, text) for one in right])))


def test_a_banks_example_is_read_in_three_ways(model: PairModel) -> None:
    cases = written(cases_of(model, [BANK]))
    assert [one.head for one in cases] == ["aided", "pointed", "plain"] * 5
    assert [len(one.features) for one in cases[:3]] == [AIDED, POINTED, PLAIN]
    assert {one.group for one in cases} == {BANK.group}
    text, known = BANK.answers[0].text, BANK.answers[1].text
    joined = " ".join(BANK.points)
    full, without, alone = (one.features for one in cases[:3])
    explanation = logs(model, BANK.question, BANK.references, text)
    both = logs(model, BANK.question, (*BANK.references, joined), text)
    wording = logs(model, BANK.question, (known,), text)[:, CORRECT]
    points = logs(model, BANK.question, BANK.points, text)
    mistakes = logs(model, BANK.question, BANK.wrong(), text)
    # Beside all that the bank knows, and never beside the very text that is graded:
    assert full[:3] == pytest.approx(both[both[:, CORRECT].argmax()], abs=1e-3)
    assert full[3] == pytest.approx(wording.max(), abs=1e-3)
    # beside explanation and key points, with no wording of its own:
    assert without[:3] == pytest.approx(explanation[0], abs=1e-3)
    assert without[3] == without[0]
    for found in (full, without):
        assert found[PLAIN] == pytest.approx(points[:, CORRECT].mean(), abs=1e-3)
        assert found[POINTED - 1] == pytest.approx(points[:, CONTRADICTORY].max(), abs=1e-3)
    assert full[POINTED:] == pytest.approx(mistakes[:, :2].max(axis=0), abs=1e-3)
    # beside the explanation alone, where fewer words are known.
    assert alone[: PLAIN - 2] == pytest.approx(without[: PLAIN - 2])
    assert alone[PLAIN - 2] <= without[PLAIN - 2] <= full[PLAIN - 2]


def test_a_graded_text_is_read_beside_its_best_reference(model: PairModel) -> None:
    cases = written(cases_of(model, [GRADED]))
    assert [(one.label, one.weight, one.head) for one in cases] == [
        (CORRECT, 1.0, "plain"),
        (-1, 1.0, "plain"),
    ]
    rows = logs(model, GRADED.question, GRADED.references, GRADED.answers[0].text)
    best = np.maximum(rows[rows[:, CORRECT].argmax()], LEAST)
    assert cases[0].features[:3] == pytest.approx(best, abs=1e-3)
    assert cases[0].points == ()


def test_a_partial_text_weighs_nothing(model: PairModel) -> None:
    cases = written(cases_of(model, [BANK]))
    assert [(one.label, one.weight) for one in cases[::3]] == [
        (CORRECT, 1.0),
        (CORRECT, 1.0),
        (INCORRECT, 0.0),
        (CONTRADICTORY, 1.0),
        (INCORRECT, 1.0),
    ]
    assert [one.weight for one in cases[6:9]] == [0.0] * 3, "in whichever way it is read"


def test_points_are_told_once_a_text_and_where_somebody_said(model: PairModel) -> None:
    cases = written(cases_of(model, [BANK]))
    assert [len(one.points) for one in cases] == [0, 2, 0, 0, 0, 0, *[0, 2, 0] * 3]
    told = [tuple(covered for _, covered in one.points) for one in cases if one.points]
    assert told == [(1.0, 1.0), (1.0, 0.0), (0.0, 0.0), (0.0, 0.0)]
    rows = np.exp(logs(model, BANK.question, BANK.points, BANK.answers[2].text))
    expected = [log_odds(row) for row in rows]
    assert [value for value, _ in cases[7].points] == pytest.approx(expected, abs=1e-3)


def test_texts_are_made_of_right_ones_and_weigh_less(model: PairModel) -> None:
    cases = cases_of(model, HELD)
    made = [one for one in cases if one.weight == MADE]
    assert 0 < MADE < 1
    assert {one.label for one in made} <= {CORRECT, CONTRADICTORY, INCORRECT}
    assert {one.points for one in made} == {()}
    of_bank = [one for one in made if one.group == BANK.group]
    # Two right texts and the explanation, negatives and positives of each, and right answers to
    # other questions; three ways to read one.
    most = 2 * MADE_OF_REFERENCE + OTHERS
    assert 0 < len(of_bank) <= 3 * (2 * 2 * MADE_OF_EACH + most)
    assert [one.head for one in of_bank[:3]] == ["aided", "pointed", "plain"]
    of_graded = [one for one in made if one.group == GRADED.group]
    assert 0 < len(of_graded) <= 2 * MADE_OF_EACH + most
    assert {one.head for one in of_graded} == {"plain"}


def test_the_same_texts_are_made_each_time(model: PairModel) -> None:
    one, other = (json.dumps([as_row(case) for case in cases_of(model, HELD)]) for _ in range(2))
    assert one == other


def test_many_texts_keep_their_figures(model: PairModel) -> None:
    count = AT_ONCE + 6
    answers = tuple(Answer(f"light moves {number} times", "incorrect") for number in range(count))
    cases = written(cases_of(model, [replace(GRADED, answers=answers)]))
    assert len(cases) == count
    for place in (0, AT_ONCE - 1, AT_ONCE, count - 1):
        (alone,) = written(cases_of(model, [replace(GRADED, answers=(answers[place],))]))
        assert cases[place].features == pytest.approx(alone.features, abs=1e-4)


def test_what_cannot_be_read_is_left_out(model: PairModel) -> None:
    bare = replace(GRADED, group="graded/bare", references=())
    mute = Asked(
        "graded", "graded/mute", "Why?", ("It is warm.",), (Answer("\u200b", "incorrect"),)
    )
    cases = cases_of(model, [bare, mute])
    assert "graded/bare" not in {one.group for one in cases}
    assert written(cases) == []
    assert cases_of(model, []) == []


def test_a_case_comes_back_from_its_row(model: PairModel) -> None:
    for case in cases_of(model, HELD):
        row = json.loads(json.dumps(as_row(case)))
        back = of_row(row)
        assert (back.source, back.group, back.label, back.weight) == (
            case.source,
            case.group,
            case.label,
            case.weight,
        )
        assert back.features.dtype == case.features.dtype
        assert back.features == pytest.approx(case.features, abs=1e-4)
        assert np.array(back.points) == pytest.approx(np.array(case.points), abs=1e-4)
        assert as_row(back) == row


def test_a_row_holds_no_text(model: PairModel) -> None:
    rows = json.dumps([as_row(case) for case in cases_of(model, HELD)])
    assert "warm" not in rows
