"""What counts as giving an option away, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank.giveaway import gives_away
from tests.support.questions import a_question

LONG = (
    "The updates overshoot good weights at every step.",
    "The model learned the few examples by heart.",
    "The validation data are far too few to tell.",
    "The network has too little capacity for them.",
)


@pytest.mark.parametrize(
    ("options", "hint", "given"),
    [
        # Long options: nearly the same words, or the same words in another order.
        (LONG, "Perhaps the updates overshoot the good weights at each step?", ["A"]),
        (LONG, "By heart is how it learned the few examples, this model.", ["B"]),
        (LONG, "Think of the size of a step.", []),
        (LONG, "What do you know of the data and of the model?", []),
        # Short options: word for word.
        (("25 %", "50 %", "75 %", "100 %"), "It is about 50% of them.", ["B"]),
        (("25 %", "50 %", "75 %", "100 %"), "Prices rose by 150 %.", []),
        (("25 %", "50 %", "75 %", "100 %"), "One half of them.", []),
        (("0.50", "0.75", "1.00", "0.25"), "Round 0.504 in your head.", []),
        (("0.50", "0.75", "1.00", "0.25"), "It stops at 0.75.", ["B"]),
        # A bare small number or a common word is in any sentence.
        (("1", "2", "3", "4"), "There are 3 points to think of.", []),
        (("None", "Some", "All", "Many"), "Some of all that is none of it.", []),
        (("The mean", "The median", "The mode", "The range"), "Sort, then take the median.", ["B"]),
        (("Dropout", "Pruning", "Early stopping", "Noise"), "It is like pruning a tree.", ["B"]),
        # Naming all of them gives none away; so does a word that the prompt has already.
        (("ReLU", "Tanh", "GELU", "ELU"), "Plot relu, tanh, gelu and elu.", []),
        (("Purpose", "Size", "Speed", "Cost"), "What would the purpose be?", []),
        (("Adam", "Sgd", "Lion", "Adamax"), "This is not Adam's apple.", []),
    ],
)
def test_what_a_hint_gives_away(options: tuple[str, ...], hint: str, given: list[str]):
    assert gives_away(a_question(options=options), hint) == given


@given(st.sampled_from(range(4)), st.text(max_size=30), st.text(max_size=30))
def test_a_quoted_option_is_always_found(index: int, before: str, after: str):
    found = gives_away(a_question(options=LONG), f"{before} {LONG[index]} {after}")
    assert "ABCD"[index] in found
