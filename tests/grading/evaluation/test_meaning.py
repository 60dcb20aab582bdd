"""What right sentences are turned into. Each expectation was read as a sentence."""

from random import Random

import pytest

from bot.grading.evaluation import meaning


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("The pitch will be higher.", "The pitch will be lower."),
        ("Training then diverges.", "Training then converges."),
        ("It is an increase in size.", "It is a decrease in size."),
        ("Both are in the same path.", "Both are in the different path."),
        ("Always so.", "Never so."),
    ],
)
def test_opposites(text: str, turned: str) -> None:
    assert meaning.oppose(text, Random(0)) == turned


@pytest.mark.parametrize(
    "text",
    [
        "More or less that.",  # both stand there already
        "After a few days it was gone.",
        "At least one of them fits.",
        "It is a table.",
    ],
)
def test_words_without_a_clear_opposite_stay(text: str) -> None:
    assert meaning.oppose(text, Random(0)) is None


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("The steel is harder than the copper.", "the copper is harder than The steel."),
        ("Heat flows from the stove to the pan.", "Heat flows from the pan to the stove."),
        ("2 is less than 7.", "7 is less than 2."),
        ("It lowers the bias.", "It lowers the variance."),
    ],
)
def test_swaps(text: str, turned: str) -> None:
    assert meaning.swap(text, Random(0)) == turned


@pytest.mark.parametrize(
    "text", ["Bias and variance are different.", "Terminal 1 is connected to terminal 4."]
)
def test_what_is_symmetric_is_not_swapped(text: str) -> None:
    assert meaning.swap(text, Random(0)) is None


def test_needed_words_are_what_the_question_does_not_have() -> None:
    asked = "Why is the bulb off?"
    text = "The bulb is off because of a gap in the circuit."
    assert meaning.delete_needed(text, asked) == "The bulb is off because of a in the."
    assert meaning.delete_needed("The light comes on.", "What happens?") is None  # 'on' tells
    assert meaning.delete_needed("The bulb is off.", asked) is None  # adds nothing
    assert meaning.delete_needed("The bulb is off with more gaps.", asked) is None  # 'more' tells
