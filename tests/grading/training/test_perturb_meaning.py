"""Generators that turn a right answer over: exactly what they may make of written sentences."""

import random
from collections.abc import Callable

import pytest

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb import GENERATORS, meaning, mirrored, roles

Rewrite = Callable[[str, random.Random], str | None]


def outcomes(rewrite: Rewrite, text: str) -> set[str]:
    """All that a generator makes of a text with 80 seeds."""
    made = (rewrite(text, random.Random(seed)) for seed in range(80))
    return {text for text in made if text is not None}


def pair_of(answer: str, reference: str, question: str = "Why?") -> Pair:
    return Pair(question, reference, answer, "correct", 1.0, "group", "source")


def made_of(name: str, pair: Pair) -> set[str]:
    made = (GENERATORS[name](pair, (), random.Random(seed)) for seed in range(80))
    return {new.answer for new in made if new is not None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The string is longer.", {"The string is shorter."}),
        ("The string is LONGER.", {"The string is SHORTER."}),
        ("An open switch.", {"A closed switch."}),
        ("The steps are too large.", {"The steps are too small."}),
        ("It reduces and expands.", {"It reduces and contracts."}),
        ("It froze.", {"It melted."}),
        ("Use the training set.", {"Use the test set."}),
        ("They are in different paths.", {"They are in the same paths."}),
        ("It goes up.", {"It goes down."}),
    ],
)
def test_antonyms_take_the_form_of_the_word(text: str, expected: set[str]) -> None:
    assert outcomes(meaning.antonym, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It is not hot.",
        "It goes from high to low.",
        "as long as it stays",
        "Is it hot?",
        "It fails to converge.",
        'it isn"t in a closed path',
        "If C is damaged, A is still lit.",
        "in short",
    ],
)
def test_antonyms_leave_what_would_not_turn_over(text: str) -> None:
    assert outcomes(meaning.antonym, text) == set()


def test_of_a_long_answer_only_shared_words_become_antonyms() -> None:
    pair = pair_of("It was a cold day. The longer string is lower.", "The longer it is, the lower.")
    assert made_of("antonym", pair) == {
        "It was a cold day. The shorter string is lower.",
        "It was a cold day. The longer string is higher.",
    }


def test_numbers_of_the_reference_change() -> None:
    made = made_of("number", pair_of("It is 20 meters.", "The interval is 20 meters."))
    assert made
    assert made <= {f"It is {n} meters." for n in (2, 10, 22, 23, 24, 25, 26, 27, 28, 29, 40, 200)}
    worded = made_of("number", pair_of("There are two of class 2.", "2"))
    assert worded
    assert all(text.endswith(" of class 2.") and "two" not in text for text in worded)


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        ("It is about 20.", "20"),
        ("1. First, rub it.", "1"),
        ("It is at terminal 3.", "terminal 3"),
        ("T1 is it.", "1"),
        ("It takes 7 days.", "7 days"),
        ("It is 20.", "It is 30."),
        ("It is not 20.", "20"),
        ("It is (a + b)², then.", "It is (a + b)²."),
    ],
)
def test_numbers_that_do_not_decide_stay(answer: str, reference: str) -> None:
    pair = pair_of(answer, reference, "What happens in 7 days?")
    assert made_of("number", pair) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Water flows from high land to low land.", "Water flows from low land to high land."),
        ("Sand is heavier than flour.", "Flour is heavier than sand."),
        ("Heat is absorbed by the black box.", "The black box is absorbed by heat."),
        ("An open switch causes a gap.", "A gap causes an open switch."),
        ("Friction depends on weight.", "Weight depends on friction."),
        (
            "A long string sounds low, but a short string sounds high.",
            "A short string sounds low, but a long string sounds high.",
        ),
        ("It becomes open and then it is closed.", "It becomes closed and then it is open."),
    ],
)
def test_roles_are_swapped(text: str, expected: str) -> None:
    assert outcomes(roles.swap, text) == {expected}


@pytest.mark.parametrize(
    "text",
    [
        "He is different than her.",
        "It is heavier than that.",
        "Sand is not heavier than flour.",
        "The bulbs affect the switch.",
        "Terminal 1 is connected to terminal 2.",
        "A switch causes a change of state.",
    ],
)
def test_what_has_no_roles_or_is_the_same_both_ways_is_not_swapped(text: str) -> None:
    assert outcomes(roles.swap, text) == set()


def test_a_right_answer_contradicts_the_negated_reference() -> None:
    pair = pair_of("There is a gap.", "There is a gap in the path.")
    made = [mirrored.turned_reference(pair, random.Random(seed)) for seed in range(40)]
    assert {(new.reference, new.answer) for new in made if new} == {
        ("There is no gap in the path.", "There is a gap.")
    }
    assert GENERATORS["mirrored"].gives == "contradictory"


def test_the_negated_reference_agrees_with_itself() -> None:
    pair = pair_of("There is a gap.", "There is a gap in the path.")
    made = [mirrored.turned_both(pair, random.Random(seed)) for seed in range(40)]
    assert {new.reference for new in made if new} == {"There is no gap in the path."}
    assert "there is no gap in the path." in {new.answer for new in made if new}
    assert all("no gap" in new.answer.lower() for new in made if new)
