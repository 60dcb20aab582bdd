"""The short cut to two questions that ask the same changes no result."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from bot.bank.duplicates import SAME_KEY, SAME_PROMPT, ask_the_same, asked

WORDS = st.lists(st.sampled_from(["one", "two", "three", "four", "five", "six"]), max_size=25)


@given(first=WORDS, second=WORDS, edit=st.integers(0, 24))
def test_the_short_cut_changes_nothing(first: list[str], second: list[str], edit: int):
    # Also pairs that are nearly alike, which random ones hardly ever are.
    near = [*first[:edit], "seven", *first[edit + 1 :]]
    for other in (second, near):
        one, two = asked(" ".join(first), None, "key"), asked(" ".join(other), None, "key")
        alike = bool(fuzz.ratio(first, other, score_cutoff=SAME_PROMPT))
        assert ask_the_same(one, two) == alike


def test_alike_prompts_with_different_keys_are_two_questions():
    prompt = "Which of these is an {} of a very large batch in a training like this one?"
    pro = asked(prompt.format("advantage"), None, "It runs fast")
    con = asked(prompt.format("disadvantage"), None, "More memory")
    assert fuzz.ratio(pro.key, con.key) < SAME_KEY
    assert not ask_the_same(pro, con)
    assert ask_the_same(pro, asked(prompt.format("disadvantage"), None, "It runs faster"))
    assert ask_the_same(pro, asked(prompt.format("advantage"), None, "Other words"))
