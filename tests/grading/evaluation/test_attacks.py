"""Every family, on a question whose texts are known."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from bot.grading import evaluation
from bot.grading.clean import clean
from bot.grading.evaluation import wordlists
from bot.grading.evaluation.attacks import FAMILIES, attempts
from bot.grading.evaluation.material import Material, Neighbour
from bot.grading.evaluation.text import words
from bot.grading.grade import Submission

REFERENCE = (
    "The learning rate scales every update. When it is too high, the updates overshoot the minimum"
    " and the loss diverges instead of settling."
)
MATERIAL = Material(
    "rate",
    Submission(
        "What does a learning rate that is too high do?",
        (REFERENCE,),
        "",
        ("The updates overshoot the minimum.", "The training loss increases or oscillates."),
    ),
    right=(
        "Each step jumps past the minimum, so the loss bounces around.",
        "Training becomes unstable because the steps are larger than the valley.",
        "It overshoots the optimum and diverges.",
    ),
    wrong=(
        "The loss falls smoothly but slowly.",
        "The model learns the training examples by heart.",
        "It freezes the pretrained weights, so the network forgets the answers.",
    ),
    contradictory=("The loss falls smoothly but slowly.",),
    neighbours=(
        Neighbour(
            "Why do plants have leaves?",
            ("Leaves catch sunlight for photosynthesis.", "Green leaves make sugar from light."),
        ),
    ),
)
FROM_WRONG = [
    "adjectives and adverbs", "trigger prefix", "padding", "look-alikes", "invisible",
    "wrong answer, surface",
]  # fmt: skip
FROM_REFERENCE = [name for name in FAMILIES if name.startswith("reference, ")]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_makes_texts_and_the_same_ones_for_a_seed(family: str) -> None:
    made = attempts(family, MATERIAL, seed=1)
    assert made
    assert len(made) <= 3
    assert made == attempts(family, MATERIAL, seed=1)
    assert len({one.text for one in made}) == len(made)
    assert FAMILIES[family].says


@pytest.mark.parametrize("family", FAMILIES)
def test_no_text_that_must_not_be_accepted_is_a_right_one(family: str) -> None:
    right = {" ".join(words(text)) for text in MATERIAL.all_right}
    if FAMILIES[family].holds == "not_accepted":
        for seed in range(20):
            for one in attempts(family, MATERIAL, seed=seed, most=10):
                assert " ".join(words(one.text)) not in right


@pytest.mark.parametrize("family", FAMILIES)
def test_a_bare_question_makes_no_family_fail(family: str) -> None:
    bare = Material("bare", Submission("Why?", ("gap",), ""))
    assert isinstance(attempts(family, bare, seed=0), list)


@pytest.mark.parametrize("family", FROM_WRONG)
def test_dressed_up_wrong_answers_keep_the_answer_beside_them(family: str) -> None:
    for one in attempts(family, MATERIAL, seed=2, most=10):
        assert one.base in MATERIAL.wrong


@pytest.mark.parametrize("family", FROM_REFERENCE)
def test_harmless_changes_change_the_surface_and_nothing_else(family: str) -> None:
    for seed in range(20):
        (one,) = attempts(family, MATERIAL, seed=seed)
        assert one.base == REFERENCE
        kept = clean(one.text, 1000)
        if family == "reference, typos":
            changed = set(words(kept)) ^ set(words(REFERENCE))
            assert 2 <= len(changed) <= 6  # 21 words: two or three slips
            assert not changed & {"not", "no", "high", "too"}
        else:
            assert words(kept) == words(REFERENCE)


def test_look_alikes_and_invisible_characters_are_no_ascii() -> None:
    for family in ("look-alikes", "invisible"):
        for one in attempts(family, MATERIAL, seed=0):
            assert not one.text.isascii()
            assert clean(one.text, 1000) == one.base


def test_shuffled_and_babbled_texts_keep_no_three_words_together() -> None:
    def triples(text: str) -> set[tuple[str, ...]]:
        said = words(text)
        return set(zip(said, said[1:], said[2:], strict=False))

    sources = [*MATERIAL.all_right, *MATERIAL.key_points]
    sources += [text for one in MATERIAL.neighbours for text in one.right]
    known = set().union(*(triples(text) for text in sources))
    for seed in range(10):
        for family in ("babble", "shuffled"):
            for one in attempts(family, MATERIAL, seed=seed):
                assert len(triples(one.text) & known) == 0


def test_the_question_is_not_said_back_where_it_holds_the_answer() -> None:
    telling = replace(MATERIAL, asked=replace(MATERIAL.asked, references=("Too high a rate.",)))
    assert attempts("echo", telling, seed=0) == []
    assert attempts("echo", MATERIAL, seed=0)[0].text == MATERIAL.question


def test_right_answers_to_a_like_question_are_not_taken_for_wrong() -> None:
    same = Neighbour("What happens then?", ("The step overshoots the minimum and diverges.",))
    only = replace(MATERIAL, neighbours=(same,))
    assert attempts("other question", only, seed=0) == []
    other = attempts("other question", MATERIAL, seed=0)
    assert {one.text for one in other} == set(MATERIAL.neighbours[0].right)


def test_a_right_text_is_taken_back_in_the_same_breath() -> None:
    for one in attempts("taken back", MATERIAL, seed=5, most=10):
        assert any(connector in one.text for connector in wordlists.TAKE_BACK)


def test_either_or_prefers_what_contradicts() -> None:
    for seed in range(5):
        (one,) = attempts("either or", MATERIAL, seed=seed)
        assert "loss falls smoothly but slowly" in one.text


def test_training_and_evaluation_share_neither_code_nor_words() -> None:
    folder = Path(evaluation.__path__[0])
    imported = {
        name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
        for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
        if name.startswith("bot.grading.training")
    }
    # The reader of the official archive is no generator.
    assert imported == {"bot.grading.training", "bot.grading.training.semeval"}
    for path in (folder.parent / "training").rglob("*.py"):
        assert "bot.grading.evaluation import" not in path.read_text("utf-8")
