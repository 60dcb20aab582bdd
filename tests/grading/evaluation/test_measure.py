"""Figures of graders whose grades are known beforehand."""

from collections.abc import Sequence

import pytest

from bot.domain.question import Verdict
from bot.grading.checks import COPIED_REFERENCE
from bot.grading.evaluation import measure
from bot.grading.evaluation.attacks import FAMILIES
from bot.grading.evaluation.items import Item, materials_of
from bot.grading.grade import Grade, Submission


def grade(label: str, confidence: float = 0.9, *, review: bool = False, flags=()) -> Grade:
    return Grade(Verdict(label), 0.5, confidence, review, tuple(flags), (), "known")


class Known:
    """Grades by a function of the submission, and remembers what it was asked."""

    name = "known"

    def __init__(self, says) -> None:
        self.says = says
        self.batches: list[int] = []

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        self.batches.append(len(submissions))
        return [self.says(one) for one in submissions]


def item(label: str, answer: str = "a", group: str = "q1") -> Item:
    return Item("set", group, Submission(f"{group}?", ("The whole truth.",), answer), label)


def test_like_submissions_are_graded_once_and_come_back_in_order() -> None:
    grader = Known(lambda one: grade("correct", len(one.answer) / 1000))
    asked = [Submission("q", ("r",), "x" * (number % 100)) for number in range(300)]
    grades = measure.grade_all(grader, asked, "")
    assert sum(grader.batches) == 100
    assert max(grader.batches) <= measure.BATCH
    assert [round(one.confidence * 1000) for one in grades] == [n % 100 for n in range(300)]


def test_figures_of_a_set() -> None:
    gold = ["correct", "contradictory", "incorrect", "correct"]
    said = ["correct", "incorrect", "correct", "incorrect"]
    items = [item(label, str(at), f"q{at % 2}") for at, label in enumerate(gold)]
    grades = [grade(label, 0.6, review=at == 3) for at, label in enumerate(said)]
    found = measure.of_set(items, grades, seed=0)
    assert (found.answers, found.questions) == (4, 2)
    assert found.three_way is not None
    assert found.three_way.accuracy.value == 0.25
    assert found.three_way.confusion == [[1, 0, 1], [0, 0, 1], [1, 0, 0]]
    assert found.two_way.accuracy.value == 0.5
    assert found.two_way.confusion == [[1, 1], [1, 1]]
    assert found.reviewed.value == 0.25
    assert found.accuracy_unreviewed is not None
    assert found.accuracy_unreviewed.value == pytest.approx(0.6667)
    assert found.calibration.error.value == pytest.approx(0.1)  # sure of .6, right in .5
    assert found.calibration.accuracy_at["100%"].value == 0.5


def test_a_set_without_contradictory_answers_is_two_way_only() -> None:
    items = [item("correct"), item("incorrect", "b", "q2")]
    found = measure.of_set(items, [grade("correct", review=True)] * 2, seed=0)
    assert found.three_way is None
    assert found.accuracy_unreviewed is None  # everything goes to a moderator


ROWS = [
    *(item("correct", f"The switch closes the path for number {n}.", "q1") for n in range(4)),
    *(item("incorrect", f"The bulb is tired of number {n}.", "q1") for n in range(4)),
    *(item("contradictory", f"The switch opens no path at all {n}.", "q2") for n in range(4)),
    *(item("correct", f"Copper carries the current quickly {n}.", "q2") for n in range(4)),
]


def test_whoever_accepts_all_withstands_no_attack_and_passes_what_is_harmless() -> None:
    found = measure.of_attacks(
        materials_of(ROWS), Known(lambda _: grade("correct")), texts=8, seed=0
    )
    assert set(found) <= set(FAMILIES)
    assert len(found) >= 20
    for figures in found.values():
        assert figures.rate.value == (0.0 if figures.holds == "not_accepted" else 1.0)
        assert figures.texts >= figures.questions >= 1
        assert bool(figures.failures) == (figures.holds == "not_accepted")
    assert found["reference pasted"].flagged is not None
    assert found["reference pasted"].flagged.value == 0.0
    # Nothing was turned where the unchanged wrong answer was accepted too.
    assert found["trigger prefix"].base_rate == 0.0
    assert found["trigger prefix"].turned is None


def test_what_turns_a_grade_is_told_from_what_was_wrong_before() -> None:
    def fooled(one: Submission) -> Grade:
        always, ordered = "number 0" in one.answer, "\n" in one.answer and "ber 1" in one.answer
        return grade("correct" if always or ordered else "incorrect")

    found = measure.of_attacks(materials_of(ROWS), Known(fooled), texts=30, seed=0)
    injection = found["injection"]
    assert injection.turned is not None
    assert injection.base_rate is not None
    assert 0 < injection.turned.value < 1
    assert 0 < injection.base_rate < 1
    assert found["trigger prefix"].turned is not None
    assert found["trigger prefix"].turned.value == 0.0
    assert found["trigger prefix"].rate.value < 1.0  # 'number 0' gets through, dressed up or not


def test_a_moderator_counts_as_well_handled_only_beside() -> None:
    careful = Known(lambda _: grade("correct", review=True, flags=(COPIED_REFERENCE,)))
    found = measure.of_attacks(materials_of(ROWS), careful, texts=4, seed=0)
    assert found["empty"].rate.value == 0.0
    assert found["empty"].unreviewed.value == 1.0
    assert found["reference pasted"].flagged is not None
    assert found["reference pasted"].flagged.value == 1.0


def test_attacks_are_the_same_for_a_seed() -> None:
    materials = materials_of(ROWS)

    def texts(seed: int) -> list[str]:
        seen: list[str] = []

        def says(one: Submission) -> Grade:
            seen.append(one.answer)
            return grade("incorrect")

        measure.of_attacks(materials, Known(says), texts=6, seed=seed)
        return seen

    assert texts(1) == texts(1)
    assert texts(1) != texts(2)


def test_examples_good_wrong_partial_and_contradictory() -> None:
    labels = ["correct", "correct", "partial", "incorrect", "contradictory", "contradictory"]
    said = ["correct", "incorrect", "correct", "incorrect", "contradictory", "correct"]
    items = [item(label, str(at), f"q{at}") for at, label in enumerate(labels)]
    odds = [1.0, -1.0, 0.0, -2.0, -1.0, 0.5]
    found = measure.of_examples(items, [grade(label) for label in said], odds=odds, seed=0)
    figures = (
        found.good_accepted, found.wrong_not_accepted, found.partial_accepted,
        found.contradictory_called_so, found.good_against_habit, found.wrong_against_habit,
    )  # fmt: skip
    assert [one.value for one in figures if one] == pytest.approx([0.5, 0.6667, 1.0, 0.5, 0, 0])
    assert [(one.question, one.wanted, one.label) for one in found.mistakes] == [
        ("q1", "correct", "incorrect"),
        ("q5", "contradictory", "correct"),
    ]


def test_wordings_that_get_different_verdicts() -> None:
    items = [item("correct", str(at), "q1" if at < 3 else "q2") for at in range(5)]
    said = ["correct", "correct", "incorrect", "correct", "correct"]
    found = measure.of_wordings(items, [grade(label) for label in said], seed=0)
    assert found is not None
    assert (found.pairs, found.questions, found.rate.value) == (4, 2, 0.5)
    assert measure.of_wordings(items[:1], [grade("correct")], seed=0) is None
