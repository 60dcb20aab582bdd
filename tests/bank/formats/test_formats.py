"""The other formats, each from a file as its own program writes it."""

import base64
import json
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

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


SEVERAL = "has several right options, and a member chooses one; ask for one of them"


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
    ],
)
def test_aiken_that_is_not_complete(text: str, found: list[tuple[int, str]]):
    assert refused(read("aiken", text.encode())) == found


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
    assert [why for _, why in refused(report)] == [SEVERAL, draft.ESSAY]
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
        ("q,a,b,c,'A,B'", SEVERAL),
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


def test_kahoot():
    report = read("kahoot")
    (one,) = report.incoming
    assert (one.line, one.values["options"], one.values["answer"]) == (9, ["42", "41", "43"], "A")
    assert one.notes == ("the time limit of 20 s is left out",)
    assert refused(report) == [(10, SEVERAL)]


def test_kahoot_that_points_at_nothing():
    raw = samples.sheet(
        ("q", "a", "b", None, None, 20, 4), ("typed", None, None, None, None, 20, 1)
    )
    assert refused(read("kahoot", raw)) == [
        (9, "names answer 4 as right, which is empty; fill it in"),
        (10, draft.TYPED),
    ]


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
    ],
    ids=["entities", "base64", "url"],
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


def test_anki_notes_with_columns():
    report = read("anki-notes")
    (one,) = report.incoming
    assert one.line == 7
    assert one.values["prompt"] == "What is **ATP**?"
    assert one.values["options"] == ["fuel", "food"]
    assert one.notes == (
        "the field 'Extra' is left out",
        "'MC' (notetype) is left out",
        "'Bio' (deck) is left out",
        "'cells' (tags) is left out",
    )
    assert refused(report) == [
        (8, "is a card of a front and a back, without wrong options to choose from; add some")
    ]


def test_anki_notes_of_the_type_all_in_one():
    raw = b"#separator:tab\nWhich?\tName\t2\tone\ttwo\tthree\t\t\t0 1 0 0 0\tBook\tmore\n"
    (one,) = read("anki-notes", raw).incoming
    assert (one.values["options"], one.values["answer"]) == (["one", "two", "three"], "B")
    assert (one.id, one.values["source"]) == ("name", "Book")
    assert one.notes == ("the field 'more' is left out",)


def test_anki_notes_mapped_by_number():
    columns = {"1": "prompt", "2": "option a", "3": "option b", "4": "answer"}
    (one,) = read("anki-notes", b"q\tyes\tno\tB\n", **columns).incoming
    assert one.values["answer"] == "B"


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


def test_a_deck_for_anki_can_be_opened_and_is_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    values = {**report_on("a", SAMPLES["gift"], format_name="gift").incoming[0].values}
    done = export("anki", "A deck", [values])
    assert done.raw == export("anki", "A deck", [values]).raw
    with zipfile.ZipFile(BytesIO(done.raw)) as archive:
        assert "collection.anki2" in archive.namelist()
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(archive.read("collection.anki2"))
            (fields,) = database.execute("SELECT flds FROM notes").fetchone()
            (cards,) = database.execute("SELECT count(*) FROM cards").fetchone()
    assert fields.split("\x1f")[:2] == ["grants-tomb", "Who is buried in <b>Grant's tomb</b>?"]
    assert cards == 1
    assert list(Path(tempfile.gettempdir()).iterdir()) == []
    assert done.count == 1
    assert "An Anki deck has no place for `misconceptions`: left out of 1 question" in done.left_out


def test_texts_in_a_deck_show_as_they_do_in_discord():
    values = {
        "prompt": r"What is `a < {{b}}` and \_\_init\_\_?",
        "options": ["**x**", "y & z"],
        "answer": "A",
    }
    with zipfile.ZipFile(BytesIO(export("anki", "T", [values]).raw)) as archive:
        raw = archive.read("collection.anki2").decode("utf-8", "replace")
    assert "What is <code>a &lt; {<!-- -->{b}}</code> and __init__?" in raw
    assert "<li><b>x</b></li><li>y &amp; z</li>" in raw


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


def test_a_single_qti_file_is_told_from_moodle_xml():
    assert recognised(Source("a.xml", samples.QTI.encode())).name == "qti"


def test_a_format_that_cannot_be_found_out_is_asked_for():
    with pytest.raises(UnreadableFileError, match="name one of toml, gift"):
        recognised(Source("a.bin", b"\x00"))


def test_a_format_that_is_only_written_is_not_read():
    report = report_on("a.apkg", b"x", format_name="anki")
    assert report.unreadable
    assert "is written and not read" in report.unreadable.what
