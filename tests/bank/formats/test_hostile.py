"""Files that mean harm, and files that are merely broken: a sentence, soon, and nothing else."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from time import perf_counter

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.bank.formats import limits
from bot.bank.formats.rich import from_html
from bot.bank.formats.table import READ
from bot.bank.imports import Report, report_on
from bot.bank.report import told
from tests.bank.formats.samples import GIFT, QTI, SAMPLES, sheet, zipped

SECONDS = 20
"""Far more than any of them takes, also on a busy machine; far less than what they aim at."""
BRIEFLY = settings(max_examples=60, phases=(Phase.explicit, Phase.generate))


def refusal(name: str, raw: bytes) -> str:
    start = perf_counter()
    report = report_on(f"file.{name}", raw, format_name=name)
    assert perf_counter() - start < SECONDS
    assert report.unreadable is not None, report
    assert not report.incoming
    assert not report.refused
    return report.unreadable.what


def test_every_format_that_is_read_has_a_sample():
    assert set(SAMPLES) == set(READ)


@pytest.mark.parametrize("name", READ)
@given(raw=st.binary(max_size=300))
@BRIEFLY
def test_any_bytes_end_in_a_report(name: str, raw: bytes):
    report = report_on("file", raw, format_name=name)
    assert told(report)


@pytest.mark.parametrize("name", READ)
@given(data=st.data())
@BRIEFLY
def test_a_damaged_file_ends_in_a_report(name: str, data: st.DataObject):
    raw = SAMPLES[name]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(at, min(len(raw), at + 40)))
        put = data.draw(st.one_of(st.binary(max_size=8), st.just(raw[end : end + 30])))
        raw = raw[:at] + put + raw[end:]
    report = report_on("file", raw, format_name=name)
    assert isinstance(report, Report)
    # Whatever is in it is told, with a line of the file.
    assert told(report)
    lines = [one.line for one in (*report.incoming, *report.refused, *report.notes)]
    assert all(line >= 1 for line in lines)


@pytest.mark.parametrize("name", READ)
def test_an_empty_file_is_refused(name: str):
    assert refusal(name, b" \n") == "is empty; choose another file"


@pytest.mark.parametrize("name", READ)
def test_a_file_that_is_too_large_is_refused(name: str):
    raw = SAMPLES[name] + b" " * limits.MAX_BYTES
    assert refusal(name, raw) == "has 4.0 MiB; split it into files of up to 4 MiB"


TEXTS = ("toml", "gift", "aiken", "csv", "opentdb", "anki-notes", "red")


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "raw", [b"caf\xe9 {=a ~b}", "café {=a ~b}".encode("utf-32"), b"a\0b", b"\xff\xfe\x00"]
)
def test_another_encoding_is_refused(name: str, raw: bytes):
    assert "UTF-8" in refusal(name, raw)


@pytest.mark.parametrize("name", ["toml", "gift", "aiken", "csv", "anki-notes", "red"])
def test_a_line_of_megabytes_is_refused(name: str):
    raw = b"a\n" + b"x" * (limits.MAX_BYTES - 10)
    assert "the line has 4,194,294 characters" in refusal(name, raw)


def many(name: str) -> bytes:
    number = limits.MAX_QUESTIONS + 1
    return {
        "gift": "q {=a ~b}\n\n" * number,
        "aiken": "q\nA. a\nB. b\nANSWER: A\n" * number,
        "csv": "prompt,option a,option b,answer\n" + "q,a,b,A\n" * number,
        "red": "".join(f"q{n}:\n- a\n" for n in range(number)),
        "anki-notes": "front\tback\n" * number,
        "toml": 'title = "x"\n' + "[[question]]\n" * number,
        "moodle-xml": "<quiz>" + "<question type='essay'/>" * number + "</quiz>",
    }[name].encode()


@pytest.mark.parametrize(
    "name", ["gift", "aiken", "csv", "red", "anki-notes", "toml", "moodle-xml"]
)
def test_more_questions_than_are_read_at_once_are_refused(name: str):
    what = "questions and comments" if name == "gift" else "questions"
    assert refusal(name, many(name)) == f"has more than 1,000 {what}; split it into several files"


BOMB = """<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<quiz><question type="essay"><name><text>&c;</text></name></question></quiz>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<quiz><question type="essay"><name><text>&a;</text></name></question></quiz>"""


@pytest.mark.parametrize("name", ["moodle-xml", "qti"])
@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_entities_are_refused(name: str, text: str):
    assert "defines entities" in refusal(name, text.encode())


@pytest.mark.parametrize("name", ["moodle-xml", "qti"])
def test_xml_that_nests_without_end_is_refused(name: str):
    assert "elements in more than 100 others" in refusal(name, b"<quiz>" + b"<a>" * 100_000)


def test_json_that_nests_without_end_is_refused():
    assert "nests too deep" in refusal("opentdb", b"[" * 200_000)


def test_toml_that_nests_without_end_is_refused():
    assert refusal("toml", b"a = " + b"[" * 50_000)


@pytest.mark.parametrize("part", [b"a.", b'"a" . ', b"'a'."])
def test_toml_whose_names_have_no_end_is_refused(part: bytes):
    raw = b'title = "x"\n[[question]]\n' + part * 9_000 + b"a = 1\n"
    assert refusal("toml", raw) == "has a name of twenty parts or more; it is no bank"


def test_toml_that_nests_deeper_than_a_bank_is_refused():
    raw = b'title = "x"\n[[question]]\na.b.c.d.e.f.g.h.i.j = 1\n'
    assert "nests more than 8 deep" in refusal("toml", raw)


@pytest.mark.parametrize("line", [b'"' * 60_000, b"a" * 60_000, b"a " * 30_000, b"a.a " * 15_000])
def test_toml_of_long_lines_is_refused_soon(line: bytes):
    assert refusal("toml", b"\n".join([line] * 60))


def test_toml_with_very_many_examples_is_refused():
    raw = b"[[question]]\n" + b"[[question.examples]]\n" * 100_000
    assert "has more than 1,000 questions" in refusal("toml", raw)


@pytest.mark.parametrize("name", ["moodle-xml", "qti"])
def test_xml_of_very_many_elements_is_refused(name: str):
    raw = b"<quiz>" + b"<a/>" * 300_000 + b"</quiz>"
    assert "has more than 200,000 elements" in refusal(name, raw)


def test_yaml_that_nests_without_end_is_refused():
    assert refusal("red", b"a: " + b"[" * 50_000)


def test_yaml_that_repeats_itself_by_aliases_is_refused():
    raw = b'a: &a ["x", "x"]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]\n'
    assert "uses an alias" in refusal("red", raw)


def test_yaml_that_builds_objects_builds_nothing():
    raw = b'"Who?": !!python/object/apply:os.system ["echo hacked"]\n'
    report = report_on("a.yaml", raw)
    assert [one.name for one in report.refused] == ["Who?"]


@pytest.mark.parametrize("name", ["qti", "kahoot"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(name: str):
    raw = zipped({"a.xml": b"\0" * (limits.MAX_UNPACKED + 1)})
    assert len(raw) < 100_000
    tracemalloc.start()
    try:
        what = refusal(name, raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    most = {"qti": 20, "kahoot": 8}[name]
    assert what == f"unpacks to more than {most} MiB; nothing was unpacked"
    assert peak < 2**20


@pytest.mark.parametrize("name", ["qti", "kahoot"])
def test_a_zip_that_lies_about_its_size_is_refused(name: str):
    raw = bytearray(zipped({"a.xml": b"\0" * 1_000_000}))
    size = (1_000_000).to_bytes(4, "little")
    while (at := raw.find(size)) >= 0:
        raw[at : at + 4] = (10).to_bytes(4, "little")
    assert refusal(name, bytes(raw)) == "is a broken zip file; export it again"


@pytest.mark.parametrize("name", ["qti", "kahoot"])
@pytest.mark.parametrize(
    "member", ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x", "..\\..\\x"]
)
def test_a_zip_that_leads_outside_is_refused(name: str, member: str):
    assert "names a place outside itself" in refusal(name, zipped({member: QTI}))


@pytest.mark.parametrize("name", ["qti", "kahoot"])
def test_a_zip_with_a_file_without_a_name_is_refused(name: str):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), QTI)
    assert refusal(name, out.getvalue()).startswith("names a place outside itself ('')")


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_packed_in_a_rare_way_is_refused(packing: int):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        archive.writestr("a.xml", QTI)
    assert refusal("qti", out.getvalue()).startswith("is packed as few programs do")


@pytest.mark.parametrize("name", ["qti", "kahoot"])
def test_a_zip_of_very_many_files_is_refused(name: str):
    raw = zipped({f"{number}.xml": b"" for number in range(2_001)})
    assert "holds more than 2,000 files" in refusal(name, raw)


def test_a_locked_zip_is_refused():
    raw = bytearray(zipped({"a.xml": QTI}))
    with zipfile.ZipFile(io.BytesIO(bytes(raw))) as archive:
        central = archive.start_dir
    raw[central + 8] |= 1
    assert "locked by a password" in refusal("qti", bytes(raw))


def test_a_formula_is_refused_and_nothing_is_calculated():
    report = report_on("k.xlsx", sheet(("What is it?", "=1+1", "3", None, None, 20, 1)))
    assert [(one.line, one.why) for one in report.refused] == [
        (9, "holds a formula in 'answer 1', and nothing is calculated; write the text")
    ]
    csv = b'prompt,option a,option b,answer\n"=HYPERLINK(""http://x"")",a,b,A\nq,\'=1,b,A\n'
    report = report_on("k.csv", csv)
    assert [(one.line, one.why) for one in report.refused] == [
        (2, "holds a formula in 'prompt', and nothing is calculated; put ' before a text")
    ]
    assert report.incoming[0].values["options"] == ["=1", "b"]


@pytest.mark.parametrize(
    ("cell", "what"),
    [("A1048576", "has more than 1,030 rows"), ("XFD1048576", "has a cell right of column 40")],
)
def test_a_cell_at_the_far_end_is_found_soon(cell: str, what: str):
    raw = sheet(("What is it?", "a", "b", None, None, 20, 1))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members: dict[str, bytes | str] = {one: archive.read(one) for one in archive.namelist()}
        archived = archive.read("xl/worksheets/sheet1.xml")
    name = "xl/worksheets/sheet1.xml"
    row = f'<row r="1048576"><c r="{cell}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    members[name] = archived.decode().replace("</sheetData>", row)
    assert what in refusal("kahoot", zipped(members))


SLOW: dict[str, Callable[[int], str]] = {
    "braces": lambda n: "{" * n,
    "tildes": lambda n: "a {" + "~=" * (n // 2),
    "escapes": lambda n: "\\" * n,
    "fences": lambda n: "[markdown]" + "\n```\n".join(["a"] * (n // 6)) + "{=a ~b}",
    "tags": lambda n: "[html]" + "<" * n + "{=a ~b}",
    "comments": lambda n: "[html]" + "<!--" * (n // 4) + "{=a ~b}",
    "backticks": lambda n: "[markdown]" + "`" * n + "{=a ~b}",
    "colons": lambda n: "::" * (n // 2),
    "feedback": lambda n: "a {=b" + "#" * n,
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_gift_question_made_to_be_slow_is_not(kind: str):
    raw = SLOW[kind](60_000).encode()
    start = perf_counter()
    report_on("a.gift", raw)
    assert perf_counter() - start < SECONDS


def test_very_many_options_are_not_parsed():
    text = ("q {" + "=a ~b " * 9_000 + "}\n\n") * 70
    start = perf_counter()
    report = report_on("a.gift", text.encode())
    assert perf_counter() - start < SECONDS
    assert report.refused[0].why == "has 18000 signs = and ~; drop options"


@pytest.mark.parametrize("piece", ["<a ", "<!--", "<a b='", '<a b="', "</", "<?", "<![CDATA[", "<"])
def test_html_made_to_be_slow_is_not(piece: str):
    start = perf_counter()
    from_html(piece * (19_000 // len(piece)))
    # A file has room for two hundred such texts.
    assert perf_counter() - start < SECONDS / 20


def test_what_steers_a_terminal_is_not_printed():
    raw = GIFT.replace("::pairs::", "::\x1b[2Jpairs\u202e::").encode()
    lines = told(report_on("a\x1b[31m.gift", raw))
    assert all(line.startswith("a�[31m.gift:") for line in lines)
    assert any("pairs" in line for line in lines)
    assert not any("\x1b" in line or "\u202e" in line for line in lines)
