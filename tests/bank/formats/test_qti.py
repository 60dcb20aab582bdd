"""QTI 1.2 beyond a plain choice: groups, blanks, other makers' ways, and what is told of each."""

import pytest

from bot.bank.formats import draft
from bot.bank.imports import Incoming, Report, report_on
from tests.bank.formats import samples

CHOICE = """
<response_lid ident="response1" rcardinality="Single"><render_choice>
<response_label ident="1"><material><mattext>Nine</mattext></material></response_label>
<response_label ident="2"><material><mattext>Seven</mattext></material></response_label>
</render_choice></response_lid>"""
RIGHT = """
<resprocessing><outcomes><decvar maxvalue="100" varname="SCORE"/></outcomes>
<respcondition continue="No"><conditionvar><varequal respident="response1">2</varequal>
</conditionvar><setvar action="Set" varname="SCORE">100</setvar></respcondition></resprocessing>"""


def asks(text: str, more: str = CHOICE) -> str:
    material = f'<material><mattext texttype="text/html">{text}</mattext></material>'
    return f"<presentation>{material}{more}</presentation>"


def document(*items: str, around: str = "") -> str:
    return (
        '<questestinterop><assessment ident="a" title="T"><section ident="root_section">'
        f"\n{around}\n{''.join(items)}</section></assessment></questestinterop>"
    )


def item(body: str, kind: str = "multiple_choice_question", title: str = "Question") -> str:
    return samples.qti_item(kind, body, title)


def read(text: str) -> Report:
    report = report_on("a.xml", text.encode(), format_name="qti")
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


def test_a_single_blank_to_choose_for_is_a_choice():
    lid = CHOICE.replace("response1", "response_drop1")
    lid = lid.replace("<render", "<material><mattext>drop1</mattext></material><render")
    body = asks("Prime is [drop1] of the two.", lid) + RIGHT.replace("response1", "response_drop1")
    one = only(document(item(body, "multiple_dropdowns_question")))
    assert one.values["prompt"] == r"Prime is \_\_\_\_\_ of the two."
    assert (one.values["options"], one.values["answer"]) == (["Nine", "Seven"], "B")
    two = body.replace("<response_lid", f"{lid}<response_lid", 1)
    assert why(document(item(two, "multiple_dropdowns_question"))).startswith("has several blanks")


def test_groups_and_questions_that_stand_elsewhere_are_told():
    group = """<section ident="g1" title="Primes"><selection_ordering><selection>
<sourcebank_ref>b77</sourcebank_ref><selection_number>2</selection_number>
</selection></selection_ordering></section><itemref linkrefid="q9"/>"""
    report = read(document(item(asks("q") + RIGHT), around=group))
    assert [(one.line, one.what) for one in report.notes] == [
        (2, "the group 'Primes' asks 2 of its questions in Canvas; all that are here come in"),
        (3, "draws questions from the bank 'b77'; export that bank too"),
        (4, "refers to the question 'q9', which is in another file"),
    ]


def test_what_is_said_of_a_whole_quiz_is_told():
    limit = """<qtimetadata><qtimetadatafield><fieldlabel>qmd_timelimit</fieldlabel>
<fieldentry>20</fieldentry></qtimetadatafield></qtimetadata>
<rubric><material><mattext>Take your time.</mattext></material></rubric>"""
    report = read(document(item(asks("q") + RIGHT), around=limit))
    assert [one.what for one in report.notes] == [
        "the time limit of 20 minutes is left out",
        "<rubric> 'Take your time.' is left out",
    ]


@pytest.mark.parametrize(
    ("profile", "more", "said"),
    [
        ("cc.fib.v0p1", "", draft.TYPED),
        ("cc.essay.v0p1", "", draft.ESSAY),
        ("cc.pattern_match.v0p2", "", draft.TYPED),
        ("", "<response_str><render_fib/></response_str>", draft.TYPED),
        ("", "", "has 0 lists to choose from, not one; ask it with one"),
        ("", CHOICE.replace("Single", "Ordered"), "asks for an order"),
    ],
)
def test_items_without_canvas_s_own_type_say_why_they_cannot_be_asked(
    profile: str, more: str, said: str
):
    text = item(asks("q", more), profile).replace("question_type", "cc_profile")
    assert why(document(text)).startswith(said)


def test_a_type_that_is_not_known_is_named():
    text = document(item(asks("q", ""), "hot_spot_question"))
    assert why(text).startswith("is of the type 'hot_spot_question' and has 0 lists")


def test_all_that_is_asked_is_read_and_not_its_first_text_alone():
    text = '<mattext texttype="text/html">&lt;b&gt;Two&lt;/b&gt;</mattext>'
    more = f"<flow><material>{text}</material></flow>"
    one = only(document(item(asks("One", more + CHOICE) + RIGHT)))
    assert one.values["prompt"] == "One\n**Two**"


def test_a_picture_of_the_standard_keeps_a_question_out():
    more = '<material><matimage uri="cell.png"/></material>'
    assert why(document(item(asks("q", more + CHOICE) + RIGHT))).startswith(
        "shows a picture (cell.png)"
    )


def test_html_that_nobody_escaped_is_still_html():
    text = 'Which <b>is</b> a &lt; b? <img src="a.png" alt="a map"/>'
    assert why(document(item(asks(text) + RIGHT))).startswith("shows a picture (a map)")
    one = only(document(item(asks("Which <b>is</b> 1 &lt; 2?<br/>x") + RIGHT)))
    assert one.values["prompt"] == "Which **is** 1 < 2?\nx"


def test_scores_without_a_greatest_one_are_held_against_each_other():
    right = RIGHT.replace('maxvalue="100" ', "").replace(">100<", ">1<")
    assert only(document(item(asks("q") + right))).values["answer"] == "B"


def test_a_number_is_no_name():
    first, second = read(
        document(
            item(asks("What is prime?") + RIGHT, title="Question 12"),
            item(asks("What is odd?") + RIGHT, title="Odd ones"),
        )
    ).incoming
    assert (first.id, second.id) == ("what-is-prime", "odd-ones")


def test_feedback_that_belongs_to_no_option_is_told():
    more = (
        '<itemfeedback ident="x"><material><mattext>Well.</mattext></material></itemfeedback>'
        "<objectives><material><mattext>Know primes.</mattext></material></objectives>"
    )
    assert only(document(item(asks("q") + RIGHT + more))).notes[:2] == (
        "the feedback 'Well.' belongs to no option and is left out",
        "<objectives> 'Know primes.' is left out",
    )


def test_a_broken_file_of_a_package_is_named():
    raw = samples.zipped({"g/g.xml": "<questestinterop>", "g/a.xml": "<quiz/>"})
    report = report_on("a.zip", raw)
    assert report.unreadable
    assert report.unreadable.what.startswith("g/g.xml: is not XML")


def test_qti_2_is_called_so():
    raw = samples.zipped({"a.xml": "<assessmentItem xmlns='http://x'/>"})
    report = report_on("a.zip", raw)
    assert report.unreadable
    assert report.unreadable.what.startswith("is QTI 2, and here QTI 1.2 is read")
