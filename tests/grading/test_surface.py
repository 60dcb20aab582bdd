"""What is told of a text by its words alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank.load import read_bank
from bot.grading.clean import sentences
from bot.grading.surface import denies_itself, is_turned, known_share

BANKS = Path(__file__).parents[2] / "questions"
KNOWN = [
    "The updates overshoot the minimum, so the loss increases and never settles.",
    "A large batch gives a more stable estimate of the gradient.",
    "Precision counts 3 of the 5 flagged mails.",
]
WORDS = {word for text in KNOWN for word in text.lower().replace(",", "").split()} | {
    "decreases", "staple", "ever", "unstable", "small", "maximum", "it", "we", "sees", "said",
    "gradient",
}  # fmt: skip


def pieces(text: str) -> int:
    """As a tokenizer would: a known word is one piece, another is several."""
    return sum(1 if word.strip(".") in WORDS else 2 for word in text.split())


def turned(*answer: str) -> bool:
    return is_turned(answer, KNOWN, pieces)


@pytest.mark.parametrize(
    "copy",
    [
        "The updates overshoot the minimum, so the loss decreases and never settles.",
        "The updates do not overshoot the minimum, so the loss increases and never settles.",
        "The updates don't overshoot the minimum, so the loss increases and never settles.",
        "The updates overshoot the minimum, so the loss increases and settles.",
        "The updates overshoot the minimum, so the loss increases and ever settles.",
        "The updates overshoot the maximum, so the loss increases and never settles.",
        "The loss overshoots the minimum, so the updates increase and never settle.",
        "A large batch gives a more unstable estimate of the gradient.",
        "a small batch gives a more stable estimate of the gradient",
        "Precision counts 5 of the 3 flagged mails.",
        "Precision counts 4 of the 5 flagged mails.",
        "It is not true that a large batch gives a more stable estimate of the gradient.",
        "Actually the opposite: a large batch gives a more stable estimate of the gradient.",
        "I say a large batch does not give a more stable estimate of the gradient, as we saw.",
    ],
)
def test_a_copy_with_something_turned_is_found(copy: str) -> None:
    assert turned(copy)
    assert turned("I had to think about it.", copy, "That is all.")


@pytest.mark.parametrize(
    "copy",
    [
        *KNOWN,
        "the updates overshoot the minimum so the loss increases and never settles",
        "Teh updates overshoot the minmum, so the loss increses and never setles.",
        "The updates overshoot a minimum, and then the loss is increasing and never settles.",
        "The update overshoots the minimum, so the loss increased and it never settled.",
        "The updates will really overshoot the minimum, so the loss increases and never settles.",
        "The updates overshoot the minimum, so the loss never settles.",
        "It is not true that the updates overshoot the minimum, so the loss increases and settles.",
        "As I said, a large batch gives a more stable estimate of the gradient and does not jump.",
        "A large batch gives a more stable estimate of the gra dient.",
        "The updates overshoot the minimum, so the loss increases and neever settles.",
        "A large bathc gives a more staple estimate of the gradient.",
    ],
)
def test_a_copy_in_another_dress_is_none(copy: str) -> None:
    assert not turned(copy)


@pytest.mark.parametrize(
    "text",
    [
        "Steps that are too long jump over the best point, and it gets no better.",
        "A small batch is noisy.",
        "no",
        "",
    ],
)
def test_what_copies_nothing_turns_nothing(text: str) -> None:
    assert not turned(text)


def test_a_text_that_takes_itself_back_is_found() -> None:
    said = "The long strides carry it over the valley."
    for back in (
        "But in fact the long strides do not carry it over the valley.",
        "The opposite holds: the long strides carry it over the valley.",
    ):
        assert denies_itself([said, back], pieces)
        assert denies_itself([back, "Hm.", said], pieces)
    for other in ("The short strides carry it over the valley.", said, "", "It does not."):
        assert not denies_itself([said, other], pieces)


@pytest.mark.parametrize("name", ["evaluation", "statistics", "tensors"])
def test_no_right_text_of_the_banks_takes_itself_back(name: str) -> None:
    questions = read_bank(BANKS / f"{name}.toml").bank.questions
    right = [each.text for one in questions for each in one.examples if each.label == "correct"]
    assert len(right) > 100
    for text in (*right, *(one.explanation for one in questions)):
        assert not denies_itself(sentences(text), pieces), text


def test_a_sentence_that_agrees_with_one_known_text_contradicts_none() -> None:
    other = "The updates overshoot the minimum, so the loss decreases and never settles."
    assert not is_turned([other], [*KNOWN, other], pieces)


@given(st.lists(st.text(max_size=60), max_size=3), st.lists(st.text(max_size=60), max_size=3))
def test_any_text_goes_in(answer: list[str], known: list[str]) -> None:
    is_turned(answer, known, len)
    denies_itself([*answer, *known], len)
    assert not is_turned(known, known, len)
    assert 0 <= known_share(" ".join(answer), known) <= 1


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("The updates overshoot.", 1.0),
        ("The updating overshoots a cat", 2 / 3),
        ("Cats sleep all day", 0.0),
        ("it is that", 1.0),
        ("", 1.0),
    ],
)
def test_the_share_of_known_words(text: str, share: float) -> None:
    assert known_share(text, KNOWN) == pytest.approx(share)
