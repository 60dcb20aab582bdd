"""Negations put in and taken out: exactly what may be made of written sentences."""

import random
from collections.abc import Callable

import pytest

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb import GENERATORS, negation

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
        (
            "The model learns from data.",
            {
                "The model does not learn from data.",
                "The model doesn't learn from data.",
                "The model never learns from data.",
            },
        ),
        (
            "It helped the plant.",
            {
                "It did not help the plant.",
                "It didn't help the plant.",
                "It never helped the plant.",
            },
        ),
        ("He went home.", {"He did not go home.", "He didn't go home.", "He never went home."}),
        (
            "They carry it.",
            {"They do not carry it.", "They don't carry it.", "They never carry it."},
        ),
        (
            "The string vibrates.",
            {
                "The string does not vibrate.",
                "The string doesn't vibrate.",
                "The string never vibrates.",
            },
        ),
        (
            "The motor runs.",
            {"The motor does not run.", "The motor doesn't run.", "The motor never runs."},
        ),
        ("The loss can diverge.", {"The loss cannot diverge.", "The loss can't diverge."}),
        ("It may overfit.", {"It cannot overfit.", "It can't overfit."}),
        ("It will melt.", {"It will not melt.", "It won't melt."}),
        ("It must melt.", {"It must not melt."}),
        ("The switch was open.", {"The switch was not open.", "The switch wasn't open."}),
        ("It's closed.", {"It's not closed."}),
        ("It is still open.", {"It is no longer open."}),
        ("It is also open.", {"It is also not open."}),
        ("There is a gap.", {"There is no gap."}),
        ("The model has a head.", {"The model has no head."}),
        (
            "The model has learned it.",
            {"The model has not learned it.", "The model hasn't learned it."},
        ),
        (
            "Rub them together.",
            {"Do not rub them together.", "Don't rub them together.", "Never rub them together."},
        ),
        (
            "I think it works.",
            {"I think it does not work.", "I think it doesn't work.", "I think it never works."},
        ),
        (
            "If it is hot, it melts.",
            {
                "If it is hot, it does not melt.",
                "If it is hot, it doesn't melt.",
                "If it is hot, it never melts.",
            },
        ),
    ],
)
def test_the_right_verb_is_negated(text: str, expected: set[str]) -> None:
    assert outcomes(negation.negate, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It does not learn.",
        "There is no gap.",
        "All bulbs are lit.",
        "Some of them are round.",
        "It is only warm.",
        "Is it hot?",
        "because of the weight updates",
        "The test results of the model",
        "A model trained by hand",
        "Suppose it were hot.",
        "It does nothing until it is hot.",
        "More shelter.",
        "if it is hot",
        "the one that has more",
        "The small leaves and roots.",
        "The shorter the distance traveled.",
        'the battery isn"t in a path',
        "it doesnt see it",
    ],
)
def test_what_is_not_sure_is_not_negated(text: str) -> None:
    assert outcomes(negation.negate, text) == set()


def test_only_what_the_reference_speaks_of_is_negated() -> None:
    pair = pair_of(
        "I like rocks. The acid reacts with calcite.", "The acid reacts with the calcite."
    )
    assert made_of("negate", pair) == {
        "I like rocks. The acid does not react with calcite.",
        "I like rocks. The acid doesn't react with calcite.",
        "I like rocks. The acid never reacts with calcite.",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It does not learn.", "It learns."),
        ("It doesn't carry heat.", "It carries heat."),
        ("It didn't stop.", "It stopped."),
        ("They did not go.", "They went."),
        ("It does not glorp.", "It does glorp."),
        ("It cannot fly.", "It can fly."),
        ("It can't fly.", "It can fly."),
        ("It isn't here.", "It is here."),
        ("There is no gap.", "There is a gap."),
        ("It has no effect.", "It has an effect."),
        ("It is no longer closed.", "It is still closed."),
        ("It never sees labels.", "It always sees labels."),
        ("They do not have any gap.", "They have some gap."),
        ("No, it is not pure.", "No, it is pure."),
    ],
)
def test_a_negation_is_taken_out(text: str, expected: str) -> None:
    assert outcomes(negation.affirm, text) == {expected}


@pytest.mark.parametrize(
    "text",
    [
        "It is not only hot.",
        "It is not not hot.",
        "It may not work.",
        "If it does not learn, stop.",
        "It doesn't fall until it is hot.",
        "It is hot.",
        "No.",
    ],
)
def test_a_negation_that_means_more_stays(text: str) -> None:
    assert outcomes(negation.affirm, text) == set()


def test_yes_becomes_no_where_the_reference_says_yes() -> None:
    assert made_of("flip_answer", pair_of("Yes it does.", "Yes, it does.")) == {"No it does."}
    assert made_of("flip_answer", pair_of("no", "No.")) == {"yes"}
    assert made_of("flip_answer", pair_of("Yes it does.", "It does.")) == set()
    assert made_of("flip_answer", pair_of("No gap.", "No, none.")) == set()


def test_a_text_is_denied_as_a_whole() -> None:
    made = outcomes(negation.deny, "The band vibrates.")
    assert "It is not true that the band vibrates." in made
    assert all(text.endswith(" the band vibrates.") for text in made)
    assert outcomes(negation.deny, "Because it vibrates fast.") == {
        "It is not because it vibrates fast.",
        "That is not because it vibrates fast.",
    }
    for text in ("More shelter.", "That it is hot.", "Protects it so it can grow."):
        assert outcomes(negation.deny, text) == set()
    assert outcomes(negation.deny, "It does not vibrate.") == set()


def test_a_denied_negation_says_the_same_and_stays_right() -> None:
    pair = pair_of("There is a gap.", "A gap.")
    generator = GENERATORS["denied_negation"]
    made = [generator(pair, (), random.Random(seed)) for seed in range(40)]
    assert {new.label for new in made if new} == {"correct"}
    assert "It is false that there is no gap." in {new.answer for new in made if new}


def test_a_right_answer_is_contradicted_afterwards_or_before() -> None:
    made = made_of("contradict_after", pair_of("Because there is a gap", "a gap"))
    assert "Because there is a gap. However, there is no gap." in made
    assert "There is no gap. Because there is a gap." in made
    assert all("there is no gap" in text.lower() for text in made)


def test_a_hedge_says_both() -> None:
    made = made_of("hedge", pair_of("Because there is a gap", "a gap"))
    assert "Either there is a gap, or there is no gap." in made
    low = {text.lower() for text in made}
    assert all("there is a gap" in text and "there is no gap" in text for text in low)


def test_a_hedge_of_several_sentences_turns_one_of_them() -> None:
    text = "The lamp is in a closed path. The battery is charged."
    made = made_of("hedge", pair_of(text, text))
    assert made
    for hedged in map(str.lower, made):
        assert "the lamp is in a closed path. the battery is charged" in hedged
        assert " is not " in hedged or " isn't " in hedged
