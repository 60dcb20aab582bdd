"""What training draws: mixtures, folds, sources."""

from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from bot.errors import ConfigurationError
from bot.grading import pair
from bot.grading.training import folds, material, sources
from bot.grading.training.config import Config
from bot.grading.training.data import NOT_CORRECT, Answer, Asked
from bot.grading.training.pairs import Pair
from bot.grading.training.stream import Stream

ASKED = Asked(
    "set",
    "set/1",
    "Why is it warm?",
    ("It moves. Moving things are always warm.", "Friction."),
    (
        Answer("it moves a lot", "correct", (0,)),
        Answer("it rubs", "correct", (1,)),
        Answer("it does not move", "contradictory", ()),
        Answer("magic", "incorrect", ()),
    ),
    ("It moves.", "It rubs."),
)


def stream(base: Path, mix: dict[str, float], **sizes: int) -> Stream:
    made = {
        name: sources.Fixed(
            [Pair("q", "r", f"{name}{number}", "correct", 1.0, "", name) for number in range(size)]
        )
        for name, size in sizes.items()
    }
    return Stream(
        made,
        mix,
        pair.load_tokenizer(base),
        seed=1,
        batch=4,
        chunk=5,
        question_dropout=0.25,
    )


def test_no_pair_comes_again_before_all_others_came(base: Path) -> None:
    drawn = [
        one.answer
        for pairs, _ in islice(stream(base, {"a": 1}, a=10).batches(), 5)
        for one in pairs
    ]
    assert Counter(drawn) == {f"a{number}": 2 for number in range(10)}


def test_sources_come_in_their_shares(base: Path) -> None:
    chosen = list(islice(stream(base, {"a": 3, "b": 1}, a=30, b=500).batches(), 250))
    counts = Counter(one.source for pairs, _ in chosen for one in pairs)
    assert counts["a"] / counts["b"] == pytest.approx(3, rel=0.25)
    without = sum(one.question == "" for pairs, _ in chosen for one in pairs)
    assert without / 1000 == pytest.approx(0.25, abs=0.06)


def test_a_resumed_stream_goes_on_where_it_was(base: Path) -> None:
    whole = stream(base, {"a": 1}, a=60)
    batches = whole.batches()
    first = [one.answer for pairs, _ in islice(batches, 5) for one in pairs]
    resumed = stream(base, {"a": 1}, a=60)
    resumed.drawn.update(whole.drawn)
    resumed.chunks = whole.chunks
    second = [one.answer for pairs, _ in islice(resumed.batches(), 5) for one in pairs]
    assert second == [one.answer for pairs, _ in islice(batches, 5) for one in pairs]
    assert not set(first) & set(second)


def test_batches_hold_texts_of_like_length(base: Path) -> None:
    texts = sources.Fixed(
        [Pair("", "r", "it " * length, "correct", 1.0, "", "a") for length in range(1, 41)]
    )
    made = Stream(
        {"a": texts},
        {"a": 1},
        pair.load_tokenizer(base),
        seed=1,
        batch=4,
        chunk=10,
        question_dropout=0,
    )
    for _, rows in islice(made.batches(), 10):
        lengths = [len(row.ids) for row in rows]
        assert max(lengths) - min(lengths) == 3


def test_a_source_that_is_not_there_is_named(base: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"names b, which holds no pairs\. There are: a"):
        stream(base, {"b": 1}, a=3)


def test_folds_are_even_and_do_not_hang_on_the_order() -> None:
    names = [f"q{number}" for number in range(23)]
    found = folds.assign(names, 5, seed=2)
    assert folds.assign(reversed(names), 5, seed=2) == found
    assert sorted(Counter(found.values()).values()) == [4, 4, 5, 5, 5]


def test_what_is_held_out_is_in_no_source(world: Path, tiny: Config) -> None:
    found = material.read(tiny)
    held = {one.group for one in found.held}
    assert len(held) == 2 + 2  # a quarter of eight questions, half of the bank's four
    rng = Random(1)
    for name, source in material.sources_of(found).items():
        drawn = [source.draw(place, rng) for place in range(len(source)) for _ in range(5)]
        assert not {one.group for one in drawn} & held, name
        assert len(drawn) == 5 * len(source)
    trained = {one.group for of in found.pairs.values() for one in of}
    assert found.held_pairs
    assert not trained & {one.group for one in found.held_pairs}


def test_a_question_that_is_added_moves_no_other(world: Path, tiny: Config) -> None:
    held = sorted(one.group for one in material.read(tiny).held)
    text = (world / "bank.toml").read_text(encoding="utf-8")
    more = text + text.replace('id = "why', 'id = "a-new-why')
    (world / "bank.toml").write_text(more, encoding="utf-8")
    again = material.read(tiny, held)
    assert sorted(one.group for one in again.held) == held
    assert len(again.trained["bank"]) == 6


def test_peers_are_other_correct_answers() -> None:
    source = sources.Peers([ASKED])
    rng = Random(0)
    drawn = {(one.reference, one.answer, one.label) for _ in range(40) for one in _all(source, rng)}
    assert drawn == {
        ("it rubs", "it moves a lot", "correct"),
        ("it moves a lot", "it rubs", "correct"),
        ("it moves a lot", "it does not move", NOT_CORRECT),
        ("it rubs", "it does not move", NOT_CORRECT),
        ("it moves a lot", "magic", "incorrect"),
        ("it rubs", "magic", "incorrect"),
    }


def test_points_are_correct_only_where_they_are_covered() -> None:
    other = Asked("set", "set/2", "Why cold?", ("Because nothing moves there at all.",))
    source = sources.Points([ASKED, other])
    rng = Random(0)
    drawn = {(one.reference, one.answer, one.label) for _ in range(90) for one in _all(source, rng)}
    assert ("It moves.", "it moves a lot", "correct") in drawn
    assert ("It moves.", "it rubs", "incorrect") in drawn
    assert ("It moves.", "it does not move", NOT_CORRECT) in drawn
    assert ("It moves.", "It rubs.", "incorrect") in drawn
    assert ("It moves.", other.references[0], "incorrect") in drawn
    assert ("It moves.", "it rubs", "correct") not in drawn


def test_right_answers_to_other_questions_are_wrong_here() -> None:
    other = Asked("set", "set/2", "Why cold?", ("Because nothing moves there at all.",))
    rng = Random(0)
    drawn = [one for _ in range(20) for one in _all(sources.Others([ASKED, other]), rng)]
    right = {*ASKED.right(), ASKED.references[0]}
    assert {one.label for one in drawn} == {"incorrect"}
    assert {one.answer for one in drawn if one.group == other.group} == right
    assert {one.answer for one in drawn if one.group == ASKED.group} == {other.references[0]}
    assert len(sources.Others([other])) == 0, "there is no other question"


def test_references_are_right_in_any_dress() -> None:
    source = sources.Same([ASKED], lambda pair, _near, _rng: [replace(pair, answer="dressed")])
    rng = Random(0)
    drawn = [one for _ in range(40) for one in _all(source, rng)]
    assert {one.label for one in drawn} == {"correct"}
    assert {one.answer for one in drawn} == {"dressed", *ASKED.references}


def test_mistakes_are_held_against_themselves_and_against_what_is_right() -> None:
    dressed = sources.Mistakes([ASKED], lambda pair, *_: [replace(pair, answer="dressed")])
    undressed = sources.Mistakes([ASKED], lambda *_: [])
    rng = Random(0)
    drawn = [one for _ in range(40) for one in _all(dressed, rng)]
    assert {one.reference for one in drawn} == {"it does not move", "magic"}
    assert {(one.answer, one.label) for one in drawn} == {
        ("dressed", "correct"),
        ("it moves a lot", NOT_CORRECT),
        ("it rubs", NOT_CORRECT),
    }
    same = [one for _ in range(40) for one in _all(undressed, rng) if one.label == "correct"]
    assert same
    assert all(one.answer == one.reference for one in same)


def test_a_correct_answer_meets_mostly_its_closest_reference() -> None:
    source = sources.GradedAnswers([ASKED])
    rng = Random(0)
    drawn = Counter(source.draw(0, rng).reference for _ in range(400))
    # 0.6 by choice and half of the rest by chance.
    assert drawn[ASKED.references[0]] / 400 == pytest.approx(0.8, abs=0.06)


def _all(source: sources.Source, rng: Random) -> list[Pair]:
    return [source.draw(place, rng) for place in range(len(source))]
