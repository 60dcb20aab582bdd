"""What the writing of an answer gives away, and that training does not learn it."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import torch

from bot.grading import writing
from bot.grading.training import data, habits, loop, material, sources
from bot.grading.training.config import Config, Stage
from bot.grading.training.data import Answer, Asked
from bot.grading.training.pairs import Pair

ROOT = Path(__file__).parents[3]
WORDS = ("heat", "light", "moves", "falls", "under", "over", "slowly", "more", "when", "still")


def bank(*, telling: bool) -> list[Asked]:
    """Return questions with answers of random words, right ones with a habit or without."""
    rng = Random(3)
    found: list[Asked] = []
    for number in range(60):
        answers: list[Answer] = []
        for label in ("correct", "correct", "incorrect", "contradictory"):
            words = " ".join(rng.choices(WORDS, k=rng.randrange(4, 12)))
            habit = label == "correct" if telling else rng.random() < 0.5
            answers.append(Answer(f"{words}, you see" if habit else words.capitalize(), label))
        found.append(Asked("bank", f"bank/{number}", "Why?", ("It is.", "So."), tuple(answers)))
    return found


def test_a_habit_is_told_and_none_is_not() -> None:
    assert habits.told(habits.marked(bank(telling=True), 0)) > 0.98
    assert habits.told(habits.marked(bank(telling=False), 0)) == pytest.approx(0.5, abs=0.1)


def test_the_log_odds_are_as_sure_as_they_are_right() -> None:
    rows = [one for asked in habits.marked(bank(telling=True), 0) for one in asked.answers]
    right = [one.habit for one in rows if one.label == "correct"]
    assert min(right) > 1
    assert max(one.habit for one in rows if one.label != "correct") < -1
    assert max(abs(one.habit) for one in rows) <= writing.MOST


def test_an_answer_is_not_told_by_its_own_question() -> None:
    asked = bank(telling=True)
    turned = replace(
        asked[7], answers=tuple(replace(one, label="incorrect") for one in asked[7].answers)
    )
    before = habits.marked(asked, 0)[7]
    after = habits.marked([*asked[:7], turned, *asked[8:]], 0)[7]
    assert [one.habit for one in after.answers] == [one.habit for one in before.answers]


def test_the_writing_of_the_banks_gives_little_away() -> None:
    """.90 before each question had twins of its examples, and texts whose voice was drawn."""
    asked = data.read_any(ROOT / "questions", {})[::8]
    assert habits.told(habits.marked(asked, 0)) < 0.75


def test_partial_answers_are_neither() -> None:
    answers = (Answer("a", "correct", None, 1.0), Answer("b", "incorrect", (0,), 2.0))
    alone = Asked("bank", "bank/1", "Why?", ("It is.",), answers)
    assert habits.told([alone]) is None
    wrong = replace(alone, answers=(*answers, Answer("c", "incorrect", (), 1.0)))
    assert habits.told([wrong]) == 0.5


def test_what_the_writing_tells_is_not_learned() -> None:
    """The gradient of a pair is that of the model and the habit together: next to none where the
    habit knows the label, and more than the model's own where it is wrong about it."""
    stage = Stage(name="s", mix={"a": 1.0}, steps=1, smoothing=0.0)

    def pull(label: str, habit: float) -> float:
        logits = torch.zeros((1, 3), requires_grad=True)
        pair = Pair("", "r", "a", label, 1.0, "", "", habit)
        loop.loss_of(logits, [pair], stage, None).backward()
        assert logits.grad is not None
        return float(-logits.grad[0, 0])

    assert pull("correct", 0.0) == pytest.approx(2 / 3)
    assert pull("correct", 4.0) == pytest.approx(2 / (2 + torch.e**4), rel=1e-4)
    assert pull("incorrect", 4.0) < pull("incorrect", 0.0) < pull("incorrect", -4.0) < 0


def test_answers_beside_another_answer_are_marked_too() -> None:
    source = sources.Peers(habits.marked(bank(telling=True), 0))
    drawn = [source.draw(place, Random(1)) for place in range(len(source))]
    assert all((pair.habit > 0) == (pair.label == "correct") for pair in drawn)


def test_banks_are_marked_and_published_sets_are_not(world: object, tiny: Config) -> None:
    del world
    found = material.read(tiny)
    assert found.habits == habits.told(found.trained["bank"])
    rng = Random(1)
    marked = {answer.text: answer.habit for one in found.trained["bank"] for answer in one.answers}
    assert any(marked.values())
    source = sources.GradedAnswers(found.trained["bank"])
    drawn = [source.draw(place, rng) for place in range(len(source))]
    assert drawn
    assert all(pair.habit == marked[pair.answer] for pair in drawn)
    others = [one for name, of in found.trained.items() if name != "bank" for one in of]
    assert not any(answer.habit for one in others for answer in one.answers)
