"""GIFT as Moodle's documentation describes it, and as Moodle exports it."""

import pytest

from bot.bank.formats import draft
from bot.bank.imports import Incoming, Report, identify, report_on
from tests.bank.formats.samples import GIFT


def read(text: str) -> Report:
    report = report_on("a.gift", text.encode(), format_name="gift")
    assert report.unreadable is None, report.unreadable
    return report


def only(text: str) -> Incoming:
    (one,) = read(text).incoming
    return one


def why(text: str) -> str:
    report = read(text)
    assert not report.incoming
    (refused,) = report.refused
    return refused.why


def test_moodles_own_export_comes_in_as_it_was_meant():
    report = read(GIFT)
    assert [(one.line, one.id) for one in report.incoming] == [
        (5, "grants-tomb"),
        (13, "grant-is-in-grant-s-tomb"),
        (15, "the-sun-rises-in-the-east"),
        (17, "1-2-4"),
    ]
    assert report.incoming[0].values == {
        "id": "grants-tomb",
        "prompt": "Who is buried in **Grant's tomb**?",
        "options": ["Grant", "No one", "Grant and his wife"],
        "answer": "A",
        "explanation": "It stands in New York.\nHe is.",
        "misconceptions": {"B": "Until 1897."},
        "topic": "History",
    }
    assert report.incoming[0].notes == (
        "the tag 'easy' is left out",
        "option C earns 50 % in the file; here it counts as wrong",
    )
    assert [(one.line, one.why) for one in report.refused] == [
        (19, draft.TYPED),
        (21, draft.NUMBER),
        (23, draft.MATCHING),
        (25, draft.ESSAY),
        (27, draft.NO_ANSWER),
        (29, "has several right options, and a member chooses one; ask for one of them"),
    ]
    assert [(one.line, one.what) for one in report.notes] == [
        (12, "the comment 'a word from the author' is left out")
    ]


@pytest.mark.parametrize("sign", ["T", "TRUE", "F", "FALSE"])
def test_true_and_false_say_first_what_is_told_to_those_who_are_wrong(sign: str):
    one = only(f"The sky is blue.{{{sign}#No.#Yes.}}")
    right, wrong = ("A", "B") if sign.startswith("T") else ("B", "A")
    assert one.values["options"] == ["True", "False"]
    assert one.values["answer"] == right
    assert one.values["explanation"] == "Yes."
    assert one.values["misconceptions"] == {wrong: "No."}


def test_a_missing_word_leaves_a_blank():
    prompt = only("Grant is {~buried =entombed} in Grant's tomb.").values["prompt"]
    # Five underscores alone would be one that is underlined.
    assert prompt == r"Grant is \_\_\_\_\_ in Grant's tomb."
    assert only("[markdown]It is {~a =b}.").values["prompt"] == r"It is \_\_\_\_\_."
    assert only("Who?{~a =b}").values["prompt"] == "Who?"


def test_escaped_signs_are_text():
    one = only(r"1 \{2\} \~\=\#\: \\ and\nmore {=\=3 #a \# b ~x\:y ~http://z}")
    assert one.values["prompt"] == "1 {2} ~=#: \\ and\nmore"
    assert one.values["options"] == ["=3", "x:y", "http://z"]
    assert one.values["explanation"] == "a # b"


def test_a_name_may_hold_colons_and_a_text_two_of_them():
    one = only(r"::a\:\:b::std::vector is {=a class ~a verb}")
    assert one.values["prompt"] == "std::vector is"
    assert one.id == identify("a::b")


@pytest.mark.parametrize(
    ("text", "prompt", "option"),
    [
        ("[html]<p>a &lt; b<br/>c</p>{=<code>x</code> ~y}", "a < b\nc", "`x`"),
        ("[plain]<b>x</b>{=**y** ~z}", "<b>x</b>", r"\*\*y\*\*"),
        ("[markdown]*x* &lt; y{=a &amp; b ~z}", "*x* < y", "a & b"),
        ("[moodle]x <i>y</i>{=List<int> ~z}", "x *y*", "List<int>"),
        ("x{=[html]<b>y</b> ~z}", "x", "**y**"),
    ],
)
def test_texts_are_read_as_their_markers_say(text: str, prompt: str, option: str):
    values = only(text).values
    assert (values["prompt"], values["options"][0]) == (prompt, option)


def test_code_in_a_fence_is_the_question_s_code():
    one = only(r"[markdown]What is printed?\n```python\nprint(1)\n```{=1 ~2}")
    assert one.values["prompt"] == "What is printed?"
    assert one.values["code"] == "print(1)"


def test_weights_alone_can_mark_the_right_option():
    assert only("q {~%100%a ~%-50%b ~c}").values["answer"] == "A"
    assert "several right" in why("q {~%50%a ~%50%b ~c}")
    assert "several right" in why("q {=a =b ~c}")
    assert why("q {~a ~b}") == "has no right option; mark the one that is"


def test_answers_on_lines_of_their_own_with_comments_between():
    one = only("q {\n  =a\n  // a comment\n  ~b #no\n}\n")
    assert one.values["options"] == ["a", "b"]


def test_categories_become_topics():
    report = read(
        "$CATEGORY: $course$/top/Default for Biology\n\nq1 {=a ~b}\n\n"
        "$CATEGORY: Maths/In//Out\nq2 {=a ~c}\n\n$CATEGORY: $module$/top\n\nq3 {=a ~d}\n"
    )
    topics = [one.values.get("topic") for one in report.incoming]
    assert topics == ["Biology", "In/Out", None]


@pytest.mark.parametrize("default", ["Default for", "Défaut pour", "Por defecto en"])
def test_a_course_s_first_category_is_the_course_in_each_language(default: str):
    text = f"$CATEGORY: $course$/top/{default} Biology\n\nq {{T}}"
    assert only(text).values["topic"] == "Biology"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_changes_nothing(mark: bytes):
    report = report_on("a.gift", mark + "Größe? {=ä ~b}".encode())
    assert report.incoming[0].values["prompt"] == "Größe?"


def test_utf_16_with_its_mark_is_read():
    report = report_on("a.gift", "Größe? {=ä ~b}".encode("utf-16"))
    assert report.incoming[0].values["prompt"] == "Größe?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("q {=a\n\n~b}", "never closes its brace {"),
        ("q =a ~b}", "closes a brace } that was not opened"),
        ("q {=a ~b} and {=c ~d}", "has answers in two places"),
        ("q {T#a ~b}", "is not GIFT; write \\ before"),
        ("{=a ~b}", "has no text"),
        ("q {=a}", draft.TYPED),
        ("q {a}", draft.TYPED),
        ("q {#}", draft.NUMBER),
        ("q {#\n=1:0 #ok\n=%50%1..2 #near\n~#no}", draft.NUMBER),
        ("q {####said}", draft.ESSAY),
        ("q {=a ~b ~c ~d ~e ~f ~g}", "has 7 options, and reactions go from A to F"),
        ("[html]<img src='x.png' alt='a map'>Where? {=a ~b}", "shows a picture (a map)"),
    ],
)
def test_what_cannot_be_asked_says_why(text: str, said: str):
    report = read(text)
    assert said in report.refused[0].why
    assert not report.incoming


def test_a_formula_that_moodle_draws_is_told():
    one = only(r"[html]<p>What is \\(x^\{2\}\\)?</p>{=$$4$$ ~3}")
    assert one.values["prompt"] == r"What is \\(x^{2}\\)?"
    assert one.notes[0] == "has a formula in TeX, which a post shows as it is typed"
    assert only("It costs $5 (or $4).{T}").notes == ()


def test_a_script_is_left_out_and_told():
    one = only("[html]<script>alert(1)</script>What? {=a ~b #<img src\\=x>}")
    assert one.values["prompt"] == "What?"
    assert "a script is left out" in one.notes
    assert "a picture in a feedback is left out" in one.notes


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("q {=a #see no. #5, and #6 ~b #7 # 8}", "explanation", "see no. #5, and #6"),
        ("q {~b #[html]7 <b>#</b> 8 =a}", "misconceptions", {"A": "7 **#** 8"}),
        ("q {F#no#yes, #1}", "explanation", "yes, #1"),
        ("q {T#1 + 1 = 3?#2}", "misconceptions", {"B": "1 + 1 = 3?"}),
    ],
)
def test_a_feedback_may_hold_signs_that_begin_others(text: str, key: str, said: object):
    assert only(text).values[key] == said


def test_an_answer_before_the_first_sign_is_a_wrong_one():
    one = only("q {a # no ~b =c}")
    assert (one.values["options"], one.values["answer"]) == (["a", "b", "c"], "C")
    assert one.values["misconceptions"] == {"A": "no"}


def test_a_weight_behind_an_equals_sign_is_told():
    assert only("q {=%50%a ~b}").notes == ("'a' has = before its 50 %, so it is right",)
    assert only("q {=%100%a ~b}").notes == ()


def test_ids_and_tags_stand_in_comments_wherever_they_are():
    report = read(
        "// Say [tag:  loud ] or\n// a [id:  four ] que[tag:so\\]ft]stion, [id:five].\n"
        "q1 {T}\n\n// [id:nobodys]\n\nq2 {F}"
    )
    first, second = report.incoming
    assert (first.id, second.id) == ("four", "q-" + second.id[2:])
    assert first.notes == (
        "the tag 'loud' is left out",
        "the tag 'so]ft' is left out",
        "the id 'five' is left out",
    )
    assert [(one.line, one.what) for one in report.notes] == [
        (1, "the comment 'Say [tag:  loud ] or' is left out"),
        (2, "the comment 'a [id:  four ] que[tag:so\\\\]ft]stion, [id:five].' is left out"),
        (5, "the comment '[id:nobodys]' is left out"),
    ]


def test_a_comment_is_told_with_its_own_line():
    report = read("// one\n// two\nq {\n// three\n=a ~b}\n\n\n// four\n")
    assert [one.line for one in report.notes] == [1, 2, 4, 8]
