"""The table: what every generator keeps to, whatever the text."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.grading.training.perturb as package
from bot.grading.training.pairs import Pair
from bot.grading.training.perturb import (
    GENERATORS,
    NEGATIVES,
    POSITIVES,
    negatives,
    of_reference,
    positives,
)

LABELS = ("correct", "contradictory", "incorrect")
NEIGHBOURS = (
    "Green plants make sugar from carbon dioxide and sunlight.",
    "A shadow points away from the lamp.",
)
SCIENCE = Pair(
    "Why does a rubber band make a sound when it is plucked?",
    "The rubber band vibrates, and the larger band makes a lower sound.",
    "The band is still vibrating. The larger band does not make a higher sound than 2 strings.",
    "correct",
    1.0,
    "RB",
    "written",
)

_PARTS = st.sampled_from(
    [
        *("the", "a", "model", "string", "loss", "is", "are", "not", "does", "don't", "learns"),
        *("increased", "higher", "than", "from", "to", "if", "because", "no", "never", "has"),
        *("have", "can", "may", "there", "big", "2", "2.5", "10%", "A.", "B!", "yes", "No,"),
        *("\n", ",", ";", "-", "(", ")", "*", "it's", "café", "我", "🙂", "ſs", "İ", "’"),
        *("colour", "more", "less", "with", "without", "either", "or", "every", "still"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(_PARTS, max_size=25).map(" ".join),
)


def _pair(question: str, reference: str, answer: str, label: str) -> Pair:
    return Pair(question, reference, answer, label, 0.5, "group", "source")


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(LABELS), st.integers(0, 99))
@settings(max_examples=60)
def test_every_generator_keeps_its_promises_on_any_text(
    question: str, reference: str, answer: str, label: str, seed: int
) -> None:
    pair = _pair(question, reference, answer, label)
    for name, generator in GENERATORS.items():
        made = generator(pair, NEIGHBOURS, random.Random(seed))
        assert made == generator(pair, NEIGHBOURS, random.Random(seed)), name
        if made is None:
            continue
        assert label in generator.takes, name
        assert made.label == (generator.gives or label), name
        assert (made.answer, made.reference) != (answer, reference), name
        assert made.answer.strip(), name
        assert (made.question, made.group, made.weight) == (question, "group", 0.5), name
        assert made.source == f"source+{name}"


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_is_made_of_nothing(name: str, text: str) -> None:
    for label in LABELS:
        pair = _pair("What is it?", "It is a gap.", text, label)
        assert GENERATORS[name](pair, NEIGHBOURS, random.Random(0)) is None


def test_negatives_of_a_right_answer_are_wrong_and_each_of_another_generator() -> None:
    for seed in range(50):
        made = negatives(SCIENCE, NEIGHBOURS, random.Random(seed), most=4)
        assert len(made) == 4
        assert {pair.label for pair in made} <= {"contradictory", "incorrect"}
        assert len({pair.source for pair in made}) == 4


def test_both_kinds_of_wrong_are_drawn() -> None:
    drawn = [negatives(SCIENCE, NEIGHBOURS, random.Random(seed))[0].label for seed in range(200)]
    assert 60 < drawn.count("contradictory") < 160


@pytest.mark.parametrize("label", LABELS)
def test_positives_keep_the_label(label: str) -> None:
    pair = _pair(SCIENCE.question, SCIENCE.reference, SCIENCE.answer, label)
    for seed in range(50):
        assert [made.label for made in positives(pair, random.Random(seed), most=3)] == [label] * 3


@pytest.mark.parametrize("label", ["contradictory", "incorrect"])
def test_a_wrong_answer_never_becomes_right(label: str) -> None:
    pair = _pair(SCIENCE.question, SCIENCE.reference, SCIENCE.answer, label)
    for seed in range(20):
        for generator in GENERATORS.values():
            made = generator(pair, NEIGHBOURS, random.Random(seed))
            assert made is None or made.label != "correct"


WRITTEN = (
    ("Yes, the black box is hotter by 2 degrees, as it absorbs more heat.", "correct"),
    ("The colour is not a big problem.", "correct"),
    ("If there is a gap, the bulb is off.", "correct"),
    ("There is a gap.", "correct"),
    ("The short string is high. The long string is low.", "correct"),
    ("The box does get hot in the sun since it absorbs heat.", "correct"),
    ("Sand is heavier than flour.", "incorrect"),
    ("Sand is heavier than flour.", "correct"),
    ("The black box absorbs more heat.", "correct"),
)


def test_every_generator_makes_something_of_one_of_some_texts() -> None:
    question = "Does the box get hot in the sun?"
    reference = "Yes, the black box absorbs more heat by 2 degrees."
    made = {
        name
        for text, label in WRITTEN
        for name, generator in GENERATORS.items()
        for seed in range(20)
        if generator(_pair(question, reference, text, label), NEIGHBOURS, random.Random(seed))
    }
    assert made == GENERATORS.keys()


def test_a_reference_is_a_right_answer() -> None:
    pair = of_reference(_pair("Why?", "It vibrates.", "no idea", "incorrect"))
    assert (pair.answer, pair.label) == ("It vibrates.", "correct")


def test_the_tables_do_not_share_names_and_the_lists_lie_beside_the_code() -> None:
    assert not NEGATIVES.keys() & POSITIVES.keys()
    folder = Path(package.__file__).parent
    for name in ("antonyms", "grammar", "phrases", "spelling", "synonyms", "verbs"):
        assert (folder / f"{name}.toml").is_file()
