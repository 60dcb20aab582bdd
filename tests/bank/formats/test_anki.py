"""Anki: notes as its own export writes them, and decks for it."""

import sqlite3
import tempfile
import zipfile
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

from bot.bank.exports import export
from bot.bank.imports import report_on
from tests.bank.formats.samples import SAMPLES
from tests.bank.formats.test_formats import read, refused


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


def test_anki_says_above_its_notes_what_holds_for_all():
    raw = (
        b"#Separator:Comma\n# by Ann\n#deck:Bio\n#tags:a b\n#if matches:update\n"
        b'#columns:Question,"Option A","Option B",Answer\n"q, r",x,y,B\n'
        b'# a comment, here\n"#s",x,y,A\n'
    )
    report = read("anki-notes", raw)
    assert [one.values["prompt"] for one in report.incoming] == ["q, r", "#s"]
    assert [(one.line, one.what) for one in report.notes] == [
        (2, "'by Ann' is left out"),
        (3, "deck 'Bio' is left out"),
        (4, "tags 'a b' is left out"),
        (5, "if matches 'update' is left out"),
        (8, "the comment 'a comment, here' is left out"),
    ]


@pytest.mark.parametrize("told", ["pipe", "Pipe ", "|"])
def test_anki_names_its_separators_or_shows_them(told: str):
    raw = f"#separator:{told}\n#columns:Question|Option A|Option B|Answer\nq|x|y|B\n".encode()
    assert read("anki-notes", raw).incoming[0].values["options"] == ["x", "y"]


def test_a_separator_that_anki_does_not_know_is_told():
    raw = b'#separator:"\n#columns:Question\tOption A\tOption B\tAnswer\nq\tx\ty\tB\n'
    report = read("anki-notes", raw)
    assert len(report.incoming) == 1
    assert report.notes[0].what == "separator '\"' is left out"


def test_anki_notes_that_do_not_say_whether_they_are_html():
    columns = {"1": "prompt", "2": "option a", "3": "option b", "4": "answer"}
    (one,) = read("anki-notes", b"a<br>b\t1 < 2\t<b>y</b>\tB\n", **columns).incoming
    assert (one.values["prompt"], one.values["options"]) == ("a\nb", ["1 < 2", "**y**"])


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
