"""What is typed into the forms of a question, and what they show of one."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bank.judge import judge
from bot.bank.typed import read, written
from bot.domain.question import Question
from bot.ui.authoring import PARTS
from bot.ui.forms import ABOUT, LABEL
from bot.ui.texts import questions as texts
from tests.bank.files import GOOD, question

LINE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).map(
    lambda text: f"x{text}"
)


def there_and_back(values: dict[str, Any]) -> dict[str, Any]:
    return read(written(values))


def test_a_question_survives_all_of_its_forms():
    values = {**GOOD, "code": "    x = 1\nprint(x)"}
    back = {"id": GOOD["id"], **there_and_back(values)}
    assert Question.model_validate(back) == Question.model_validate(values)
    names = {name for _, inputs in PARTS.values() for name in inputs}
    assert names == set(written(values))


@settings(derandomize=True, database=None, max_examples=60)
@given(st.lists(LINE, min_size=2, max_size=6), st.lists(LINE, max_size=4))
def test_entries_survive_whatever_is_in_them(options, points):
    # An entry of several lines stays one entry, and a backslash is a backslash.
    options = [f"{option}\nmore\\n" for option in options]
    values = {"options": options, "key_points": points, "misconceptions": {"B": "one\ntwo"}}
    back = there_and_back(values)
    assert {key: back[key] for key in values} == values


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ("A) one\nB) two", ["one", "two"]),
        ("a. one\n\n b. two ", ["one", "two"]),
        ("A) one\nC) two", ["A) one", "C) two"]),
        ("A) one\ntwo", ["A) one", "two"]),
        ("B: one\nA: two", ["B: one", "A: two"]),
    ],
)
def test_letters_before_options_are_no_part_of_them(typed: str, options: list[str]):
    assert read({"options": typed})["options"] == options


def test_what_is_typed_oddly_is_understood_or_told():
    assert read({"answer": " b) "})["answer"] == "B"
    assert read({"difficulty": " 3 "})["difficulty"] == 3
    assert read({"misconceptions": "B: one\nmore\nc) two"})["misconceptions"] == {
        "B": "one\nmore",
        "C": "two",
    }
    wrong = {**GOOD, **read({"difficulty": "easy", "misconceptions": "no letter"})}
    told = " ".join(judge(wrong, [], []).wrong)
    assert "`difficulty` is 'easy'" in told
    assert "`misconceptions` has an entry '?'; name options by letters" in told


def test_a_form_that_was_emptied_takes_the_values_away():
    names = PARTS["help"][1]
    assert read(dict.fromkeys(names, "")) == {"hints": [], "key_points": [], "misconceptions": {}}
    assert read({"code": "\n"}) == {"code": None}


def test_a_question_that_does_not_fit_cannot_be_saved_and_gaps_are_only_told():
    long = question(
        prompt="p" * 1000,
        code="c" * 1800,
        options=["o" * 199, "k" * 200, "x" * 198 + "yz", "w" * 200],
    )
    assert "shorten them to 3,500" in judge(long, [], []).wrong[0]
    found = judge(question(hints=None, source=None), [], [])
    assert (found.wrong, found.missing) == ((), ("hints", "source"))


def test_every_input_fits_into_discords_form():
    for inputs in (names for _, names in PARTS.values()):
        assert len(inputs) <= 5
        for name in inputs:
            assert len(texts.INPUTS[name]) <= LABEL
            assert len(texts.ABOUT_INPUTS.get(name, "")) <= ABOUT
    for title, _ in PARTS.values():
        assert len(title) <= LABEL
