"""The other formats, each from a file as its own program writes it."""

import base64
import json
from datetime import datetime
from urllib.parse import quote, quote_plus

import pytest

from bot.bank.exports import export
from bot.bank.formats import draft
from bot.bank.formats.draft import Source, UnreadableFileError
from bot.bank.formats.table import recognised
from bot.bank.imports import Report, Wishes, report_on
from tests.bank.formats import samples
from tests.bank.formats.samples import SAMPLES


def read(name: str, raw: bytes | None = None, **columns: str) -> Report:
    raw = SAMPLES[name] if raw is None else raw
    report = report_on("file", raw, format_name=name, wishes=Wishes(columns=columns))
    assert report.unreadable is None, report.unreadable
    return report


def refused(report: Report) -> list[tuple[int, str]]:
    return [(one.line, one.why) for one in report.refused]


def test_moodle_xml():
    report = read("moodle-xml")
    first, second = report.incoming
    assert first.line == 10
    assert first.values == {
        "id": "cells-1",
        "prompt": "What makes *ATP*?",
        "options": ["The nucleus", "The mitochondrion"],
        "answer": "B",
        "explanation": "Respiration ends there.",
        "hints": ["It has a membrane in folds.", "It has DNA of its own."],
        "misconceptions": {"A": "It keeps the DNA."},
        "topic": "Biology",
        "difficulty": 2,
    }
    assert first.missing == ("hint 3", "key_points", "source", "licence")
    assert first.notes == (
        "<incorrectfeedback> 'Read chapter 3.' is left out",
        "the tag 'cells' is left out",
    )
    assert second.values["options"] == ["True", "False"]
    assert refused(report) == [
        (41, "shows a picture (a cell), and a post is text; describe it in words"),
        (49, draft.TYPED),
        (52, draft.TYPED),
    ]


def test_moodle_xml_that_says_more_than_a_question_holds():
    text = samples.MOODLE_XML.replace("<penalty>0.3333333</penalty>", "<note>For exams</note>")
    text = text.replace("1.0000000", "4.0")
    assert read("moodle-xml", text.encode()).incoming[0].notes[-3:] == (
        "its grade '4.0' is left out; points follow the difficulty",
        "<note> 'For exams' is left out",
        "the tag 'cells' is left out",
    )


def test_moodle_xml_with_a_sound_is_not_asked_without_it():
    text = samples.MOODLE_XML.replace('<img src="@@PLUGINFILE@@/cell.png" alt="a cell">', "")
    assert refused(read("moodle-xml", text.encode()))[0][1].startswith("shows the file 'cell.png'")


def test_aiken():
    report = read("aiken")
    first, second = report.incoming
    assert (first.line, first.values["answer"], len(first.values["options"])) == (1, "C", 3)
    assert second.values["prompt"] == "Which LMS has the most\nquiz import formats?"
    assert (second.line, second.values["options"]) == (7, ["Moodle", "ATutor"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("q\nA. a\nB. b\n", [(1, "has no line ANSWER: below its options; add one")]),
        ("ANSWER: A\n", [(1, "is an answer without a question above it; add one")]),
        ("q\nA. a\nC. b\nANSWER: A\n", [(1, "has the options AC; letter them A, B, C …")]),
        ("q\nA. a\nB. b\nANSWER: D\n", [(1, "has the answer D, which is none of its options")]),
        (
            "q\nA. a\nB. b\nANSWER: both\n",
            [(1, "has no letter behind ANSWER:, as in ANSWER: B; add it")],
        ),
        ("q\nA. a\nB. b\nANSWER: A, B and C\n", [(1, draft.SEVERAL)]),
        (
            "A) a\nANSWER: B\n",
            [
                (1, "is an option without a question above it; add one"),
                (2, "is an answer without a question above it; add one"),
            ],
        ),
    ],
)
def test_aiken_that_is_not_complete(text: str, found: list[tuple[int, str]]):
    assert refused(read("aiken", text.encode())) == found


@pytest.mark.parametrize(
    ("told", "notes"),
    [
        ("ANSWER: B.", ()),
        ("Answer: b", ()),
        ("ANSWER:B) or so", ("'or so' behind the answer is left out",)),
    ],
)
def test_aiken_answers_as_people_write_them(told: str, notes: tuple[str, ...]):
    (one,) = read("aiken", f"q\nA)a\nB)b\n{told}".encode()).incoming
    assert (one.values["answer"], one.notes) == ("B", notes)


def test_canvas_packages():
    report = read("qti")
    assert report.title == "Numbers"
    (one,) = report.incoming
    assert one.values == {
        "id": "which-is-prime",
        "prompt": "Which is *prime*?",
        "options": ["Nine", "Seven"],
        "answer": "B",
        "explanation": "Only 1 and itself.",
        "misconceptions": {"A": "3 times 3."},
    }
    assert [why for _, why in refused(report)] == [draft.SEVERAL, draft.ESSAY]
    assert report.refused[1].name == "g2/g2.xml, Essay"
    assert [one.what for one in report.notes] == [
        "the file 'g2/assessment_meta.xml' of the package is left out"
    ]


def test_a_canvas_question_bank_has_its_title_in_a_field():
    bank = (
        "<objectbank><qtimetadata><qtimetadatafield><fieldlabel>bank_title</fieldlabel>"
        "<fieldentry>Primes</fieldentry></qtimetadatafield></qtimetadata>"
    )
    text = samples.QTI.replace('<assessment ident="g2" title="Numbers">', bank)
    assert read("qti", text.replace("</assessment>", "</objectbank>").encode()).title == "Primes"


def test_canvas_points_and_scores_of_another_scale():
    text = samples.QTI.replace("<fieldentry>1.0<", "<fieldentry>5.0<")
    text = text.replace('maxvalue="100"', 'maxvalue="1"').replace(">100<", ">1<")
    (one,) = read("qti", text.encode()).incoming
    assert one.values["answer"] == "B"
    assert one.notes == ("its 5.0 points are left out; here they follow the difficulty",)


def test_a_package_without_questions():
    report = report_on("a.zip", samples.zipped({"imsmanifest.xml": "<manifest/>", "a.png": "x"}))
    assert report.unreadable
    assert report.unreadable.what.startswith("has no QTI 1.2 question")


def test_canvas_without_its_package():
    assert len(read("qti", samples.QTI.encode()).incoming) == 1


def test_canvas_questions_are_not_read_twice_from_a_common_cartridge():
    raw = samples.zipped(
        {
            "g2/assessment_qti.xml": samples.QTI,
            "non_cc_assessments/g2.xml.qti": samples.QTI,
        }
    )
    report = read("qti", raw)
    assert len(report.incoming) + len(report.refused) == 3


def test_csv_with_headers_as_people_write_them():
    report = read("csv")
    first, second = report.incoming
    assert first.values == {
        "id": "what-is-2-or-3",
        "prompt": "What is 2; or 3?",
        "options": ["one", "two"],
        "answer": "B",
        "explanation": "Because.",
        "difficulty": 2,
    }
    # The answer is told by its text.
    assert (second.line, second.values["answer"]) == (3, "A")
    assert [one.what for one in report.notes] == [
        "the column 'Teacher' is left out; --map tells what it holds"
    ]


def test_csv_with_mapped_headers():
    raw = b"Stem,Good,Bad,Bad2,Why\nq,right,wrong,worse,because\n"
    columns = {"Good": "answer", "Bad": "wrong 1", "Bad2": "wrong_2", "why": "explanation"}
    (one,) = read("csv", raw, **columns).incoming
    assert one.values["options"] == ["right", "wrong", "worse"]
    assert (one.values["answer"], one.values["explanation"]) == ("A", "because")


@pytest.mark.parametrize(
    ("raw", "columns", "what"),
    [
        (b"x,y\n1,2\n", {}, "has no column for the question; name it by --map HEADER=prompt"),
        (b"prompt\nq\n", {"Nope": "topic"}, "has no column 'nope'; it has: prompt"),
        (b"prompt\nq\n", {"prompt": "nope"}, "'nope' is nothing a column holds"),
        (b"prompt,question\nq,r\n", {}, "has two columns for 'prompt'; rename one"),
        (b'prompt,a\n"q,1\n', {}, "look for a quote that is not closed"),
    ],
)
def test_csv_whose_columns_are_not_clear(raw: bytes, columns: dict[str, str], what: str):
    report = report_on("a.csv", raw, wishes=Wishes(columns=columns))
    assert report.unreadable is not None
    assert what in report.unreadable.what


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("q,a,b,,C", "has the answer 'C', which is none of its options; write the right letter"),
        ("q,a,b,,", "has no answer; name the right option by its letter"),
        ("q,a,b,c,'A,B'", draft.SEVERAL),
        ("q,3,2,1,1", "has the answer '1', a number and a text of two options; write a letter"),
        ("q,a,,c,A", "leaves option b empty and has later ones; move them up"),
        (
            "q,a,b,c,A,more",
            "has more cells than the header ('more'); quote texts with the delimiter",
        ),
    ],
)
def test_csv_rows_that_cannot_be_asked(row: str, found: str):
    raw = f"prompt,option1,option2,option3,CorrectAnswer\n{row}\n".replace("'", '"')
    assert refused(read("csv", raw.encode())) == [(2, found)]


def test_csv_answers_by_number_and_true_or_false():
    raw = b"prompt,option1,option2,answer\nq,a,b,2\nthe sky is blue,,,True\n"
    first, second = read("csv", raw).incoming
    assert first.values["answer"] == "B"
    assert (second.values["options"], second.values["answer"]) == (["True", "False"], "A")


def test_csv_with_headers_of_other_quiz_makers():
    raw = (
        b"Question Text,Answer 1,Answer 2,Answer 3 (Optional),Correct Answer(s),"
        b"Answer explanation\nq,a,b,,2,why\n"
    )
    (one,) = read("csv", raw).incoming
    assert (one.values["options"], one.values["answer"]) == (["a", "b"], "B")
    assert one.values["explanation"] == "why"


def test_texts_that_may_be_plain_are_said_to_be_taken_as_markdown():
    said = (r"is taken as Markdown; write \ before signs such as * and _ that are to show",)
    (one,) = read("csv", b"prompt,a,b,answer\nWhat does __init__ do?,x,y,A\n").incoming
    assert (one.values["prompt"], one.notes) == ("What does __init__ do?", said)
    (one,) = read("aiken", b"q\nA. 2*3*4\nB. b\nANSWER: B\n").incoming
    assert one.notes == said
    own = export("csv", "T", [{"prompt": "A **bold** one", "options": ["x", "y"], "answer": "A"}])
    assert read("csv", own.raw).incoming[0].notes == ()


def test_kahoot():
    report = read("kahoot")
    (one,) = report.incoming
    assert (one.line, one.values["options"], one.values["answer"]) == (9, ["42", "41", "43"], "A")
    assert one.notes == ("the time limit of 20 s is left out",)
    assert refused(report) == [(10, draft.SEVERAL)]


def test_kahoot_rows_that_end_before_the_right_answer():
    assert refused(read("kahoot", samples.sheet(("q", "a", "b"), ("r",)))) == [
        (9, "has no right option; mark the one that is"),
        (10, draft.TYPED),
    ]


def test_a_spreadsheet_of_another_quiz_maker():
    raw = samples.table(
        ("Question #", "Question Text", "Question Type", "Option 1", "Option 2", "Correct Answer"),
        (1, "What is it?", "Multiple Choice", "a", "b", 2),
    )
    (one,) = read("kahoot", raw).incoming
    assert (one.line, one.values["prompt"]) == (2, "What is it?")
    assert (one.values["options"], one.values["answer"]) == (["a", "b"], "B")
    assert one.notes == ("the cell 'Multiple Choice' is left out",)


def test_kahoot_that_points_at_nothing():
    raw = samples.sheet(
        ("q", "a", "b", None, None, 20, 4), ("typed", None, None, None, None, 20, 1)
    )
    assert refused(read("kahoot", raw)) == [
        (9, "names answer 4 as right, which is empty; fill it in"),
        (10, draft.TYPED),
    ]


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        (0.25, "0%", "25%"),
        (0.125, "0.00%", "12.5%"),
        (datetime(1969, 7, 20), "yyyy-mm-dd", "1969-07-20"),  # noqa: DTZ001 - a cell has no zone
        (True, "General", "True"),
        (2.5, "General", "2.5"),
    ],
)
def test_cells_of_a_spreadsheet_are_read_as_they_are_shown(value: object, shown: str, text: str):
    (one,) = read("kahoot", samples.cell(9, 4, value, shown)).incoming
    assert one.values["options"] == ["a", text]


def test_a_spreadsheet_of_something_else():
    report = report_on("a.xlsx", samples.zipped({"xl/workbook.xml": "<x/>"}))
    assert report.unreadable
    assert report.unreadable.what.startswith("is no spreadsheet that can be read")


ROWS = json.loads(samples.OPENTDB)["results"]


def encoded(encode: object) -> bytes:
    assert callable(encode)

    def told(value: object) -> object:
        if isinstance(value, list):
            return [told(one) for one in value]
        return encode(value)

    rows = [{key: told(value) for key, value in row.items()} for row in PLAIN]
    return json.dumps({"response_code": 0, "results": rows}).encode()


PLAIN = [
    {
        "type": "multiple",
        "difficulty": "easy",
        "category": "Science & Nature",
        "question": 'What does "DNA" carry?',
        "correct_answer": "Genes",
        "incorrect_answers": ["Light", "Heat", "Sound <loud>"],
    }
]


@pytest.mark.parametrize(
    "raw",
    [
        samples.OPENTDB.encode(),
        encoded(lambda text: base64.b64encode(text.encode()).decode()),
        encoded(lambda text: quote(text, safe="")),
        encoded(lambda text: quote_plus(text)),
    ],
    ids=["entities", "base64", "url", "older url"],
)
def test_open_trivia_db_in_each_of_its_encodings(raw: bytes):
    report = read("opentdb", raw)
    one = report.incoming[0]
    assert one.values["prompt"] == 'What does "DNA" carry?'
    assert sorted(one.values["options"]) == ["Genes", "Heat", "Light", "Sound <loud>"]
    assert one.values["options"]["ABCD".index(one.values["answer"])] == "Genes"
    assert one.values["topic"] == "Science & Nature"
    assert one.values["difficulty"] == 2
    assert one.values["licence"] == "CC-BY-SA-4.0"
    assert one.values["source"] == "Open Trivia Database, https://opentdb.com"


def test_open_trivia_db_puts_its_keys_under_several_letters_and_each_time_the_same():
    rows = [{**PLAIN[0], "question": f"Question {number} of many?"} for number in range(40)]
    raw = json.dumps({"results": rows}, indent=1).encode()
    first, second = (read("opentdb", raw) for _ in range(2))
    letters = [one.values["answer"] for one in first.incoming]
    assert set(letters) == set("ABCD")
    assert first == second
    assert [one.line for one in first.incoming][:2] == [3, 15]
    truth = read("opentdb").incoming[1]
    assert (truth.line, truth.values["options"]) == (5, ["True", "False"])


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b'{"results":[1]}', "is no question; a result is an object in { }"),
        (
            b'{"results":[{"question":"q"}]}',
            "lacks `question`, `correct_answer` or `incorrect_answers`; add it",
        ),
    ],
)
def test_open_trivia_db_with_something_else_in_it(raw: bytes, found: str):
    assert refused(read("opentdb", raw)) == [(1, found)]


def test_open_trivia_db_keys_that_are_not_known_are_told():
    raw = json.dumps({"results": [{**PLAIN[0], "author": "Ann"}]}).encode()
    assert read("opentdb", raw).incoming[0].notes == ("'author' is left out",)


@pytest.mark.parametrize(
    ("answers", "options", "right"),
    [
        ('- "True"\n- "Yes"', ["True", "False"], "A"),
        ("- off\n- no", ["True", "False"], "B"),
        ("- y", ["Yes", "No"], "A"),
    ],
)
def test_red_takes_true_yes_and_on_for_one(answers: str, options: list[str], right: str):
    (one,) = read("red", f"$schema: x.json\nIs it?:\n{answers}\n".encode()).incoming
    assert (one.values["options"], one.values["answer"]) == (options, right)


def test_red_trivia():
    report = read("red")
    assert [(one.line, one.values["options"], one.values["answer"]) for one in report.incoming] == [
        (5, ["Yes", "No"], "A"),
        (7, ["True", "False"], "B"),
    ]
    assert refused(report) == [(2, draft.TYPED)]
    assert report.notes[0].what == "the author is Kowlin; name them in `source`"


def test_our_own_format_takes_questions_that_are_not_complete():
    report = read("toml")
    assert report.title == "Capitals"
    assert [(one.line, one.id) for one in report.incoming] == [
        (4, "capital-of-france"),
        (10, "what-is-the-capital-of-peru"),
    ]
    assert report.incoming[1].missing[0] == "hint 2 and 3"
    assert report.incoming[0].values["topic"] == "Geography"


@pytest.mark.parametrize(
    ("name", "sample", "format_name"),
    [
        ("bank.toml", "toml", "toml"),
        ("a.gift", "gift", "gift"),
        ("a.txt", "gift", "gift"),
        ("a.txt", "aiken", "aiken"),
        ("a.xml", "moodle-xml", "moodle-xml"),
        ("a.zip", "qti", "qti"),
        ("a.xlsx", "kahoot", "kahoot"),
        ("a.CSV", "csv", "csv"),
        ("a.json", "opentdb", "opentdb"),
        ("a.txt", "anki-notes", "anki-notes"),
        ("a.yaml", "red", "red"),
    ],
)
def test_a_format_is_found_out(name: str, sample: str, format_name: str):
    assert recognised(Source(name, SAMPLES[sample])).name == format_name


def test_aiken_about_braces_is_aiken():
    raw = b"What is {} in Python?\r\nA. a dict\r\nB. a set\r\nANSWER: A\r\n"
    assert recognised(Source("a.txt", raw)).name == "aiken"


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("collection.anki2", "is an Anki deck; in Anki, export it as 'Notes in Plain Text'"),
        ("word/document.xml", "is a Word document; save it as plain text"),
        ("moodle_backup.xml", "is a Moodle backup; in Moodle, export the question bank"),
    ],
)
def test_a_zip_of_something_else_is_told_what_to_do(inside: str, said: str):
    report = report_on("a.zip", samples.zipped({inside: "x"}))
    assert report.unreadable
    assert report.unreadable.what.startswith(said)


def test_a_single_qti_file_is_told_from_moodle_xml():
    assert recognised(Source("a.xml", samples.QTI.encode())).name == "qti"


def test_a_format_that_cannot_be_found_out_is_asked_for():
    with pytest.raises(UnreadableFileError, match="name one of toml, gift"):
        recognised(Source("a.bin", b"\x00"))


def test_a_format_that_is_only_written_is_not_read():
    report = report_on("a.apkg", b"x", format_name="anki")
    assert report.unreadable
    assert "is written and not read" in report.unreadable.what
