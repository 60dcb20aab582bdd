"""Slips of the keys are put right, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grading.entailment import WEIGHTS
from bot.grading.spelling import spelt
from bot.grading.tokens import Tokens, read_tokenizer

KNOWN = [
    "The optimiser takes a step against the gradients, so the training loss decreases.",
    "Without regularisation the coefficients overfit; a quantile is no mean.",
    "Macroaveraged precision of AdamW in the retain_graph call",
]
pieces = Tokens(read_tokenizer(WEIGHTS)).count


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("the gradeints", "the gradients"),  # two letters swapped
        ("the gradiients", "the gradients"),  # one too many
        ("the gradents,", "the gradients,"),  # one too few
        ("the grafients", "the gradients"),  # the key beside
        ("the coefficiants overfit", "the coefficients overfit"),  # a vowel
        ("Regularisatoin and REGULARISATOIN", "Regularisation and REGULARISATION"),
        ("witohut it", "without it"),
        ("gradeints. Gradeints!\ngradeints", "gradients. Gradients!\ngradients"),
    ],
)
def test_a_slip_is_put_right(written: str, meant: str) -> None:
    assert spelt(written, KNOWN, pieces) == meant


@pytest.mark.parametrize(
    "text",
    [
        *KNOWN,
        "the loss increases",  # a word that the tokenizer knows
        "a quartile",  # two letters whose keys do not touch
        "microaveraged precision",  # a vowel in the stem
        "a gradient",  # the last letter
        "xgradients",  # the first one
        "under-fit and overfits",
        "adamw, ADAM, Adam",
        "retain_grpah and gradeints2",  # names in code
        "gRadeints",
        "the grasdeints",  # two slips
        "",
        "😀 ²",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert spelt(text, KNOWN, pieces) == text


def test_what_is_meant_must_be_clear() -> None:
    assert spelt("two moduels", ["all models"], pieces) == "two models"
    assert spelt("two moduels", ["all models and modules"], pieces) == "two moduels"


@given(text=st.text(max_size=80))
def test_no_text_breaks_it_and_nothing_is_put_right_twice(text: str) -> None:
    once = spelt(text, [*KNOWN, text[::-1]], pieces)
    assert spelt(once, [*KNOWN, text[::-1]], pieces) == once
