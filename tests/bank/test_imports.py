"""What an import reports: what comes in whole, what lacks something, what stays out, and where."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.bank.formats import toml
from bot.bank.imports import Incoming, Known, Report, Wishes, identify, report_on
from bot.bank.load import read_bank
from bot.bank.report import bank_file, summary, told
from bot.domain.question import Question
from tests.bank.files import GOOD, question


def report(*questions: dict[str, Any], **options: Any) -> Report:
    found = report_on("bank.toml", toml.write("T", questions), **options)
    assert found.unreadable is None, found.unreadable
    return found


def only(*questions: dict[str, Any], **options: Any) -> Incoming:
    (one,) = report(*questions, **options).incoming
    return one


def test_a_complete_question_comes_in_whole():
    found = report(GOOD)
    assert found.clean
    assert told(found) == ["bank.toml:3: what-is-dropout: comes in whole"]
    assert summary(found) == "1 question comes in whole."
    assert Question.model_validate(found.whole[0].values) == Question.model_validate(GOOD)


def test_every_gap_is_named():
    keys = ("hints", "explanation", "key_points", "topic", "difficulty", "source", "licence")
    bare = {key: value for key, value in GOOD.items() if key not in keys}
    one = only({**bare, "misconceptions": {"C": "Takes it for cleaning."}})
    assert one.missing == (
        "hints",
        "explanation",
        "key_points",
        "misconceptions of B, D",
        "topic",
        "difficulty",
        "source",
        "licence",
    )
    assert only(question(hints=["one", "two"])).missing == ("hint 3",)


def test_what_is_said_of_all_questions_fills_gaps_and_nothing_else():
    defaults = {"topic": "Shared", "licence": "CC0-1.0", "source": "A book"}
    one = only(question(topic=None, source=None), wishes=Wishes(defaults))
    assert not one.missing
    assert (one.values["topic"], one.values["source"]) == ("Shared", "A book")
    assert one.values["licence"] == "MIT"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"prompt": "x" * 1001}, "`prompt` has 1001 characters; shorten it to 1000"),
        ({"options": [*"abcdefg"]}, "`options` has too many entries; it takes 6 at most"),
        ({"options": ["a", "b" * 201]}, "option B has 201 characters; shorten it to 200"),
        ({"answer": "F"}, "answer is F, but the options are A-D"),
        ({"answer": None}, "no key: `answer` is missing"),
        ({"code": 5}, "`code` is 5, which is the wrong kind"),
    ],
)
def test_what_cannot_be_asked_stays_out(changes: dict[str, Any], why: str):
    found = report({key: value for key, value in {**GOOD, **changes}.items() if value is not None})
    assert not found.incoming
    assert why in found.refused[0].why
    assert found.refused[0].line == 3


@pytest.mark.parametrize(
    ("changes", "missing", "note"),
    [
        (
            {"explanation": "x" * 1201},
            "explanation",
            "`explanation` is left out: `explanation` has",
        ),
        ({"difficulty": 9}, "difficulty", "`difficulty` is left out: `difficulty` is 9"),
        ({"topic": 7}, "topic", "`topic` is left out"),
        ({"hints": ["a", "b" * 601, "c"]}, "hints", "`hints` is left out: hint 2 has 601"),
        ({"misconceptions": {"A": "x"}}, "misconceptions of B, C, D", "needs one entry for each"),
    ],
)
def test_what_a_question_cannot_hold_is_left_out_and_told(
    changes: dict[str, Any], missing: str, note: str
):
    one = only({**GOOD, **changes})
    assert missing in one.missing
    assert any(note in said for said in one.notes), one.notes


def test_a_fourth_hint_is_left_out_and_told():
    one = only(question(hints=["one", "two", "three", "four"]))
    assert one.values["hints"] == ["one", "two", "three"]
    assert one.notes == ("hint 4 is left out: 'four'",)


def test_an_import_says_what_the_check_would_say():
    one = only(question(options=["same", "Same"], answer="A", hints=["one", "one", "two"]))
    assert "options A and B read the same; change one" in one.notes
    assert "hint 2 says what hint 1 says; go a step further" in one.notes


def test_a_question_that_is_there_stays_out():
    known = [Known(Question.model_validate(GOOD), "training.toml")]
    found = report(question(id="another-id"), known=known)
    assert [one.same_as for one in found.duplicates] == ["what-is-dropout (training.toml)"]
    assert told(found)[0].endswith(
        "another-id: asks nearly what what-is-dropout (training.toml) asks; it stays out"
    )
    assert not found.whole
    assert not found.clean


def test_a_question_that_the_file_asks_twice_comes_in_once():
    found = report(GOOD, question(id="twice"))
    assert [one.id for one in found.whole] == ["what-is-dropout"]
    assert found.duplicates[0].same_as == "what-is-dropout (line 3 of this file)"


def test_the_same_words_with_another_key_are_another_question():
    text = "Which is true? {=Whales are mammals. ~Fish are birds.}\n\n"
    text += "Which is true? {~Whales are fish. =The Moon is smaller than Earth.}\n\n"
    text += "Which is true? {~Iron floats. =Whales are mammals!}\n"
    found = report_on("a.gift", text.encode())
    first, second = found.lacking
    assert (first.id, second.id) == ("which-is-true", "which-is-true-2")
    assert "asks in the words of which-is-true (line 1 of this file); say how they differ" in (
        second.notes
    )
    assert [one.id for one in found.duplicates] == ["which-is-true-3"]


def test_an_id_that_is_taken_is_changed_and_told():
    known = [Known(Question.model_validate(GOOD), "training.toml")]
    other = question(prompt="What is early stopping good for, in a long training?", answer="D")
    one = only(other, known=known)
    assert one.id == one.values["id"] == "what-is-dropout-2"
    assert "the id what-is-dropout is taken; it comes in as what-is-dropout-2" in one.notes


def test_ids_are_made_of_words():
    assert identify("Grant's Tomb") == "grant-s-tomb"
    assert identify("Größe über alles") == "grosse-uber-alles"
    assert identify("word " * 30) == "-".join(["word"] * 10)
    # Another script: from all of the text, and the same each time.
    assert re.fullmatch(r"q-[0-9a-f]{10}", identify("漢字は何ですか"))
    assert identify("漢字は何ですか") == identify("漢字は何ですか") != identify("漢字は何か")


def test_the_bank_that_is_written_holds_what_came_in_and_says_what_lacks(tmp_path: Path):
    found = report(GOOD, question(id="bare", prompt="Why?", hints=None, code="print(1)"))
    path = tmp_path / "new.toml"
    path.write_bytes(bank_file(found, "A title", found.incoming))
    text = path.read_text(encoding="utf-8")
    assert "# From bank.toml, line" in text
    assert "# Missing: hints." in text
    read = read_bank(path)
    assert read.title == "A title"
    assert [placed.question for placed in read.placed] == [Question.model_validate(GOOD)]
    # What lacks is what `tutor check` names, in the line of its question.
    assert [str(one.what) for one in read.findings] == [
        'bare: `hints` is missing; add hints = ["…", "…", "…"], from a nudge to nearly there'
    ]


def test_a_comment_cannot_break_out_of_its_line(tmp_path: Path):
    found = report(question(hints=["one", "two", "three", 'x"\n[[question]]\nid = "evil"']))
    path = tmp_path / "new.toml"
    path.write_bytes(bank_file(found, "T", found.incoming))
    assert [placed.question.id for placed in read_bank(path).placed] == ["what-is-dropout"]


def test_a_file_that_cannot_be_read_is_told_in_a_line():
    found = report_on("bank.toml", b'title = "x"\n[[question]\n')
    assert told(found)[0].startswith("bank.toml:2: is not TOML in column")
    assert summary(found) == "Nothing of this file can be read."
    assert not found.clean


def test_a_summary_counts_everything():
    found = report_on("a.gift", b"q one {=a ~b}\n\nq one {=a ~b}\n\nwhat {}\n\nother {=1 ~2}\n")
    assert summary(found) == (
        "0 questions come in whole, 2 with something missing, 1 asked by another one,"
        " 1 that cannot be asked by reactions."
    )
