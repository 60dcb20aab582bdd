"""Generators that keep the meaning, and texts that only look like answers."""

import random
from collections.abc import Callable

import pytest

from bot.grading.training.pairs import Pair
from bot.grading.training.perturb import GENERATORS, surface, wording
from bot.grading.training.perturb.text import sentences, small, stem, tokens, words
from bot.grading.training.perturb.vocabulary import ing, is_known, is_protected, past, third

Rewrite = Callable[[str, random.Random], str | None]
ROCK = Pair(
    "Why did the rock fizz in the test?",
    "The acid reacts with calcite in the rock.",
    "The acid reacts with the calcite.",
    "correct",
    1.0,
    "group",
    "source",
)


def outcomes(rewrite: Rewrite, text: str) -> set[str]:
    made = (rewrite(text, random.Random(seed)) for seed in range(80))
    return {text for text in made if text is not None}


def made_of(name: str, pair: Pair, neighbours: tuple[str, ...] = ()) -> set[str]:
    made = (GENERATORS[name](pair, neighbours, random.Random(seed)) for seed in range(80))
    return {new.answer for new in made if new is not None}


def test_typos_leave_negations_antonyms_and_short_words() -> None:
    text = "The higher model does not reduce an increase"
    made = outcomes(surface.typos, text)
    assert made
    for new in made:
        assert [word for word in new.split() if word in text.split()] == [
            word for word in text.split() if word in new.split()
        ]
        assert {"The", "higher", "does", "not", "an", "increase"} <= set(new.split())
    assert outcomes(surface.typos, "not the increase") == set()
    assert is_protected("doesn't")


@pytest.mark.parametrize("seed", range(60))
def test_typos_never_make_a_known_word(seed: int) -> None:
    new = surface.typos("learns from there quickly", random.Random(seed))
    assert new is not None
    changed = set(new.split()) - {"learns", "from", "there", "quickly"}
    assert not any(is_known(word) for word in changed)


def test_casing_and_marks() -> None:
    assert outcomes(surface.casing, "It is A. No.") == {
        "it is a. no.",
        "it is A. no.",
        "IT IS A. NO.",
    }
    assert outcomes(surface.unpunctuated, "It is 2.5, or 3. Yes.") == {
        "It is 2.5 or 3 Yes",
        "It is 2.5, or 3 Yes",
    }
    assert "It is" in outcomes(surface.unended, "It is.")
    assert "**gap**" in outcomes(surface.markdown, "gap")
    assert outcomes(surface.markdown, "a * b") == set()


def test_spelling_goes_one_way() -> None:
    assert outcomes(surface.spelling, "The Colour was labelled.") == {"The Color was labeled."}
    assert outcomes(surface.spelling, "a gray center") == {"a grey centre"}
    assert outcomes(surface.spelling, "a gap") == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The box is big.", {"The box is large."}),
        ("Big boxes", {"Large boxes"}),
        (
            "It happens due to it.",
            {"It occurs due to it.", "It happens because of it.", "It occurs because of it."},
        ),
        ("a whole box", {"an entire box"}),
        ("as large as", set()),
        ("so often", set()),
    ],
)
def test_synonyms(text: str, expected: set[str]) -> None:
    assert outcomes(wording.synonyms, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is not hot.", "It isn't hot."),
        ("It's hot and doesn’t move.", "It is hot and does not move."),
        ("It cannot go and they are here.", "It can't go and they're here."),
        ("Is that what it is.", "Is that what it is."),
        ("It's been hot.", "It's been hot."),
    ],
)
def test_contractions(text: str, expected: str) -> None:
    assert outcomes(wording.contractions, text) == {expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("If the motor runs, the object is fine.", "The object is fine if the motor runs."),
        ("The object is fine if the motor runs.", "If the motor runs, the object is fine."),
        ("The bulb is off because there is a gap", "Because there is a gap, the bulb is off"),
        ("If there is a gap, then it is off.", "It is off if there is a gap."),
    ],
)
def test_clauses_change_places(text: str, expected: str) -> None:
    assert outcomes(wording.clause_order, text) == {expected}


@pytest.mark.parametrize(
    "text", ["It will determine if there is a gap.", "Because it is.", "It is so if it is, and is."]
)
def test_clauses_that_belong_where_they_are_stay(text: str) -> None:
    assert outcomes(wording.clause_order, text) == set()


def test_sentences_change_places_unless_one_leans_on_another() -> None:
    text = "The short string is high. The long string is low."
    assert "The long string is low. The short string is high." in outcomes(
        wording.sentence_order, text
    )
    assert outcomes(wording.sentence_order, "The string is short. It is very high.") == set()


def test_frames_fit_the_text() -> None:
    made = outcomes(wording.framed, "The band vibrates.")
    assert "I think that the band vibrates." in made
    because = outcomes(wording.framed, "Because it vibrates.")
    assert "That is because it vibrates." in because
    assert not any("I think that because" in text for text in because)
    assert "Well, more shelter" in outcomes(wording.framed, "More shelter")


def test_padding_keeps_the_answer_whole() -> None:
    made = made_of("padded", ROCK)
    assert all(ROCK.answer in text for text in made)
    assert f"{ROCK.question} {ROCK.answer}" in made


def test_a_question_is_said_back() -> None:
    made = made_of("echo", ROCK)
    assert {ROCK.question, "The question is why did the rock fizz in the test."} <= made
    assert not any("calcite" in text for text in made)


def test_keywords_come_from_the_reference() -> None:
    made = made_of("keyword_list", ROCK)
    assert "acid, reacts, calcite, rock" in made
    allowed = {"acid", "reacts", "calcite", "rock", "fizz", "test"}
    assert all(set(words(text)) <= allowed for text in made)


def test_a_shuffle_has_the_same_words_in_another_order() -> None:
    pair = Pair("q", "r", "One two three four five six seven", "correct", 1.0, "g", "s")
    made = made_of("shuffle", pair)
    assert made
    for text in made:
        assert sorted(words(text.lower())) == sorted(words(pair.answer.lower()))
        assert words(text.lower()) != words(pair.answer.lower())


def test_the_words_that_matter_are_left_out() -> None:
    pair = Pair(
        "Why did the rock fizz?", "Because of the calcite in it.", "The rock has calcite in it.",
        "correct", 1.0, "g", "s",
    )  # fmt: skip
    assert made_of("without_key_words", pair) == {"The rock has in it."}
    begun = Pair(
        pair.question, pair.reference, "The rock did fizz in the test for its calcite.",
        "correct", 1.0, "g", "s",
    )  # fmt: skip
    cut = made_of("cut_off", begun)
    assert "The rock did" in cut
    assert all("calcite" not in text for text in cut)


def test_a_choice_left_open_holds_the_answer_and_another_one() -> None:
    neighbours = ["Water evaporates in sunlight.", ROCK.reference]
    made = made_of("left_open", ROCK, neighbours)
    assert len(made) > 5
    answer = ROCK.answer.lower().rstrip(".")
    assert all(answer in text.lower() for text in made)
    assert all("water evaporates in sunlight" in text.lower() for text in made)
    assert made_of("left_open", ROCK, neighbours[1:]) == set()


def test_another_answer_is_about_something_else() -> None:
    neighbours = ("Water evaporates in sunlight.", "Acid reacts with calcite.", "The rock test.")
    assert made_of("other_answer", ROCK, neighbours) == {"Water evaporates in sunlight."}
    assert made_of("other_answer", ROCK, neighbours[1:]) == set()


@pytest.mark.parametrize("name", ["padded_off_topic", "dressed_up", "injection"])
def test_tricks_stand_around_wrong_answers_only(name: str) -> None:
    assert made_of(name, ROCK) == set()
    wrong = Pair(ROCK.question, ROCK.reference, "It was magic.", "contradictory", 1.0, "g", "s")
    made = made_of(name, wrong)
    assert len(made) > 5
    assert all("t was magic" in text for text in made)
    label = {GENERATORS[name](wrong, (), random.Random(seed)) for seed in range(9)}
    assert {pair.label for pair in label if pair} == {"contradictory"}


def test_off_topic_texts_and_orders_have_nothing_of_the_answer() -> None:
    for name in ("off_topic", "evasion"):
        made = made_of(name, ROCK)
        assert len(made) > 5
        assert not any("acid" in text or "calcite" in text for text in made)
    assert all("calcite" not in text for text in made_of("injection_alone", ROCK))


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("learn", ("learns", "learned", "learning")),
        ("carry", ("carries", "carried", "carrying")),
        ("stop", ("stops", "stopped", "stopping")),
        ("pass", ("passes", "passed", "passing")),
        ("go", ("goes", "went", "going")),
        ("make", ("makes", "made", "making")),
        ("overfit", ("overfits", "overfitted", "overfitting")),
        ("see", ("sees", "saw", "seeing")),
    ],
)
def test_forms_of_verbs(base: str, forms: tuple[str, str, str]) -> None:
    assert (third(base), past(base), ing(base)) == forms


def test_texts_are_cut() -> None:
    text = "It's 2.5 or 3,000; e.g. pre-trained.\n Why?  Yes!"
    assert "".join(tokens(text)) == text
    assert words(text) == ["It's", "2.5", "or", "3,000", "e", "g", "pre-trained", "Why", "Yes"]
    assert sentences(text) == ["It's 2.5 or 3,000; e.g. pre-trained.", "Why?", "Yes!"]
    assert stem("learning") == stem("learns") == stem("learned")
    assert (small("The A"), small("I am"), small("Adam's"), small("CNN is")) == (
        "the A",
        "I am",
        "Adam's",
        "CNN is",
    )
