"""Readers: every kind of file becomes questions with graded answers, or names what is wrong."""

import hashlib
import json
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.grading.training import data
from bot.grading.training.data import Answer

SEMEVAL = """<?xml version="1.0" encoding="UTF-8"?>
<question id="EM_45b" qtype="Q_EXPLAIN_SPECIFIC" module="EM" stype="NA">
  <questionText>How did you separate the salt
    from the water?</questionText>
  <referenceAnswers>
    <referenceAnswer id="answer1" category="BEST">The water was evaporated.</referenceAnswer>
    <referenceAnswer id="answer2" category="GOOD">It dried &amp; salt stayed.</referenceAnswer>
  </referenceAnswers>
  <studentAnswers>
    <studentAnswer count="1" id="a1" accuracy="correct">Let it evaporate.</studentAnswer>
    {more}
    <studentAnswer count="1" id="a3" accuracy="incorrect">With a filter.</studentAnswer>
  </studentAnswers>
</question>
"""
CONTRADICTORY = '<studentAnswer id="a2" accuracy="contradictory">Never dry it.</studentAnswer>'
SAF = """<question id="10.1"><questionText>What is UDP?</questionText>
<referenceAnswers><referenceAnswer id="1">A protocol.</referenceAnswer></referenceAnswers>
<studentAnswers>
  <studentAnswer id="1"><response>A protocol!</response><score>1.0</score>
    <response_feedback>Good.</response_feedback>
    <verification_feedback>Correct</verification_feedback></studentAnswer>
  <studentAnswer id="2"><response>A cable and a protocol.</response><score>0.5</score>
    <verification_feedback>Partially correct</verification_feedback></studentAnswer>
  <studentAnswer id="3"><response>A port.</response><score>0</score></studentAnswer>
</studentAnswers></question>
"""


def test_answers_are_grouped_by_their_question(world: Path) -> None:
    hashes: dict[str, str] = {}
    found = data.read_any(Path("graded.jsonl"), hashes)
    assert [one.group for one in found[:2]] == ["graded/Heat", "graded/Light"]
    assert found[0].question == "Why does Heat move?"
    assert found[0].references == ("Heat is warm and moves faster.", "The warm moves faster.")
    assert [answer.label for answer in found[0].answers] == [
        "correct",
        "correct",
        "contradictory",
        "incorrect",
    ]
    content = (world / "graded.jsonl").read_bytes()
    assert hashes == {"graded.jsonl": hashlib.sha256(content).hexdigest()}


@pytest.mark.parametrize(
    ("change", "told"),
    [({"label3": "fine"}, "2: unknown label 'fine'"), ({"answer": None}, "2: no answer")],
)
def test_a_bad_line_is_named(tmp_path: Path, change: dict[str, object], told: str) -> None:
    row = {"question_id": 1, "question": "q", "references": [], "answer": "a", "label3": "correct"}
    bad = {key: value for key, value in (row | change).items() if value is not None}
    path = tmp_path / "some.jsonl"
    path.write_text(f"{json.dumps(row)}\n{json.dumps(bad)}\n", encoding="utf-8")
    with pytest.raises(OperatorError, match=told):
        data.read_graded(path)


def test_the_premise_is_the_answer(world: Path) -> None:
    pairs = data.read_entailment(world / "entailment" / "snli.jsonl.gz")
    assert pairs[1].answer == "Heat number 1 is warm and it moves through the wood."
    assert pairs[1].reference == "Heat number 1 is cold."
    assert [pair.label for pair in pairs[:3]] == ["correct", "contradictory", "incorrect"]
    assert {pair.question for pair in pairs} == {""}
    assert len({pair.group for pair in pairs}) == len(pairs)


def test_examples_of_a_bank_say_what_they_cover(world: Path) -> None:
    (heat, *_) = data.read_any(Path("bank.toml"), {})
    assert heat.group == "bank/bank/why-heat"
    assert heat.points == ("Heat moves.", "What moves faster is warm.")
    assert heat.answers == (
        Answer("it moves, that makes Heat warm", "correct", (0, 1)),
        Answer("Heat moves a lot.", "incorrect", (0,)),
        Answer("Heat is warm because it does not move", "contradictory", ()),
    )


def test_nobody_said_which_points_a_long_contradictory_text_holds(world: Path) -> None:
    text = (world / "bank.toml").read_text(encoding="utf-8")
    long = "Heat moves and what moves faster is warm, and " + "so on and " * 3 + "it stands still"
    changed = text.replace("Heat is warm because it does not move", long)
    (world / "bank.toml").write_text(changed, encoding="utf-8")
    (heat, *_) = data.read_any(Path("bank.toml"), {})
    assert heat.answers[2] == Answer(long, "contradictory", None)


def test_semeval_three_way(tmp_path: Path) -> None:
    folder = tmp_path / "3way" / "sciEntsBank"
    folder.mkdir(parents=True)
    (folder / "EM-45b.xml").write_text(SEMEVAL.format(more=CONTRADICTORY), encoding="utf-8")
    (found,) = data.read_any(tmp_path, {})
    assert (found.source, found.group) == ("scientsbank", "scientsbank/EM_45b")
    assert found.question == "How did you separate the salt from the water?"
    assert found.references == ("The water was evaporated.", "It dried & salt stayed.")
    assert [answer.label for answer in found.answers] == ["correct", "contradictory", "incorrect"]


def test_semeval_two_way_does_not_say_which_kind_of_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "semeval2013-Task7-2and3way" / "2way" / "beetle"
    folder.mkdir(parents=True)
    (folder / "q.xml").write_text(SEMEVAL.format(more=""), encoding="utf-8")
    (found,) = data.read_any(folder, {})
    assert found.source == "beetle"
    assert [answer.label for answer in found.answers] == ["correct", data.NOT_CORRECT]


def test_semeval_with_another_label_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.xml"
    path.write_text(SEMEVAL.format(more=CONTRADICTORY.replace("contradictory", "odd")), "utf-8")
    with pytest.raises(OperatorError, match="unknown accuracy 'odd'"):
        data.read_any(path, {})


def test_saf_takes_only_what_is_right_in_full_for_correct(tmp_path: Path) -> None:
    path = tmp_path / "10.1.xml"
    path.write_text(SAF, encoding="utf-8")
    (found,) = data.read_any(path, {})
    assert (found.group, found.references) == ("saf/10.1", ("A protocol.",))
    assert [(answer.text, answer.label) for answer in found.answers] == [
        ("A protocol!", "correct"),
        ("A cable and a protocol.", "incorrect"),
        ("A port.", "incorrect"),
    ]
