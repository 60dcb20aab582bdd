"""Checks of graded examples: a bank that triggers each, and one that nearly does and does not."""

from pathlib import Path
from typing import Any

from bot.bank.check import check_folder
from tests.bank.files import GOOD, line_of, question, write_bank

TEXTS = {
    "correct": (
        "Some units are silent in each step, so nobody can lean on them.",
        "it zeroes activations at random",
        "Like a team where anyone may be ill: all have to know the job.",
        "Without it a few neurons would rely on each other far too much.",
    ),
    "partial": ("Something is random in it.", "It helps against overfitting."),
    "incorrect": ("It cleans the data.", "Training stops early.", "Small weights are deleted."),
    "contradictory": ("It makes units rely on each other more.", "It never switches anything off."),
}


def examples(**changes: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"text": text, "label": label}
        for label, texts in (TEXTS | changes).items()
        for text in texts
    ]


def check(tmp_path: Path, found: list[dict[str, Any]]) -> list[tuple[int, str]]:
    write_bank(tmp_path / "bank.toml", question(examples=found))
    return [(finding.line, finding.what) for finding in check_folder(tmp_path)]


def test_good_examples_are_clean(tmp_path: Path):
    assert check(tmp_path, examples()) == []


def test_every_label_needs_some_where_there_are_any(tmp_path: Path):
    ((line, what),) = check(tmp_path, examples(correct=TEXTS["correct"][:3], contradictory=()))
    assert line == line_of(tmp_path / "bank.toml", "[[question.examples]]")
    assert "at least 4 correct (there are 3), 2 contradictory (there are 0)" in what


def test_an_example_that_repeats_another(tmp_path: Path):
    again = "Some units are silent in every step so nobody can lean on them"
    ((line, what),) = check(tmp_path, examples(correct=(*TEXTS["correct"], again)))
    assert line == line_of(tmp_path / "bank.toml", again)
    assert "example 5 repeats example 1" in what


def test_the_same_words_under_two_labels(tmp_path: Path):
    text = "Something is random in it!"
    ((_, what),) = check(tmp_path, examples(incorrect=(*TEXTS["incorrect"], text)))
    assert "example 10 repeats example 5" in what


def test_an_opposite_in_the_same_words_is_welcome(tmp_path: Path):
    text = "Some units are not silent in each step, so nobody can lean on them."
    assert check(tmp_path, examples(contradictory=(*TEXTS["contradictory"], text))) == []


def test_an_example_that_repeats_the_explanation(tmp_path: Path):
    text = GOOD["explanation"].lower()
    ((line, what),) = check(tmp_path, examples(correct=(text, *TEXTS["correct"])))
    assert line == line_of(tmp_path / "bank.toml", text)
    assert "example 1 repeats the explanation" in what
