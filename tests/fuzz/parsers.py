"""What is fuzzed: each takes bytes, raises nothing but the project's own errors, and ends soon."""

import json
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from bot import configuration
from bot.bank.check import check_folder
from bot.bank.formats.table import READ
from bot.bank.imports import Report, Wishes, report_on
from bot.bank.load import read_bank
from bot.bank.report import told
from bot.errors import ConfigurationError
from bot.grading.grade import Grade, KeyPoint, KeyPointState, Submission, Verdict
from bot.grading.lines import grade_lines
from bot.ui import appeals, authoring, explanations, regrading, trial
from bot.ui.buttons import number
from bot.ui.components import DYNAMIC_ITEMS
from bot.ui.setup import flow
from tests.bank.formats.samples import MANIFEST, QTI, SAMPLES, kahoot, zipped
from tests.support.custom_ids import check, template

SECONDS = 20
"""What one input may take, under the fuzzer's own measuring, which makes all of it slower."""
LONGEST = 4_096
"""Bytes of an input: enough for several questions, and short enough for thousands a minute."""
_SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True, slots=True)
class Parser:
    """Something that reads bytes."""

    name: str
    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    """Inputs to begin with, as people write them."""
    words: tuple[str, ...] = ()
    """Texts that mean something to it."""


def _reported(report: Report) -> None:
    lines = told(report)
    assert lines, "nothing is told"
    assert "\n".join(lines).encode(), "what is told can be written"
    places = [one.line for one in (*report.incoming, *report.refused, *report.notes)]
    assert all(line >= 1 for line in places)


def _format(name: str) -> Callable[[bytes], None]:
    return lambda raw: _reported(report_on("file", raw, format_name=name))


def _any(raw: bytes) -> None:
    suffix = ("txt", "xml", "json", "csv", "yaml", "zip", "toml")[raw[0] % 7] if raw else ""
    _reported(report_on(f"file.{suffix}", raw[1:]))


def _anki_by_number(raw: bytes) -> None:
    columns = {"1": "prompt", "2": "option a", "3": "option b", "4": "answer"}
    _reported(report_on("file", raw, format_name="anki-notes", wishes=Wishes(columns=columns)))


def _package(raw: bytes) -> None:
    _reported(report_on("a.zip", zipped({"imsmanifest.xml": MANIFEST, "g/g.xml": raw})))


def _sheet(raw: bytes) -> None:
    _reported(report_on("a.xlsx", zipped({**_TEMPLATE, _SHEET: raw})))


def _bank(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bank.toml")
        path.write_bytes(raw)
        read_bank(path)
        assert all(str(one) for one in check_folder(Path(folder)))


def _configuration(raw: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(raw)
        file.flush()
        _configured(Path(file.name), {})


def _environment(raw: bytes) -> None:
    name, _, value = raw.decode("utf-8", "surrogateescape").partition("=")
    _configured(None, {f"TUTOR_{name}": value})


def _configured(path: Path | None, environ: dict[str, str]) -> None:
    """Read a configuration; what is wrong must be said."""
    try:
        configuration.read(path, environ)
    except ConfigurationError as error:
        if not str(error):
            raise AssertionError("nothing is told") from error


class _Agreeing:
    """A grader without a model."""

    name = "none"

    def grade(self, submissions: Sequence[Submission]) -> list[Grade]:
        return [
            Grade(
                label=Verdict.CORRECT,
                score=1.0,
                confidence=1.0,
                needs_review=False,
                flags=(),
                key_points=tuple(
                    KeyPoint(text, KeyPointState.COVERED, 1.0) for text in one.key_points
                ),
                model=self.name,
            )
            for one in submissions
        ]


def _lines(raw: bytes) -> None:
    # As Python's own files are read: what is no UTF-8 is an error before a line is seen.
    lines = raw.decode("utf-8", "replace").splitlines()
    answers = list(grade_lines(lines, _Agreeing()))
    assert len(answers) == sum(bool(line.strip()) for line in lines)
    for answer in answers:
        assert json.loads(answer)
        assert answer.encode(), "what is printed can be written"


def _custom_id(raw: bytes) -> None:
    custom_id = raw.decode("utf-8", "replace")
    check(custom_id)
    for form in _FORMS:
        if found := form.fullmatch(custom_id):
            assert all(found.groupdict().values())


def _link(raw: bytes) -> None:
    if found := regrading._POST.fullmatch(raw.decode("utf-8", "replace").strip()):
        assert 0 <= number(found[1]) < 2**63


def _ids() -> tuple[bytes, ...]:
    """Return a custom id of each button and form, made of the pattern that takes it."""
    patterns = [template(item) for item in DYNAMIC_ITEMS]
    # Of each group the first word that it takes, or the first sign: (week|month) is week.
    group = re.compile(r"\((?:\?P<\w+>)?(?:\[(.)[^]]*\](?:\{(\d+)\})?|(\w+))[^)]*\)")
    return tuple(
        group.sub(lambda one: one[3] or one[1] * int(one[2] or 1), pattern.pattern).encode()
        for pattern in (*patterns, *_FORMS)
    )


_FORMS = (
    appeals._SENT,
    explanations._SENT,
    regrading._SENT,
    flow._SENT,
    authoring._FORM,
    trial._FORM,
)
with ZipFile(BytesIO(kahoot())) as _archive:
    _TEMPLATE: dict[str, bytes | str] = {one: _archive.read(one) for one in _archive.namelist()}
_WORDS = {
    "gift": ("$CATEGORY:", "####", "::", "->", "~%-50%", "=%50%", "[html]", "[markdown]", "{T#"),
    "moodle-xml": ("<![CDATA[", "{1:MULTICHOICE:=", "<pre>", "</text>", "<feedback>", "&#39;"),
    "qti": ("<response_lid", "<not>", "<setvar", "<matimage", "&lt;td&gt;", "<mattext"),
    "anki-notes": ("#separator:", "#html:true", "#tags column:", "#columns:", "0 1 0"),
    "opentdb": ('"results":[', "incorrect_answers", "%20", "bXVsdGlwbGU=", "\\ud800"),
    "toml": ("[[question]]", "[question.program]", '"""', "examples", "key_points"),
}
_LINES = (
    b'{"id":"a1","question":"q?","references":["r"],"key_points":["k"],"answer":"a"}\n\n'
    b'{"id":7,"question":"q?","references":[],"answer":"\\ud83d\\ude00"}\n[1]\nx\n'
)
_CONFIG = configuration.DEFAULT.read_bytes()
_LINKS = (b"https://discord.com/channels/1/2/3", b"1234567890123456789")

PARSERS: dict[str, Parser] = {
    one.name: one
    for one in (
        *(Parser(name, _format(name), (SAMPLES[name],), _WORDS.get(name, ())) for name in READ),
        Parser("any-file", _any, tuple(b"\0" + raw for raw in SAMPLES.values())),
        Parser("anki-by-number", _anki_by_number, (b"q\tyes\tno\tB\n",), _WORDS["anki-notes"]),
        Parser("qti-package", _package, (QTI.encode(),), _WORDS["qti"]),
        Parser("kahoot-sheet", _sheet, (bytes(_TEMPLATE[_SHEET]),), ('t="inlineStr"', "<f>")),
        Parser("bank", _bank, (SAMPLES["toml"],), _WORDS["toml"]),
        Parser("configuration", _configuration, (_CONFIG[:LONGEST],), ("[rounds]", "token")),
        Parser("environment", _environment, (b"ROUNDS__OPEN_MINUTES=5", b"LOG__LEVEL=INFO")),
        Parser("grade-lines", _lines, (_LINES,), ('"references"', "\\udfff", "\\u0000")),
        Parser("custom-id", _custom_id, _ids(), ("tutor:",)),
        Parser("link", _link, _LINKS),
    )
}
"""All formats of banks, each as a whole and, where a zip is around it, without that; and all else
that reads what others wrote.
"""
