"""Moodle XML as older and newer Moodles write it, and questions of a text with a gap."""

import pytest

from bot.bank.formats import cloze, draft
from bot.bank.imports import Incoming, Report, report_on

ANSWERS = """
<answer fraction="0"><text>Nine</text><feedback><text>3 * 3 * 1</text></feedback></answer>
<answer fraction="100"><text>Seven *is*</text></answer>"""


def read(text: str) -> Report:
    report = report_on("a.xml", f"<quiz>\n{text}\n</quiz>".encode())
    assert report.unreadable is None, report.unreadable
    return report


def only(text: str) -> Incoming:
    report = read(text)
    assert not report.refused, report.refused
    (one,) = report.incoming
    return one


def why(text: str) -> str:
    (one,) = read(text).refused
    return one.why


def asks(text: str, more: str = ANSWERS, kind: str = "multichoice", mark: str = "html") -> str:
    return (
        f'<question type="{kind}"><questiontext format="{mark}"><text><![CDATA[{text}]]></text>'
        f"</questiontext>{more}</question>"
    )


def test_the_picture_of_an_old_moodle_keeps_its_question_out():
    more = f"<image>moodle.png</image><image_base64>aGVsbG8=</image_base64>{ANSWERS}"
    assert why(asks("q", more)).startswith("shows a picture (moodle.png)")
    assert only(asks("q", f"<image></image>{ANSWERS}")).notes == ()


def test_texts_are_written_as_their_question_is_unless_they_say_so():
    hint = "<hint><text>*think*</text></hint>"
    one = only(asks("q", hint + ANSWERS, mark="markdown"))
    assert one.values["options"] == ["Nine", "Seven *is*"]
    assert one.values["hints"] == ["*think*"]
    one = only(asks("q", hint + ANSWERS, mark="plain_text"))
    assert one.values["misconceptions"] == {"A": r"3 \* 3 \* 1"}
    assert one.values["hints"] == [r"\*think\*"]


def test_hints_of_an_old_moodle_are_hints():
    hint = "<hint><hintcontent><text>Divide.</text></hintcontent></hint>"
    assert only(asks("q", hint + ANSWERS)).values["hints"] == ["Divide."]


def test_html_that_nobody_escaped_is_still_html():
    text = asks("q").replace("<![CDATA[q]]>", "Is <b>it</b> &lt; 3?<br/>So")
    assert only(text).values["prompt"] == "Is **it** < 3?\nSo"


@pytest.mark.parametrize("kind", ["MULTICHOICE", "MCVS", "MULTICHOICE_H"])
def test_a_text_with_one_gap_to_choose_for_can_be_asked(kind: str):
    text = (
        f"<p>{{1:{kind}:=Seven \\~ 7#<b>Yes</b>~%50%Five~Nine#No \\}} &#39;~%-25%Two}} is odd.</p>"
    )
    one = only(asks(text, "", "cloze"))
    assert one.values["prompt"] == r"\_\_\_\_\_ is odd."
    assert one.values["options"] == ["Seven ~ 7", "Five", "Nine", "Two"]
    assert (one.values["answer"], one.values["explanation"]) == ("A", "**Yes**")
    assert one.values["misconceptions"] == {"C": "No } '"}
    assert one.notes[:2] == (
        "option B earns 50 % in the file; here it counts as wrong",
        "option D earns -25 % in the file; here it counts as wrong",
    )


def test_a_gap_in_markdown_shows_as_one():
    one = only(asks("*It* is {:MC:a~%100%b}.", "", "cloze", "markdown"))
    assert (one.values["prompt"], one.values["answer"]) == (r"*It* is \_\_\_\_\_.", "B")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{1:MC:=a~b} and {2:SA:=c}", cloze.SEVERAL),
        ("{1:SHORTANSWER:=a}", draft.TYPED),
        ("{1:MULTIRESPONSE:=a~=b}", draft.TYPED),
        ("{1:MC:=a~=b~c}", "has several right options, and a member chooses one"),
        ("{1:MC:=a~b", draft.TYPED),
        ("no gap", draft.TYPED),
    ],
)
def test_other_gaps_say_why_they_cannot_be_asked(text: str, said: str):
    assert why(asks(text, "", "cloze")).startswith(said)
