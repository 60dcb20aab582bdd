"""What is left of a text before it is graded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grading.clean import clean


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**It** __learns__ ~~fast~~ *slowly*", "It learns fast slowly"),
        ("***all*** ||hidden|| `code`", "all hidden code"),
        ("```py\nx = 1\n```", "x = 1"),
        ("# Title\n> quoted\n- one\n- two", "Title\nquoted\none\ntwo"),
        ("snake_case_name and a * b * c stay", "snake_case_name and a * b * c stay"),
        ("see [this](https://example.org/x) <https://example.org>", "see this"),
        ("<@123> <:smile:456> <t:1700000000:R> it learns", "it learns"),
        ("ze\u200bro wi\u00addth \u202eback\u202c", "zero width back"),
        ("ﬁne ｗｉｄｅ ①", "fine wide 1"),
        ("рrе-trаining lеarns", "pre-training learns"),  # Cyrillic letters in Latin words
        ("я учу", "я учу"),  # and Cyrillic words stay what they are
        ("  much   space \n\n\n here  ", "much space\nhere"),
        ("z\u0300\u0301\u0302\u0303\u0304algo", "z\u0300\u0301algo"),
    ],
)
def test_dress_and_invisible_characters_go(written: str, read: str) -> None:
    assert clean(written, 1000) == read


def test_it_is_cut_to_the_longest_length() -> None:
    assert clean("abc " * 100, 10) == "abc abc ab"


@given(st.text(max_size=400))
def test_any_text_can_be_cleaned(text: str) -> None:
    found = clean(text, 100)
    assert len(found) <= 100
    assert found == found.strip()
    assert "\u200b" not in found
